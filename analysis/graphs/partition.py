"""Communities of a weighted edge list, at the cost of its columns."""

from __future__ import annotations

import polars as pl

from analysis.graphs.bridging import PARTITION
from analysis.graphs.community import KIND_WEIGHTS
from analysis.graphs.numbered import numbered

_SEED = 2


def partition_of(edges: pl.DataFrame, *, seed: int = _SEED) -> pl.DataFrame:
    r"""Group the nodes of a graph: PARTITION, by account; communities from 1, the largest first.

    Louvain's method with refinement on the undirected graph: the weights of both directions are
    added up. Where edges say how many acts of each kind they hold, acts count as `KIND_WEIGHTS`
    has it (a reply half a repost); else `weight` does. Its communities are one good grouping among
    several; the seed makes it the same one each time, whatever the order of the rows. Who has no
    edge of any weight is alone.

    edges: source, target, and weight or a column of each kind. For a graph of NetworkX,
    `community.communities` tells more of each community.

    Blondel et al. (2008), Fast unfolding of communities in large networks. J. Stat. Mech. P10008;
    refined as by Rotta & Noack (2011), Multilevel Local Search Algorithms for Modularity
    Clustering. ACM JEA 16.

    >>> pairs = [("a", "b"), ("b", "c"), ("c", "a"), ("x", "y"), ("y", "z"), ("z", "x"), ("a", "x")]
    >>> edges = pl.DataFrame(pairs, schema=["source", "target"], orient="row")
    >>> partition_of(edges.with_columns(weight=1))["community"].to_list()
    [1, 1, 1, 2, 2, 2]
    """
    if edges.is_empty():
        return PARTITION.to_frame()
    import networkit as nk  # slow to import

    found = numbered(_mutual(edges))
    joined = found.weight > 0
    ends = tuple(end[joined].astype("uint64") for end in (found.source, found.target))
    graph = nk.GraphFromCoo((found.weight[joined], ends), n=found.size, weighted=True)
    nk.setNumberOfThreads(1)  # with more, who moves first is chance
    nk.setSeed(seed, False)
    method = nk.community.PLM(graph, refine=True)
    method.run()
    groups = pl.DataFrame(
        {"account": found.names, "group": pl.Series(method.getPartition().getVector())}
    )
    order = groups.group_by("group").agg(size=pl.len(), first=pl.col("account").min())
    order = order.sort("size", "first", descending=[True, False]).select(
        "group", community=pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
    )
    return groups.join(order, on="group").select(PARTITION.names()).sort("account")


def _mutual(edges: pl.DataFrame) -> pl.DataFrame:
    """Add up both directions, in the order of names: Louvain minds it."""
    kinds = [name for name in KIND_WEIGHTS if name in edges.columns]
    weight = (
        pl.sum_horizontal(pl.col(kind) * KIND_WEIGHTS[kind] for kind in kinds)
        if kinds
        else pl.col("weight").cast(pl.Float64)
    )
    low, high = (f("source", "target") for f in (pl.min_horizontal, pl.max_horizontal))
    pairs = edges.select(source=low, target=high, weight=weight)
    return pairs.group_by("source", "target").agg(pl.col("weight").sum()).sort("source", "target")
