"""Scores windows as they come: a series goes on where it stopped, and many are scored at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from math import isnan, log

import numpy as np
import numpy.typing as npt

from analysis.trends.baseline import HalfLives, Learner, Levels, Scatter
from analysis.trends.tail import Floats, surprise

_LEVEL_HALF_LIFE = timedelta(days=14)
_SEASON_HALF_LIFE = timedelta(days=28)
_EXPECTED_AFTER = (timedelta(hours=24), 7)  # of observed time, and at least so many windows
_SCORE_AFTER = (timedelta(hours=48), 14)
_SHORT, _MIDDLE, _SCALES = 3, 6, (1, 3, 6, 24)  # windows
_LONG = _SCALES[-1]
_LEAST_OBSERVED = 0.5  # of the windows of a scale
_TIMES = 3.0  # the sequential test asks whether there are three times the expected posts
_MOST_EVIDENCE = 12.0  # held after a burst, so that its memory fades within hours
_CLIP = 2.0  # as in the baseline: standard deviations above which a count is cut
_UNCALM = 1.0  # surprise of the last three windows: one chance in ten
CALM_WINDOWS = 3


@dataclass(frozen=True, slots=True)
class Scored:
    """One value per window; NaN while learning, score also in gaps."""

    expected: Floats
    score: Floats
    dispersion: Floats


@dataclass(slots=True)
class _Past:
    """The windows that the longest scale still reaches back to; before the first all are 0."""

    shown: Floats = field(default_factory=lambda: np.zeros(_LONG - 1))
    held: Floats = field(default_factory=lambda: np.zeros(_LONG - 1))
    expected: Floats = field(default_factory=lambda: np.zeros(_LONG - 1))
    known: Floats = field(default_factory=lambda: np.zeros(_LONG - 1))

    def put_before(self, name: str, values: Floats) -> Floats:
        """Give the past and the new values in one, and remember the last of both."""
        joined = np.concatenate([getattr(self, name), values])
        setattr(self, name, joined[-(_LONG - 1) :])
        return joined


@dataclass(slots=True)
class _Prepared:
    """All that the tails of the windows of one series are computed from, by scale."""

    counts: list[Floats]
    expected: list[Floats]
    dispersion: list[Floats]
    enough: list[npt.NDArray[np.bool_]]


class Scorer:
    """One series of counts, window by window. It can be pickled, and goes on where it stopped.

    window: the length of its windows.
    """

    def __init__(self, window: timedelta) -> None:
        lives = HalfLives(
            _LEVEL_HALF_LIFE / window, _SEASON_HALF_LIFE / window, _SEASON_HALF_LIFE / window
        )
        self._learner = Learner(lives)
        self._scatters = {scale: Scatter(lives.dispersion) for scale in _SCALES[1:]}
        self._levels = {s: Levels(lives.dispersion) for s in _SCALES if s <= _MIDDLE}
        self._past = _Past()
        self._history = 0  # observed windows
        self._held, self._calm_for = 0.0, 0
        self._told_after = _windows(_EXPECTED_AFTER, window)
        self._scored_after = _windows(_SCORE_AFTER, window)

    def extend(self, counts: Floats, slots: Sequence[int], *, passed: float = 1.0) -> Scored:
        """Score the next windows. See `extend`."""
        return extend([self], [counts], slots, passed=passed)[0]

    def _prepare(
        self, counts: Floats, slots: Sequence[int], passed: float
    ) -> tuple[_Prepared, Floats, Floats]:
        """Learn the windows, and add them up over each scale."""
        base = self._learner.extend(counts.tolist(), slots)
        expected, dispersion = np.array(base.expected), np.array(base.dispersion)
        expected[-1:] *= passed
        known = ~np.isnan(counts) & ~np.isnan(expected)
        x, mu = np.where(known, counts, 0.0), np.where(known, expected, 0.0)
        own = np.array(self._levels[1].extend(dispersion.tolist(), mu.tolist()))
        # Over a day every window counts as the baseline learns it: a burst that is over must not
        # make the next morning look unusual, while many windows a little high still add up.
        held = np.minimum(x, mu + _CLIP * np.sqrt(mu * own) + 1)
        past = self._past
        joined = {
            "shown": past.put_before("shown", x),
            "held": past.put_before("held", held),
            "expected": past.put_before("expected", mu),
            "known": past.put_before("known", known.astype(np.float64)),
        }
        ready = _Prepared([], [], [], [])
        for scale in _SCALES:
            name = "shown" if scale <= _MIDDLE else "held"
            total = _sums(joined[name], scale)
            total_mu = np.maximum(_sums(joined["expected"], scale), 1e-3)
            enough = known & (_sums(joined["known"], scale) >= _LEAST_OBSERVED * scale)
            phi = own if scale == 1 else self._scatter(scale, total, total_mu, enough)
            ready.counts.append(np.where(enough, total, 0.0))
            ready.expected.append(total_mu)
            ready.dispersion.append(phi)
            ready.enough.append(enough)
        return ready, expected, dispersion

    def _scatter(
        self, scale: int, total: Floats, total_mu: Floats, enough: npt.NDArray[np.bool_]
    ) -> Floats:
        seen = np.where(enough, total, np.nan).tolist()
        phi = self._scatters[scale].extend(seen, total_mu.tolist())
        if scale <= _MIDDLE:
            phi = self._levels[scale].extend(phi, total_mu.tolist())
        return np.array(phi)

    def _fuse(
        self, counts: Floats, expected: Floats, own: Floats, by_scale: npt.NDArray[np.float64]
    ) -> tuple[Floats, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Give the largest surprise of all scales and the sequential test; who may be told."""
        observed = ~np.isnan(counts)
        history = self._history + np.cumsum(observed) - observed
        self._history += int(observed.sum())
        learned = observed & (history >= self._scored_after)
        short, middle, long = by_scale[1], by_scale[2], by_scale[3]
        calm = short < _UNCALM
        usable = learned & ~np.isnan(expected)
        x = np.where(usable, counts, np.where(learned, 0.0, np.nan))
        mu = np.where(observed & ~np.isnan(expected), expected, 0.0)
        evidence = self._evidence(x, mu, own, calm)
        short = np.maximum(by_scale[0], short)
        long = np.maximum(np.maximum(middle, long), evidence)
        score = np.where(calm, short, np.maximum(short, long))
        return score, learned, history >= self._told_after

    def _evidence(
        self, counts: Floats, expected: Floats, dispersion: Floats, calm: npt.NDArray[np.bool_]
    ) -> Floats:
        """Run the CUSUM, in powers of ten; a NaN count holds it, three calm windows end it.

        Without that end a burst would be remembered through a quiet night, in which little counts
        against it, and the first busy hour would be found to be a burst of its own.
        """
        steps = (counts * log(_TIMES) - expected * (_TIMES - 1)) / (dispersion * log(10))
        result = []
        for step, is_calm in zip(steps.tolist(), calm.tolist(), strict=True):
            if not isnan(step):
                self._calm_for = self._calm_for + 1 if is_calm else 0
                raised = min(max(0.0, self._held + step), _MOST_EVIDENCE)
                self._held = raised if self._calm_for < CALM_WINDOWS else 0.0
            result.append(self._held)
        return np.array(result, dtype=np.float64)


def extend(
    scorers: Sequence[Scorer],
    counts: Sequence[Floats],
    slots: Sequence[int],
    *,
    passed: float = 1.0,
) -> list[Scored]:
    """Score the next windows of many series at once: what costs most, the tails, in one call.

    Scoring a and then b gives what scoring a and b together gives. counts: of each series the
    posts per window, NaN in gaps; all have the windows that `slots` gives (as in `baseline`).
    passed: the share of the last window that has passed; a scorer that has seen such a window
    must not go on from it.
    """
    if not len(slots):
        return [Scored(*(np.empty(0),) * 3) for _ in scorers]
    prepared = [
        scorer._prepare(one, slots, passed) for scorer, one in zip(scorers, counts, strict=True)
    ]
    tails = surprise(
        *(
            np.concatenate([value for ready, _, _ in prepared for value in getattr(ready, name)])
            for name in ("counts", "expected", "dispersion")
        )
    ).reshape(len(prepared), len(_SCALES), len(slots))
    result = []
    for scorer, one, (ready, expected, dispersion), by_scale in zip(
        scorers, counts, prepared, tails, strict=True
    ):
        score, learned, told = scorer._fuse(one, expected, ready.dispersion[0], by_scale)
        result.append(
            Scored(
                expected=np.where(told, expected, np.nan),
                score=np.where(learned, score, np.nan),
                dispersion=np.where(told, dispersion, np.nan),
            )
        )
    return result


def _sums(joined: Floats, scale: int) -> Floats:
    """Add up the last `scale` values at each new place; the past stands before them."""
    views = np.lib.stride_tricks.sliding_window_view(joined[_LONG - scale :], scale)
    sums: Floats = views.sum(axis=1)
    return sums


def _windows(needed: tuple[timedelta, int], window: timedelta) -> float:
    time, least = needed
    return max(time / window, least)
