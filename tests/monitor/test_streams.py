"""Streams: coverage, gaps and positions of sources that are listened to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from collectors.collector import Interest, SourceReport
from collectors.errors import RateLimitedError, SourceUnavailableError
from collectors.page import Page, page_of
from collectors.records import Post, Removal
from monitor.collect import listen
from monitor.config import CollectSettings
from monitor.store.streaming import Position
from tests.builders import HOUR, NOON, make_post, make_repost

SOURCE = "bluesky/contoh"
TAGS = ["airbersih", "banjir"]
SECOND = timedelta(seconds=1)


@dataclass
class Told:
    """A stream over posts in the order of time, one page a minute; the cursor is the time."""

    posts: list[Post] = field(default_factory=list)
    source: str = SOURCE
    minutes: int = 5
    keeps: timedelta = timedelta(hours=36)  # how far back a cursor may lie
    fails_at: int | None = None
    error: Exception = field(default_factory=lambda: SourceUnavailableError("closed"))
    extra: dict[int, dict[str, object]] = field(default_factory=dict)  # what pages hold besides
    interests: list[Interest] = field(default_factory=list)

    def stream(self, interest, *, cursor, now, stop, live) -> Iterator[Page]:
        self.interests.append(interest)
        asked = NOON.fromisoformat(cursor) if cursor else now()
        since = max(asked, now() - self.keeps)
        beyond = "clamp" if since > asked else None
        for minute in range(self.minutes):
            if minute == self.fails_at:
                raise self.error
            until = since + timedelta(minutes=1)
            yield page_of(
                posts=[p for p in self.posts if since <= p.created_at < until],
                since_at=since,
                reached_at=until,
                cursor=until.isoformat(),
                beyond=beyond,
                **self.extra.get(minute, {}),
            )
            since, beyond = until, None
            if stop.is_set():
                return

    def cursor_at(self, when) -> str:
        return when.isoformat()

    def check(self) -> SourceReport:
        return SourceReport(self.source, "a list")

    def close(self) -> None:
        """Do nothing."""


def hear(stores, source, *, at=NOON, stop=None, **settings):
    return listen(
        stores,
        source,
        TAGS,
        settings=CollectSettings(**settings),
        now=lambda: at,
        stop=stop or threading.Event(),
        live=False,
    )


def streams(stores):
    with stores.open(read_only=True) as store:
        return {s.hashtag: s for s in store.coverage.streams(sources=[SOURCE])}


def value(stores, sql):
    with stores.open(read_only=True) as store:
        return store.database.value(sql)


def test_a_stream_covers_all_hashtags_at_once_also_in_silence(stores):
    posts = [make_post(n, created_at=NOON + n * 30 * SECOND) for n in range(4)]
    run = hear(stores, Told(posts))
    assert (run.verdict, run.new) == ("complete", 4)
    for stream in streams(stores).values():
        assert stream.accounted == [(NOON, NOON + timedelta(minutes=5))]
        assert stream.wanted_from == NOON


def test_a_stream_goes_on_where_it_stopped_and_nothing_is_missing(stores):
    posts = [make_post(n, created_at=NOON + n * 30 * SECOND) for n in range(40)]
    hear(stores, Told(posts))
    hear(stores, Told(posts, minutes=15), at=NOON + HOUR)
    (stream, _) = streams(stores).values()
    assert stream.accounted == [(NOON, NOON + timedelta(minutes=20))]
    assert (stream.gaps, value(stores, "select count(*) from posts")) == ((), 40)


def test_a_cursor_that_is_too_old_leaves_a_gap_that_says_so(stores):
    hear(stores, Told())
    hear(stores, Told(), at=NOON + timedelta(hours=40))
    for stream in streams(stores).values():
        (gap,) = stream.gaps
        assert (gap.reason, gap.from_at) == ("clamp", NOON + timedelta(minutes=5))
        assert gap.to_at == NOON + timedelta(hours=4)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (SourceUnavailableError("closed"), "outage"),
        (RateLimitedError("slow down", retry_at=NOON + HOUR), "rate limit"),
    ],
)
def test_a_failure_opens_a_gap_and_hearing_again_closes_it(stores, error, reason):
    hear(stores, Told())
    run = hear(stores, Told(fails_at=0, error=error), at=NOON + HOUR)
    assert (run.verdict, run.detail) == ("failed", str(error))
    (stream, _) = streams(stores).values()
    (gap,) = stream.gaps
    assert (gap.reason, gap.from_at, gap.to_at) == (
        reason,
        NOON + timedelta(minutes=5),
        NOON + HOUR,
    )
    hear(stores, Told(minutes=30), at=NOON + HOUR)
    (stream, _) = streams(stores).values()
    (gap,) = stream.gaps
    assert gap.from_at == NOON + timedelta(minutes=35)  # what is not heard yet stays a gap
    hear(stores, Told(minutes=60), at=NOON + 2 * HOUR)
    assert [stream.gaps for stream in streams(stores).values()] == [(), ()]


def test_a_source_that_was_never_in_reach_is_heard_from_when_it_was_first_wanted(stores):
    assert hear(stores, Told(fails_at=0)).verdict == "failed"
    assert hear(stores, Told(fails_at=0), at=NOON + HOUR / 2).verdict == "failed"
    (stream, _) = streams(stores).values()
    assert stream.accounted == []
    assert [(g.from_at, g.to_at) for g in stream.gaps] == [(NOON, NOON + HOUR / 2)]
    hear(stores, Told(minutes=60), at=NOON + HOUR)
    (stream, _) = streams(stores).values()
    assert (stream.accounted, stream.gaps) == ([(NOON, NOON + HOUR)], ())


def test_a_post_that_is_deleted_is_counted_no_longer_and_stays_on_record(stores):
    post = make_post(1, created_at=NOON)
    gone = Removal(kind="post", key=post.post_key, reason="deleted", removed_at=NOON + HOUR)
    hear(stores, Told([post], extra={2: {"removals": [gone]}}))
    with stores.open(read_only=True) as store:
        (row,) = store.database.rows("select captured_as, text, removed_why from posts")
    assert row == {"captured_as": "removed", "text": None, "removed_why": "deleted"}
    assert value(stores, "select count(*) from removals") == 1
    hear(stores, Told([post]), at=NOON)
    assert value(stores, "select captured_as from posts") == "removed"


def test_an_account_that_is_gone_takes_its_posts_along_and_may_come_back(stores):
    first, other = (make_post(n, created_at=NOON + n * SECOND) for n in (1, 2))
    later = make_post(3, created_at=NOON + 3 * timedelta(minutes=1), author_key=first.author_key)
    gone = Removal(
        kind="author", key=first.author_key, reason="deactivated", removed_at=NOON + 90 * SECOND
    )
    other = make_post(2, created_at=NOON + 2 * SECOND, author_key="mastodon:@lain@b.example")
    hear(stores, Told([first, other, later], extra={1: {"removals": [gone]}}))
    with stores.open(read_only=True) as store:
        rows = store.database.rows("select captured_as from posts order by created_at")
    assert [row["captured_as"] for row in rows] == ["removed", "matched", "matched"]


def test_a_repost_that_is_taken_back_is_no_edge(stores):
    post = make_post(1, created_at=NOON)
    repost = make_repost(target_post_key=post.post_key, record_key="at://x/repost/1")
    undone = Removal(kind="undone", key="at://x/repost/1", reason="deleted", removed_at=NOON)
    hear(stores, Told([post], extra={1: {"interactions": [repost]}, 3: {"removals": [undone]}}))
    assert value(stores, "select removed_at from interactions") == NOON


def test_a_stream_is_told_what_was_found_before(stores):
    post = make_post(1, created_at=NOON, platform="bluesky", post_key="bluesky:at://a/1")
    source = Told([post])
    hear(stores, source)
    hear(stores, source, at=NOON + HOUR)
    assert source.interests[0].posts == set()
    assert (source.interests[1].posts, source.interests[1].authors) == (
        {post.post_key},
        {post.author_key},
    )
    assert source.interests[1].hashtags == frozenset(TAGS)


def test_a_place_that_lay_in_the_future_is_heard_again_from_when_it_was_noted(stores):
    hear(stores, Told())
    noted = NOON + timedelta(minutes=5)
    with stores.open() as store, store.transaction():  # as version 0.1.0 may have left it
        at = Position("2026-03-03T00:00:00+00:00", NOON + 36 * HOUR)
        store.streaming.move(SOURCE, at, now=noted)
    late = make_post(9, created_at=NOON + HOUR)
    hear(stores, Told([late], minutes=120), at=NOON + 2 * HOUR)
    assert value(stores, "select count(*) from posts") == 1
    assert value(stores, "select reached_at from cursors") == noted + 2 * HOUR


class Skipping(Told):
    """Connects anew after its first pages, an hour later, and says nothing of the hour."""

    def stream(self, interest, *, cursor, now, stop, live):
        for number, page in enumerate(
            super().stream(interest, cursor=cursor, now=now, stop=stop, live=live)
        ):
            later = HOUR if number >= 2 else timedelta(0)
            yield replace(page, since_at=page.since_at + later, reached_at=page.reached_at + later)


def test_what_a_stream_skips_between_two_pages_is_a_gap_also_in_silence(stores):
    """Pages without posts wait to be saved together: not across what lies between them."""
    at = NOON + 2 * HOUR
    hear(stores, Told(), at=NOON)
    hear(stores, Skipping(), at=at)
    (stream, _) = streams(stores).values()
    minute = timedelta(minutes=1)
    assert stream.covered == ((NOON, NOON + 7 * minute), (NOON + 67 * minute, NOON + 70 * minute))
    assert [gap.stretch for gap in stream.gaps] == [(NOON + 7 * minute, NOON + 67 * minute)]


def test_a_hashtag_that_is_added_later_is_covered_from_then_on(stores):
    hear(stores, Told())
    listen(
        stores,
        Told(),
        [*TAGS, "macet"],
        settings=CollectSettings(),
        now=lambda: NOON + timedelta(minutes=5),
        stop=threading.Event(),
        live=False,
    )
    found = streams(stores)
    assert found["macet"].accounted == [(NOON + timedelta(minutes=5), NOON + timedelta(minutes=10))]
    assert found["banjir"].accounted == [(NOON, NOON + timedelta(minutes=10))]


class Asked(Told):
    """A source that can be asked, too: its stream tells sooner, and proves nothing."""

    def stream(self, interest, *, cursor, now, stop, live) -> Iterator[Page]:
        yield page_of(posts=self.posts)
        raise self.error

    def pages(self, hashtag, *, cursor, now) -> Iterator[Page]:
        return iter(())


def test_a_source_that_is_asked_too_has_the_coverage_and_the_gaps_of_asking(stores) -> None:
    told = Asked([make_post(created_at=NOON, hashtags_raw=("banjir",))])
    result = hear(stores, told)
    assert (result.verdict, result.new, result.detail) == ("partial", 1, "closed")
    with stores.open() as store:
        assert store.coverage.open_gaps(source=SOURCE) == []
        assert [stream.covered for stream in store.coverage.streams(sources=[SOURCE])] == [(), ()]
        assert store.streaming.position(SOURCE) is None
