"""Number 8: how much of it comes from how few."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from math import exp, sqrt

import numpy as np
import polars as pl

from analysis.indicators.indicator import Told, share, unknown
from analysis.indicators.tallies import Floats, Tallies, middle_95
from analysis.trends.interval import Z

_TOP = 10
_SMOOTHED = 3  # windows


def top10_share(told: Tallies) -> Told:
    r"""Tell which share of the acts is by the ten most active: :math:`C_{10} = n_{top} / N`.

    With ten authors or fewer it is 1 by definition. Interval (Wilson): for these ten.

    Nimmo (2019), Measuring Traffic Manipulation on Twitter, with the first 50 (F).

    >>> one_loud = Tallies(np.array([10.0, 1.0]), np.zeros(2), np.array([10.0, 100.0]))
    >>> top10_share(one_loud).value
    0.5
    """
    before = np.cumsum(told.authors) - told.authors
    taken = np.clip(_TOP - before, 0, told.authors)
    return share(int(taken @ told.acts), told.total)


def effective_authors(told: Tallies) -> Told:
    r"""Tell how many equally active authors would be as diverse: :math:`e^H`.

    .. math:: H = -\sum_a p_a \ln p_a, \quad p_a = n_a / N, \quad
              Var(H) \approx \left( \sum_a p_a \ln^2 p_a - H^2 \right) / N

    Small samples see too few authors, so it is rather low. Hill (1973), Diversity and Evenness,
    Ecology 54(2); variance: Basharin (1959).

    >>> even = Tallies(np.array([5.0]), np.zeros(1), np.array([4.0]))
    >>> round(effective_authors(even).value, 6)
    4.0
    """
    if not told.total:
        return unknown("too few: N=0")
    shares = told.acts / told.total
    weights = shares * told.authors
    logs = np.log(shares)
    entropy = -float(weights @ logs)
    spread = max(float(weights @ (logs * logs)) - entropy**2, 0.0)
    margin = Z * sqrt(spread / told.total)
    return Told(
        value=exp(entropy), low=exp(entropy - margin), high=exp(entropy + margin), n=told.total
    )


def concentration(told: Tallies) -> Told:
    r"""Tell how likely two acts are by the same author: :math:`\sum n_a (n_a - 1) / N (N - 1)`.

    Unlike the share of the ten most active, it does not fall as posts are added, so that days can
    be compared. Interval: see `alike`. Simpson (1949), Measurement of Diversity, Nature 163.

    >>> round(concentration(Tallies(np.array([2.0]), np.zeros(1), np.array([2.0]))).value, 4)
    0.3333
    """
    return alike(told.acts, told.authors)


def alike(sizes: Floats, count: Floats) -> Told:
    r"""Tell how likely two of N are in the same class: sizes of classes, and how many have it.

    Interval: value ± 1.96 standard errors, :math:`Var \approx 4 [\sum p^3 - (\sum p^2)^2] / N`
    plus :math:`2 \sum p^2 / N (N - 1)` (Simpson 1949), never below 0.

    >>> round(alike(np.array([3.0, 1.0]), np.array([1.0, 1.0])).value, 4)
    0.5
    """
    n = float(sizes @ count)
    if n < 2:
        return unknown(f"too few: N={n:.0f}", int(n))
    value = float((sizes * (sizes - 1)) @ count) / (n * (n - 1))
    p = sizes / n
    square, cube = float(p**2 @ count), float(p**3 @ count)
    error = sqrt(max(4 * (cube - square**2) / n, 0.0) + 2 * value / (n * (n - 1)))
    return Told(
        value=value, low=max(value - Z * error, 0.0), high=min(value + Z * error, 1.0), n=int(n)
    )


def gini_of(counts: Sequence[int] | pl.Series) -> float:
    r"""Give the Gini coefficient of counts: 0 all alike, towards 1 one has all.

    .. math:: G = \frac{n + 1 - 2 \sum_i C_i / C_n}{n}

    with the counts in rising order and :math:`C_i` their running sums. This is how CIB Mango
    Tree computes it. Gini (1921), Measurement of Inequality of Incomes, Economic J. 31.

    >>> gini_of([9999]), gini_of([1] * 25), round(gini_of([9999] + [1] * 25), 2)
    (0.0, 0.0, 0.96)
    """
    ranked = np.sort(np.asarray(counts, dtype=np.float64))
    n = len(ranked)
    running = np.cumsum(ranked)
    return float((n + 1 - 2 * running.sum() / running[-1]) / n)


def gini(told: Tallies) -> Told:
    """Tell how unevenly the acts are spread over authors: their Gini coefficient (`gini_of`).

    Interval: bootstrap over authors. N: authors.

    >>> round(gini(Tallies(np.array([3.0, 1.0]), np.zeros(2), np.array([1.0, 1.0]))).value, 2)
    0.25
    """
    if not told.total:
        return unknown("too few: N=0")
    value = float(_ginis(told.acts, told.authors[None, :])[0])
    low, high = middle_95(_ginis(told.acts, told.resamples), value)
    return Told(value=value, low=low, high=high, n=told.count)


def _ginis(sizes: Floats, counts: Floats) -> Floats:
    """Give the coefficient of each row of counts; sizes fall from column to column."""
    size, count = sizes[::-1], counts[:, ::-1]
    n = count.sum(axis=1)
    before = np.cumsum(count * size, axis=1) - count * size
    running = (count * before + size * count * (count + 1) / 2).sum(axis=1)
    found: Floats = (n + 1 - 2 * running / (count @ size)) / n
    return found


def hashtag_ginis(tags: pl.DataFrame, window: timedelta) -> pl.DataFrame:
    """Tell how unevenly hashtags are used: window_start, count, gini, gini_smooth.

    tags: sort_at and hashtag, a row per post and hashtag. Windows begin with the first row; those
    without a hashtag are left out. count: rows; gini: `gini_of` their counts; gini_smooth: the
    mean with the window before and the one after, null at both ends. As CIB Mango Tree has it.

    >>> from datetime import datetime
    >>> noon = datetime(2026, 8, 18, 12)
    >>> tags = pl.DataFrame({"sort_at": [noon] * 4, "hashtag": ["a", "a", "a", "b"]})
    >>> hashtag_ginis(tags, timedelta(hours=12))["gini"].to_list()
    [0.25]
    """
    counted = (
        tags.sort("sort_at")
        .group_by_dynamic("sort_at", every=window, start_by="datapoint")
        .agg(counts=pl.col("hashtag").value_counts().struct.field("count"), count=pl.len())
    )
    values = [gini_of(counts) for counts in counted["counts"]]
    gini = pl.Series(values, dtype=pl.Float64)
    return counted.select(
        pl.col("sort_at").alias("window_start"),
        pl.col("count").cast(pl.Int64),
        gini=gini,
        gini_smooth=gini.rolling_mean(_SMOOTHED, center=True),
    )
