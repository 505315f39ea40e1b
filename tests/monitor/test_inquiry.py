"""One post that cannot be asked about keeps no other from being asked about, and is told."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from collectors.collector import SourceReport
from collectors.errors import (
    AccessRefusedError,
    PayloadError,
    RateLimitedError,
    SourceUnavailableError,
)
from collectors.page import page_of
from collectors.records import Interaction, Removal
from monitor.collect.worker import Worker
from monitor.config import CollectSettings
from tests.builders import HOUR, NOON, make_author, make_engagement, make_post

SOURCE = "mastodon/a.example"


class Stumbling:
    """A source that stumbles over some posts, or over all."""

    source, batch = SOURCE, 20

    def __init__(self, *, over=(), error=None):
        self.over, self.error = set(over), error or SourceUnavailableError("500")
        self.is_well, self.is_broken, self.limit = True, False, None
        self.asked, self.in_a_row, self.longest = [], 0, 0
        self.gone = frozenset()

    def check(self):
        self.in_a_row = 0 if self.is_well else self.in_a_row + 1
        return SourceReport(self.source, "told", None if self.is_well else "see whether it runs")

    def close(self):
        pass

    def _ask(self, keys):
        self.asked.append(keys)
        if self.limit is not None and len(self.asked) > self.limit:
            raise RateLimitedError("429", retry_at=NOON + HOUR)
        if self.is_broken or self.over.intersection(keys):
            self.in_a_row += 1
            self.longest = max(self.longest, self.in_a_row)
            raise self.error
        self.in_a_row = 0

    def expand(self, post, *, now):
        self._ask([post.post_key])
        fan = make_author("fan")
        return page_of(
            authors=[fan],
            interactions=[
                Interaction(
                    kind="repost",
                    platform="mastodon",
                    author_key=fan.author_key,
                    target_author_key=post.author_key,
                    target_post_key=post.post_key,
                    acted_at=now,
                )
            ],
        )

    def hydrate(self, posts, *, now):
        self._ask([post.post_key for post in posts])
        return page_of(
            removals=[
                Removal(kind="post", key=post.post_key, reason="deleted", removed_at=now)
                for post in posts
                if post.post_key in self.gone
            ]
        )


def keep(stores, count):
    """Store posts, the first the most reposted: it is asked about first."""
    posts = [
        make_post(n, author_key=f"mastodon:{n}", created_at=NOON - timedelta(hours=2, seconds=n))
        for n in range(count)
    ]
    with stores.open() as store, store.transaction():
        store.posts.add(
            page_of(
                posts=posts,
                engagement=[
                    make_engagement(post_key=post.post_key, observer=SOURCE, reposts=count - n)
                    for n, post in enumerate(posts)
                ],
            ),
            source=SOURCE,
            now=NOON - 2 * HOUR,
        )
    return [post.post_key for post in posts]


def look(stores, source, *, now=NOON, **limits):
    settings = CollectSettings(**({"expand_limit": 200, "check_limit": 200} | limits))
    worker = Worker(stores, source, settings=settings, now=now, stop=threading.Event())
    found = {run.task: run for run in worker.look_again(["airbersih"])}
    return found.get("expand"), found.get("check")


def reposted(stores):
    with stores.open(read_only=True) as store:
        rows = store.database.rows("select target_post_key as key from interactions")
    return {row["key"] for row in rows}


def unanswered(stores, now=NOON):
    with stores.open(read_only=True) as store:
        return {row["task"]: row["posts"] for row in store.unanswered.counted(now=now)}


@pytest.mark.parametrize(
    "error",
    [
        SourceUnavailableError("500"),
        PayloadError("an answer of an unknown shape"),
        AccessRefusedError("forbidden"),
    ],
)
@pytest.mark.parametrize("places", [{0}, {29}, {7}, {0, 1, 2, 3}, {3, 9, 27, 28, 29}])
def test_all_others_are_asked_who_passed_them_on(stores, places, error):
    keys = keep(stores, 30)
    source = Stumbling(over=[keys[n] for n in places], error=error)
    run, _ = look(stores, source, check_limit=0)
    assert reposted(stores) == set(keys) - source.over
    assert run.verdict == "partial"
    assert f"{len(places)} post" in run.detail
    assert str(error) in run.detail
    assert unanswered(stores) == {"expand": len(places)}
    assert source.longest <= 2  # after three the host would be left alone for a while


@pytest.mark.parametrize("places", [{0}, {59}, {1, 2, 3}, {0, 19, 20, 41}])
def test_a_batch_is_halved_until_the_culprit_is_found_and_deletions_are_learnt(stores, places):
    keys = keep(stores, 60)
    source = Stumbling(over=[keys[n] for n in places])
    source.gone = frozenset(keys[n] for n in (10, 30, 55))
    _, run = look(stores, source, expand_limit=0)
    with stores.open(read_only=True) as store:
        left = store.database.value("select count(*) from posts where captured_as = 'matched'")
    assert left == 57
    assert (run.verdict, run.received) == ("partial", 60 - len(places))
    assert unanswered(stores) == {"check": len(places)}
    assert len(source.asked) <= 3 + 12 * len(places)


def test_a_culprit_is_tried_again_ever_later_and_last_of_all(stores):
    keys = keep(stores, 30)
    source = Stumbling(over=keys[:1])
    tried = []
    for hours in range(60):
        source.asked.clear()
        look(stores, source, now=NOON + hours * HOUR, check_limit=0)
        if [keys[0]] in source.asked:
            tried.append(hours)
            assert hours == 0 or source.asked[-1] == [keys[0]]
    assert tried == [0, 1, 3, 7, 15, 31, 55]
    source.over.clear()
    look(stores, source, now=NOON + 80 * HOUR, check_limit=0)
    assert keys[0] in reposted(stores)
    assert unanswered(stores, NOON + 80 * HOUR) == {}


def test_a_source_that_is_away_is_left_alone_and_no_post_is_blamed(stores):
    keys = keep(stores, 30)
    source = Stumbling()
    source.is_broken, source.is_well = True, False
    run, check = look(stores, source)
    assert (run.verdict, check.verdict) == ("failed", "failed")
    assert len(source.asked) == 4
    assert unanswered(stores) == {}
    source.is_broken, source.is_well = False, True
    source.asked.clear()
    look(stores, source, now=NOON + timedelta(minutes=10), check_limit=0)
    assert [key for (key,) in source.asked] == keys  # in the order of before


def test_a_source_that_refuses_all_such_questions_is_told_and_no_post_is_blamed(stores):
    keep(stores, 30)
    source = Stumbling(error=AccessRefusedError("401"))
    source.is_broken = True
    run, check = look(stores, source)
    assert (run.verdict, check.verdict) == ("refused", "refused")
    assert len(source.asked) < 30
    assert unanswered(stores) == {}
    source.is_broken = False
    look(stores, source, now=NOON + timedelta(minutes=10))
    assert len(reposted(stores)) == 30


def test_half_of_all_posts_being_culprits_is_got_through_in_some_turns(stores):
    keys = keep(stores, 30)
    source = Stumbling(over=keys[:15])
    for turn in range(8):
        look(stores, source, now=NOON + turn * timedelta(minutes=10), check_limit=0)
    assert reposted(stores) == set(keys[15:])
    assert unanswered(stores, NOON + 2 * HOUR) == {"expand": 15}


def test_a_rate_limit_ends_the_run_and_blames_nobody(stores):
    keep(stores, 30)
    source = Stumbling()
    source.limit = 4
    run, _ = look(stores, source, check_limit=0)
    assert (run.verdict, run.detail) == ("partial", "429")
    assert len(source.asked) == 5
    assert unanswered(stores) == {}


def test_one_culprit_that_is_alone_is_told_and_is_no_failure_of_the_source(stores):
    keys = keep(stores, 3)
    source = Stumbling(over=keys[:1])
    look(stores, source, check_limit=0)
    source.asked.clear()
    run, _ = look(stores, source, now=NOON + HOUR, check_limit=0)
    assert source.asked == [keys[:1]]
    assert run.verdict == "partial"
    assert unanswered(stores, NOON + HOUR) == {"expand": 1}


def test_erasing_a_post_takes_it_out_of_what_is_tried_again(stores):
    keys = keep(stores, 3)
    look(stores, Stumbling(over=keys[:1]), check_limit=0)
    with stores.open() as store, store.transaction():
        store.privacy.erase("mastodon:0", now=datetime(2026, 3, 2, tzinfo=UTC))
        assert store.database.value("select count(*) from unanswered") == 0
