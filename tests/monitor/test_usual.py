"""A burst is more than the same sources have usually; a source without a past is none."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from collectors.page import page_of
from monitor import usual
from monitor.config import AlertSettings, parse
from monitor.digest import digest_of
from monitor.ledger import Stream
from monitor.letters import digest_letter
from monitor.measure import Measured, measure
from monitor.target import Target
from tests.builders import HOUR, NOON, make_post

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
TAG, OTHER = "airbersih", "banjir"
OLD, NEW = "nostr/relay.example", "bluesky/jetstream"
NOW = NOON + 30 * MINUTE
TARGET = Target("air", (TAG, OTHER))


class World:
    """A store that was filled by sources, each with its own rhythm."""

    def __init__(self, store) -> None:
        self.store, self.number = store, 0

    def hear(
        self,
        source: str,
        since: datetime,
        until: datetime,
        *,
        per_hour: float,
        tag: str = TAG,
        cover: bool = True,
    ) -> None:
        step = HOUR / per_hour
        count = int((until - since) / step)
        posts = []
        for n in range(count):
            self.number += 1
            posts.append(
                make_post(
                    self.number,
                    created_at=since + n * step,
                    author_key=f"mastodon:@warga{self.number % 97}@contoh.example",
                    hashtags_raw=(tag,),
                )
            )
        self.store.posts.add(page_of(posts=posts), source=source, now=until)
        if cover:
            self.store.coverage.want(source, tag, since=since)
            self.store.coverage.cover(source, tag, (since, until))

    def measure(self, now: datetime = NOW, days: int = 3) -> Measured:
        return measure(
            self.store,
            TARGET,
            since=now - days * DAY,
            until=now,
            window=HOUR,
            zone=ZoneInfo("Asia/Jakarta"),
            alerts=AlertSettings(),
        )


@pytest.fixture
def world(stores) -> Iterable[World]:
    with stores.open() as store, store.transaction():
        yield World(store)


def test_a_source_that_is_heard_for_the_first_time_is_no_burst(world) -> None:
    world.hear(OLD, NOW - 7 * DAY, NOW, per_hour=2)
    world.hear(NEW, NOW - 10 * MINUTE, NOW, per_hour=900)
    measured = world.measure()
    assert measured.bursts == []
    assert measured.learning == (NEW,)
    last = measured.windows.row(-1, named=True)
    assert last["posts"] == 151  # all are shown, and not beside what is expected of some
    assert (last["expected"], last["score"]) == (None, None)
    assert measured.compared.row(-1, named=True)["posts"] == 1


def test_a_hashtag_that_is_added_later_is_no_burst(world) -> None:
    world.hear(NEW, NOW - 10 * DAY, NOW, per_hour=2)
    world.hear(NEW, NOW - HOUR, NOW, per_hour=300, tag=OTHER)
    assert world.measure().bursts == []


def test_a_file_that_is_imported_beside_a_live_source_is_no_burst(world) -> None:
    world.hear(OLD, NOW - 10 * DAY, NOW, per_hour=2)
    world.hear("import/csv", NOW - 8 * HOUR, NOW - HOUR, per_hour=200)
    assert world.measure().bursts == []


def test_a_source_that_was_paused_for_weeks_is_no_burst_when_it_is_back(world) -> None:
    start = NOW - 28 * DAY
    world.hear(OLD, start, NOW, per_hour=2)
    world.hear(NEW, start, start + 6 * DAY, per_hour=40)
    world.hear(NEW, NOW - 6 * HOUR, NOW, per_hour=40)
    measured = world.measure()
    assert measured.bursts == []
    assert measured.learning == ()


def test_a_source_that_is_gone_does_not_blind_the_others(world) -> None:
    world.hear(OLD, NOW - 10 * DAY, NOW - 6 * HOUR, per_hour=2)
    world.hear(OLD, NOW - 6 * HOUR, NOW, per_hour=60)
    world.hear(NEW, NOW - 10 * DAY, NOW - 3 * DAY, per_hour=40)
    (burst,) = world.measure(days=2).bursts
    assert burst.onset >= NOW - 7 * HOUR


def test_a_burst_of_the_others_is_found_while_a_source_is_learnt(world) -> None:
    world.hear(OLD, NOW - 7 * DAY, NOW - 5 * HOUR, per_hour=2)
    world.hear(OLD, NOW - 5 * HOUR, NOW, per_hour=60)
    world.hear(NEW, NOW - DAY, NOW, per_hour=10)
    (burst,) = world.measure().bursts
    assert burst.onset >= NOW - 6 * HOUR
    assert burst.posts <= 5 * 60 + 2  # without those of the source that is learnt


def test_after_two_days_a_source_has_a_usual_of_its_own(world) -> None:
    world.hear(OLD, NOW - 9 * DAY, NOW, per_hour=2)
    world.hear(NEW, NOW - 4 * DAY, NOW - 4 * HOUR, per_hour=20)
    world.hear(NEW, NOW - 4 * HOUR, NOW, per_hour=200)
    measured = world.measure()
    (burst,) = measured.bursts
    assert burst.onset >= NOW - 5 * HOUR
    assert measured.learning == ()
    unknown = measured.windows.filter(pl.col("score").is_null())
    assert unknown["window_start"].max() < NOW - 2 * DAY + HOUR


def test_a_post_that_an_old_source_shows_too_counts_whoever_came_first(world) -> None:
    world.hear(OLD, NOW - 7 * DAY, NOW - HOUR, per_hour=2)
    world.hear(NEW, NOW - HOUR, NOW, per_hour=120)
    rows = world.store.database.rows(
        "select post_key from posts where source = $source", source=NEW
    )
    world.store.database.run(
        "insert into sightings select unnest($keys), $source, $now, null",
        keys=[row["post_key"] for row in rows[:40]],
        source=OLD,
        now=NOW,
    )
    world.store.coverage.cover(OLD, TAG, (NOW - HOUR, NOW))
    # And one that only the old source has shown, at eleven.
    assert world.measure().compared["posts"].tail(2).sum() == 41


def stream(source: str, *heard: tuple[float, float]) -> Stream:
    covered = tuple((NOON + start * DAY, NOON + end * DAY) for start, end in heard)
    return Stream(source, TAG, NOON, covered)


def test_alone_or_together_what_is_new_learns_at_once() -> None:
    both = usual.known([stream("a", (9, 10)), stream("b", (9, 10))], NOON, NOON + 10 * DAY)
    assert usual.compared(both, NOON + 9.5 * DAY) == {("a", TAG), ("b", TAG)}
    assert usual.learning(both, NOON + 9.5 * DAY) == ()


@pytest.mark.parametrize(
    ("day", "compared", "learning"),
    [
        (1.0, {"a"}, ()),  # b has not begun
        (4.5, {"a"}, ("b",)),
        (6.5, {"a", "b"}, ()),
        (8.5, {"a", "b"}, ()),  # away for some hours only
        (11.0, {"b"}, ()),  # a is away for days
        (13.5, {"a", "b"}, ()),
    ],
)
def test_who_is_compared_when(day: float, compared: set[str], learning: tuple[str, ...]) -> None:
    streams = [
        stream("a", (0, 8.4), (8.8, 10), (13, 14)),
        stream("b", (4, 14)),
    ]
    known = usual.known(streams, NOON, NOON + 14 * DAY)
    at = NOON + day * DAY
    assert {source for source, _ in usual.compared(known, at)} == compared
    assert usual.learning(known, at) == learning


CONFIG = """
[[watches]]
name = "air"
hashtags = ["AirBersih", "Banjir"]
sources = ["nostr", "bluesky"]
"""


def test_a_digest_says_what_is_still_being_learnt_and_compares_nothing(world) -> None:
    world.hear(OLD, NOW - 7 * DAY, NOW, per_hour=2)
    world.hear(NEW, NOW - 10 * MINUTE, NOW, per_hour=900)
    config = parse(tomllib.loads(CONFIG), name="config.toml")
    digest = digest_of(world.store, config, since=NOW - DAY, until=NOW)
    (row,) = digest.rows
    assert (row.learning, row.posts_before, row.bursts) == ((NEW,), None, 0)
    assert row.posts == 48 + 150
    for language, words in (
        ("en", f"What is usual at {NEW} is not known yet: until it is, no burst"),
        ("id", f"Apa yang biasa di {NEW} belum diketahui"),
    ):
        reader = replace(config.reader("a@b.example"), language=language)
        letter = digest_letter(digest, reader=reader, now=NOW)
        assert words in " ".join(letter.text.split())
