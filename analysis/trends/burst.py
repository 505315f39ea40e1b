"""How surprising each window is, and the bursts in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isnan, log, nan, pow

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.frames import SCORES, VOLUME, require
from analysis.trends.baseline import HOURS, HalfLives, at_level, baseline, dispersions
from analysis.trends.tail import MOST_SURPRISE, Floats, surprise

_LEVEL_HALF_LIFE = timedelta(days=14)
_SEASON_HALF_LIFE = timedelta(days=28)
_EXPECTED_AFTER = (timedelta(hours=24), 7)  # of observed time, and at least so many windows
_SCORE_AFTER = (timedelta(hours=48), 14)
_SHORT, _MIDDLE, _SCALES = 3, 6, (1, 3, 6, 24)  # windows
_LEAST_OBSERVED = 0.5  # of the windows of a scale
_TIMES = 3.0  # the sequential test asks whether there are three times the expected posts
_MOST_EVIDENCE = 12.0  # held after a burst, so that its memory fades within hours
_CLIP = 2.0  # as in the baseline: standard deviations above which a count is cut
_UNCALM = 1.0  # surprise of the last three windows: one chance in ten
_CALM_WINDOWS = 3
_MOST_DAYS = 3650.0


def scores(
    volume: pl.DataFrame, *, window: timedelta, zone: str, until: datetime | None = None
) -> pl.DataFrame:
    r"""Score the surprise of each window by the windows before it: SCORES, row by row.

    expected and dispersion are those of `baseline`; score is the largest of

    * :math:`-\log_{10} P(X \ge x)` over the last 1, 3, 6 and 24 windows, X negative binomial;
    * the sequential evidence that posts come at s = 3 times the expected rate,
      :math:`g_t = \max(0, g_{t-1} + [x_t \ln s - \mu_t (s - 1)] / \phi_t) / \ln 10` (CUSUM).

    The long memories (6 and 24 windows, CUSUM) speak only while the last three windows are not
    calm, so that a burst ends when its posts do. A gap has no score and changes nothing; a scale
    that is half unobserved is left out. No window looks ahead: a prefix has the same scores.

    until: up to when has been counted, where the last window is still going on: it is expected to
    hold the share of its posts that the time has passed for.

    While learning, score is null for 48 observed hours and expected for 24.

    Page (1954), Continuous Inspection Schemes. Biometrika 41. Kleinberg (2002), Bursty and
    Hierarchical Structure in Streams. KDD. The rates of false alerts that were measured by
    simulation stand in tests/analysis/trends/test_burst.py.
    """
    require(volume, VOLUME)
    counts = volume["posts"].cast(pl.Float64).fill_null(nan).to_numpy()
    half_lives = HalfLives(
        _LEVEL_HALF_LIFE / window, _SEASON_HALF_LIFE / window, _SEASON_HALF_LIFE / window
    )
    base = baseline(counts.tolist(), _slots(volume["window_start"], zone), half_lives)
    expected, dispersion = np.array(base.expected), np.array(base.dispersion)
    if until is not None and volume.height:
        expected[-1] *= _passed(volume["window_start"][-1], window, until)
    observed = ~np.isnan(counts)
    history = np.cumsum(observed) - observed
    learned = observed & (history >= _windows(_SCORE_AFTER, window))
    score = _fused(counts, expected, dispersion, learned, half_lives.dispersion)
    told = history >= _windows(_EXPECTED_AFTER, window)
    frame = pl.DataFrame(
        {
            "window_start": volume["window_start"],
            "expected": np.where(told, expected, np.nan),
            "score": np.where(learned, score, np.nan),
            "dispersion": np.where(told, dispersion, np.nan),
        }
    )
    return require(frame.with_columns(pl.col(pl.Float64).fill_nan(None)), SCORES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """One stretch of windows with more posts than the season explains."""

    onset: datetime  # start of the first window above half the threshold on the way to it
    end: datetime | None  # start of the first calm window; None while it goes on
    peak_at: datetime  # start of the window with the most posts
    posts: int  # from onset to end
    expected: float  # posts that the season explains, in the same windows
    authors: int  # distinct authors in the peak window
    score: float  # the largest surprise
    repost_share: float | None  # of all posts; None where there are none


def bursts(
    volume: pl.DataFrame, scored: pl.DataFrame, *, threshold: float, min_authors: int = 5
) -> list[Burst]:
    """Find the bursts, oldest first: VOLUME and its SCORES, window by window.

    A burst begins when the score reaches the threshold and ends with three observed windows in a
    row below half of it; the calm windows that the score still remembers are no part of it. A gap
    neither ends nor prolongs it. Bursts with fewer than `min_authors`
    authors in their peak window are left out: two talkative friends are no public.
    """
    require(volume, VOLUME)
    scored = require(scored, SCORES).select("expected", "score", "dispersion")
    rows = volume.with_columns(scored).filter(pl.col("posts").is_not_null())
    found = [
        _burst(rows, first, last, closed=closed)
        for first, last, closed in _episodes(rows["score"].to_list(), threshold)
    ]
    return [burst for burst in found if burst.authors >= min_authors]


def once_in_days(score: float, windows_per_day: float) -> float:
    r"""Give how many days pass between such scores, if the season explained everything.

    .. math:: D = 1 / (10^{-S} \, n)

    at most ten years. It does not: calm days are rougher than the model, and in simulation a score
    of 6 came once in about 150 days. Read it as an upper limit, not as the rate of false alerts.

    >>> once_in_days(3.0, windows_per_day=24)
    41.666666666666664
    >>> once_in_days(9.0, windows_per_day=24)
    3650.0
    """
    return min(pow(10.0, min(score, MOST_SURPRISE)) / windows_per_day, _MOST_DAYS)


def _passed(start: datetime, window: timedelta, until: datetime) -> float:
    """Give the share of a window that has passed."""
    return min(1.0, max(0.0, (until - start) / window))


def _slots(starts: pl.Series, zone: str) -> list[int]:
    """Give the slot of the week of each window: its hour, plus 24 at a weekend."""
    local = starts.dt.convert_time_zone(zone)
    hours: list[int] = local.dt.hour().cast(pl.Int64).to_list()
    weekdays: list[int] = local.dt.weekday().cast(pl.Int64).to_list()
    return [hour + HOURS * (day >= 6) for hour, day in zip(hours, weekdays, strict=True)]


def _windows(needed: tuple[timedelta, int], window: timedelta) -> float:
    time, least = needed
    return max(time / window, least)


def _fused(
    counts: Floats,
    expected: Floats,
    dispersion: Floats,
    learned: npt.NDArray[np.bool_],
    half_life: float,
) -> Floats:
    """Give the largest surprise of all scales and of the sequential test."""
    known = ~np.isnan(counts) & ~np.isnan(expected)
    x, mu = np.where(known, counts, 0.0), np.where(known, expected, 0.0)
    dispersion = np.array(at_level(dispersion.tolist(), mu.tolist(), half_life))
    # Over a day every window counts as the baseline learns it: a burst that is over must not make
    # the next morning look unusual, while many windows that are a little high still add up.
    held = np.minimum(x, mu + _CLIP * np.sqrt(mu * dispersion) + 1)
    by_scale = {}
    for scale in _SCALES:
        shown = x if scale <= _MIDDLE else held
        total, total_mu = _moving_sum(shown, scale), np.maximum(_moving_sum(mu, scale), 1e-3)
        enough = known & (_moving_sum(known.astype(np.float64), scale) >= _LEAST_OBSERVED * scale)
        phi = dispersion
        if scale > 1:
            seen = np.where(enough, total, np.nan)
            phi = np.array(dispersions(seen.tolist(), total_mu.tolist(), half_life))
            if scale <= _MIDDLE:
                phi = np.array(at_level(phi.tolist(), total_mu.tolist(), half_life))
        by_scale[scale] = surprise(np.where(enough, total, 0.0), total_mu, phi)
    calm = by_scale[_SHORT] < _UNCALM
    evidence = _evidence(np.where(learned, x, np.nan), mu, dispersion, calm)
    short = np.maximum(by_scale[1], by_scale[_SHORT])
    long = np.maximum(np.maximum(by_scale[_MIDDLE], by_scale[_SCALES[-1]]), evidence)
    return np.where(calm, short, np.maximum(short, long))


def _moving_sum(values: Floats, length: int) -> Floats:
    sums = np.concatenate([np.zeros(length), np.cumsum(values)])
    moved: Floats = sums[length:] - sums[:-length]
    return moved


def _evidence(
    counts: Floats, expected: Floats, dispersion: Floats, calm: npt.NDArray[np.bool_]
) -> Floats:
    """Run the CUSUM, in powers of ten; a NaN count holds it, three calm windows end it.

    Without that end a burst would be remembered through a quiet night, in which little counts
    against it, and the first busy hour would be found to be a burst of its own.
    """
    steps = (counts * log(_TIMES) - expected * (_TIMES - 1)) / (dispersion * log(10))
    held, calm_for = 0.0, 0
    result = []
    for step, is_calm in zip(steps.tolist(), calm.tolist(), strict=True):
        if not isnan(step):
            calm_for = calm_for + 1 if is_calm else 0
            held = min(max(0.0, held + step), _MOST_EVIDENCE) if calm_for < _CALM_WINDOWS else 0.0
        result.append(held)
    return np.array(result, dtype=np.float64)


def _episodes(scores: list[float | None], threshold: float) -> list[tuple[int, int, bool]]:
    """Give (first, last + 1, whether it has ended) of each burst among observed windows."""
    result = []
    first: int | None = None
    rising = calm = 0
    for place, score in enumerate(scores):
        above = score is not None and score >= threshold / 2
        calm = 0 if above else calm + 1
        if first is None:
            rising = rising + 1 if above else 0
            if score is not None and score >= threshold:
                first = place - rising + 1
        elif calm == _CALM_WINDOWS:
            result.append((first, place - calm + 1, True))
            first, rising = None, 0
    if first is not None:
        result.append((first, len(scores) - calm, False))
    return result


def _burst(rows: pl.DataFrame, first: int, last: int, *, closed: bool) -> Burst:
    """Sum up the burst whose score was raised from first to last."""
    score = rows["score"].slice(first, last - first).to_list()
    if closed:
        last = first + _loud(rows[first:last])
    windows = rows[first:last]
    peak = windows.row(windows["posts"].arg_max() or 0, named=True)
    posts, reposts = int(windows["posts"].sum()), int(windows["reposts"].sum())
    return Burst(
        onset=windows["window_start"][0],
        end=rows["window_start"][last] if closed else None,
        peak_at=peak["window_start"],
        posts=posts,
        expected=float(windows["expected"].sum()),
        authors=peak["authors"],
        score=max(told for told in score if told is not None),
        repost_share=min(reposts / posts, 1.0) if posts else None,
    )


def _loud(windows: pl.DataFrame) -> int:
    """Give how many windows there are up to the last that is a standard deviation too high."""
    margin = (pl.col("expected") * pl.col("dispersion")).sqrt()
    loud = windows.select(pl.col("posts") > pl.col("expected") + margin).to_series().arg_true()
    return int(loud[-1]) + 1 if len(loud) else len(windows)
