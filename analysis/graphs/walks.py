"""Where a walk over a graph ends: PageRank of an edge list, at the cost of its columns."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy import sparse

from analysis.graphs.numbered import numbered, totals

_DAMPING = 0.85
_LEAST_DIFFERENCE = 1e-6  # between two steps, summed over all nodes; as `amplification.pagerank`
_MOST_STEPS = 1_000


def walk_ranks(edges: pl.DataFrame) -> pl.DataFrame:
    r"""Give the PageRank of each node: account, pagerank; by account. They add up to 1.

    .. math:: p_v = \frac{1 - d}{N} + d \sum_{u \to v} p_u \frac{w_{uv}}{\sum_x w_{ux}},
              \quad d = 0.85

    edges: source, target, weight (above zero). Who points at nobody goes on to anybody, as in
    NetworkX, whose ranks these are. `amplification.pagerank` does the same for a graph of NetworkX.

    Brin & Page (1998), The Anatomy of a Large-Scale Hypertextual Web Search Engine.

    >>> edges = pl.DataFrame({"source": ["a", "b"], "target": ["x", "x"], "weight": [1, 1]})
    >>> walk_ranks(edges).sort("pagerank")["account"].to_list()[-1]
    'x'
    """
    found = numbered(edges)
    size = found.size
    if not size:
        return pl.DataFrame(schema={"account": pl.String, "pagerank": pl.Float64})
    out = totals(found.source, found.weight, size)
    share = found.weight / out[found.source]
    step = sparse.csr_array((share, (found.target, found.source)), shape=(size, size))
    nowhere = out == 0
    ranks = np.full(size, 1.0 / size)
    for _ in range(_MOST_STEPS):
        last = ranks
        ranks = _DAMPING * (step @ last + last[nowhere].sum() / size) + (1.0 - _DAMPING) / size
        if np.abs(ranks - last).sum() < _LEAST_DIFFERENCE:
            break
    return pl.DataFrame({"account": found.names, "pagerank": pl.Series(ranks)})
