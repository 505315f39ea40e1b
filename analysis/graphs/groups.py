"""Which accounts hang together by more than chance: groups, and how sure each member is."""

from __future__ import annotations

import polars as pl

LEAST_MEMBERS = 3  # two that often meet may be friends, or one person

GROUPED = pl.Schema(
    {
        "author": pl.Int64(),
        "group": pl.Int64(),  # from 1, the largest first
        "q": pl.Float64(),  # of its surest tie within the group
    }
)


def grouped(edges: pl.DataFrame) -> pl.DataFrame:
    """Give the groups of at least three accounts: GROUPED, by group and author.

    edges: low, high, q, surprise of the pairs that survived. A group is what hangs together; where
    two parts of three or more accounts hang together by one single pair, they are two groups: one
    pair in a hundred may be wrong, and must not make one group of two.

    >>> pairs = [(1, 2), (2, 3), (1, 3), (3, 4), (4, 5), (5, 6), (4, 6), (8, 9)]
    >>> edges = pl.DataFrame([(*pair, 0.001, 5.0) for pair in pairs],
    ...                      schema=["low", "high", "q", "surprise"], orient="row")
    >>> grouped(edges)["group"].to_list()
    [1, 1, 1, 2, 2, 2]
    """
    import networkx as nx  # slow to import

    graph: nx.Graph[int] = nx.Graph()
    graph.add_edges_from(edges.select("low", "high").sort("low", "high").iter_rows())
    _cut_bridges(graph)
    parts = [sorted(part) for part in nx.connected_components(graph) if len(part) >= LEAST_MEMBERS]
    parts.sort(key=lambda part: (-len(part), part[0]))
    rows = [(author, number) for number, part in enumerate(parts, 1) for author in part]
    of = pl.DataFrame(rows, schema={"author": pl.Int64, "group": pl.Int64}, orient="row")
    inner = edges.join(of, left_on="low", right_on="author").join(
        of, left_on="high", right_on="author", suffix="_high"
    )
    inner = inner.filter(pl.col("group") == pl.col("group_high"))
    ends = pl.concat([inner.select(pl.col(side).alias("author"), "q") for side in ("low", "high")])
    surest = ends.group_by("author").agg(pl.col("q").min())
    return of.join(surest, on="author").sort("group", "author").cast(GROUPED)


def _cut_bridges(graph: object) -> None:
    """Take out single pairs that alone hold two groups together."""
    import networkx as nx

    assert isinstance(graph, nx.Graph)  # noqa: S101 - for the type checker
    for one, other in sorted(tuple(sorted(pair)) for pair in nx.bridges(graph)):
        graph.remove_edge(one, other)
        sides = [nx.node_connected_component(graph, end) for end in (one, other)]
        if min(map(len, sides)) < LEAST_MEMBERS:
            graph.add_edge(one, other)
