"""More posts than the season explains."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from analysis.findings import Finding, FindingKind
from analysis.trends.burst import Burst, once_in_days
from analysis.trends.episode import course
from monitor.config import Config, Watch
from monitor.measure import Measured, measure
from monitor.store import Store
from monitor.target import Target

_HOUR = timedelta(hours=1)
# How far back a burst is looked for: what is older was found by the turns of that time.
_LOOK_BACK = timedelta(days=3)


def bursts(store: Store, watch: Watch, config: Config, *, now: datetime) -> list[Finding]:
    """Find the bursts of the last days."""
    measured = measure(
        store,
        Target.of(watch),
        since=now - _LOOK_BACK,
        until=now,
        window=_HOUR,
        zone=config.zone,
        alerts=config.alerts_of(watch.name),
    )
    return [_burst(watch, burst, measured) for burst in measured.bursts]


def _burst(watch: Watch, burst: Burst, measured: Measured) -> Finding:
    return Finding(
        watch=watch.name,
        kind=FindingKind.BURST,
        subject="",
        from_at=burst.onset,
        to_at=burst.end,
        score=round(burst.score, 3),
        evidence={
            "posts": burst.posts,
            "expected": _rounded(burst.expected, 1),
            "authors": burst.authors,
            "peak_at": burst.peak_at.isoformat(),
            "once_in_days": round(once_in_days(burst.score, 24), 1),
            "coverage": _rounded(measured.coverage, 3),
            **_course(burst, measured),
        },
    )


def _course(burst: Burst, measured: Measured) -> dict[str, float | None]:
    """Give how the burst went: its weight, how fast it grew and fades, and by how many."""
    told = course(measured.compared, burst.onset, burst.end, _HOUR)
    within = measured.compared.filter(pl.col("window_start") >= burst.onset)
    if burst.end is not None:
        within = within.filter(pl.col("window_start") < burst.end)
    surprise = within["author_score"].max()
    return {
        "weight": round(told.weight, 1),
        "peak_times": _rounded(told.peak_times, 2),
        "doubling_hours": None if told.doubling is None else round(told.doubling.value, 2),
        "half_life_hours": None if told.half_life is None else round(told.half_life.value, 1),
        "author_score": round(surprise, 2) if isinstance(surprise, float) else None,
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
