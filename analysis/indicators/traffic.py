"""Number 9: how much of the traffic is pushed, beside as much traffic of other times."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.indicators.indicator import Told, share, unknown
from analysis.indicators.tallies import Floats, Tallies, middle_95, tallies
from analysis.trends.interval import Z

_TOP = 50
_SEED = 9
_MOST_STRETCHES, _FEWEST_STRETCHES = 200, 20
_EFFORT = 1_000_000  # acts that are looked at for one baseline
LARGE = 20_000  # acts, from which on the coefficient hardly depends on their number
_LEAST_SIZE = 30  # acts


def repost_share(told: Tallies) -> Told:
    r"""Tell which share of the acts only passes on: :math:`R = n_{reposts} / N`. Wilson.

    >>> repost_share(Tallies(np.array([4.0]), np.array([3.0]), np.array([1.0]))).value
    0.75
    """
    return share(int(told.reposts @ told.authors), told.total)


def top50_share(told: Tallies) -> Told:
    r"""Tell which share of the acts is by the 50 most active: :math:`F = n_{top} / N`. Wilson.

    >>> top50_share(Tallies(np.array([2.0, 1.0]), np.zeros(2), np.array([50.0, 100.0]))).value
    0.5
    """
    return share(int(_of_top(told.acts, told.authors[None, :])[0]), told.total)


def posts_per_author(told: Tallies) -> Told:
    r"""Tell how many acts an author has: :math:`U = N / A`.

    Interval: the mean ± 1.96 standard errors, never below 1. Nimmo (2019) finds spontaneous
    traffic usually below 2.2.

    >>> posts_per_author(Tallies(np.array([4.0, 1.0]), np.zeros(2), np.array([1.0, 2.0]))).value
    2.0
    """
    if not told.count:
        return unknown("too few: A=0")
    mean = told.total / told.count
    spread = float((told.acts - mean) ** 2 @ told.authors) / max(told.count - 1, 1)
    margin = Z * (spread / told.count) ** 0.5
    return Told(value=mean, low=max(mean - margin, 1.0), high=mean + margin, n=told.count)


def ctm_value(reposts: float, top50: float, per_author: float) -> float:
    r"""Give the coefficient of traffic manipulation, :math:`C = R / 10 + F + U`.

    reposts, top50: in percent. Nimmo (2019), Measuring Traffic Manipulation on Twitter, Oxford
    Internet Institute. Comparative, not absolute: it says nothing of success.

    >>> round(ctm_value(80.0, 60.17, 55.81), 2)
    123.98
    """
    return reposts / 10 + top50 + per_author


def ctm(told: Tallies) -> Told:
    """Give the coefficient with a bootstrap interval over authors.

    It falls with the number of acts: with 50 authors or fewer F is 100 by definition. Below 20,000
    acts it is told only beside `ctm_ratio`.

    >>> ctm(Tallies(np.array([2.0]), np.array([1.0]), np.array([100.0]))).value
    57.0
    """
    if not told.total:
        return unknown("too few: N=0")
    value = float(_ctms(told, told.authors[None, :])[0])
    low, high = middle_95(_ctms(told, told.resamples), value)
    return Told(value=value, low=low, high=high, n=told.total)


def ctm_ratio(acts: pl.DataFrame, quiet: pl.DataFrame) -> Told:
    r"""Give the coefficient over that of as many acts at quiet times: about 1 if nothing is pushed.

    .. math:: C / \mathrm{median}_s \, C_s

    over up to 200 seeded stretches s of m successive acts of the target's quiet times. m is N, or
    half of the quiet acts if that is less; then C is the median over stretches of the window too.
    acts, quiet: author_id and is_repost in order of time; their end is taken to go on at their
    beginning. At least 60 quiet acts are needed; of few acts F is 100 on both sides, and the ratio
    near 1 whatever happens. Interval: bootstrap, over authors in the window and over stretches.

    >>> calm = pl.DataFrame({"author_id": range(900), "is_repost": [False] * 900})
    >>> few = pl.DataFrame({"author_id": [n % 60 for n in range(300)], "is_repost": [True] * 300})
    >>> round(ctm_ratio(few, calm).value, 1)
    5.6
    """
    n = acts.height
    size = min(n, quiet.height // 2)
    if size < _LEAST_SIZE:
        return unknown(f"no baseline: {quiet.height:,} quiet acts, needs {2 * _LEAST_SIZE}", n)
    told = tallies(acts)
    whole = float(_ctms(told, told.authors[None, :])[0])
    here = whole if size == n else float(np.median(_stretches(acts, size)))
    usual = _stretches(quiet, size)
    middle = float(np.median(usual))
    rng = np.random.default_rng(_SEED)
    drawn = _ctms(told, told.resamples) / whole * here
    medians = np.median(rng.choice(usual, (len(drawn), len(usual))), axis=1)
    low, high = middle_95(drawn / medians, here / middle)
    note = f"CTM of {size:,} acts: {here:.1f}; at other, quiet times {middle:.1f}"
    return Told(value=here / middle, low=low, high=high, n=n, note=note)


def _stretches(acts: pl.DataFrame, n: int) -> Floats:
    """Give the coefficients of seeded stretches of n successive acts."""
    codes = acts["author_id"].rank("dense").to_numpy().astype(np.int64) - 1
    reposts = np.concatenate([[0], np.cumsum(acts["is_repost"].to_numpy())])
    size = len(codes)
    count = int(np.clip(_EFFORT // n, _FEWEST_STRETCHES, _MOST_STRETCHES))
    starts = np.random.default_rng(_SEED).permutation(size)[:count]
    twice = np.concatenate([codes, codes])
    found = np.empty(len(starts))
    for place, start in enumerate(starts):
        end = start + n
        per_author = _counts(twice[start:end])
        around = reposts[min(end, size)] - reposts[start] + reposts[max(end - size, 0)]
        top = per_author if len(per_author) <= _TOP else np.partition(per_author, -_TOP)[-_TOP:]
        found[place] = ctm_value(100 * around / n, 100 * float(top.sum()) / n, n / len(per_author))
    return found


def _counts(codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    ranked = np.sort(codes)
    begins = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]]))
    return np.diff(np.append(begins, len(ranked)))


def _ctms(told: Tallies, counts: Floats) -> Floats:
    """Give the coefficient of each row of counts of authors."""
    total = counts @ told.acts
    reposts = 100 * (counts @ told.reposts) / total
    top = 100 * _of_top(told.acts, counts) / total
    found: Floats = reposts / 10 + top + total / counts.sum(axis=1)
    return found


def _of_top(acts: Floats, counts: Floats) -> Floats:
    """Give how many acts the 50 most active have, for each row; the most active come first."""
    before = np.cumsum(counts, axis=1) - counts
    found: Floats = np.clip(_TOP - before, 0, counts) @ acts
    return found
