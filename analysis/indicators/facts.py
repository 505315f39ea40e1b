"""All that the indicators of a window are computed from, as values."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

import polars as pl

from analysis.frames import PARTICIPATION, require
from analysis.indicators.tallies import Tallies, tallies
from analysis.trends.burst import Burst

DAY = timedelta(days=1)
MEMORY = 28 * DAY  # how far back who is new, what is usual, and who belongs together is looked at
_HOUR = timedelta(hours=1)

Stretch = tuple[datetime, datetime]  # start included, end not


@dataclass(frozen=True, slots=True)
class Partition:
    """Who belonged together before a time: the community of each author number."""

    since: datetime  # for windows that begin from here on
    community_of: Mapping[int, int]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of a target: of the window [since, until), and of the time around it.

    acts: PARTICIPATION in order of time. What is None is not known or was not asked for.
    """

    acts: pl.DataFrame
    since: datetime
    until: datetime
    anchor: datetime | None = None  # what is usual is told by the time before it; None: `since`
    known_from: datetime | None = None  # from when its acts are known without a break
    coverage: float | None = None
    near: bool = False  # whether near_id was computed
    deferred: bool = False  # it could be, but nobody is to wait for it here
    # Windows in order: window_start, posts, expected, score, dispersion, authors,
    # expected_authors, author_score
    windows: pl.DataFrame | None = None
    step: timedelta = _HOUR  # of the windows
    bursts: tuple[Burst, ...] = ()
    loud: tuple[Stretch, ...] = ()  # what is no quiet time
    all_posts: pl.DataFrame | None = None  # of all watches: sort_at, platform
    hashtags: pl.Series | None = None  # how many posts of the window each hashtag has
    coordinated: pl.DataFrame | None = None  # acts beyond chance: author_id, sort_at
    partitions: tuple[Partition, ...] = ()
    checked: pl.DataFrame | None = None  # posts asked about again: sort_at, is_gone
    articles: tuple[datetime, ...] | None = None  # the first of each outlet; None: none is read

    def at(self, since: datetime, until: datetime) -> Facts:
        """Give the same facts, asked about another window."""
        return replace(self, since=since, until=until)

    @cached_property
    def within(self) -> pl.DataFrame:
        """The acts of the window."""
        return between(require(self.acts, PARTICIPATION), self.since, self.until)

    @cached_property
    def tallies(self) -> Tallies:
        """How many acts each author of the window has."""
        return tallies(self.within)

    @cached_property
    def quiet(self) -> pl.DataFrame:
        """The acts of quiet times: of the four weeks around, outside the window and any burst."""
        left = self.acts
        for start, end in (*self.loud, (self.since, self.until)):
            left = outside(left, start, end)
        return left

    @property
    def shows_reposts(self) -> bool:
        """Whether there is any repost: a source without one says nothing of how many there were."""
        return bool(self.acts["is_repost"].any())


def between(frame: pl.DataFrame, since: datetime, until: datetime) -> pl.DataFrame:
    """Give the rows of a frame in order of sort_at within a time."""
    first, last = _places(frame, since, until)
    return frame.slice(first, last - first)


def outside(frame: pl.DataFrame, since: datetime, until: datetime) -> pl.DataFrame:
    """Give the others."""
    first, last = _places(frame, since, until)
    return pl.concat([frame.slice(0, first), frame.slice(last)]) if first < last else frame


def _places(frame: pl.DataFrame, since: datetime, until: datetime) -> tuple[int, int]:
    # Halving in Python: a query for each place takes ten times as long, and these are many.
    times = frame["sort_at"]
    return bisect_left(times, since), bisect_left(times, until)
