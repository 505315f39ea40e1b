from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from collectors.errors import AccessRefusedError, RateLimitedError, SourceUnavailableError
from monitor.collect import Backfill, Filled, collect
from monitor.config import CollectSettings
from monitor.schedule import Wish
from tests.builders import HOUR, NOON, SOURCE, ListedSource, make_post

DAY = timedelta(days=1)
WISH = Wish(SOURCE, "airbersih", timedelta(minutes=10), DAY)
POSTS = [make_post(n, created_at=NOON - n * HOUR) for n in range(1, 120)]


def backfill(stores, source, *, since=NOON - 5 * DAY, max_pages=50, seen=None, stop=None):
    return Backfill(
        stores=stores,
        collectors={SOURCE: source},
        wishes=[WISH],
        since=since,
        settings=CollectSettings(expand_limit=0, check_limit=0, max_pages=max_pages),
        now=lambda: NOON,
        stop=stop or threading.Event(),
        on_progress=(seen if seen is not None else []).append,
    )


def posts_of(stores):
    with stores.open(read_only=True) as store:
        return store.database.value("select count(*) from posts")


def test_what_was_never_asked_for_is_read_page_by_page_until_all_is_there(stores):
    seen: list[Filled] = []
    asked = backfill(stores, ListedSource(POSTS), max_pages=2, seen=seen)
    results = asked.run()
    assert len(results) > 3
    assert (posts_of(stores), asked.filled()) == (119, Filled(share=1.0, gaps=0))
    shares = [filled.share for filled in seen]
    assert shares == sorted(shares)
    assert 0 == shares[0] < shares[len(shares) // 2] < shares[-1]


def test_what_the_daemon_read_before_is_extended_into_the_past(stores):
    source = ListedSource(POSTS)
    collect(
        stores,
        {SOURCE: source},
        [WISH],
        settings=CollectSettings(expand_limit=0),
        now=NOON,
        stop=threading.Event(),
    )
    asked = backfill(stores, source)
    before = asked.ask()
    assert (round(before.share, 2), before.gaps) == (0.2, 1)
    asked.run()
    assert (posts_of(stores), asked.filled().share) == (119, 1.0)


def test_a_run_that_is_stopped_goes_on_where_it_was(stores):
    stop, pages = threading.Event(), []

    def stop_later(filled):
        pages.append(filled)
        if len(pages) == 4:
            stop.set()

    source = ListedSource(POSTS)
    first = backfill(stores, source, stop=stop)
    object.__setattr__(first, "on_progress", stop_later)
    first.run()
    kept = posts_of(stores)
    assert 0 < kept < 119
    assert 0 < first.filled().share < 1
    source.asked.clear()
    again = backfill(stores, source)
    again.run()
    assert (posts_of(stores), again.filled()) == (119, Filled(share=1.0, gaps=0))
    assert None not in source.asked  # not from the top again


def test_a_source_that_is_down_is_asked_once_and_leaves_its_gap(stores):
    class Down(ListedSource):
        asked = 0

        def pages(self, hashtag, *, cursor, now):
            Down.asked += 1
            raise SourceUnavailableError("a.example: down")
            yield

    asked = backfill(stores, Down(POSTS))
    (run, *more) = asked.run()
    assert run.verdict == "failed"
    assert len(more) <= 1
    assert asked.filled().gaps == 1
    assert asked.filled().share == 0


@pytest.mark.parametrize(("wait", "waits"), [(timedelta(0), True), (timedelta(hours=2), False)])
def test_a_short_wait_is_waited_for_and_a_long_one_is_left_to_the_next_time(stores, wait, waits):
    class Limited(ListedSource):
        refusals = 1

        def pages(self, hashtag, *, cursor, now):
            if self.refusals:
                self.refusals -= 1
                raise RateLimitedError("a.example: slow down", retry_at=NOON + wait)
            yield from super().pages(hashtag, cursor=cursor, now=now)

    seen: list[Filled] = []
    asked = backfill(stores, Limited(POSTS), seen=seen)
    asked.run()
    assert asked.filled().share == (1.0 if waits else 0.0)
    assert any(filled.waiting for filled in seen) is waits


def test_a_refused_gap_is_asked_again_on_demand(stores):
    class Refusing(ListedSource):
        refusing = True

        def pages(self, hashtag, *, cursor, now):
            if self.refusing:
                raise AccessRefusedError("a.example: give a token")
            yield from super().pages(hashtag, cursor=cursor, now=now)

    source = Refusing(POSTS)
    backfill(stores, source).run()
    source.refusing = False
    asked = backfill(stores, source)
    asked.run()
    assert asked.filled() == Filled(share=1.0, gaps=0)


def test_a_long_first_reading_never_makes_a_gap_grow(stores):
    """A gap far back, read from the newest on: it must not swallow what is known above it."""
    source = ListedSource(POSTS)
    collect(
        stores,
        {SOURCE: source},
        [WISH],
        settings=CollectSettings(expand_limit=0),
        now=NOON,
        stop=threading.Event(),
    )
    asked = backfill(stores, source, max_pages=1)
    asked.ask()
    with stores.open() as store, store.transaction():
        (gap,) = store.coverage.open_gaps()
    collect(
        stores,
        {SOURCE: source},
        [WISH],
        settings=CollectSettings(expand_limit=0, max_pages=1),
        now=NOON + HOUR,
        stop=threading.Event(),
    )
    with stores.open() as store:
        gaps = store.coverage.open_gaps()
    assert max(g.to_at for g in gaps) <= gap.to_at
