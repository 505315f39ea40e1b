"""Where a hashtag arrives: on a platform, in the news."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from analysis.frames import PLATFORM_ACTS, require

_WINDOW = timedelta(hours=24)
_BEFORE = timedelta(days=28)
_LEAST_COVERED = timedelta(days=14)
_TRICKLE = 4  # authors in the four weeks before: one a week
_OUTLETS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A platform on which a hashtag was next to unknown, and is no more."""

    platform: str
    first_at: datetime  # its first post of the 24 hours
    posts: int
    authors: int


def platforms_reached(
    acts: pl.DataFrame,
    *,
    covered_since: Mapping[str, datetime],
    until: datetime,
    min_authors: int,
) -> list[Reached]:
    """Find platforms with at least `min_authors` authors in 24 hours, and at most 4 in 28 days.

    acts: PLATFORM_ACTS. covered_since: from when each platform was read without a break; one
    that was added less than 14 days before is no arrival, and one that nobody vouches for is left
    out. The platform with the most authors before is where the hashtag lives: it is never new.
    """
    require(acts, PLATFORM_ACTS)
    recent_from = until - _WINDOW
    is_recent = pl.col("sort_at") >= recent_from
    counted = (
        acts.filter(pl.col("sort_at") >= recent_from - _BEFORE, pl.col("sort_at") < until)
        .group_by("platform")
        .agg(
            posts=is_recent.sum(),
            authors=pl.col("author_id").filter(is_recent).n_unique(),
            before=pl.col("author_id").filter(~is_recent).n_unique(),
            first_at=pl.col("sort_at").filter(is_recent).min(),
        )
        .sort("platform")
    )
    if counted["before"].sum() <= _TRICKLE:
        return []  # it lives nowhere yet, so it arrives nowhere
    return [
        Reached(
            platform=row["platform"],
            first_at=row["first_at"],
            posts=row["posts"],
            authors=row["authors"],
        )
        for row in counted.to_dicts()
        if row["authors"] >= min_authors
        and row["before"] <= _TRICKLE
        and row["platform"] in covered_since
        and covered_since[row["platform"]] <= recent_from - _LEAST_COVERED
    ]


def picked_up_at(first_matches: Sequence[datetime], *, outlets: int = _OUTLETS) -> datetime | None:
    """Give when the news had picked it up: the first article of the third outlet.

    first_matches: the first matching article of each outlet, in any order.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 8, 18, 12, tzinfo=UTC)
    >>> picked_up_at([noon, noon]) is None
    True
    >>> picked_up_at([noon, noon + timedelta(hours=2), noon + timedelta(hours=1)]) - noon
    datetime.timedelta(seconds=7200)
    """
    times = sorted(first_matches)
    return times[outlets - 1] if len(times) >= outlets else None


def lag_hours(onset: datetime | None, picked_up: datetime | None) -> float | None:
    """Give the hours from the onset of the burst to the pick-up; negative: the news were first.

    None: there was no burst, or no pick-up yet (censored).

    Neuman et al. (2014), The Dynamics of Public Attention, J. of Communication 64(2).
    """
    if onset is None or picked_up is None:
        return None
    return (picked_up - onset) / timedelta(hours=1)
