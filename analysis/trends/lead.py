"""Which platform led, and by how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from math import atanh, sqrt, tanh

import numpy as np
import numpy.typing as npt
import polars as pl

_LEAST_WINDOWS = 12
_MOST_LAG = 12  # windows
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """One platform before another."""

    leader: str
    follower: str
    lag: float  # hours
    low: float  # 95 %
    high: float
    correlation: float
    n: int  # windows known of both


def leads(excesses: Mapping[str, pl.Series], *, window: timedelta) -> list[Lead]:
    r"""Find who leads whom: the lag at which the excesses correlate most.

    excesses: for each platform :math:`\sqrt{x} - \sqrt{\mu}` of the same windows in order (which
    steadies the variance of counts), null in gaps. Every lag whose correlation is not below the
    best one's by more than its error (Fisher's z, 95 %) stays possible; a pair is told only if all
    of those have the same sign, and if the best correlation differs from 0.

    >>> rise = [0.0] * 10 + [1.0, 4.0, 9.0, 6.0, 3.0, 1.0] + [0.0] * 14
    >>> later = [0.0] * 3 + rise[:-3]
    >>> series = {"x": pl.Series(rise), "bluesky": pl.Series(later)}
    >>> [(one.leader, one.follower, one.lag) for one in leads(series, window=timedelta(hours=1))]
    [('x', 'bluesky', 3.0)]
    """
    found = []
    for one, other in combinations(sorted(excesses), 2):
        lead = _lead(one, other, excesses[one], excesses[other], window / timedelta(hours=1))
        if lead is not None:
            found.append(lead)
    return found


def _lead(one: str, other: str, a: pl.Series, b: pl.Series, hours: float) -> Lead | None:
    x = a.cast(pl.Float64).fill_null(np.nan).to_numpy()
    y = b.cast(pl.Float64).fill_null(np.nan).to_numpy()
    told = {
        lag: value
        for lag in range(-_MOST_LAG, _MOST_LAG + 1)
        if (value := _correlation(x, y, lag)) is not None
    }
    if not told:
        return None
    best = max(told, key=lambda lag: told[lag][0])
    r, n = told[best]
    error = _Z / sqrt(n - 3)
    least = tanh(atanh(min(r, 0.999999)) - error)
    if least <= 0:
        return None
    possible = [lag for lag, (value, _) in told.items() if value >= least]
    if min(possible) <= 0 <= max(possible):
        return None  # who was first is not known
    leader, follower = (one, other) if best > 0 else (other, one)
    low, high = sorted((abs(min(possible)) * hours, abs(max(possible)) * hours))
    return Lead(
        leader=leader,
        follower=follower,
        lag=abs(best) * hours,
        low=low,
        high=high,
        correlation=r,
        n=n,
    )


def _correlation(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], lag: int
) -> tuple[float, int] | None:
    """Correlate x with y `lag` windows later; None where too little is known of both."""
    first, second = (x[: len(x) - lag], y[lag:]) if lag >= 0 else (x[-lag:], y[: len(y) + lag])
    known = ~(np.isnan(first) | np.isnan(second))
    first, second = first[known], second[known]
    if len(first) < _LEAST_WINDOWS or not first.std() or not second.std():
        return None
    return float(np.corrcoef(first, second)[0, 1]), len(first)
