"""How surprising each window is, and the bursts in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import nan, pow

import polars as pl

from analysis.frames import SCORES, VOLUME, require
from analysis.trends.baseline import HOURS
from analysis.trends.scorer import CALM_WINDOWS, Scorer
from analysis.trends.tail import MOST_SURPRISE

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
    passed = 1.0
    if until is not None and volume.height:
        passed = _passed(volume["window_start"][-1], window, until)
    slots = slots_of(volume["window_start"], zone)
    scored = Scorer(window).extend(counts, slots, passed=passed)
    frame = pl.DataFrame(
        {
            "window_start": volume["window_start"],
            "expected": scored.expected,
            "score": scored.score,
            "dispersion": scored.dispersion,
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


def slots_of(starts: pl.Series, zone: str) -> list[int]:
    """Give the slot of the week of each window: its hour, plus 24 at a weekend."""
    local = starts.dt.convert_time_zone(zone)
    hours: list[int] = local.dt.hour().cast(pl.Int64).to_list()
    weekdays: list[int] = local.dt.weekday().cast(pl.Int64).to_list()
    return [hour + HOURS * (day >= 6) for hour, day in zip(hours, weekdays, strict=True)]


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
        elif calm == CALM_WINDOWS:
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
