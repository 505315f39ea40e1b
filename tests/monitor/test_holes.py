"""Covered is what was proved to be read, and nothing else."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from collectors.collector import SourceReport
from collectors.page import Hole, page_of
from collectors.records import Rejected
from monitor import ledger
from monitor.collect import collect
from monitor.config import CollectSettings
from monitor.schedule import Wish
from tests.builders import HOUR, NOON, make_post

SOURCE = "news/gdelt"
WISH = Wish(SOURCE, "airbersih", timedelta(minutes=10), timedelta(hours=12))
MINUTE = timedelta(minutes=1)


@dataclass
class Paged:
    """A source that gives the pages that it is told to give."""

    pages_: list = field(default_factory=list)
    source: str = SOURCE

    def pages(self, hashtag, *, cursor, now):
        yield from self.pages_[int(cursor or 0) :]

    def check(self):
        return SourceReport(self.source, "well")

    def close(self):
        pass


def turn(stores, source, *, now=NOON):
    (*_, run) = collect(
        stores,
        {SOURCE: source},
        [WISH],
        settings=CollectSettings(expand_limit=0, check_limit=0),
        now=now,
        stop=threading.Event(),
    )
    return run


def observed(stores, since, until):
    with stores.open(read_only=True) as store:
        return ledger.coverage(store.coverage.streams(), since, until)


def gaps(stores):
    with stores.open(read_only=True) as store:
        return [(g.from_at, g.to_at, g.reason) for g in store.coverage.open_gaps()]


def hour(number, *, holes=(), **more):
    """One page: the hour that ends so many hours before noon."""
    end = NOON - number * HOUR
    post = make_post(number, created_at=end - 30 * MINUTE)
    given = {"received": 1, "reached_at": end - HOUR, "cursor": str(number + 1)}
    return page_of(**{"posts": [post], "holes": holes} | given | more)


def hole(number, length=HOUR):
    end = NOON - number * HOUR
    return Hole(from_at=end - length, to_at=end, detail="a broken file", cursor=str(number))


def test_a_hole_is_a_gap_of_just_that_stretch(stores):
    source = Paged([hour(n, holes=[hole(n, 15 * MINUTE)] if n == 3 else ()) for n in range(13)])
    run = turn(stores, source)
    assert (run.verdict, run.new) == ("partial", 13)
    assert gaps(stores) == [(NOON - 3.25 * HOUR, NOON - 3 * HOUR, "unread")]
    assert observed(stores, NOON - 12 * HOUR, NOON) == pytest.approx(11.75 / 12)


def test_a_hole_is_closed_when_it_is_read_and_stays_as_long_as_it_is_not(stores):
    source = Paged([hour(n, holes=[hole(n)] if n in (3, 4, 7) else ()) for n in range(13)])
    turn(stores, source)
    two = [
        (NOON - 8 * HOUR, NOON - 7 * HOUR, "unread"),
        (NOON - 5 * HOUR, NOON - 3 * HOUR, "unread"),
    ]
    assert gaps(stores) == two
    turn(stores, source, now=NOON + 7 * HOUR)  # a day is read again
    assert [gap for gap in gaps(stores) if gap[2] == "unread"] == two
    source.pages_ = [hour(n) for n in range(13)]
    turn(stores, source, now=NOON + 14 * HOUR)
    assert not [gap for gap in gaps(stores) if gap[2] == "unread"]


def test_a_hole_in_what_was_read_before_is_none(stores):
    source = Paged([hour(n) for n in range(13)])
    turn(stores, source)
    source.pages_ = [hour(n, holes=[hole(n)] if n == 3 else ()) for n in range(13)]
    turn(stores, source, now=NOON + 10 * MINUTE)
    assert gaps(stores) == []


def test_a_source_that_stands_still_covers_only_what_it_has_shown(stores):
    source = Paged([replace(hour(n), shown_to=NOON) for n in range(13)])
    run = turn(stores, source, now=NOON + 6 * HOUR)
    assert run.verdict == "partial"
    assert "2026-03-01 12:00" in run.detail
    assert gaps(stores) == [(NOON, NOON + 6 * HOUR, "stale")]
    assert observed(stores, NOON, NOON + 6 * HOUR) == 0
    turn(stores, source, now=NOON + 7 * HOUR)
    assert gaps(stores) == [(NOON, NOON + 7 * HOUR, "stale")]
    source.pages_ = [replace(page, shown_to=NOON + 4 * HOUR) for page in source.pages_]
    turn(stores, source, now=NOON + 8 * HOUR)
    assert gaps(stores) == [(NOON + 4 * HOUR, NOON + 8 * HOUR, "stale")]
    source.pages_ = [replace(page, shown_to=None) for page in source.pages_]
    turn(stores, source, now=NOON + 9 * HOUR)
    assert gaps(stores) == []
    assert observed(stores, NOON, NOON + 9 * HOUR) == 1


def aside(number, *, cursor):
    return page_of(
        received=1,
        rejected=[Rejected(locator=f"x#{number}", reason="no id", raw=f"{number}")],
        cursor=cursor,
    )


def test_pages_of_which_nothing_can_be_read_are_no_silence(stores):
    run = turn(stores, Paged([aside(1, cursor=None)]))
    assert (run.verdict, run.detail) == ("failed", "none of 1 records can be read")
    assert observed(stores, NOON - 12 * HOUR, NOON) == 0


@pytest.mark.parametrize("beyond", ["clamp", "too old", "cut short"])
def test_nor_do_they_pass_for_all_that_there_is(stores, beyond):
    """A server that gives the same page again seems to give no more, whatever is on it."""
    pages = [aside(1, cursor="1"), replace(aside(2, cursor=None), beyond=beyond)]
    run = turn(stores, Paged(pages))
    assert (run.verdict, run.detail) == ("failed", "none of 2 records can be read")
    assert gaps(stores) == [(NOON - 12 * HOUR, NOON, "failed")]
    turn(stores, Paged([hour(n) for n in range(14)]), now=NOON + 10 * MINUTE)
    assert gaps(stores) == []


def test_a_page_in_the_midst_of_which_nothing_can_be_read_is_a_hole(stores):
    pages = [hour(n) for n in range(13)]
    pages[4] = aside(4, cursor="5")
    turn(stores, Paged(pages))
    assert gaps(stores) == [(NOON - 6 * HOUR, NOON - 4 * HOUR, "unread")]


def test_a_last_page_of_which_nothing_can_be_read_proves_no_end(stores):
    turn(stores, Paged([hour(0), hour(1), aside(2, cursor=None)]))
    assert gaps(stores) == [(NOON - 12 * HOUR, NOON - 2 * HOUR, "unread")]
    assert observed(stores, NOON - 12 * HOUR, NOON) == pytest.approx(2 / 12)


@pytest.mark.parametrize("year", [1, 1970, 1999, 2099])
def test_a_date_that_cannot_be_is_no_depth(stores, year):
    there = [make_post(n, created_at=NOON - n * MINUTE) for n in range(5)]
    odd = [
        make_post(100 + n, created_at=datetime(year, 1, 2, tzinfo=UTC) + n * MINUTE)
        for n in range(5)
    ]
    page = page_of(posts=[*there, *odd], received=10, beyond="clamp")
    assert page.posts.filter(pl.col("captured_as") == "matched").height >= 5
    turn(stores, Paged([page]))
    assert observed(stores, NOON - 12 * HOUR, NOON) < 0.01


def steady(until, *, hours=8 * 24, per_hour=3):
    """Posts of so many hours, at one pace, up to a time."""
    return [
        make_post(n, created_at=until - n * HOUR / per_hour) for n in range(1, hours * per_hour)
    ]


def shown(stores, posts, *, now):
    """Turn once over a source that shows these posts, newest first, down to its end."""
    return turn(stores, Paged([page_of(posts=posts, received=len(posts))]), now=now)


def test_a_source_whose_newest_post_is_older_than_can_be_stands_still(stores):
    posts = steady(NOON)
    shown(stores, posts, now=NOON)
    run = shown(stores, posts, now=NOON + 6 * HOUR)
    newest = posts[0].created_at
    assert gaps(stores) == [(newest, NOON + 6 * HOUR, "stale")]
    assert observed(stores, NOON, NOON + 6 * HOUR) == 0
    assert run.verdict == "complete"
    caught_up = steady(NOON + 7 * HOUR)
    late = [replace(post, post_key=f"{post.post_key}-late") for post in caught_up[:25]]
    shown(stores, late + posts, now=NOON + 7 * HOUR)
    assert gaps(stores) == []
    assert observed(stores, NOON, NOON + 7 * HOUR) == 1


def test_an_issue_that_fades_or_was_never_loud_does_not_stand_still(stores):
    fading = [post for n, post in enumerate(steady(NOON)) if n > 60 or n % 12 == 0]
    shown(stores, fading, now=NOON)
    shown(stores, fading, now=NOON + 6 * HOUR)
    assert gaps(stores) == []
