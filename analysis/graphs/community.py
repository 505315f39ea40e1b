"""Who passes on each other: communities of the amplification graph."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from analysis.graphs.ranking import pairs

_SEED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """Authors who amplify each other more than chance would have it."""

    number: int  # from 1, the largest first
    members: tuple[str, ...]  # author keys, sorted
    size: int
    share: float  # of all authors in the graph
    inside: float  # share of the weight at its members' edges that stays among them


def communities(edges: pl.DataFrame, *, seed: int = _SEED) -> list[Community]:
    r"""Group the authors of an amplification graph: the largest first, then by smallest key.

    edges: EDGES, all of them; self-loops and edges without a target are left out. Louvain's method
    with refinement on the undirected graph with
    :math:`w_{uv} = \sum_k c_k (n^k_{uv} + n^k_{vu})`, c being `KIND_WEIGHTS` and n the acts of a
    kind, maximizes the modularity

    .. math:: Q = \frac{1}{2m} \sum_{uv} \left( w_{uv} - \frac{k_u k_v}{2m} \right)
              \delta(c_u, c_v)

    Its communities are one good grouping among several; the seed makes it the same one each time.

    Blondel et al. (2008), Fast unfolding of communities in large networks. J. Stat. Mech. P10008.
    """
    from analysis.graphs.partition import grouped  # slow to import

    found = grouped(weighted(edges), seed=seed)
    members = found.partition.group_by("community").agg("account").sort("community")
    rows = zip(found.communities.iter_rows(), members["account"].to_list(), strict=True)
    return [
        Community(number=number, members=tuple(keys), size=size, share=share, inside=inside)
        for (number, size, share, inside), keys in rows
    ]


def weighted(edges: pl.DataFrame) -> pl.DataFrame:
    """Give the edges as `partition` knows them: source, target, weight. edges: EDGES.

    >>> from datetime import UTC, datetime
    >>> from analysis.frames import EDGES
    >>> noon = datetime(2026, 8, 18, 12, tzinfo=UTC)
    >>> acts = [("a", "x", "repost", 3, noon), ("b", "x", "reply", 1, noon)]
    >>> weighted(pl.DataFrame(acts, schema=EDGES, orient="row")).rows()
    [('a', 'x', 3.0), ('b', 'x', 0.5)]
    """
    from analysis.graphs.partition import KIND_WEIGHTS

    weight = pl.col("count") * pl.col("kind").cast(pl.String).replace_strict(KIND_WEIGHTS)
    return pairs(edges).select(
        source="author_key", target="target_author_key", weight=weight.cast(pl.Float64)
    )
