"""A source that cannot be asked for a hashtag is asked about the posts that others found."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from collectors.collector import PostRef, SourceReport
from collectors.errors import SourceUnavailableError
from collectors.page import Page, page_of
from collectors.records import Interaction
from monitor.collect import collect
from monitor.config import CollectSettings
from monitor.schedule import Wish
from tests.builders import HOUR, NOON, make_author, make_engagement, make_post

MINUTE = timedelta(minutes=1)
WISH = Wish("bluesky/appview", "airbersih", 10 * MINUTE, timedelta(days=7))


class Looker:
    """Knows who passed on, and the counts; it has no timeline."""

    source, batch = "bluesky/appview", 25
    posts_of = ("bluesky/jetstream", "bluesky/search")

    def __init__(self, *, error=None):
        self.expanded, self.hydrated, self.error = [], [], error

    def check(self):
        return SourceReport(self.source, "well")

    def close(self):
        pass

    def expand(self, post: PostRef, *, now) -> Page:
        if self.error:
            raise self.error
        self.expanded.append(post.post_key)
        fan = make_author("fan")
        act = Interaction(
            kind="repost",
            platform="bluesky",
            author_key=fan.author_key,
            target_author_key=post.author_key,
            target_post_key=post.post_key,
            acted_at=now,
            not_before=post.created_at,
            precision="bounded",
        )
        return page_of(authors=[fan], interactions=[act])

    def hydrate(self, posts, *, now) -> Page:
        if self.error:
            raise self.error
        self.hydrated += [post.post_key for post in posts]
        return page_of(engagement=[make_engagement(1, reposts=3)])


@pytest.fixture
def heard(stores):
    post = make_post(1, created_at=NOON - 2 * HOUR)
    with stores.open() as store, store.transaction():
        store.posts.add(page_of(posts=[post]), source="bluesky/jetstream", now=NOON - 2 * HOUR)
        other = make_post(2, created_at=NOON - 2 * HOUR)
        store.posts.add(page_of(posts=[other]), source="mastodon/a.example", now=NOON - 2 * HOUR)
    return post.post_key


def look(stores, looker, *, now=NOON):
    return collect(
        stores,
        {looker.source: looker},
        [WISH],
        settings=CollectSettings(),
        now=now,
        stop=threading.Event(),
    )


def test_it_is_asked_about_what_others_heard_and_about_nothing_else(stores, heard):
    looker = Looker()
    results = look(stores, looker)
    assert [(result.task, result.verdict) for result in results] == [
        ("expand", "complete"),
        ("check", "complete"),
    ]
    assert (looker.expanded, looker.hydrated) == ([heard], [heard])
    with stores.open(read_only=True) as store:
        assert store.database.value("select count(*) from interactions where kind = 'repost'") == 1
        # It covers no hashtag, and so it has no gaps.
        assert store.database.value("select count(*) from coverage") == 0
        assert not [s for s in store.coverage.streams() if s.source == looker.source]


def test_it_is_asked_again_when_a_post_comes_of_age_and_not_at_every_tick(stores, heard):
    looker = Looker()
    look(stores, looker)
    look(stores, looker, now=NOON + MINUTE)
    assert len(looker.expanded) == 1
    look(stores, looker, now=NOON + 5 * HOUR)
    assert len(looker.expanded) == 2


def test_one_that_fails_says_so_and_rests_until_it_is_due(stores, heard):
    looker = Looker(error=SourceUnavailableError("view.example: no route"))
    first = look(stores, looker)
    assert {result.verdict for result in first} == {"failed"}
    assert look(stores, looker, now=NOON + MINUTE) == []
    looker.error = None
    again = look(stores, looker, now=NOON + 10 * MINUTE)
    assert {result.verdict for result in again} == {"complete"}
