"""How fast a burst grew and fades, how much it weighs, and what kind of attention it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log, sqrt
from typing import Literal

import numpy as np
import polars as pl

_Z = 1.959963984540054
_RISING = 6  # windows up to the peak
_LEAST_RISING = 3
_ROUNDS = 50
_TIMES = 3.0  # a burst is weighed against three times the expected
_DAYS = 7
_LEAST_DAYS = 3
_LEAST_USUAL = 0.5  # posts: a multiple of almost none says nothing
_HOUR = timedelta(hours=1)

AttentionClass = Literal["anticipatory", "symmetric", "reactive", "transient"]


@dataclass(frozen=True, slots=True)
class Hours:
    """A length in hours with its 95 % interval."""

    value: float
    low: float
    high: float


def weight(windows: pl.DataFrame) -> float:
    r"""Give how much the windows of a burst weigh, in nats: windows with expected and dispersion.

    .. math:: W = \sum_t \max(0, [x_t \ln 3 - 2 \mu_t] / \phi_t)

    the evidence for three times the expected posts over the expected ones. Gaps weigh nothing.

    Kleinberg (2002), Bursty and Hierarchical Structure in Streams, KDD.

    >>> frame = pl.DataFrame({"posts": [1, 30, None], "expected": [5.0, 5.0, 5.0],
    ...                       "dispersion": [2.0, 2.0, 2.0]})
    >>> round(weight(frame), 2)
    11.48
    """
    step = (pl.col("posts") * log(_TIMES) - pl.col("expected") * (_TIMES - 1)) / pl.col(
        "dispersion"
    )
    return float(windows.select(step.clip(0).sum()).item() or 0.0)


def doubling_time(posts: Sequence[int | None], window: timedelta) -> Hours | None:
    r"""Give how long the posts took to double on the way to the peak, the last window.

    :math:`\ln 2 / b`, where b is the slope of a log-linear regression of the last six known
    windows (quasi-Poisson: the variance is a multiple of the mean). None for fewer than three,
    and where the interval of b includes 0: then it is not known to have grown.

    Lorenz-Spreen et al. (2019), Accelerating dynamics of collective attention, Nature Comm. 10.

    >>> found = doubling_time([4, 8, 16, 32, 64, 128], _HOUR)
    >>> round(found.value, 3), found.low <= 1 <= found.high
    (1.0, True)
    >>> doubling_time([9, 11, 10, 8, 12, 10], _HOUR) is None
    True
    """
    known = [(place, count) for place, count in enumerate(posts) if count is not None][-_RISING:]
    if len(known) < _LEAST_RISING:
        return None
    t = np.array([place for place, _ in known], dtype=np.float64)
    x = np.array([count for _, count in known], dtype=np.float64)
    fitted = _slope(t - t.mean(), x)
    if fitted is None:
        return None
    slope, error = fitted
    low, high = slope - _Z * error, slope + _Z * error
    if low <= 0:
        return None
    hours = window / _HOUR * log(2)
    return Hours(hours / slope, hours / high, hours / low)


def _slope(t: np.ndarray, x: np.ndarray) -> tuple[float, float] | None:
    """Fit log(mean) = a + b t by iterated weighted least squares; give b and its error."""
    if x.sum() <= 0:
        return None
    design = np.column_stack([np.ones_like(t), t])
    mean = np.maximum(x, 0.5)
    beta = np.zeros(2)
    for _ in range(_ROUNDS):
        response = np.log(mean) + (x - mean) / mean
        gram = design.T @ (mean[:, None] * design)
        new = np.linalg.solve(gram, design.T @ (mean * response))
        mean = np.exp(np.clip(design @ new, -30, 30))
        if np.abs(new - beta).max() < 1e-9:
            break
        beta = new
    scatter = float(((x - mean) ** 2 / mean).sum()) / max(len(x) - 2, 1)
    variance = np.linalg.inv(design.T @ (mean[:, None] * design))[1, 1] * max(scatter, 1.0)
    return float(new[1]), sqrt(float(variance))


def half_life(
    posts: Sequence[int | None], expected: Sequence[float | None], window: timedelta
) -> Hours | None:
    r"""Give how long after the peak, the first window, half of the excess was gone.

    The excess over the expected is averaged over three windows. The interval goes from the first
    to the last window that, within two standard errors of its count, may have been it. None
    while it goes on ("not yet").

    >>> found = half_life([104, 84, 64, 34, 24, 10], [4.0] * 6, _HOUR)
    >>> found.value, found.low <= found.value <= found.high
    (3.0, True)
    >>> half_life([100, 98, 97], [4.0] * 3, _HOUR) is None
    True
    """
    if not posts or posts[0] is None or expected[0] is None:
        return None
    half = (posts[0] - expected[0]) / 2
    below: list[tuple[int, float, float]] = []
    for place in range(1, len(posts)):
        known = [
            (posts[n], expected[n])
            for n in range(max(1, place - 1), min(len(posts), place + 2))
            if posts[n] is not None and expected[n] is not None
        ]
        if known:
            excess = sum((x or 0) - (mu or 0.0) for x, mu in known) / len(known)
            error = sqrt(sum(x or 0 for x, _ in known)) / len(known)
            below.append((place, excess, error))
    hours = window / _HOUR
    at = next((place for place, excess, _ in below if excess < half), None)
    if at is None:
        return None
    first = next(place for place, excess, error in below if excess - 2 * error < half)
    last = next((place for place, excess, error in below if excess + 2 * error < half), len(posts))
    return Hours(at * hours, first * hours, last * hours)


def attention_class(daily: Sequence[int | None], peak: int) -> AttentionClass | None:
    """Tell what kind of attention a peak day was, by the shares before, on and after it.

    daily: posts a day, around `peak`; seven days on each side are looked at. More than half on
    the peak day is transient; else the side that holds more than twice the other's gives the
    name. None with fewer than three known days on a side.

    Lehmann et al. (2012), Dynamical Classes of Collective Attention in Twitter, WWW.

    >>> attention_class([1, 1, 2, 50, 1, 1, 1], 3)
    'transient'
    >>> attention_class([5, 10, 20, 30, 2, 1, 1], 3)
    'anticipatory'
    >>> attention_class([1, 1, 1, 30, 20, 10, 5], 3)
    'reactive'
    """
    before = [n for n in daily[max(0, peak - _DAYS) : peak] if n is not None]
    after = [n for n in daily[peak + 1 : peak + 1 + _DAYS] if n is not None]
    top = daily[peak]
    if len(before) < _LEAST_DAYS or len(after) < _LEAST_DAYS or not top:
        return None
    rise, fall = sum(before) / len(before), sum(after) / len(after)
    if top > len(before) * rise + len(after) * fall:
        return "transient"
    if rise > 2 * fall:
        return "anticipatory"
    return "reactive" if fall > 2 * rise else "symmetric"


def peak_of(windows: pl.DataFrame, onset: datetime, end: datetime | None) -> int | None:
    """Give the place of the window with the most posts between onset and end; None: no window."""
    within = (pl.col("window_start") >= onset) & pl.col("posts").is_not_null()
    if end is not None:
        within &= pl.col("window_start") < end
    rows = windows.with_row_index("place").filter(within).sort("posts", descending=True)
    return None if rows.is_empty() else int(rows["place"][0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How a burst went; None where that is not known (yet)."""

    weight: float  # nats
    peak_times: float | None  # times the usual in its busiest window
    doubling: Hours | None
    half_life: Hours | None


def course(
    windows: pl.DataFrame, onset: datetime, end: datetime | None, window: timedelta
) -> Course:
    """Sum up a burst: windows with window_start, posts, expected and dispersion, in order."""
    within = windows.filter(pl.col("window_start") >= onset)
    if end is not None:
        within = within.filter(pl.col("window_start") < end)
    times = within.select((pl.col("posts") / pl.col("expected").clip(_LEAST_USUAL)).max()).item()
    peak = peak_of(windows, onset, end)
    posts, expected = windows["posts"].to_list(), windows["expected"].to_list()
    return Course(
        weight=weight(within),
        peak_times=times,
        doubling=None if peak is None else doubling_time(posts[: peak + 1], window),
        half_life=None if peak is None else half_life(posts[peak:], expected[peak:], window),
    )
