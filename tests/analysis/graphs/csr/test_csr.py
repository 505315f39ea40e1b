"""Graphs on columns are NetworkX's graphs: the same answers, whatever is asked."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.graphs.csr import digraph_of, graph_of

_ROWS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 5)).filter(
        lambda row: row[0] != row[1]
    ),
    min_size=1,
    max_size=40,
)


def columns(rows: list[tuple[Any, Any, int]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["source", "target", "weight"], orient="row")


def plain(rows: list[tuple[Any, Any, int]], *, directed: bool) -> Any:
    """The same graph, built edge by edge."""
    graph: Any = nx.DiGraph() if directed else nx.Graph()
    for one, other, weight in rows:
        before = graph[one][other]["weight"] if graph.has_edge(one, other) else 0
        graph.add_edge(one, other, weight=weight + before)
    return graph


@settings(deadline=None)
@given(_ROWS)
def test_what_runs_on_arrays_is_what_networkx_says(rows: list[tuple[int, int, int]]) -> None:
    for directed in (True, False):
        made = digraph_of(columns(rows)) if directed else graph_of(columns(rows))
        slow = plain(rows, directed=directed)
        assert (len(made), made.number_of_edges()) == (len(slow), slow.number_of_edges())
        assert nx.core_number(made) == nx.core_number(slow)
        ranks, expected = (nx.pagerank(one, tol=1e-9, max_iter=1000) for one in (made, slow))
        assert all(ranks[node] == pytest.approx(expected[node], abs=1e-12) for node in slow)
        parts = nx.weakly_connected_components if directed else nx.connected_components
        assert {frozenset(part) for part in parts(made)} == {
            frozenset(part) for part in parts(slow)
        }


@settings(deadline=None)
@given(_ROWS)
def test_all_other_functions_of_networkx_work_too(rows: list[tuple[int, int, int]]) -> None:
    made, slow = digraph_of(columns(rows)), plain(rows, directed=True)
    assert nx.betweenness_centrality(made) == pytest.approx(nx.betweenness_centrality(slow))
    assert nx.clustering(made) == pytest.approx(nx.clustering(slow))
    assert dict(made.degree(weight="weight")) == dict(slow.degree(weight="weight"))
    assert sorted(made.edges(data="weight")) == sorted(slow.edges(data="weight"))
    assert {node: set(made.predecessors(node)) for node in made} == {
        node: set(slow.predecessors(node)) for node in slow
    }
    both, expected = graph_of(columns(rows)), plain(rows, directed=False)
    assert {one: dict(both[one]) for one in both} == {one: dict(expected[one]) for one in expected}
    assert nx.triangles(both) == nx.triangles(expected)


def test_plain_graphs_can_be_given_to_the_backend() -> None:
    graph = plain([("a", "x", 2), ("b", "x", 1), ("x", "y", 1)], directed=True)
    graph.add_node("alone")
    assert nx.pagerank(graph, backend="gaung") == pytest.approx(nx.pagerank(graph), abs=1e-12)


def test_copies_and_parts_are_plain_graphs_that_can_be_changed() -> None:
    rows = [("a", "x", 2), ("b", "x", 1), ("x", "y", 1)]
    made, slow = digraph_of(columns(rows)), plain(rows, directed=True)
    for change in (lambda g: g.copy(), lambda g: g.reverse(), lambda g: g.subgraph(["a", "x"])):
        assert sorted(change(made).edges(data=True)) == sorted(change(slow).edges(data=True))
    copied = made.copy()
    copied.add_edge("y", "z")
    assert copied.number_of_edges() == 4
    with pytest.raises(nx.NetworkXError, match=r"[Ff]rozen"):
        made.add_edge("y", "z")


def test_other_weights_are_never_taken_for_the_weights() -> None:
    graph = plain([("a", "x", 2), ("b", "x", 1), ("x", "a", 1), ("x", "b", 5)], directed=True)
    for number, (_, _, data) in enumerate(graph.edges(data=True)):
        data["n"] = number + 1
    told = nx.pagerank(graph, weight="n", backend="gaung")
    assert told == pytest.approx(nx.pagerank(graph, weight="n"), abs=1e-12)
    made = digraph_of(columns([("a", "x", 2), ("b", "x", 1), ("x", "a", 1), ("x", "b", 5)]))
    assert nx.pagerank(made, weight=None) == pytest.approx(nx.pagerank(graph, weight=None))


def test_loops_and_weights_of_zero_are_edges_like_others() -> None:
    rows = [("a", "a", 3), ("a", "b", 0), ("b", "c", 1), ("c", "b", 1)]
    made, slow = graph_of(columns(rows)), plain(rows, directed=False)
    assert made.number_of_edges() == slow.number_of_edges() == 3
    assert {one: dict(made[one]) for one in made} == {one: dict(slow[one]) for one in slow}
    assert nx.number_connected_components(made) == 1
    assert digraph_of(columns(rows)).undirected()["a"]["a"]["weight"] == 3


def test_loops_have_no_core_here_either() -> None:
    made = digraph_of(columns([("a", "a", 1), ("a", "b", 1)]))
    with pytest.raises(nx.NetworkXNotImplemented):
        nx.core_number(made)


def planted() -> pl.DataFrame:
    """Four communities of forty, with a tenth of the edges between them."""
    rng = np.random.default_rng(5)
    source = rng.integers(0, 160, 3000)
    inside = rng.random(3000) < 0.9
    target = np.where(inside, source // 40 * 40 + rng.integers(0, 40, 3000), rng.integers(0, 160))
    found = pl.DataFrame({"source": source, "target": target, "weight": np.ones(3000, int)})
    return found.filter(pl.col("source") != pl.col("target"))


@pytest.mark.parametrize("name", ["louvain_communities", "leiden_communities"])
def test_communities_are_the_same_each_time_and_as_good(name: str) -> None:
    made = graph_of(planted())
    find = getattr(nx.community, name)
    found = find(made, seed=3)
    assert found == find(graph_of(planted().reverse()), seed=3)
    slow = nx.Graph(made.edges(data=True))
    reference = nx.community.louvain_communities(slow, seed=3)
    told, expected = (nx.community.modularity(slow, one) for one in (found, reference))
    assert told >= expected - 0.01
