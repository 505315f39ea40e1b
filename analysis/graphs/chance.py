r"""How surprising it is that two accounts share so much, and what of it survives many tries."""

from __future__ import annotations

from math import log

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.graphs.candidates import STRATA, Candidates

Numbers = npt.NDArray[np.float64]

_TERMS = 60  # of the series for a tail far out: each is at most half of the one before
_MOST = 300.0  # a surprise beyond this is said as this


def tail(counts: Numbers, expected: Numbers) -> Numbers:
    r"""Give :math:`-\log_{10} P(N \ge x)` for N Poisson with mean λ; 0 where x is 0.

    What a pair shares is a sum of independent yes-or-noes of unequal chance (Poisson-binomial); its
    upper tail is lighter than that of the Poisson distribution of the same mean (Hoeffding 1956),
    so this errs towards chance. Far out, where the tail underflows, by its series

    .. math:: P(N \ge x) = \frac{e^{-\lambda} \lambda^x}{x!}
              \left( 1 + \frac{\lambda}{x+1} + \frac{\lambda^2}{(x+1)(x+2)} + \dots \right)

    >>> [round(float(one), 4) for one in tail(np.array([0.0, 1, 3]), np.array([1.0, 1, 0.001]))]
    [0.0, 0.1992, 9.7785]
    """
    from scipy.special import gammainc, gammaln  # slow to import

    x, mean = np.asarray(counts, float), np.maximum(np.asarray(expected, float), 1e-300)
    found = np.zeros(x.shape)
    near = (x > 0) & (x < 2 * mean)
    with np.errstate(divide="ignore"):
        found[near] = -np.log10(gammainc(x[near], mean[near]))
    far = (x > 0) & ~near
    a, b = x[far], mean[far]
    term, total = np.ones(a.shape), np.ones(a.shape)
    for step in range(1, _TERMS):
        term = term * b / (a + step)
        total += term
    found[far] = -(a * np.log(b) - b - gammaln(a + 1) + np.log(total)) / log(10)
    return np.clip(found, 0.0, _MOST)


def surprise(found: Candidates) -> pl.DataFrame:
    """Give how surprising each pair is: low, high, shared, expected, surprise.

    The most surprising of the strata of popularity, less what it costs to have looked at all of
    them (Bonferroni): shared and expected are of that stratum. In the order of the pairs.
    """
    pairs = found.pairs
    acts = pairs["acts_low"].to_numpy().astype(float) * pairs["acts_high"].to_numpy()
    shared = np.stack([pairs[f"shared_{n}"].to_numpy().astype(float) for n in range(len(STRATA))])
    expected = np.stack([acts * chance for chance in found.chances])
    # One coincidence is no pattern, in no stratum.
    told = np.where(shared >= 2, tail(shared, expected), 0.0)
    best = told.argmax(axis=0)
    at = (best, np.arange(pairs.height))
    value = np.maximum(told[at] - np.log10(len(STRATA)), 0.0)
    return pairs.select("low", "high").with_columns(
        shared=pl.Series(shared[at], dtype=pl.Int64),
        expected=pl.Series(expected[at], dtype=pl.Float64),
        surprise=pl.Series(value, dtype=pl.Float64),
    )


def q_values(surprises: pl.Series, tests: int) -> pl.Series:
    r"""Give the q-value of each pair: the least false discovery rate at which it is told.

    .. math:: q_{(i)} = \min_{j \ge i} \frac{p_{(j)} m}{j}

    m counts all pairs of accounts, not only those that share something: the others have p = 1.
    Benjamini & Hochberg (1995), Controlling the False Discovery Rate, JRSS B 57; valid also for
    tests that depend on each other positively (Benjamini & Yekutieli 2001).

    >>> [round(q, 3) for q in q_values(pl.Series([5.0, 1.0, 4.0]), tests=1000)]
    [0.01, 1.0, 0.05]
    """
    p = -surprises.to_numpy()
    order = np.argsort(p, kind="stable")
    ranked = p[order] + np.log10(max(tests, 1)) - np.log10(np.arange(1, len(p) + 1))
    least = np.minimum.accumulate(ranked[::-1])[::-1]
    q = np.empty(len(p))
    q[order] = np.minimum(10.0**least, 1.0)
    return pl.Series("q", q, dtype=pl.Float64)
