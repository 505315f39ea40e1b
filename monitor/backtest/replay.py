"""The stored past of a watch or a hashtag, and what would have been told of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from analysis.trends.burst import Burst, bursts, once_in_days
from monitor.config import AlertSettings
from monitor.measure import Measured
from monitor.sensitivity import TIMES, Sensitivity


@dataclass(frozen=True, slots=True)
class Told:
    """One alert that would have been sent at a sensitivity."""

    sensitivity: Sensitivity
    told_at: datetime  # the end of the window in which it was unusual enough
    onset: datetime
    peak_at: datetime
    end: datetime | None  # None: it still goes on
    posts: int
    expected: float
    authors: int  # in the peak window
    once_in_days: float


def replay(
    measured: Measured, *, alerts: AlertSettings, window: timedelta, since: datetime
) -> list[Told]:
    """Give what would have been told since a time, at each sensitivity, in the order of time.

    Each window is scored by those before it only; but with the posts that are stored now, of which
    some came late.
    """
    counted = measured.windows.select("window_start", "posts", "authors", "reposts", "coverage")
    scored = measured.windows.select("window_start", "expected", "score", "dispersion")
    found: list[Told] = []
    for sensitivity, times in TIMES.items():
        least = alerts.burst_score * times
        for burst in bursts(counted, scored, threshold=least, min_authors=alerts.min_authors):
            at = _first_at(measured.windows, burst, least, alerts.min_authors)
            if at is not None and at >= since:
                found.append(_told(sensitivity, burst, at + window, window))
    return sorted(found, key=lambda told: (list(TIMES).index(told.sensitivity), told.told_at))


def _first_at(windows: pl.DataFrame, burst: Burst, least: float, authors: int) -> datetime | None:
    """Give the window in which a burst was unusual enough, and of enough people."""
    within = pl.col("window_start") >= burst.onset
    if burst.end is not None:
        within &= pl.col("window_start") < burst.end
    rows = windows.filter(within)
    many = rows.filter((pl.col("score") >= least).cum_max() & (pl.col("authors") >= authors))
    first: datetime | None = many["window_start"].min()  # type: ignore[assignment]
    return first


def _told(sensitivity: Sensitivity, burst: Burst, at: datetime, window: timedelta) -> Told:
    return Told(
        sensitivity=sensitivity,
        told_at=at,
        onset=burst.onset,
        peak_at=burst.peak_at,
        end=burst.end,
        posts=burst.posts,
        expected=round(burst.expected, 1),
        authors=burst.authors,
        once_in_days=round(once_in_days(burst.score, timedelta(days=1) / window), 1),
    )
