"""When to raise an alarm on one series of counts, at any level of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from math import log

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.frames import VOLUME
from analysis.trends.baseline import HOURS, HalfLives, baseline, dispersions
from analysis.trends.burst import scores
from analysis.trends.exceedance import rarity
from analysis.trends.tail import Floats, surprise

_DAY = timedelta(days=1)
_HALF_LIVES = (_DAY, 5 * _DAY, 7 * _DAY)  # of the level, the season, the dispersion
_SCALES = (1, 3, 12, 36)  # windows: of five minutes 5, 15, 60 and 180
_TIMES = 1.5  # the sequential test asks whether there is half as much again
_LEAST_OBSERVED = 0.5  # of the windows of a scale
_LEARNING = 2 * _DAY
_MEMORY = 60 * _DAY
_REFIT = timedelta(hours=1)
_QUIET = _DAY  # after an alarm, but for what is rarer still
# How rare it must be, in powers of ten and by the series' own past: chosen where alarms change
# least with it, see bench/bursts.py.
ALARM = 3.2
HOURLY_ALARM = 4.1  # surprise; the default of alerts.burst_score
_GROWN = 1.5  # hours: as alerts.grew_by
_LEAST_WINDOWS = 48
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Alarms:
    """One value per window. All are known at its end."""

    expected: Floats  # NaN before the first count
    rarity: Floats  # -log10 of the chance, by the series' own past; 0 while learning, NaN in gaps
    score: Floats  # 0-1, the alarms' memory counted in; 0.5 at `ALARM`. NaN in gaps


def alarms(
    counts: Floats,
    starts: pl.Series,
    *,
    window: timedelta,
    zone: str,
    on_tested: Callable[[float], None] = lambda _: None,
) -> Alarms:
    r"""Score each window of a series by the windows before it.

    Windows below an hour: the surprise of the counts of 1, 3, 12 and 36 windows (negative
    binomial, seasonal) and the sequential evidence of half as many posts again (CUSUM) are each
    set against their own past (`rarity`) and averaged. From an hour on there are too few windows
    for that, and the surprise is that of `analysis.trends.burst.scores`. For a day after an alarm
    only what is rarer counts, so a burst is told once, and again if it grows. The score is
    :math:`R^2 / (R^2 + R_0^2)`.

    counts: NaN in gaps, which change nothing. starts: times in UTC, a window apart. on_tested: is
    told how many windows are tested, for people who wait.
    """
    if window >= _HOUR:
        return _hourly(counts, starts, window=window, zone=zone)
    lives = HalfLives(*(life / window for life in _HALF_LIVES))
    local = starts.dt.convert_time_zone(zone)
    slots = [int(hour) % HOURS for hour in local.dt.hour()]
    base = baseline(counts.tolist(), slots, lives)
    expected, dispersion = np.array(base.expected), np.array(base.dispersion)
    known = ~np.isnan(counts)
    parts = _surprises(counts, expected, dispersion, known, lives.dispersion)
    least = max(_LEAST_WINDOWS, round(_LEARNING / window))
    refit = max(1, round(_REFIT / window))
    each = []
    for at, part in enumerate(parts):

        def tested(done: int, before: int = at * len(counts)) -> None:
            on_tested((before + done) / len(parts))

        memory = round(_MEMORY / window)
        each.append(rarity(part, refit=refit, memory=memory, least=least, on_tested=tested))
    rare = np.mean(each, axis=0)
    return _alarms(expected, np.where(known, rare, np.nan), window, ALARM)


def _hourly(counts: Floats, starts: pl.Series, *, window: timedelta, zone: str) -> Alarms:
    """Score windows of an hour and more, as those of watches are."""
    posts = pl.Series(counts).round().fill_nan(None).cast(pl.Int64)
    volume = pl.DataFrame(
        {
            "window_start": starts,
            "posts": posts,
            "authors": None,
            "reposts": None,
            "coverage": None,
        },
        schema=VOLUME,
    )
    scored = scores(volume, window=window, zone=zone)
    expected = scored["expected"].fill_null(np.nan).to_numpy()
    rare = scored["score"].fill_null(0.0).to_numpy()
    return _alarms(expected, np.where(np.isnan(counts), np.nan, rare), window, HOURLY_ALARM)


def _alarms(expected: Floats, rare: Floats, window: timedelta, alarm: float) -> Alarms:
    grown = _GROWN if window >= _HOUR else 1.0
    heard = _quieted(np.nan_to_num(rare), max(1, round(_QUIET / window)), grown)
    score = heard**2 / (heard**2 + alarm**2)
    return Alarms(expected, rare, np.where(np.isnan(rare), np.nan, score))


def _surprises(
    counts: Floats,
    expected: Floats,
    dispersion: Floats,
    known: npt.NDArray[np.bool_],
    half_life: float,
) -> list[Floats]:
    told = known & ~np.isnan(expected)
    x, mu = np.where(told, counts, 0.0), np.where(told, expected, 0.0)
    found = []
    for scale in _SCALES:
        total, total_mu = _moving_sum(x, scale), np.maximum(_moving_sum(mu, scale), 1e-3)
        enough = told & (_moving_sum(told.astype(np.float64), scale) >= _LEAST_OBSERVED * scale)
        phi = dispersion
        if scale > 1:
            seen = np.where(enough, total, np.nan)
            phi = np.array(dispersions(seen.tolist(), total_mu.tolist(), half_life))
        scored = surprise(np.where(enough, total, 0.0), total_mu, phi)
        found.append(np.where(enough, scored, np.nan))
    found.append(_evidence(np.where(told, counts, np.nan), mu, dispersion))
    return found


def _moving_sum(values: Floats, length: int) -> Floats:
    sums = np.concatenate([np.zeros(length), np.cumsum(values)])
    moved: Floats = sums[length:] - sums[:-length]
    return moved


def _evidence(counts: Floats, expected: Floats, dispersion: Floats) -> Floats:
    """Run the CUSUM; a gap holds it, and is NaN."""
    steps = (counts * log(_TIMES) - expected * (_TIMES - 1)) / dispersion
    held, result = 0.0, np.full(len(counts), np.nan)
    for place, step in enumerate(steps.tolist()):
        if step == step:
            held = max(0.0, held + step)
            result[place] = held
    return result


def _quieted(rare: Floats, quiet: int, grown: float) -> Floats:
    """Let through what is rare, and for a while after it only what is so many times rarer."""
    result = np.zeros(len(rare))
    highest, last = 0.0, -quiet - 1
    for place, value in enumerate(rare.tolist()):
        if value > 0 and (place - last > quiet or value > grown * highest):
            result[place] = highest = value
            last = place
    return result
