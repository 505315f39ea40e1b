"""What the season explains: a causal, robust baseline of one series of counts."""

from __future__ import annotations

from collections.abc import Sequence
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


class _Memory:
    """Counts and what was expected of them, both forgotten at the same pace."""

    __slots__ = ("counts", "expected", "keep", "seen_at")

    def __init__(self, half_life: float) -> None:
        self.counts = 0.0
        self.expected = 0.0
        self.keep = 0.5 ** (1 / half_life)
        self.seen_at = 0

    def ratio(self) -> float:
        """Give counts / expected, shrunk to 1 by a gamma prior of `_PRIOR_POSTS` posts."""
        return (self.counts + _PRIOR_POSTS) / (self.expected + _PRIOR_POSTS)

    def add(self, count: float, expected: float, place: int) -> None:
        forget = self.keep ** (place - self.seen_at)
        self.counts = self.counts * forget + count
        self.expected = self.expected * forget + expected
        self.seen_at = place


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
    hours = [_Memory(half_lives.season) for _ in range(HOURS)]
    weekly = [_Memory(half_lives.season) for _ in range(SLOTS)]
    keep = 0.5 ** (1 / half_lives.level)
    gain = 1 - 0.5 ** (1 / half_lives.dispersion)
    result = Baseline([], [])
    total = exposure = 0.0
    phi = _FIRST_DISPERSION
    seen = 0
    for place, (count, slot) in enumerate(zip(counts, slots, strict=True)):
        of_day, of_week = hours[slot % HOURS], weekly[slot]
        by_hour = of_day.ratio()
        season = by_hour * of_week.ratio()
        mu = max(total / exposure, _LEAST_LEVEL) * season if exposure else nan
        result.expected.append(mu)
        result.dispersion.append(phi)
        if isnan(count):
            continue
        seen += 1
        learned = min(count, mu + _CLIP * sqrt(mu * phi) + 1) if exposure else count
        if exposure:
            phi = _next_dispersion(phi, count, mu, max(gain, 1 / (seen + _PRIOR_WINDOWS)))
        total, exposure = total * keep + learned, exposure * keep + season
        level = total / exposure
        of_day.add(learned, level, place)
        of_week.add(learned, level * by_hour, place)
    return result


def dispersions(
    counts: Sequence[float], expected: Sequence[float], half_life: float
) -> list[float]:
    r"""Tell variance / mean before each window: an EWMA of :math:`(x - \mu)^2 / \mu`, clipped.

    Sums over several windows scatter more than the windows' own dispersion says, because busy
    hours follow busy hours. NaN counts teach nothing.

    >>> dispersions([1.0, 5.0, 1.0], [1.0, 1.0, 1.0], half_life=10)[0]
    2.0
    """
    gain = 1 - 0.5 ** (1 / half_life)
    result = []
    phi = _FIRST_DISPERSION
    seen = 0
    for count, mu in zip(counts, expected, strict=True):
        result.append(phi)
        if mu > 0 and not isnan(count):
            seen += 1
            phi = _next_dispersion(phi, count, mu, max(gain, 1 / (seen + _PRIOR_WINDOWS)))
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
    gain = 1 - 0.5 ** (1 / half_life)
    result = []
    average, seen = 0.0, 0
    for phi, mu in zip(dispersion, expected, strict=True):
        always = min(phi, _AT_EVERY_LEVEL)
        level = mu / max(average, _LEAST_LEVEL) if seen and mu > 0 else 1.0
        believed = seen / (seen + half_life / 4)
        level = 1 + believed * (level - 1)
        result.append(max(always + (phi - always) * level, _LEAST_DISPERSION))
        if mu > 0:
            seen += 1
            average += max(gain, 1 / seen) * (mu - average)
    return result


def _next_dispersion(phi: float, count: float, mu: float, gain: float) -> float:
    """Move the dispersion towards that of one more count; a burst moves it only a little."""
    residual = min((count - mu) ** 2 / mu, 1.5 * _CLIP * _CLIP * phi)
    return max(phi + gain * (residual - phi), _LEAST_DISPERSION)
