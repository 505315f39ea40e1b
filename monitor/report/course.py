"""The rows of a report that tell how it went: windows, bursts, who led, what rises along."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from analysis.trends.burst import Burst
from analysis.trends.emerging import emerging
from analysis.trends.episode import Hours, attention_class, course
from analysis.trends.lead import leads
from monitor.config import Config
from monitor.measure import LEAD_IN, Measured, with_upper
from monitor.report.report import BurstRow, EmergingRow, LeadRow, WindowRow
from monitor.report.rows import rounded
from monitor.report.span import Span
from monitor.store import Store
from monitor.target import Target

_DAY = timedelta(days=1)


def window_rows(
    measured: Measured, span: Span, *, config: Config, now: datetime
) -> list[WindowRow]:
    """Give every window; those that are still read again are provisional."""
    settled = now - config.collect.rescan
    return [
        WindowRow(
            start=row["window_start"],
            posts=row["posts"],
            authors=row["authors"],
            reposts=row["reposts"],
            expected=rounded(row["expected"], 2),
            upper=rounded(row["upper"], 2),
            score=rounded(row["score"], 2),
            coverage=rounded(row["coverage"]),
            # What was imported is not read again.
            provisional=row["coverage"] is not None and row["window_start"] + span.window > settled,
        )
        for row in with_upper(measured.windows).iter_rows(named=True)
    ]


def burst_rows(measured: Measured, span: Span) -> list[BurstRow]:
    """Give every burst, and how it went."""
    return [_burst(burst, measured, span) for burst in measured.bursts]


def _burst(burst: Burst, measured: Measured, span: Span) -> BurstRow:
    told = course(measured.windows, burst.onset, burst.end, span.window)
    return BurstRow(
        start=burst.onset,
        end=burst.end,
        peak_at=burst.peak_at,
        posts=burst.posts,
        expected=rounded(burst.expected, 1),
        authors=burst.authors,
        score=round(burst.score, 2),
        weight=round(told.weight, 1),
        doubling_hours=_hours(told.doubling, "value"),
        doubling_low=_hours(told.doubling, "low"),
        doubling_high=_hours(told.doubling, "high"),
        half_life_hours=_hours(told.half_life, "value"),
        half_life_low=_hours(told.half_life, "low"),
        half_life_high=_hours(told.half_life, "high"),
        attention=_attention(burst, measured),
    )


def _hours(told: Hours | None, name: str) -> float | None:
    return None if told is None else round(getattr(told, name), 2)


def _attention(burst: Burst, measured: Measured) -> str | None:
    """Tell what kind of attention it was, from the days around its peak that are known whole."""
    # The peak lies in the middle of its day, not at its beginning.
    days = measured.windows.with_columns(
        day=((pl.col("window_start") - burst.peak_at).dt.total_hours() + 12) // 24
    )
    known = pl.col("posts").is_not_null().all()
    totals = (
        days.group_by("day")
        .agg(posts=pl.when(known).then(pl.col("posts").sum()))
        .filter(pl.col("day").is_between(-7, 7))
    )
    by_day: dict[int, int | None] = dict(totals.select("day", "posts").iter_rows())
    return attention_class([by_day.get(day) for day in range(-7, 8)], 7)


def lead_rows(store: Store, target: Target, span: Span, measured: Measured) -> list[LeadRow]:
    """Give which platform led which, where that is sure."""
    windows, selection = measured.windows, target.selection(span.since, span.until)
    if windows.is_empty() or len(store.spread.platform_names(selection)) < 2:
        return []
    acts = store.spread.platforms(selection)
    starts = windows["window_start"]
    place = (
        starts.dt.timestamp("us")
        .to_numpy()
        .searchsorted(acts["sort_at"].dt.timestamp("us").to_numpy(), side="right")
    )
    counted = acts.with_columns(place=pl.Series(place - 1)).group_by("platform", "place").len()
    excesses = {}
    for (platform,), rows in counted.group_by("platform"):
        share = float(rows["len"].sum()) / acts.height
        found = dict(rows.select("place", "len").iter_rows())
        x = pl.Series([float(found.get(n, 0)) for n in range(len(starts))])
        usual = (windows["expected"] * share).sqrt()
        excess = x.sqrt() - usual
        excesses[str(platform)] = excess.zip_with(
            windows["posts"].is_not_null(), pl.Series([None] * len(starts), dtype=pl.Float64)
        )
    return [
        LeadRow(
            leader=one.leader,
            follower=one.follower,
            lag_hours=round(one.lag, 2),
            low=round(one.low, 2),
            high=round(one.high, 2),
            correlation=round(one.correlation, 3),
            n=one.n,
        )
        for one in leads(excesses, window=span.window)
    ]


def emerging_rows(store: Store, target: Target, span: Span, config: Config) -> list[EmergingRow]:
    """Give the hashtags of the last day that rise along and that nobody watches."""
    first, _ = store.queries.span(target.selection(None, None))
    if first is None:
        return []
    since = max(first, span.until - LEAD_IN - _DAY)
    watched = {tag for watch in config.watches for tag in watch.tags} | set(target.hashtags)
    settings = config.alerts_of(target.watch)
    found = emerging(
        store.spread.tags(target.selection(since, span.until)),
        watched=watched,
        until=span.until,
        since=since,
        threshold=settings.least_score,
        min_authors=settings.min_authors,
    )
    return [
        EmergingRow(
            hashtag=one.hashtag,
            posts=one.posts,
            authors=one.authors,
            expected=round(one.expected, 1),
            score=round(one.score, 2),
        )
        for one in found
    ]
