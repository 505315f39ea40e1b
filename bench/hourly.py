"""Simulated hashtags by the hour: false alarms, and which bursts are found how soon.

`python -m bench.hourly [SEED …]`. 16 weeks of a day and a week, rougher than Poisson, with levels
that drift; bursts of six hours. One threshold for all volumes. Judged from the fifth week on.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.trends.alarm import HOURLY_ALARM, alarms

Floats = npt.NDArray[np.float64]

_HOUR = timedelta(hours=1)
_WEEK = 168
_HOURS, _LEARNT = 16 * _WEEK, 4 * _WEEK
_RATES = (1, 5, 20, 50)  # posts an hour
_SERIES = 18  # of each rate
_BURST, _IN_TIME = 6, 8  # hours: how long it is, and within how many it counts as found
_OUTAGE, _AFTER = 96, 36
_MORNING = (0.25, 0.15, 0.1, 0.1, 0.2, 0.5, 0.9, 1.2, 1.3, 1.3, 1.2, 1.2)
_PROFILE = np.array([*_MORNING, 1.3, 1.2, 1.1, 1.1, 1.2, 1.3, 1.5, 1.7, 1.7, 1.5, 1.0, 0.5])
_PROFILE /= _PROFILE.mean()
_STARTS = pl.datetime_range(
    datetime(2026, 1, 5, tzinfo=UTC),
    datetime(2026, 1, 5, tzinfo=UTC) + (_HOURS - 1) * _HOUR,
    _HOUR,
    time_unit="us",
    eager=True,
)


@dataclass(slots=True)
class Found:
    """What was found at one volume."""

    weeks: float = 0.0
    false: int = 0
    planted: int = 0
    delays: list[int] = field(default_factory=list)  # hours, of those that were found


def hashtag(rng: np.random.Generator, rate: float) -> tuple[Floats, Floats]:
    """Give the counts of a hashtag, and what they scatter around."""
    hours = np.arange(_HOURS)
    weekend = np.where((hours // 24) % 7 >= 5, 0.75, 1.1)
    shocks = rng.normal(0, 0.35 * np.sqrt(0.75), _HOURS)
    drift = np.zeros(_HOURS)
    for hour in range(1, _HOURS):
        drift[hour] = 0.5 * drift[hour - 1] + shocks[hour]
    mu = rate * _PROFILE[hours % 24] * weekend * np.exp(drift - 0.06)
    counts = rng.negative_binomial(np.maximum(mu / 1.5, 1e-6), 1 / 2.5)
    return counts.astype(float), mu


def told(counts: Floats) -> list[int]:
    """Give the hours in which somebody is told."""
    found = alarms(counts, _STARTS, window=_HOUR, zone="UTC")
    return [int(at) for at in np.flatnonzero(np.nan_to_num(found.score) >= 0.5) if at >= _LEARNT]


def calm(seed: int) -> dict[int, Found]:
    """Count the alarms where nothing happens."""
    rng, found = np.random.default_rng(seed), {rate: Found() for rate in _RATES}
    for rate in _RATES:
        for _ in range(_SERIES):
            found[rate].false += len(told(hashtag(rng, rate)[0]))
            found[rate].weeks += (_HOURS - _LEARNT) / _WEEK
    return found


def bursts(seed: int, times: float) -> dict[int, Found]:
    """Find bursts of so many times the usual volume."""
    rng, found = np.random.default_rng(seed), {rate: Found() for rate in _RATES}
    for rate in _RATES:
        for _ in range(_SERIES):
            counts, mu = hashtag(rng, rate)
            starts = [week * _WEEK + int(rng.integers(30, 130)) for week in range(6, 16, 2)]
            for at in starts:
                more = np.maximum(mu[at : at + _BURST], rate * 0.3) * (times - 1)
                counts[at : at + _BURST] += rng.poisson(more)
            heard = told(counts)
            for at in starts:
                within = [hour - at + 1 for hour in heard if at <= hour < at + _IN_TIME]
                found[rate].planted += 1
                found[rate].delays += within[:1]
    return found


def outages(seed: int) -> float:
    """Give the false alarms in the 36 hours after an outage of 96."""
    rng = np.random.default_rng(seed)
    false = outages = 0
    for rate in (5, 20, 50):
        for _ in range(_SERIES):
            counts, _ = hashtag(rng, rate)
            starts = [week * _WEEK + 60 for week in (6, 9, 12)]
            for at in starts:
                counts[at : at + _OUTAGE] = np.nan
            heard = told(counts)
            outages += len(starts)
            false += sum(
                at + _OUTAGE <= hour < at + _OUTAGE + _AFTER for at in starts for hour in heard
            )
    return false / outages


def main(seeds: Sequence[int]) -> None:
    """Print a line for each seed."""
    print(f"threshold {HOURLY_ALARM}; by posts an hour: {', '.join(map(str, _RATES))}")
    for seed in seeds:
        quiet = calm(seed)
        rates = [one.false / one.weeks for one in quiet.values()]
        print(f"seed {seed}: {np.mean(rates):.3f} false a week ({_listed(rates)})", end="; ")
        for times in (5, 10):
            loud = bursts(seed + times, times)
            shares = [len(one.delays) / one.planted for one in loud.values()]
            delay = np.mean([hours for one in loud.values() for hours in one.delays])
            print(f"x{times} {np.mean(shares):.3f} ({_listed(shares)}) in {delay:.2f} h", end="; ")
        print(f"after an outage {outages(seed + 1):.3f}", flush=True)


def _listed(values: Sequence[float]) -> str:
    return " ".join(f"{value:.2f}" for value in values)


if __name__ == "__main__":
    main([int(seed) for seed in sys.argv[1:]] or [1, 2, 3])
