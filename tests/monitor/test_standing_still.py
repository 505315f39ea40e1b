"""A source that stands still is told from a hashtag that has fallen silent."""

from __future__ import annotations

import math
import random
import threading
from bisect import bisect_left
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from collectors.page import page_of
from monitor import ledger
from monitor.collect import collect
from monitor.collect.standing import is_odd
from monitor.config import CollectSettings
from monitor.schedule import Wish
from tests.builders import HOUR, NOON, make_post
from tests.monitor.test_holes import MINUTE, Paged, steady

DAY = 24 * HOUR
HERE, THERE = "mastodon/satu.example", "mastodon/dua.example"


def turn(stores, *, now, source=HERE, hashtag="AirBersih", posts=()):
    """Turn once over a source that shows these posts of a hashtag, newest first."""
    named = [
        replace(
            post,
            post_key=f"{post.post_key}/{source}/{hashtag}/{post.created_at:%d%H%M}",
            hashtags_raw=(hashtag,),
        )
        for post in sorted(posts, key=lambda post: post.created_at, reverse=True)
    ]
    collect(
        stores,
        {source: Paged([page_of(posts=named, received=len(named))], source=source)},
        [Wish(source, hashtag.lower(), 10 * MINUTE, 12 * HOUR)],
        settings=CollectSettings(expand_limit=0, check_limit=0),
        now=now,
        stop=threading.Event(),
    )


def gaps(stores):
    with stores.open(read_only=True) as store:
        return [(g.source, g.reason, g.from_at, g.to_at) for g in store.coverage.open_gaps()]


def observed(stores, since, until, source=HERE):
    with stores.open(read_only=True) as store:
        return ledger.coverage(store.coverage.streams(sources=[source]), since, until)


def test_a_hashtag_that_has_ended_is_a_gap_for_a_day_at_most(stores):
    posts = steady(NOON)
    turn(stores, posts=posts, now=NOON)
    turn(stores, posts=posts, now=NOON + 6 * HOUR)
    assert [(source, reason) for source, reason, *_ in gaps(stores)] == [(HERE, "stale")]
    for hours in (12, 20, 25):
        turn(stores, posts=posts, now=NOON + hours * HOUR)
    assert gaps(stores) == []
    assert observed(stores, NOON, NOON + 25 * HOUR) == 1


def test_a_silence_that_ends_with_a_new_post_was_a_calm(stores):
    posts = steady(NOON)
    turn(stores, posts=posts, now=NOON)
    turn(stores, posts=posts, now=NOON + 6 * HOUR)
    again = make_post(9999, created_at=NOON + 7 * HOUR - MINUTE)
    turn(stores, posts=[again, *posts], now=NOON + 7 * HOUR)
    assert gaps(stores) == []
    assert observed(stores, NOON, NOON + 7 * HOUR) == 1


def test_a_source_that_shows_newer_posts_of_another_hashtag_does_not_stand_still(stores):
    posts = steady(NOON)
    turn(stores, posts=posts, now=NOON)
    other = make_post(9999, created_at=NOON + 5 * HOUR)
    turn(stores, posts=[other], hashtag="Jembatan", now=NOON + 6 * HOUR)
    turn(stores, posts=posts, now=NOON + 6 * HOUR)
    assert gaps(stores) == []


def test_a_hashtag_that_falls_silent_everywhere_stands_still_nowhere(stores):
    posts = steady(NOON)
    for source in (HERE, THERE):
        turn(stores, posts=posts, source=source, now=NOON)
    for source in (HERE, THERE):
        turn(stores, posts=posts, source=source, now=NOON + 6 * HOUR)
    assert gaps(stores) == []


def test_a_source_that_stands_still_while_another_goes_on_is_a_gap_until_it_moves(stores):
    posts, on = steady(NOON), steady(NOON + 30 * HOUR, hours=9 * 24)
    turn(stores, posts=posts, now=NOON)
    turn(stores, posts=posts, source=THERE, now=NOON)
    for hours in (6, 20, 28):
        now = NOON + hours * HOUR
        turn(stores, posts=[p for p in on if p.created_at < now], source=THERE, now=now)
        turn(stores, posts=posts, now=now)
    (gap,) = gaps(stores)
    assert gap == (HERE, "stale", posts[0].created_at, NOON + 20 * HOUR)
    late = [post for post in on if post.created_at > NOON]
    turn(stores, posts=[*late, *posts], now=NOON + 30 * HOUR)
    assert gaps(stores) == []


def month(seed, per_hour, *, nights):
    """The minutes at which posts come in a week and a month: chance, by a daily rhythm."""
    chance = random.Random(seed)
    minutes, at, end = [], 0.0, 38 * 24 * 60
    while True:
        # Thinned: drawn at the highest rate, kept by the rhythm.
        at += chance.expovariate(per_hour * (1 + nights) / 60)
        if at >= end:
            return minutes
        rhythm = 1 + nights * math.sin(2 * math.pi * (at / 1440 - 1 / 3))
        if chance.random() * (1 + nights) < rhythm:
            minutes.append(at)


@pytest.mark.parametrize("nights", [0.0, 0.6, 0.95])
def test_chance_makes_no_more_than_one_gap_in_a_month_of_a_calm_hashtag(nights):
    # Oddness only grows with a silence, so that each is judged at its end, where it is longest.
    for per_hour in (1, 2, 5, 7, 10, 30, 100):
        found = []
        for seed in range(4):
            minutes = month(seed, per_hour, nights=nights)

            def count(since, until, minutes=minutes):
                edges = ((edge - NOON) / MINUTE for edge in (since, until))
                low, high = (bisect_left(minutes, edge) for edge in edges)
                return high - low

            silences = [(a, b) for a, b in pairwise(minutes) if a > 7 * 1440 and b - a > 60]
            odd = [
                is_odd(count, NOON + timedelta(minutes=a), NOON + timedelta(minutes=b))
                for a, b in silences
            ]
            found.append(sum(odd))
        assert max(found) <= 1, (per_hour, found)
