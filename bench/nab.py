"""The Numenta Anomaly Benchmark's score, by its published definition.

Lavin & Ahmad (2015), Evaluating Real-time Anomaly Detection Algorithms: the Numenta Anomaly
Benchmark. ICMLA, section II. https://arxiv.org/abs/1510.03336

A detection within a labelled window scores up to 1, the earlier the more, and only the best one of
each window counts; one outside costs up to `false_positive`, less just after a window; a window
without any costs `false_negative`. 0 is the score of a detector that detects nothing, 100 that of
one that detects the first point of each window and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp


@dataclass(frozen=True, slots=True)
class Profile:
    """What mistakes cost."""

    false_positive: float
    false_negative: float


PROFILES = {
    "standard": Profile(0.11, 1.0),
    "reward_low_FP_rate": Profile(0.22, 1.0),
    "reward_low_FN_rate": Profile(0.11, 2.0),
}


@dataclass(frozen=True, slots=True)
class Labelled:
    """One series with its labels: whether each point lies within a window, or is not judged."""

    in_window: Sequence[bool]
    probation: Sequence[bool]


@dataclass(frozen=True, slots=True)
class Tally:
    """What a detector did."""

    found: float  # sum of the best score of each window
    missed: int
    false: float  # sum over detections outside of windows, each from 0 down to -1
    windows: int
    false_points: int


def tally(series: Labelled, detected: Sequence[bool]) -> Tally:
    """Judge the detections of one series."""
    value, window = _values(series.in_window)
    best: dict[int, float] = {}
    false, points = 0.0, 0
    for place, is_detected in enumerate(detected):
        if not is_detected or series.probation[place]:
            continue
        if window[place] < 0:
            false += value[place]
            points += 1
        else:
            best[window[place]] = max(best.get(window[place], -1.0), value[place])
    windows = max(window, default=-1) + 1
    return Tally(sum(best.values()), windows - len(best), false, windows, points)


def normalized(tallies: Iterable[Tally], profile: Profile) -> float:
    """Give the score of several series together, 0 to 100; below 0 is worse than silence."""
    tallies = list(tallies)
    windows = sum(one.windows for one in tallies)
    raw = sum(
        one.found - profile.false_negative * one.missed + profile.false_positive * one.false
        for one in tallies
    )
    nothing = -profile.false_negative * windows
    return 100 * (raw - nothing) / (windows - nothing)


def _sigmoid(place: float) -> float:
    """Give 1 far to the left of the end of a window, 0 at it, -1 far to the right."""
    return -1.0 if place > 3.0 else 2 / (1 + exp(5 * place)) - 1


def _values(in_window: Sequence[bool]) -> tuple[list[float], list[int]]:
    """Give what a detection at each point is worth, and the number of its window or -1."""
    value, window = [0.0] * len(in_window), [-1] * len(in_window)
    number, place = 0, 0
    end: int | None = None  # of the window before
    width = 0
    while place < len(in_window):
        if not in_window[place]:
            value[place] = -1.0 if end is None else _sigmoid((place - end) / (width - 1))
            place += 1
            continue
        start = place
        while place < len(in_window) and in_window[place]:
            place += 1
        end, width = place - 1, place - start
        for within in range(start, place):
            value[within] = _sigmoid(-(end - within + 1) / width) / _sigmoid(-1.0)
            window[within] = number
        number += 1
    return value, window
