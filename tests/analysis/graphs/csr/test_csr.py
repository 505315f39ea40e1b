"""Graphs on columns are NetworkX's graphs: the same answers, whatever is asked."""

from __future__ import annotations

from inspect import signature
from typing import Any

import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.graphs.csr import digraph_of, graph_of
from analysis.graphs.csr.backend import BACKEND
from analysis.graphs.places import numbered

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
    made: Any
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


@pytest.mark.filterwarnings("ignore:Note. conversions")  # of the same graph, which is meant
@pytest.mark.parametrize(
    "rename",
    [
        lambda n: (n, f"of {n}"),
        lambda n: n if n % 2 else f"account {n}",
        lambda n: frozenset([n]),
        lambda n: n * 10**30,
    ],
    ids=["tuples", "numbers and text", "sets", "huge numbers"],
)
def test_plain_graphs_with_any_nodes_can_be_given_to_the_backend(rename: Any) -> None:
    for directed in (True, False):
        graph: Any = nx.gnp_random_graph(30, 0.15, seed=4, directed=directed)
        graph = nx.relabel_nodes(graph, {n: rename(n) for n in graph})
        for number, (_, _, data) in enumerate(graph.edges(data=True)):
            data["weight"] = number % 4 + 1
        told = nx.pagerank(graph, backend="gaung")
        assert told == pytest.approx(nx.pagerank(graph), abs=1e-12)
        assert nx.core_number(graph, backend="gaung") == nx.core_number(graph)
        parts = nx.weakly_connected_components if directed else nx.connected_components
        assert {frozenset(part) for part in parts(graph, backend="gaung")} == {
            frozenset(part) for part in parts(graph)
        }
        if not directed:
            found = nx.community.louvain_communities(graph, seed=1, backend="gaung")
            assert {node for part in found for node in part} == set(graph)


def test_what_the_backend_leaves_to_networkx_sees_all_that_the_graph_has() -> None:
    graph: Any = nx.Graph()
    graph.add_edge(("a", 1), "b", cost=3, label="friends")
    graph.add_edge("b", 7, cost=1)
    graph.add_edge(("a", 1), 7, cost=9)
    told = nx.dijkstra_path(graph, ("a", 1), 7, weight="cost", backend="gaung")
    assert told == [("a", 1), "b", 7]
    made = BACKEND.convert_from_nx(graph, edge_attrs={"cost": 1})
    assert {one: dict(made[one]) for one in made} == {
        one: {other: {"cost": data["cost"]} for other, data in graph[one].items()} for one in graph
    }
    assert ("a", 1) in made
    assert ["a", 1] not in made
    assert "c" not in made


def test_nodes_are_found_as_in_a_dictionary_without_one() -> None:
    texts = digraph_of(columns([("b", "d", 1), ("d", "é", 1)]))
    numbers = digraph_of(columns([(2, 4, 1), (4, -3, 1)]))
    for graph, nodes in ((texts, ["b", "d", "é"]), (numbers, [-3, 2, 4])):
        for ask in range(2):
            known = dict.fromkeys(nodes)
            for node in [*nodes, "a", "c", "z", "", 1, 3, 5, -9, 2.0, 2.5, True, None, (1, 2)]:
                assert (node in graph) == (node in known), (node, ask)
            assert [1] not in graph
            assert graph.names == nodes  # from here on they are a list


@pytest.mark.parametrize(
    ("source", "error", "told"),
    [
        (["a", None], ValueError, "null in 1 rows"),
        ([1.5, 2.5], TypeError, "cast the column"),
        ([1, 2], TypeError, "cast the columns to text"),
    ],
)
def test_columns_that_cannot_be_nodes_say_what_to_do(
    source: list[Any], error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        digraph_of(pl.DataFrame({"source": source, "target": ["x", "y"], "weight": [1, 1]}))


def test_names_hold_no_more_than_their_own_text() -> None:
    keys = [f"mastodon:{n % 500 + 10**17}" for n in range(250_000)]
    edges = pl.DataFrame({"source": keys, "target": keys[1:] + keys[:1]})
    names, (places, _) = numbered([edges["source"], edges["target"]])
    assert names.to_list() == sorted(set(keys))
    assert names.gather(places).to_list() == keys
    assert names.estimated_size() < 500 * 60


def test_copies_and_parts_are_plain_graphs_that_can_be_changed() -> None:
    rows = [("a", "x", 2), ("b", "x", 1), ("x", "y", 1)]
    made: Any = digraph_of(columns(rows))
    slow = plain(rows, directed=True)
    changes: list[Any] = [
        lambda g: g.copy(),
        lambda g: g.reverse(),
        lambda g: g.subgraph(["a", "x"]),
    ]
    for change in changes:
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


def leiden(graph: Any, **named: Any) -> list[set[Any]]:
    """By modularity: the default of NetworkX 3.7 is another."""
    find: Any = nx.community.leiden_communities
    if "metric" in signature(find).parameters:
        named["metric"] = "modularity"
    found: list[set[Any]] = find(graph, **named)
    return found


def test_another_seed_may_give_other_communities_and_none_is_always_the_same() -> None:
    made = graph_of(columns([(*ends, 1) for ends in nx.gnp_random_graph(80, 0.1, seed=3).edges]))
    found = [leiden(made, seed=seed) for seed in range(10)]
    assert found == [leiden(made, seed=seed) for seed in range(10)]
    assert any(one != found[0] for one in found)
    alike = [leiden(made) for _ in range(5)]
    assert all(one == alike[0] for one in alike)


@pytest.mark.parametrize("find", [nx.community.louvain_communities, leiden])
def test_communities_are_the_same_each_time_and_as_good(find: Any) -> None:
    made = graph_of(planted())
    found = find(made, seed=3)
    assert found == find(graph_of(planted().reverse()), seed=3)
    slow = nx.Graph(made.edges(data=True))
    reference = nx.community.louvain_communities(slow, seed=3)
    told, expected = (nx.community.modularity(slow, one) for one in (found, reference))
    assert told >= expected - 0.01
