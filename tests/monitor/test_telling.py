"""Silences, acknowledgements, quiet hours and digests: who is told when, over restarts too."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.findings import Finding, FindingKind
from monitor import config
from monitor.alert import Decision, Reason, Silence, Standing, Told, decide, grouped, letters_of
from monitor.config import AlertSettings, Config
from monitor.digest import digests_due, write_digests
from monitor.errors import ConfigError
from monitor.notify import notify, release
from monitor.reader import Quiet
from monitor.store import Store, StoreFile

NOON = datetime(2026, 8, 18, 5, tzinfo=UTC)  # 12:00 WIB
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WIB = ZoneInfo("Asia/Jakarta")
BURST = Finding(
    watch="air",
    kind=FindingKind.BURST,
    subject="",
    from_at=NOON - 2 * HOUR,
    to_at=None,
    score=8.0,
    evidence={"posts": 100, "authors": 20, "expected": 9.0, "peak_times": 10.0},
)
NEWS = replace(BURST, kind=FindingKind.NEWS, from_at=NOON - HOUR, to_at=NOON, evidence={})


def settings(**changes: Any) -> Config:
    raw: dict[str, Any] = {
        "language": "en",
        "watches": [
            {"name": n, "hashtags": [n], "sources": ["mastodon"]} for n in ("air", "beras")
        ],
        "alerts": {"recipients": ["ana@a.example"]},
        "digest": {"recipients": ["ana@a.example"]},
    }
    return config.parse(raw | changes, name="test")


def tell(store: Store, *found: Finding, now: datetime = NOON, **changes: Any) -> list[Decision]:
    with store.transaction():
        for finding in found:
            store.findings.save(finding, now=now)
        return notify(store, settings(**changes), found, now=now)


def subjects(store: Store) -> list[str]:
    return [one.letter.subject for one in store.outbox.due(NOON + 900 * DAY, limit=1000)]


# --- decisions ------------------------------------------------------------------------------------


def test_another_kind_in_a_watch_that_is_known_to_burst_is_a_new_kind() -> None:
    known = Standing(group=frozenset({FindingKind.BURST}))
    news = decide(NEWS, standing=known, settings=AlertSettings(), now=NOON)
    assert (news.reason, news.told) == (Reason.NEW_KIND, True)
    again = decide(BURST, standing=known, settings=AlertSettings(), now=NOON)
    assert again.reason is Reason.FIRST


def told(**changes: Any) -> Told:
    values = {"finding_key": BURST.key, "told_at": NOON - 25 * HOUR, "score": 8.0}
    return Told(**{**values, "resolved": False, "peak": 10.0, **changes})


def test_what_is_acknowledged_is_not_repeated_but_told_if_it_grows() -> None:
    known = Standing(last=told(), acknowledged=True)
    same = decide(BURST, standing=known, settings=AlertSettings(), now=NOON)
    assert (same.reason, same.told) == (Reason.ACKNOWLEDGED, False)
    faster = replace(BURST, evidence={**BURST.evidence, "peak_times": 15.0})
    assert decide(faster, standing=known, settings=AlertSettings(), now=NOON).reason is Reason.GREW


def test_a_burst_that_only_lasts_has_not_grown() -> None:
    longer = replace(BURST, score=30.0, evidence={**BURST.evidence, "posts": 900})
    standing = Standing(last=told(told_at=NOON - HOUR, posts=100.0))
    decision = decide(longer, standing=standing, settings=AlertSettings(), now=NOON)
    assert decision.reason is Reason.TOLD_ALREADY


@pytest.mark.parametrize(("tell_end", "reason"), [(True, Reason.RESOLVED), (False, Reason.ENDED)])
def test_the_end_of_a_burst_is_told_to_those_who_want_it(tell_end: bool, reason: Reason) -> None:
    over = replace(BURST, to_at=NOON - HOUR)
    decision = decide(
        over,
        standing=Standing(last=told()),
        settings=AlertSettings(tell_end=tell_end),
        now=NOON,
    )
    assert (decision.reason, decision.told) == (reason, tell_end)
    known = Standing(last=told(resolved=True))
    again = decide(over, standing=known, settings=AlertSettings(tell_end=True), now=NOON)
    assert again.reason is Reason.TOLD_ALREADY


@given(st.sampled_from(FindingKind), st.booleans())
def test_a_silence_tells_nobody_anything(kind: FindingKind, over: bool) -> None:
    silence = Silence(watch="air", from_at=NOON - HOUR, until=NOON + HOUR, why="planned")
    finding = replace(BURST, kind=kind, to_at=NOON - HOUR if over else None)
    decision = decide(
        finding, standing=Standing(silence=silence), settings=AlertSettings(), now=NOON
    )
    assert not decision.told


def test_one_letter_for_a_watch_and_one_for_a_source_in_all_watches() -> None:
    def decision(finding: Finding) -> Decision:
        return Decision(finding=finding, told=True, reason=Reason.FIRST, decided_at=NOON)

    trouble = replace(BURST, kind=FindingKind.SOURCE_TROUBLE, subject="mastodon/a.example")
    other = replace(trouble, watch="beras")
    found = [other, replace(NEWS, watch="beras"), trouble]
    groups = grouped(map(decision, found))
    kinds = [[one.finding.kind for one in letter] for letter in letters_of(groups)]
    assert kinds == [
        [FindingKind.NEWS, FindingKind.SOURCE_TROUBLE],
        [FindingKind.SOURCE_TROUBLE],
    ]
    alone = letters_of(grouped(map(decision, [other, trouble])))
    assert [len(letter) for letter in alone] == [2]


# --- in the store ---------------------------------------------------------------------------------


def test_a_silence_holds_for_its_watch_and_ends(stores: StoreFile) -> None:
    with stores.open() as store:
        silence = Silence(watch="air", from_at=NOON, until=NOON + 6 * HOUR, why="planned")
        number = store.telling.silence(silence, who="ana")
        (decision,) = tell(store, BURST)
        assert (decision.reason, subjects(store)) == (Reason.SILENCED, [])
        other = replace(BURST, watch="beras")
        assert tell(store, other)[0].reason is Reason.FIRST
        assert store.telling.end_silence(number, now=NOON + HOUR)
        assert not store.telling.end_silence(number, now=NOON + HOUR)
        assert tell(store, BURST, now=NOON + HOUR)[0].reason is Reason.FIRST


QUIET = {"people": [{"address": "ana@a.example", "quiet": "11:00-14:00"}]}


def test_quiet_hours_hold_letters_back_and_tell_what_goes_on_still(stores: StoreFile) -> None:
    with stores.open() as store:
        assert tell(store, BURST, **QUIET)[0].told
        assert subjects(store) == []
        for now in (NOON + HOUR, NOON + 2 * HOUR, NOON + 3 * HOUR):
            with store.transaction():
                release(store, settings(**QUIET), now=now)
        assert subjects(store) == [
            "[gaung] Burst in air: 100 posts, usually about 9 · 18 Aug 2026 10:00 WIB"
        ]


def test_what_resolved_in_quiet_hours_is_a_line_in_the_next_letter(stores: StoreFile) -> None:
    with stores.open() as store, store.transaction():
        pass
    with stores.open() as store:
        tell(store, BURST, **QUIET)
        over = replace(BURST, to_at=NOON + HOUR)
        tell(store, over, now=NOON + HOUR, **QUIET)
        with store.transaction():
            assert release(store, settings(**QUIET), now=NOON + 2 * HOUR) == []
        assert subjects(store) == []
        later = replace(BURST, watch="beras", from_at=NOON + 3 * HOUR)
        tell(store, later, now=NOON + 4 * HOUR, **QUIET)
        (letter,) = [one.letter for one in store.outbox.due(NOON + DAY)]
        assert "OVER IN YOUR QUIET HOURS\n- air: burst of 100 posts" in letter.text
        tell(store, replace(later, watch="air"), now=NOON + 5 * HOUR, **QUIET)
        texts = [one.letter.text for one in store.outbox.due(NOON + DAY)]
        assert sum("QUIET HOURS" in text for text in texts) == 1


@pytest.mark.parametrize(
    ("text", "local", "over"),
    [
        ("22:00-05:00", "23:30", "05:00"),
        ("22:00-05:00", "04:59", "05:00"),
        ("22:00-05:00", "05:00", None),
        ("22:00-05:00", "21:59", None),
        ("12:00-13:00", "12:00", "13:00"),
    ],
)
def test_quiet_hours_may_pass_midnight(text: str, local: str, over: str | None) -> None:
    quiet = Quiet.parse(text)
    assert quiet is not None
    now = datetime.combine(NOON.date(), time.fromisoformat(local), tzinfo=WIB)
    ends = quiet.over_at(now, WIB)
    assert (ends and f"{ends.astimezone(WIB):%H:%M}") == over
    assert ends is None or timedelta(0) < ends - now < 7.5 * HOUR


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"alerts": {"quiet": "10pm"}},
            "alerts.quiet: '10pm' is no time of the day: write 22:00-05:00",
        ),
        ({"people": [{"address": "a", "timezone": "Mars"}]}, "people[0].timezone"),
        ({"people": [{"address": "a"}, {"address": "a"}]}, "people[1].address: 'a' is there twice"),
        ({"language": "fr"}, "language"),
        (
            {"alerts": {"recipients": ["humas at k.example"]}},
            "alerts.recipients: 'humas at k.example' is no e-mail address: write for example",
        ),
        (
            {"digest": {"recipients": ["a@k.example, b@k.example"]}},
            "digest.recipients: 'a@k.example, b@k.example' is no e-mail address: write each in",
        ),
        (
            {"watches": [{"name": "a", "hashtags": ["a"], "recipients": ["@k.example"]}]},
            "watches[0].recipients: '@k.example' is no e-mail address",
        ),
        ({"people": [{"address": "wali"}]}, "people[0].address: 'wali' is no e-mail address"),
        ({"mail": {"sender": "gaung"}}, "mail.sender: 'gaung' is no e-mail address"),
        ({"people": [{"address": "a", "digest_at": "7 am"}]}, "people[0].digest_at"),
    ],
)
def test_what_is_wrong_is_named_with_its_key(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match="test: ") as error:
        settings(**changes)
    assert said in str(error.value)


# --- digests --------------------------------------------------------------------------------------


def write(store: Store, now: datetime, **changes: Any) -> list[str]:
    with store.transaction():
        return [one.subject for one in write_digests(store, settings(**changes), now=now)]


DAILY = {"digest": {"recipients": ["ana@a.example"], "quiet_days": "daily"}}


def test_clock_jumps_send_no_digest_twice_and_skip_none(stores: StoreFile) -> None:
    jumps = (0, 3, -5, 20, -1, 1, 24, -48, 26, 24)  # hours from one look to the next
    with stores.open() as store:
        now, written = NOON, []
        for jump in jumps:
            now += jump * HOUR
            written += write(store, now, **DAILY)
        days = store.database.rows("select day from digests order by day")
    # 17, 18, 19 and 20 August at 07:00 WIB: each once, the last one that was due at every look.
    assert len(written) == len(days) == len({row["day"] for row in days})
    assert [row["day"].day for row in days] == [17, 18, 19, 20]


def test_each_recipient_has_their_own_hour_zone_and_language(stores: StoreFile) -> None:
    both = {
        "digest": {"recipients": ["ana@a.example", "budi@a.example"]},
        "people": [
            {
                "address": "budi@a.example",
                "timezone": "Asia/Jayapura",
                "digest_at": "13:00",
                "language": "id",
            }
        ],
    }
    with stores.open() as store:
        write(store, NOON - 2 * DAY, **both)
        due = digests_due(store, settings(**both), now=NOON - DAY)
    assert [(one.reader.address, f"{one.at:%d %H:%M %Z}") for one in due] == [
        ("ana@a.example", "17 07:00 WIB"),
        ("budi@a.example", "17 13:00 WIT"),
    ]


def test_nobody_is_written_to_twice_by_two_daemons(stores: StoreFile) -> None:
    with stores.open() as store:
        assert len(write(store, NOON, **DAILY)) == 1
    with stores.open() as store:
        assert write(store, NOON, **DAILY) == []
