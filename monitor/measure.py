"""One target over one time, measured once: volume, expectation, bursts, coverage.

What the daemon finds, what a digest says and what a report shows come from here, so they agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from analysis.frames import COVERAGE
from analysis.trends.burst import Burst, bursts, scores
from analysis.trends.newcomers import author_scores
from analysis.trends.volume import grid, volume
from monitor import ledger
from monitor.charts import Curve
from monitor.config import AlertSettings
from monitor.ledger import Stream
from monitor.store import Store
from monitor.target import Target

# What the expectation is learnt from, before the time that is asked for.
LEAD_IN = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Measured:
    """The windows of a target: VOLUME with expected and score; its bursts; its coverage."""

    windows: pl.DataFrame  # window_start, posts, authors, reposts, coverage, expected, score, and
    # dispersion, expected_authors, author_score
    bursts: list[Burst]
    coverage: float | None  # None: nobody can say
    activity: pl.DataFrame  # ACTIVITY within the time


def measure(
    store: Store,
    target: Target,
    *,
    since: datetime,
    until: datetime,
    window: timedelta,
    zone: ZoneInfo,
    alerts: AlertSettings,
    activity: pl.DataFrame | None = None,
) -> Measured:
    """Measure a target in [since, until); the expectation is learnt from before, if there is any.

    Counts are null where coverage is below one half. activity: its ACTIVITY from four weeks before
    `since` on or earlier, where that has been read already.
    """
    # Frames are in UTC, and Polars compares no times of two zones.
    since, until = since.astimezone(UTC), until.astimezone(UTC)
    streams = store.coverage.streams(hashtags=target.hashtags)
    start = since - LEAD_IN
    if activity is None:
        activity = store.queries.activity(target.selection(start, until))
    else:
        activity = activity.filter(pl.col("sort_at") >= start, pl.col("sort_at") < until)
    first = activity["sort_at"].min()
    # Before the first post nothing is known of an imported target, and its silence means nothing.
    begin = min([since, *([max(start, first)] if isinstance(first, datetime) else [])])
    if streams:
        begin = min(since, max(start, min(s.wanted_from for s in streams), begin))
    counted = volume(
        activity, since=begin, until=until, window=window, zone=zone.key,
        coverage=_coverage(streams, begin, until, window, zone),
    )  # fmt: skip
    counted = _known(counted, store.queries.span(target.selection(None, None)), window)
    scored = scores(counted, window=window, zone=zone.key, until=until)
    found = bursts(counted, scored, threshold=alerts.least_score, min_authors=alerts.min_authors)
    authors = author_scores(counted, window=window, zone=zone.key, until=until).select(
        "window_start", expected_authors="expected", author_score="score"
    )
    windows = (
        counted.join(
            scored.select("window_start", "expected", "score", "dispersion"),
            on="window_start",
            how="left",
        )
        .join(authors, on="window_start", how="left")
        .sort("window_start")
    )
    return Measured(
        windows=windows.filter(pl.col("window_start") > since - window),
        bursts=[burst for burst in found if burst.end is None or burst.end > since],
        coverage=ledger.coverage(streams, since, until),
        activity=activity.filter(pl.col("sort_at") >= since),
    )


def with_upper(windows: pl.DataFrame) -> pl.DataFrame:
    """Add up to where each window is usual: two standard deviations above what is expected."""
    upper = pl.col("expected") + 2 * (pl.col("expected") * pl.col("dispersion")).sqrt()
    return windows.with_columns(upper=upper)


def curve_of(measured: Measured, window: timedelta) -> Curve | None:
    """Give the windows as a chart draws them; None if there is none."""
    windows = measured.windows
    if windows.is_empty():
        return None
    drawn = with_upper(windows)
    return Curve(
        starts=tuple(drawn["window_start"].to_list()),
        window=window,
        posts=tuple(drawn["posts"].to_list()),
        expected=tuple(drawn["expected"].to_list()),
        upper=tuple(drawn["upper"].to_list()),
        bursts=tuple((burst.onset, burst.end) for burst in measured.bursts),
    )


def _coverage(
    streams: list[Stream], since: datetime, until: datetime, window: timedelta, zone: ZoneInfo
) -> pl.DataFrame | None:
    if not streams:
        return None
    starts = grid(since, until, window, zone.key)["window_start"].to_list()
    ends = [min(end, until) for end in [*starts[1:], until]]
    shares = ledger.window_coverage(streams, [max(s, since) for s in starts], ends)
    return pl.DataFrame({"window_start": starts, "coverage": shares}, schema=COVERAGE)


def _known(
    counted: pl.DataFrame,
    stored: tuple[datetime | None, datetime | None],
    window: timedelta,
) -> pl.DataFrame:
    """Take back the zeros that nobody vouches for: before the first stored post, after the last."""
    first, last = stored
    within = pl.lit(value=False)
    if first is not None and last is not None:
        start = pl.col("window_start")
        within = (start > first - window) & (start <= last)
    known = pl.col("coverage").is_not_null() | within
    return counted.with_columns(
        pl.when(known).then(pl.col(name)).alias(name) for name in ("posts", "authors", "reposts")
    )
