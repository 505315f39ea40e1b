"""One target over one time, measured once: volume, expectation, bursts, coverage.

What the daemon finds, what a digest says and what a report shows come from here, so they agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from analysis.frames import COVERAGE, SCORES, VOLUME
from analysis.trends.burst import Burst, bursts, scores
from analysis.trends.newcomers import author_scores
from analysis.trends.volume import grid, volume
from monitor import ledger, usual
from monitor.charts import Curve
from monitor.config import AlertSettings
from monitor.ledger import Stream
from monitor.store import Store
from monitor.target import Target

# What the expectation is learnt from, before the time that is asked for.
LEAD_IN = timedelta(days=28)
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Measured:
    """The windows of a target: VOLUME with expected and score; its bursts; its coverage."""

    windows: pl.DataFrame  # window_start, posts, authors, reposts, coverage, expected, score, and
    # dispersion, expected_authors, author_score
    bursts: list[Burst]
    coverage: float | None  # None: nobody can say
    activity: pl.DataFrame  # ACTIVITY within the time
    # The same windows as the bursts have them: of the streams whose usual is known.
    compared: pl.DataFrame
    learning: tuple[str, ...] = ()  # sources that are heard, and whose usual is not known yet


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
    counting = _Counting(store, target, begin, until, window, zone)
    counted = counting.count(activity, streams)
    shown, learning = counting.compare(counted, activity, streams)
    found = bursts(
        shown.select(VOLUME.names()),
        shown.select(SCORES.names()),
        threshold=alerts.least_score,
        min_authors=alerts.min_authors,
    )
    # Beside the posts of others, what is expected of some says nothing.
    is_same = pl.col("posts").eq_missing(pl.col("compared"))
    windows = counted.join(
        shown.select("window_start", *_SCORED, compared="posts"), on="window_start", how="left"
    ).with_columns(pl.when(is_same).then(pl.col(name)).alias(name) for name in _SCORED)
    within = pl.col("window_start") > since - window
    return Measured(
        windows=windows.drop("compared").sort("window_start").filter(within),
        bursts=[burst for burst in found if burst.end is None or burst.end > since],
        coverage=ledger.coverage(streams, since, until),
        activity=activity.filter(pl.col("sort_at") >= since),
        compared=shown.sort("window_start").filter(within),
        learning=learning,
    )


_SCORED = ("expected", "score", "dispersion", "expected_authors", "author_score")


@dataclass(frozen=True, slots=True)
class _Counting:
    """One target over one time, counted for different streams."""

    store: Store
    target: Target
    begin: datetime
    until: datetime
    window: timedelta
    zone: ZoneInfo

    def count(self, activity: pl.DataFrame, streams: list[Stream]) -> pl.DataFrame:
        """Return VOLUME of an activity that some streams gave."""
        counted = volume(
            activity, since=self.begin, until=self.until, window=self.window, zone=self.zone.key,
            coverage=_coverage(streams, self.begin, self.until, self.window, self.zone),
        )  # fmt: skip
        span = self.store.queries.span(self.target.selection(None, None))
        return _known(counted, span, self.window)

    def compare(
        self, counted: pl.DataFrame, activity: pl.DataFrame, streams: list[Stream]
    ) -> tuple[pl.DataFrame, tuple[str, ...]]:
        """Score each window by earlier ones in which the same streams were heard.

        Gives VOLUME with the scores, and the sources that are still left out at the end.
        """
        stated = usual.known(streams, self.begin, self.until)
        starts = [max(at, self.begin) for at in counted["window_start"].to_list()]
        sets = [usual.compared(stated, at) for at in starts]
        parts = []
        for chosen in sorted(set(sets), key=sorted):
            scored = self._scored(self._of(chosen, counted, activity, stated))
            parts.append(scored.filter(pl.Series([one == chosen for one in sets])))
        if not parts:
            return self._scored(counted), ()
        return pl.concat(parts).sort("window_start"), usual.learning(stated, self.until - _MOMENT)

    def _of(
        self,
        chosen: frozenset[tuple[str, str]],
        counted: pl.DataFrame,
        activity: pl.DataFrame,
        stated: list[usual.Known],
    ) -> pl.DataFrame:
        """Return VOLUME of some streams; a gap where one of them was away."""
        members = [one for one in stated if (one.stream.source, one.stream.hashtag) in chosen]
        others = [one for one in stated if one not in members]
        if others:
            selection = self.target.selection(self.begin, self.until)
            left = [(one.stream.source, one.stream.hashtag) for one in others]
            kept = self.store.queries.activity(selection, only=sorted(chosen), without=left)
            counted = self.count(kept, [one.stream for one in members])
        if len(members) < 2:
            return counted  # its coverage says when it was away
        start, gone = pl.col("window_start"), pl.lit(value=False)
        for since, until in (stretch for one in members for stretch in one.away):
            gone = gone | ((start < until) & (start + self.window > since))
        return counted.with_columns(
            pl.when(~gone).then(pl.col(name)).alias(name)
            for name in ("posts", "authors", "reposts")
        )

    def _scored(self, counted: pl.DataFrame) -> pl.DataFrame:
        about: dict[str, Any] = {
            "window": self.window,
            "zone": self.zone.key,
            "until": self.until,
        }
        scored = scores(counted, **about).select("window_start", "expected", "score", "dispersion")
        authors = author_scores(counted, **about).select(
            "window_start", expected_authors="expected", author_score="score"
        )
        return (
            counted.join(scored, on="window_start", how="left")
            .join(authors, on="window_start", how="left")
            .sort("window_start")
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
