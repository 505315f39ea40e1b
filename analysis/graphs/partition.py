"""Communities of a weighted edge list, at the cost of its columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from analysis.graphs.bridging import PARTITION
from analysis.graphs.numbered import Floats, Ints, Numbered, numbered

_SEED = 2
# Passing on mostly means agreeing, while replies and mentions also cross to opponents: Conover
# et al. (2011), Political Polarization on Twitter, ICWSM. So two of these count as one of those.
KIND_WEIGHTS = {"repost": 1.0, "quote": 1.0, "forward": 1.0, "reply": 0.5, "mention": 0.5}
_COMMUNITIES = pl.Schema(
    {
        "community": pl.Int64(),
        "size": pl.Int64(),
        "share": pl.Float64(),
        "inside": pl.Float64(),
    }
)


@dataclass(frozen=True, slots=True)
class Grouped:
    """The communities of a graph."""

    partition: pl.DataFrame  # PARTITION, by account
    # community, size, share (of all accounts), inside (share of the weight at its members' edges
    # that stays among them)
    communities: pl.DataFrame


def partition_of(edges: pl.DataFrame, *, seed: int = _SEED) -> pl.DataFrame:
    r"""Group the nodes of a graph: PARTITION, by account; communities from 1, the largest first.

    Louvain's method with refinement on the undirected graph: the weights of both directions are
    added up. Where edges say how many acts of each kind they hold, acts count as `KIND_WEIGHTS`
    has it (a reply half a repost); else `weight` does. Its communities are one good grouping among
    several; the seed makes it the same one each time, whatever the order of the rows. Who has no
    edge of any weight is alone.

    edges: source, target, and weight or a column of each kind. `grouped` tells more of each
    community.

    Blondel et al. (2008), Fast unfolding of communities in large networks. J. Stat. Mech. P10008;
    refined as by Rotta & Noack (2011), Multilevel Local Search Algorithms for Modularity
    Clustering. ACM JEA 16.

    >>> pairs = [("a", "b"), ("b", "c"), ("c", "a"), ("x", "y"), ("y", "z"), ("z", "x"), ("a", "x")]
    >>> edges = pl.DataFrame(pairs, schema=["source", "target"], orient="row")
    >>> partition_of(edges.with_columns(weight=1))["community"].to_list()
    [1, 1, 1, 2, 2, 2]
    """
    return grouped(edges, seed=seed).partition


def grouped(edges: pl.DataFrame, *, seed: int = _SEED) -> Grouped:
    """Group the nodes of a graph as `partition_of` does, and tell of each group.

    >>> pairs = [("a", "b", 3), ("b", "c", 2), ("x", "y", 2), ("c", "x", 1)]
    >>> edges = pl.DataFrame(pairs, schema=["source", "target", "weight"], orient="row")
    >>> grouped(edges).communities.rows()
    [(1, 3, 0.6, 0.8333333333333334), (2, 2, 0.4, 0.6666666666666666)]
    """
    if edges.is_empty():
        return Grouped(PARTITION.to_frame(), _COMMUNITIES.to_frame())
    mutual = _mutual(numbered(_weighed(edges)))
    group = _louvain(mutual, seed)
    groups = pl.DataFrame({"group": group, "place": np.arange(mutual.size)})
    # Names are sorted, so that the first place is that of the smallest name.
    order = groups.group_by("group").agg(size=pl.len(), first=pl.col("place").min())
    order = order.sort("size", "first", descending=[True, False])
    number = np.empty(order.height, np.int64)
    number[order["group"].to_numpy()] = np.arange(order.height)
    group = number[group]
    told = order.select(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("community"),
        pl.col("size").cast(pl.Int64),
        # By NumPy: polars multiplies by the inverse, and says 0.6000000000000001.
        share=order["size"].to_numpy() / mutual.size,
        inside=_inside(mutual, group, order.height),
    )
    partition = pl.DataFrame({"account": mutual.names, "community": group + 1})
    return Grouped(partition, told)


def _louvain(mutual: Numbered, seed: int) -> Ints:
    """Give the group of each node, from 0."""
    import networkit as nk  # slow to import

    joined = mutual.weight > 0
    ends = tuple(end[joined].astype("uint64") for end in (mutual.source, mutual.target))
    graph = nk.GraphFromCoo((mutual.weight[joined], ends), n=mutual.size, weighted=True)
    nk.setNumberOfThreads(1)  # with more, who moves first is chance
    nk.setSeed(seed, False)
    method = nk.community.PLM(graph, refine=True)
    method.run()
    found: Ints = np.unique(
        np.asarray(method.getPartition().getVector(), np.int64), return_inverse=True
    )[1]
    return found


def _inside(mutual: Numbered, group: Ints, count: int) -> Floats:
    one, other = group[mutual.source], group[mutual.target]
    touching = np.bincount(one, mutual.weight, count)
    apart = one != other
    inner = touching - np.bincount(one[apart], mutual.weight[apart], count)
    touching += np.bincount(other[apart], mutual.weight[apart], count)
    shares: Floats = np.divide(inner, touching, out=np.zeros(count), where=touching > 0)
    return shares


def _weighed(edges: pl.DataFrame) -> pl.DataFrame:
    kinds = [name for name in KIND_WEIGHTS if name in edges.columns]
    if not kinds:
        return edges
    weight = pl.sum_horizontal(pl.col(kind) * KIND_WEIGHTS[kind] for kind in kinds)
    return edges.select("source", "target", weight=weight)


def _mutual(edges: Numbered) -> Numbered:
    """Add up both directions, in the order of names: Louvain minds it."""
    from scipy.sparse import coo_array  # slow to import

    low = np.minimum(edges.source, edges.target)
    high = np.maximum(edges.source, edges.target)
    summed = coo_array((edges.weight, (low, high)), shape=(edges.size, edges.size)).tocsr()
    summed.sum_duplicates()
    pairs = summed.tocoo()
    return Numbered(
        names=edges.names,
        source=pairs.row.astype(np.int64),
        target=pairs.col.astype(np.int64),
        weight=pairs.data,
    )
