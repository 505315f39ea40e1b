"""The amplification graph, edge by edge in NetworkX: a slow twin of the columns."""

from __future__ import annotations

import networkx as nx
import polars as pl

from analysis.graphs.ranking import KINDS, pairs

_LEAST_DIFFERENCE = 1e-6  # between two steps of PageRank, summed over all authors
_MOST_STEPS = 1_000


def amplification_graph(edges: pl.DataFrame) -> nx.DiGraph[str]:
    """Build the graph amplifier → amplified: whoever points at an author has passed them on.

    edges: EDGES. Each edge has weight (all acts), repost, quote, reply, mention (acts of a kind)
    and first_at (ISO 8601, UTC); nodes have no attributes. Self-loops and edges without a target
    are left out. Nodes and edges stand in the order of their keys, whatever the order of the rows.
    """
    pair = ["author_key", "target_author_key"]
    merged = (
        pairs(edges)
        .group_by(pair)
        .agg(
            pl.col("count").sum().alias("weight"),
            *(pl.col("count").filter(kind=kind).sum().alias(kind) for kind in KINDS),
            pl.col("first_at").min().dt.to_string("%Y-%m-%dT%H:%M:%S%:z"),
        )
        .sort(pair)
    )
    nodes = pl.concat([merged[name].alias("key") for name in pair]).unique().sort()
    attributes = merged.select("weight", *KINDS, "first_at").iter_rows(named=True)
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from(zip(merged[pair[0]], merged[pair[1]], attributes, strict=True))
    return graph


def pagerank(graph: nx.DiGraph[str]) -> dict[str, float]:
    r"""Tell how likely one is to end at each author, walking from amplifier to amplified.

    .. math:: p_v = \frac{1 - d}{N} + d \sum_{u \to v} p_u \frac{w_{uv}}{\sum_x w_{ux}},
              \quad d = 0.85

    NetworkX stops when the ranks change by less than N * tol in all: its default gives wrong
    ranks in large graphs, so tol is 1e-6 / N here.

    Brin & Page (1998), The Anatomy of a Large-Scale Hypertextual Web Search Engine.
    """
    if not graph:
        return {}
    tolerance = _LEAST_DIFFERENCE / len(graph)
    ranks = nx.pagerank(graph, weight="weight", tol=tolerance, max_iter=_MOST_STEPS)
    return {str(author): float(rank) for author, rank in ranks.items()}
