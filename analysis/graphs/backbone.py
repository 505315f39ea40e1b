r"""Which edges say something: those heavier than their ends' activity explains.

Two tests, for two questions:

* `disparity`: does an account spend much more on this tie than it would by spreading its acts at
  random over its own ties? It looks at one account at a time, so it keeps what matters to small
  accounts too. Edges that survive it are the **backbone**, on which paths are looked for.
* `significance`: do these two meet more often than their activity alone would have them meet, in a
  network in which everybody is as active as they are but chooses at random? It is a test of the
  whole network, so its many answers are corrected (`chance.q_values`).
"""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.special import gammaln

from analysis.graphs.chance import q_values
from analysis.graphs.numbered import Floats, Ints, numbered, totals

LEVEL = 0.05  # of the disparity filter; the authors try 0.01 to 0.5, and others settled on this
_NEGLIGIBLE = 1e-17  # a term this small against the sum changes no digit of it
_LN10 = float(np.log(10.0))


def disparity(edges: pl.DataFrame, *, directed: bool) -> pl.Series:
    r"""Tell how likely each edge is to be so heavy if its ends spread their weight at random.

    .. math:: \alpha_{ij} = \left( 1 - \frac{w_{ij}}{s_i} \right)^{k_i - 1},
              \qquad p_{ij} = \min(\alpha_{ij}, \alpha_{ji})

    edges: source, target, weight (above zero), each pair once and no self-loops. s is the weight
    and k the number of edges at an end; directed: of what leaves the source, and of what enters
    the target. An end with one edge alone says nothing; where both say nothing, p is null. Returns
    p in the order of the edges.

    Serrano, Boguñá & Vespignani (2009), Extracting the multiscale backbone of complex weighted
    networks. PNAS 106(16).

    >>> edges = pl.DataFrame({"source": ["a", "a", "a"], "target": ["x", "y", "z"],
    ...                       "weight": [8, 1, 1]})
    >>> [round(p, 2) for p in disparity(edges, directed=True)]
    [0.04, 0.81, 0.81]
    """
    found = numbered(edges)
    p = disparity_of(found.source, found.target, found.weight, directed=directed)
    return pl.Series("p", p, nan_to_null=True)


def disparity_of(source: Ints, target: Ints, weight: Floats, *, directed: bool) -> Floats:
    """Give the same for ends that are numbers from 0; NaN where `disparity` has null.

    >>> disparity_of(np.array([0]), np.array([1]), np.array([3.0]), directed=True)
    array([nan])
    """
    if not len(weight):
        return np.empty(0)
    size = int(max(source.max(), target.max())) + 1
    if directed:
        strengths = [totals(end, weight, size) for end in (source, target)]
        degrees = [np.bincount(end, minlength=size) for end in (source, target)]
    else:
        ends = np.concatenate([source, target])
        strengths = [totals(ends, np.concatenate([weight, weight]), size)] * 2
        degrees = [np.bincount(ends, minlength=size)] * 2
    of_source = _alpha(weight, strengths[0][source], degrees[0][source])
    return np.fmin(of_source, _alpha(weight, strengths[1][target], degrees[1][target]))


def _alpha(weight: Floats, strength: Floats, degree: Ints) -> Floats:
    alone = degree <= 1
    # An end without another edge would give 0^0.
    share = np.divide(weight, strength, out=np.zeros_like(weight), where=~alone)
    alpha: Floats = np.power(1.0 - share, degree - 1)
    alpha[alone] = np.nan
    return alpha


def backbone(edges: pl.DataFrame, *, directed: bool, level: float = LEVEL) -> pl.DataFrame:
    """Give the edges that `disparity` has below a level, with p; their order is kept.

    >>> edges = pl.DataFrame({"source": ["a", "a", "a"], "target": ["x", "y", "z"],
    ...                       "weight": [8, 1, 1]})
    >>> backbone(edges, directed=True)["target"].to_list()
    ['x']
    """
    return edges.with_columns(disparity(edges, directed=directed)).filter(pl.col("p") < level)


def significance(edges: pl.DataFrame) -> pl.DataFrame:
    r"""Tell how likely two accounts are to meet so often if only their activity decided.

    .. math:: p_{ij} = \Pr[X \ge w_{ij}], \qquad
              X \sim \mathrm{Hypergeometric}(W, s^{out}_i, s^{in}_j)

    edges: source, target, weight: directed, whole numbers of acts, each pair once. If W acts were
    dealt out anew, each account acting and being acted on as often as it was (the configuration
    model), X of them would lead from i to j. (The dealing may give an account to itself; in a
    network that one account does not fill, that is negligible.) Returns expected, surprise
    (-log10 p) and q in the order of the edges; q counts all pairs that could have been, since the
    others were looked at too.

    Tumminello et al. (2011), Statistically Validated Networks in Bipartite Complex Systems. PLoS
    ONE 6(3); for directed networks Hatzopoulos et al. (2015), Quantitative Finance 15(4).

    >>> edges = pl.DataFrame({"source": ["a", "a", "b"], "target": ["x", "y", "y"],
    ...                       "weight": [5, 1, 5]})
    >>> significance(edges).select(pl.col("expected").round(2), pl.col("q").round(2)).rows()
    [(2.73, 0.03), (3.27, 1.0), (2.73, 0.03)]
    """
    if edges.is_empty():
        return pl.DataFrame(schema=dict.fromkeys(("expected", "surprise", "q"), pl.Float64))
    found = numbered(edges)
    total = float(found.weight.sum())
    made = totals(found.source, found.weight, found.size)
    got = totals(found.target, found.weight, found.size)
    left, right = made[found.source], got[found.target]
    tested = int((made > 0).sum()) * int((got > 0).sum())
    surprise = pl.Series("surprise", hypergeometric_tail(found.weight, left, right, total))
    return pl.DataFrame(
        {"expected": left * right / total, "surprise": surprise, "q": q_values(surprise, tested)}
    )


def hypergeometric_tail(least: Floats, left: Floats, right: Floats, total: float) -> Floats:
    """Give -log10 of the chance that two hands of cards share `least` or more of `total` cards.

    Sums from the first term away from the mean, all edges at once, until no term changes the sum;
    so it stays exact where the chance is smaller than a float can hold.

    >>> cards = [np.array([number]) for number in (2.0, 2.0, 2.0)]
    >>> float(hypergeometric_tail(*cards, total=4.0)[0].round(6))  # 1 in 6
    0.778151
    """
    told = np.zeros_like(least)
    above = least * total > left * right
    hands = least[above], left[above], right[above]
    told[above] = -(_log_term(*hands, total) + np.log(_sums(*hands, total, step=1))) / _LN10
    # Below the mean the chance of less is the small one; of nothing at all it is none.
    some = ~above & (least > np.maximum(left + right - total, 0.0))
    hands = least[some] - 1.0, left[some], right[some]
    less = np.exp(_log_term(*hands, total)) * _sums(*hands, total, step=-1)
    told[some] = -np.log1p(-np.minimum(less, 1.0 - 1e-16)) / _LN10
    return np.maximum(told, 0.0)


def _log_term(x: Floats, left: Floats, right: Floats, total: float) -> Floats:
    """Give the logarithm of the chance to share exactly x."""
    return (
        _log_choose(left, x)
        + _log_choose(total - left, right - x)
        - _log_choose(np.full_like(right, total), right)
    )


def _sums(first: Floats, left: Floats, right: Floats, total: float, *, step: int) -> Floats:
    """Add up the terms from x on, up or down, as multiples of the first."""
    sums, term, x = np.ones_like(first), np.ones_like(first), first.copy()
    end = np.minimum(left, right) if step > 0 else np.maximum(left + right - total, 0.0)
    open_ = np.flatnonzero(x != end)
    while len(open_):
        at, k, n = x[open_], left[open_], right[open_]
        if step > 0:
            term[open_] *= (k - at) * (n - at) / ((at + 1.0) * (total - k - n + at + 1.0))
        else:
            term[open_] *= at * (total - k - n + at) / ((k - at + 1.0) * (n - at + 1.0))
        sums[open_] += term[open_]
        x[open_] += step
        open_ = open_[(term[open_] > _NEGLIGIBLE * sums[open_]) & (x[open_] != end[open_])]
    return sums


def _log_choose(n: Floats, k: Floats) -> Floats:
    told: Floats = gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0)
    return told
