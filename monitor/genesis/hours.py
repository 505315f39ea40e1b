"""Hour by hour, on the hours of the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from monitor.genesis.names import Names
from monitor.genesis.records import Hour

HOUR = timedelta(hours=1)


def clock_hour(at: datetime, zone: ZoneInfo) -> datetime:
    """Give when the hour began that the clock of a zone shows; in UTC.

    >>> clock_hour(datetime(2026, 8, 18, 12, 50, tzinfo=UTC), ZoneInfo("Asia/Kolkata")).isoformat()
    '2026-08-18T12:30:00+00:00'
    """
    local = at.astimezone(zone)
    return (at - timedelta(minutes=local.minute, seconds=local.second,
                           microseconds=local.microsecond)).astimezone(UTC)  # fmt: skip


def hourly(
    early: pl.DataFrame, passed: pl.DataFrame, start: datetime, hours: int, names: Names
) -> list[Hour]:
    """Give each hour. early: posts in time; passed: acts on others; start: of the first hour."""
    hour = hours_after(start)
    entered = early.group_by("author_key").agg(hour.min().alias("entered"))
    carried = passed.drop_nulls("target_author_key").group_by("target_author_key").len()
    reach = entered.join(carried, left_on="author_key", right_on="target_author_key").sort(
        "len", "author_key", descending=[True, False]
    )
    placed = early.with_columns(hour)
    seen: set[str] = set()
    told = []
    for number in range(hours):
        some = placed.filter(pl.col("hour") == number)
        platforms = [one for one in some["platform"].unique().sort() if one not in seen]
        seen.update(platforms)
        busiest = some["author_key"].value_counts().sort(
            "count", "author_key", descending=[True, False]
        )  # fmt: skip
        best = reach.filter(pl.col("entered") == number)
        top = names.who(busiest["author_key"][0]) if busiest.height else None
        carrier = names.who(best["author_key"][0]) if best.height else None
        told.append(
            Hour(
                start=start + number * HOUR,
                posts=some.height,
                reposts=int((some["kind"] == "repost").sum()),
                authors=busiest.height,
                new_authors=entered.filter(pl.col("entered") == number).height,
                top_account=None if top is None else top.name,
                top_handle=None if top is None else top.handle,
                top_share=busiest["count"][0] / some.height if some.height else None,
                carried_by=None if carrier is None else carrier.name,
                carried_by_handle=None if carrier is None else carrier.handle,
                carried=int(best["len"][0]) if best.height else 0,
                new_platforms=platforms,
            )
        )
    return told


def hours_after(start: datetime) -> pl.Expr:
    """Give the whole hours since a time, as `hour`."""
    whole = (pl.col("sort_at") - start).dt.total_microseconds() // 3_600_000_000
    return whole.alias("hour")
