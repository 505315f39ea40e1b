"""What the season explains: a causal, robust baseline of one series of counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, nan, sqrt
from typing import NamedTuple

HOURS = 24
SLOTS = 2 * HOURS  # hour of the day, on weekdays and at weekends

_CLIP = 2.0  # standard deviations; what lies above is a burst, not the season
_LEAST_LEVEL = 0.05  # posts per window: even a silent hashtag may get a post
_LEAST_DISPERSION = 1.2  # posts come in threads, so they are never quite Poisson
_FIRST_DISPERSION = 2.0
_AT_EVERY_LEVEL = 2.0
_PRIOR_POSTS = 5.0  # so many posts must contradict a flat day before half of it is believed
_PRIOR_WINDOWS = 20  # for the dispersion


class Baseline(NamedTuple):
    """One value per window, each known before the window began; NaN before the first count."""

    expected: list[float]
    dispersion: list[float]


class HalfLives(NamedTuple):
    """After how many windows an observation counts half."""

    level: float
    season: float
    dispersion: float


@dataclass(slots=True)
class _Memory:
    """Counts and what was expected of them, both forgotten at the same pace."""

    keep: float
    counts: float = 0.0
    expected: float = 0.0
    seen_at: int = 0

    def ratio(self) -> float:
        """Give counts / expected, shrunk to 1 by a gamma prior of `_PRIOR_POSTS` posts."""
        return (self.counts + _PRIOR_POSTS) / (self.expected + _PRIOR_POSTS)

    def add(self, count: float, expected: float, place: int) -> None:
        forget = self.keep ** (place - self.seen_at)
        self.counts = self.counts * forget + count
        self.expected = self.expected * forget + expected
        self.seen_at = place


class Learner:
    """What a baseline knows of a series so far; it goes on where it stopped."""

    def __init__(self, half_lives: HalfLives) -> None:
        keep = 0.5 ** (1 / half_lives.season)
        self._hours = [_Memory(keep) for _ in range(HOURS)]
        self._weekly = [_Memory(keep) for _ in range(SLOTS)]
        self._keep = 0.5 ** (1 / half_lives.level)
        self._gain = 1 - 0.5 ** (1 / half_lives.dispersion)
        self._total = self._exposure = 0.0
        self._phi = _FIRST_DISPERSION
        self._seen = self._place = 0

    def extend(self, counts: Sequence[float], slots: Sequence[int]) -> Baseline:
        """Tell what each of the next windows should hold, as `baseline` does."""
        result = Baseline([], [])
        for count, slot in zip(counts, slots, strict=True):
            self._step(count, slot, result)
        return result

    def _step(self, count: float, slot: int, result: Baseline) -> None:
        of_day, of_week = self._hours[slot % HOURS], self._weekly[slot]
        by_hour = of_day.ratio()
        season = by_hour * of_week.ratio()
        phi, exposure = self._phi, self._exposure
        mu = max(self._total / exposure, _LEAST_LEVEL) * season if exposure else nan
        result.expected.append(mu)
        result.dispersion.append(phi)
        place, self._place = self._place, self._place + 1
        if isnan(count):
            return
        self._seen += 1
        learned = min(count, mu + _CLIP * sqrt(mu * phi) + 1) if exposure else count
        if exposure:
            gain = max(self._gain, 1 / (self._seen + _PRIOR_WINDOWS))
            self._phi = _next_dispersion(phi, count, mu, gain)
        self._total = self._total * self._keep + learned
        self._exposure = exposure * self._keep + season
        level = self._total / self._exposure
        of_day.add(learned, level, place)
        of_week.add(learned, level * by_hour, place)


def baseline(counts: Sequence[float], slots: Sequence[int], half_lives: HalfLives) -> Baseline:
    r"""Tell what each window should hold, by the windows before it.

    .. math:: \mu_t = L_t \, h_{hour(t)} \, d_{slot(t)}, \quad Var_t = \phi_t \mu_t

    The level L is the ratio of what was counted to what the season alone explains; the profile
    of the day h and its change at weekends d are such ratios too, shrunk to 1 where little has
    been seen. All forget exponentially, and learn from huberised counts
    :math:`\min(x, \mu + c \sqrt{\mu \phi} + 1)`, so that a burst does not become the season.
    A gap (NaN) teaches nothing.

    slots: 0..23 is the hour on a weekday, 24..47 at a weekend.

    Farrington et al. (1996), A statistical algorithm for the early detection of outbreaks.
    JRSS A 159(3): past outbreaks are weighted down there for the same reason.

    >>> flat = baseline([4.0] * 50, [0] * 50, HalfLives(100, 100, 100))
    >>> flat.expected[0], round(flat.expected[-1], 2)
    (nan, 4.0)
    """
    return Learner(half_lives).extend(counts, slots)


def dispersions(
    counts: Sequence[float], expected: Sequence[float], half_life: float
) -> list[float]:
    r"""Tell variance / mean before each window: an EWMA of :math:`(x - \mu)^2 / \mu`, clipped.

    Sums over several windows scatter more than the windows' own dispersion says, because busy
    hours follow busy hours. NaN counts teach nothing.

    >>> dispersions([1.0, 5.0, 1.0], [1.0, 1.0, 1.0], half_life=10)[0]
    2.0
    """
    return Scatter(half_life).extend(counts, expected)


class Scatter:
    """What is known so far of how sums scatter; it goes on where it stopped."""

    __slots__ = ("_gain", "_phi", "_seen")

    def __init__(self, half_life: float) -> None:
        self._gain = 1 - 0.5 ** (1 / half_life)
        self._phi = _FIRST_DISPERSION
        self._seen = 0

    def extend(self, counts: Sequence[float], expected: Sequence[float]) -> list[float]:
        """Tell the dispersion before each of the next windows, as `dispersions` does."""
        result = []
        for count, mu in zip(counts, expected, strict=True):
            result.append(self._phi)
            if mu > 0 and not isnan(count):
                self._seen += 1
                gain = max(self._gain, 1 / (self._seen + _PRIOR_WINDOWS))
                self._phi = _next_dispersion(self._phi, count, mu, gain)
        return result


def at_level(
    dispersion: Sequence[float], expected: Sequence[float], half_life: float
) -> list[float]:
    r"""Give the dispersion that each window has at its own level, not at that of the average one.

    Busy hours scatter more than quiet ones: topics move all counts of an hour together, which adds
    :math:`a \mu^2` to the variance. Of what was learnt of all windows, :math:`\phi_0 = 2` is taken
    to be there at every level (posts come in threads), and the rest to grow with the level:

    .. math:: \phi_t = \phi_0 + (\phi - \phi_0) \, \mu_t / \bar\mu

    which is believed by half after a quarter of the half-life.

    expected: 0 or NaN in gaps, which teach nothing.

    >>> [round(phi, 2) for phi in at_level([4.0] * 200, [5.0] * 199 + [10.0], half_life=100)][-2:]
    [4.0, 5.78]
    """
    return Levels(half_life).extend(dispersion, expected)


class Levels:
    """What is known so far of the levels of a series; it goes on where it stopped."""

    __slots__ = ("_average", "_gain", "_half", "_seen")

    def __init__(self, half_life: float) -> None:
        self._gain = 1 - 0.5 ** (1 / half_life)
        self._half = half_life / 4
        self._average = 0.0
        self._seen = 0

    def extend(self, dispersion: Sequence[float], expected: Sequence[float]) -> list[float]:
        """Give the dispersion of each of the next windows at its own level, as `at_level` does."""
        result = []
        for phi, mu in zip(dispersion, expected, strict=True):
            always = min(phi, _AT_EVERY_LEVEL)
            level = mu / max(self._average, _LEAST_LEVEL) if self._seen and mu > 0 else 1.0
            level = 1 + self._seen / (self._seen + self._half) * (level - 1)
            result.append(max(always + (phi - always) * level, _LEAST_DISPERSION))
            if mu > 0:
                self._seen += 1
                self._average += max(self._gain, 1 / self._seen) * (mu - self._average)
        return result


def _next_dispersion(phi: float, count: float, mu: float, gain: float) -> float:
    """Move the dispersion towards that of one more count; a burst moves it only a little."""
    residual = min((count - mu) ** 2 / mu, 1.5 * _CLIP * _CLIP * phi)
    return max(phi + gain * (residual - phi), _LEAST_DISPERSION)
