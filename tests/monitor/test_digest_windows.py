"""Digests join up: what was decided is told by one of them, whoever was asleep or changed hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from analysis.findings import Finding, FindingKind
from collectors.page import page_of
from monitor import config
from monitor.alert import Decision, Reason
from monitor.config import Config
from monitor.digest import digest_of, digests_due, write_digests
from monitor.letters import Letter
from monitor.notify import notify
from monitor.schedule import Window, window
from monitor.store import Store, StoreFile
from tests.builders import SOURCE, make_post
from tests.monitor.golden.examples import (
    digest_letter,
    make_burst,
    make_decision,
    make_digest,
    make_reader,
    make_row,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WIB, BERLIN = ZoneInfo("Asia/Jakarta"), ZoneInfo("Europe/Berlin")
SEVEN = datetime(2026, 8, 20, 0, tzinfo=UTC)  # 07:00 WIB
ANA = "ana@kantor.example"


def settings(at: str = "07:00", **changes: Any) -> Config:
    raw: dict[str, Any] = {"language": "en", "digest": {"at": at, "recipients": [ANA]}}
    return config.parse(raw | changes, name="test")


def found_late(number: int, at: datetime) -> Decision:
    """Return a burst that was over long before it was found; its posts tell which it is."""
    finding = Finding(
        watch=f"w{number}",
        kind=FindingKind.BURST,
        subject="",
        from_at=at - 20 * HOUR,
        to_at=at - 18 * HOUR,
        score=50.0,
        evidence={"posts": 1000 + number, "expected": 6.0, "authors": 40},
    )
    return Decision(finding=finding, told=False, reason=Reason.TOO_OLD, decided_at=at)


def decide(store: Store, decision: Decision) -> None:
    store.findings.save(decision.finding, now=decision.decided_at)
    store.findings.decide(decision, recipients=[])


def write(store: Store, now: datetime, chosen: Config | None = None) -> list[Letter]:
    with store.transaction():
        return write_digests(store, chosen or settings(), now=now)


# --- windows --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last_end", "late", "since", "until"),
    [
        (None, 0 * HOUR, -24 * HOUR, 0 * HOUR),
        (None, 5 * HOUR, -24 * HOUR, 0 * HOUR),  # who is new begins a day back
        (-24 * HOUR, 0 * HOUR, -24 * HOUR, 0 * HOUR),
        (-24 * HOUR, 5.9 * HOUR, -24 * HOUR, 0 * HOUR),  # late, and days compare still
        (-72 * HOUR, 10 * HOUR, -72 * HOUR, 10 * HOUR),  # asleep for days
        (-35 * HOUR, 0 * HOUR, -35 * HOUR, 0 * HOUR),  # digest.at was changed
        (-13 * HOUR, 0 * HOUR, -13 * HOUR, 0 * HOUR),
        (-14 * DAY, 0 * HOUR, -14 * DAY, 0 * HOUR),
    ],
)
def test_a_digest_begins_where_the_one_before_ended(
    last_end: timedelta | None, late: timedelta, since: timedelta, until: timedelta
) -> None:
    ended = None if last_end is None else SEVEN + last_end
    told = window(ended, SEVEN.astimezone(WIB), SEVEN + late)
    assert told == Window(SEVEN + since, SEVEN + until)


def test_what_lies_more_than_two_weeks_back_is_left_out_and_named() -> None:
    told = window(SEVEN - 20 * DAY, SEVEN, SEVEN)
    assert (told.since, told.left_out) == (SEVEN - 14 * DAY, SEVEN - 20 * DAY)


@pytest.mark.parametrize(("day", "hours"), [(29, 23), (28, 24)])
def test_the_first_digest_of_a_reader_covers_a_day_of_their_calendar(day: int, hours: int) -> None:
    at = datetime(2026, 3, day, 7, tzinfo=BERLIN)  # summer time begins on 29 March
    told = window(None, at, at.astimezone(UTC))
    assert told.until - told.since == hours * HOUR


@pytest.mark.parametrize("seed", range(3))
def test_each_decision_is_in_exactly_one_digest_whoever_sleeps_or_changes_the_hour(
    stores: StoreFile, seed: int
) -> None:
    random, now, texts, hour = Random(seed), SEVEN, [], "07:00"
    numbers = iter(range(1, 1000))
    with stores.open() as store:
        texts += [one.text for one in write(store, now)]
        decided = []
        for _ in range(40):
            now += random.choice((1, 2, 5, 7, 11, 23, 24, 26, 50, 75)) * HOUR
            now += timedelta(seconds=random.randrange(3600))
            hour = random.choice((hour, hour, "07:00", "18:00", "02:30"))
            if random.random() < 0.7:
                decision = found_late(next(numbers), now)
                decide(store, decision)
                decided.append(decision)
            texts += [one.text for one in write(store, now, settings(hour))]
        for _ in range(2):
            now += 26 * HOUR
            texts += [one.text for one in write(store, now, settings(hour))]
    counts = [
        sum(f"burst of 1,{one.finding.evidence['posts'] - 1000:03} posts" in t for t in texts)
        for one in decided
    ]
    assert len(decided) > 15
    assert counts == [1] * len(decided)


def test_what_was_found_too_late_is_told_after_two_nights_asleep(stores: StoreFile) -> None:
    with stores.open() as store:
        write(store, SEVEN)  # 20 Aug 07:00 WIB
        awake = SEVEN + 3 * DAY + 10 * HOUR
        write(store, awake)
        decide(store, found_late(150, awake + HOUR / 6))  # ten minutes later, and asleep again
        second = write(store, awake + 43 * HOUR)
    (letter,) = second
    assert "burst of 1,150 posts" in letter.text
    assert "1 found late · w150" in letter.subject
    assert ": 1,150 posts, 22 Aug" in letter.subject
    assert "This letter covers 1 day and 14 hours." in letter.text


@pytest.mark.parametrize(("before", "after"), [("07:00", "18:00"), ("18:00", "07:00")])
def test_another_hour_leaves_no_hole_and_tells_nothing_twice(
    stores: StoreFile, before: str, after: str
) -> None:
    daily = {"quiet_days": "daily", "recipients": [ANA]}
    ends: list[Window] = []
    with stores.open() as store:
        for step in range(24 * 6):
            now = SEVEN + step * HOUR
            chosen = settings(digest=daily | {"at": before if step < 60 else after})
            ends += [due.window for due in digests_due(store, chosen, now=now)]
            write(store, now, chosen)
    assert len(ends) >= 5
    assert all(one.until == two.since for one, two in pairwise(ends))


def test_a_recipient_who_is_added_later_begins_a_day_back(stores: StoreFile) -> None:
    both = settings(digest={"recipients": [ANA, "budi@kantor.example"], "quiet_days": "daily"})
    with stores.open() as store:
        write(store, SEVEN - 3 * DAY)
        due = digests_due(store, both, now=SEVEN)
    assert {one.reader.address.split("@")[0]: one.window.since for one in due} == {
        "ana": SEVEN - 3 * DAY,
        "budi": SEVEN - DAY,
    }


def test_a_digest_minutes_after_a_late_one_is_left_to_the_next(stores: StoreFile) -> None:
    daily = settings(digest={"recipients": [ANA], "quiet_days": "daily"})
    with stores.open() as store:
        write(store, SEVEN, daily)
        assert len(write(store, SEVEN + 2 * DAY - HOUR / 6, daily)) == 1  # 06:50, a day late
        assert write(store, SEVEN + 2 * DAY, daily) == []
        (due,) = digests_due(store, daily, now=SEVEN + 3 * DAY)
    assert due.window == Window(SEVEN + 2 * DAY - HOUR / 6, SEVEN + 3 * DAY)


def test_two_letters_never_have_one_key_though_one_was_late_past_midnight(
    stores: StoreFile,
) -> None:
    evening = settings("18:00", digest={"at": "18:00", "recipients": [ANA], "quiet_days": "daily"})
    with stores.open() as store:
        keys = [
            letter.key
            for hours in (0, 35, 48, 72)  # 18:00; 05:00 after the next 18:00; 18:00
            for letter in write(store, SEVEN + hours * HOUR + 11 * HOUR, evening)
        ]
        kept = store.database.value("select count(*) from outbox")
    assert len(keys) == len(set(keys)) == kept == 4


def test_a_clock_that_was_ahead_leaves_no_hole(stores: StoreFile) -> None:
    with stores.open() as store:
        write(store, SEVEN - DAY)
        write(store, SEVEN + HOUR)  # the clock is seven hours ahead: it is 01:00
        real = SEVEN - 6 * HOUR
        write(store, real)  # put right
        decide(store, found_late(7, real + HOUR))
        letters = write(store, SEVEN + DAY)
    assert "burst of 1,007 posts" in letters[0].text


def test_a_digest_in_the_hour_that_spring_leaves_out_waits_for_its_end(stores: StoreFile) -> None:
    lost = settings("02:30", timezone="Europe/Berlin")
    end = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 02:30 by winter time
    with stores.open() as store:
        write(store, end - DAY, lost)
        assert digests_due(store, lost, now=end - timedelta(minutes=1)) == []
        (due,) = digests_due(store, lost, now=end)
    assert due.window.until == end


def test_readers_of_two_zones_on_one_instant_have_their_own_days(stores: StoreFile) -> None:
    people = [
        {"address": ANA, "timezone": "Asia/Jakarta", "digest_at": "07:30"},
        {"address": "b@kantor.example", "timezone": "Europe/Berlin", "digest_at": "02:30"},
    ]
    both = settings(
        people=people,
        digest={"recipients": [ANA, "b@kantor.example"], "quiet_days": "daily"},
    )
    now = datetime(2026, 3, 30, 0, 30, tzinfo=UTC)
    with stores.open() as store:
        spans = {one.reader.address: one.window for one in digests_due(store, both, now=now)}
        texts = {one.recipient: one.text for one in write(store, now, both)}
    assert spans[ANA] == Window(now - DAY, now)
    assert spans["b@kantor.example"] == Window(now - 23 * HOUR, now)  # from the lost 02:30
    assert "29 Mar 2026 07:30 – 30 Mar 2026 07:30 WIB" in texts[ANA]


@pytest.mark.parametrize("hours", [23, 24, 35, 72])
def test_the_time_before_is_as_long_as_the_time_that_is_told(stores: StoreFile, hours: int) -> None:
    air = settings(watches=[{"name": "air", "hashtags": ["AirBersih"], "sources": ["mastodon"]}])
    until = datetime(2026, 3, 29, 5, tzinfo=UTC)  # 07:00 in Berlin, on a day of 23 hours
    posts = [make_post(n, created_at=until - n * HOUR - HOUR / 2) for n in range(24 * 8)]
    with stores.open() as store:
        with store.transaction():
            store.posts.add(page_of(posts=posts), source=SOURCE, now=until)
            store.coverage.want(SOURCE, "airbersih", since=until - 8 * DAY)
            store.coverage.cover(SOURCE, "airbersih", (until - 8 * DAY, until))
        at = until.astimezone(BERLIN)
        told = window(None if hours == 23 else until - hours * HOUR, at, until)
        (row,) = digest_of(store, air, since=told.since, until=told.until).rows
    assert (row.posts, row.posts_before) == (hours, hours)  # one post an hour


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "english", "indonesian"),
    [
        (24, None, None),
        (25, None, None),  # a day, when winter time begins
        (13, "This letter covers 13 hours.", "Surat ini mencakup 13 jam."),
        (35, "This letter covers 1 day and 11 hours.", "Surat ini mencakup 1 hari 11 jam."),
        (72, "This letter covers 3 days.", "Surat ini mencakup 3 hari."),
    ],
)
def test_a_time_that_is_no_day_is_said_in_words(
    hours: int, english: str | None, indonesian: str | None
) -> None:
    told = make_digest(since=SEVEN - hours * HOUR, until=SEVEN)
    for language, said in (("en", english), ("id", indonesian)):
        letter = digest_letter(told, reader=make_reader(language))
        for text in (letter.text, letter.html):
            assert said in text if said else "letter covers" not in text


def test_what_is_left_out_is_said_with_the_command_that_lists_it() -> None:
    told = make_digest(
        since=SEVEN - 14 * DAY, until=SEVEN, left_out=SEVEN - 20 * DAY, alerts=(), gaps=()
    )
    text = " ".join(digest_letter(told).text.split())
    assert "No digest covers 31 Jul 2026 07:00 – 6 Aug 2026 07:00 WIB" in text
    assert "gaung alerts --since 2026-07-31T07:00+07:00" in text


LATE = make_decision(
    replace(
        make_burst(), from_at=SEVEN - 60 * HOUR, to_at=SEVEN - 58 * HOUR, evidence={"posts": 156}
    ),
    Reason.TOO_OLD,
)


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("en", "[gaung] 1 burst found late · air-bersih: 156 posts, 17 Aug · 18 Aug 2026 WIB"),
        (
            "id",
            "[gaung] 1 lonjakan terlambat ditemukan · air-bersih: 156 unggahan, 17 Agu · "
            "18 Agu 2026 WIB",
        ),
    ],
)
def test_a_burst_that_no_other_letter_tells_of_is_in_the_subject(
    language: str, subject: str
) -> None:
    letter = digest_letter(make_digest(alerts=(LATE,)), reader=make_reader(language))
    assert letter.subject == subject
    assert "No burst" not in letter.text
    assert "Tidak ada lonjakan" not in letter.text


def test_a_watch_is_named_once_in_the_subject() -> None:
    rows = (make_row(posts=400, expected=100.0, bursts=1),)
    subject = digest_letter(make_digest(alerts=(LATE,), rows=rows)).subject
    assert subject.count("air-bersih") == 1
    assert "air-bersih: 156 posts" in subject


def test_it_is_in_the_subject_too_where_nothing_could_be_observed_since() -> None:
    dark = make_row(posts=None, expected=None, authors=None, coverage=0.0)
    subject = digest_letter(make_digest(alerts=(LATE,), rows=(dark,))).subject
    assert "air-bersih: 156 posts" in subject
    assert "quiet" not in subject


@pytest.mark.parametrize("reason", [Reason.SILENCED, Reason.FEW_AUTHORS])
def test_a_burst_that_was_kept_back_is_not_headed_all_quiet(reason: Reason) -> None:
    kept = replace(LATE, reason=reason)
    subject = digest_letter(make_digest(alerts=(kept,))).subject
    assert subject.startswith("[gaung] 1 burst, none needs attention")


def test_a_letter_that_quiet_hours_hold_is_not_said_to_be_sent(stores: StoreFile) -> None:
    budi = "budi@kantor.example"
    chosen = settings(
        watches=[{"name": "air", "hashtags": ["air"], "sources": ["mastodon"]}],
        alerts={"recipients": [ANA, budi]},
        digest={"recipients": [ANA, budi]},
        people=[{"address": ANA, "quiet": "22:00-08:00"}],
    )
    burst = replace(make_burst(), watch="air", from_at=SEVEN - 3 * HOUR, to_at=None)
    with stores.open() as store:
        with store.transaction():
            store.findings.save(burst, now=SEVEN - 2 * HOUR)
            assert notify(store, chosen, [burst], now=SEVEN - 2 * HOUR)[0].told
        texts = {one.recipient: " ".join(one.text.split()) for one in write(store, SEVEN, chosen)}
    assert "letter sent" in texts[budi]
    assert "letter sent" not in texts[ANA]
    assert "no letter: It came in your quiet hours" in texts[ANA]


def test_the_day_of_a_digest_is_the_day_that_it_was_due(stores: StoreFile) -> None:
    with stores.open() as store:
        write(store, SEVEN + 20 * HOUR)  # 03:00 of the day after
        rows = store.database.rows("select day from digests")
    assert [row["day"] for row in rows] == [date(2026, 8, 20)]
    assert settings().digest.at == time(7)
