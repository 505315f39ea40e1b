"""The amplification graph: who passed on whom, and who mattered in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analysis.graphs.ranking import KINDS, by_kind, pairs

if TYPE_CHECKING:
    import networkx as nx

_LEAST_DIFFERENCE = 1e-6  # between two steps of PageRank, summed over all authors
_MOST_STEPS = 1_000


def amplification_graph(edges: pl.DataFrame) -> nx.DiGraph[str]:
    """Build the graph amplifier → amplified: whoever points at an author has passed them on.

    edges: EDGES. Each edge has weight (all acts), repost, quote, reply, mention (acts of a kind)
    and first_at (ISO 8601, UTC); nodes have no attributes. Self-loops and edges without a target
    are left out. Nodes and edges stand in the order of their keys, whatever the order of the rows.

    >>> from datetime import UTC, datetime
    >>> from analysis.frames import EDGES
    >>> noon = datetime(2026, 8, 18, 12, tzinfo=UTC)
    >>> acts = [("a", "x", "repost", 3, noon), ("a", "x", "reply", 1, noon)]
    >>> graph = amplification_graph(pl.DataFrame(acts, schema=EDGES, orient="row"))
    >>> graph.edges["a", "x"]["weight"], graph.edges["a", "x"]["first_at"]
    (4, '2026-08-18T12:00:00+00:00')
    """
    import networkx as nx  # slow to import, and rankings do without it

    pair = ["author_key", "target_author_key"]
    merged = (
        pairs(edges)
        .group_by(pair)
        .agg(
            pl.col("count").sum().alias("weight"),
            *by_kind(),
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

    >>> import networkx as nx
    >>> ranks = pagerank(nx.DiGraph([("a", "x"), ("b", "x")]))
    >>> max(ranks, key=ranks.get)
    'x'
    """
    import networkx as nx

    if not graph:
        return {}
    tolerance = _LEAST_DIFFERENCE / len(graph)
    ranks = nx.pagerank(graph, weight="weight", tol=tolerance, max_iter=_MOST_STEPS)
    return {str(author): float(rank) for author, rank in ranks.items()}
