"""What has become of posts: counts of later, and deletions."""

from __future__ import annotations

import threading
from datetime import timedelta

from collectors.errors import RateLimitedError
from collectors.page import page_of
from collectors.records import Removal
from monitor.collect import collect
from monitor.config import CollectSettings
from monitor.schedule import Wish
from tests.builders import HOUR, NOON, SOURCE, ListedSource, make_engagement, make_post

WISH = Wish(SOURCE, "airbersih", timedelta(minutes=10), timedelta(days=7))


class Knowing(ListedSource):
    """A source that can be asked about posts, two at a time."""

    batch = 2
    gone: frozenset[str] = frozenset()
    breaks_at: int | None = None

    def hydrate(self, posts, *, now):
        self.batches = [*getattr(self, "batches", []), [post.post_key for post in posts]]
        if self.breaks_at == len(self.batches):
            raise RateLimitedError("429", retry_at=NOON)
        return page_of(
            engagement=[
                make_engagement(
                    post_key=post.post_key, observer=self.source, taken_at=now, reposts=9
                )
                for post in posts
                if post.post_key not in self.gone
            ],
            removals=[
                Removal(kind="post", key=post.post_key, reason="deleted", removed_at=now)
                for post in posts
                if post.post_key in self.gone
            ],
            received=len(posts),
        )


def turn(stores, source, *, now, **settings):
    return collect(
        stores,
        {SOURCE: source},
        [WISH],
        settings=CollectSettings(expand_limit=0, **settings),
        now=now,
        stop=threading.Event(),
    )


def test_a_deleted_post_is_gone_here_within_a_day_and_counts_are_taken(stores):
    posts = [make_post(n, created_at=NOON - n * timedelta(minutes=1)) for n in range(5)]
    source = Knowing(posts)
    source.gone = frozenset({posts[0].post_key})
    assert [run.task for run in turn(stores, source, now=NOON)] == ["poll"]  # too young yet
    _, check = turn(stores, source, now=NOON + HOUR)
    assert (check.task, check.received, check.detail) == ("check", 5, "1 are gone")
    with stores.open(read_only=True) as store:
        counted = store.database.value("select count(*) from posts where captured_as = 'matched'")
        taken = store.database.value("select count(*) from engagement where reposts = 9")
    assert (counted, taken) == (4, 4)
    assert [run.task for run in turn(stores, source, now=NOON + 2 * HOUR)] == ["poll"]
    _, check = turn(stores, source, now=NOON + 25 * HOUR)
    assert check.received == 4  # daily, and never again what is gone


def test_a_limit_in_between_keeps_what_was_answered_and_asks_the_rest_again(stores):
    source = Knowing([make_post(n, created_at=NOON - n * timedelta(minutes=1)) for n in range(5)])
    turn(stores, source, now=NOON)
    source.breaks_at = 2
    _, check = turn(stores, source, now=NOON + HOUR)
    assert (check.verdict, check.received) == ("partial", 2)
    source.breaks_at = None
    _, check = turn(stores, source, now=NOON + HOUR + timedelta(minutes=20))
    assert (check.verdict, check.received) == ("complete", 3)


def test_a_budget_bounds_what_is_asked_in_one_turn(stores):
    source = Knowing([make_post(n, created_at=NOON - n * timedelta(minutes=1)) for n in range(5)])
    turn(stores, source, now=NOON)
    _, check = turn(stores, source, now=NOON + HOUR, check_limit=3)
    assert check.received == 3
