from io import BytesIO

import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.graphs.amplification import amplification_graph, pagerank
from tests.analysis.examples import HOUR, NOON, edges_frames, make_edges

WORKED = make_edges(
    [
        {"by": "a", "of": "x", "kind": "repost", "count": 3, "first_at": NOON + HOUR},
        {"by": "a", "of": "x", "kind": "quote", "count": 1},
        {"by": "x", "of": "a", "kind": "reply", "count": 2},
        {"by": "b", "of": "x", "kind": "mention", "count": 1},
        {"by": "x", "of": "x", "kind": "reply", "count": 7},
        {"by": "b", "of": None, "kind": "reply", "count": 7},
    ]
)


def dense_pagerank(graph: "nx.DiGraph[str]") -> dict[str, float]:
    """Multiply by the whole transition matrix until nothing moves."""
    nodes = list(graph)
    weights = nx.to_numpy_array(graph, nodelist=nodes, weight="weight")
    sums = weights.sum(axis=1, keepdims=True)
    moves = np.where(sums > 0, weights / np.where(sums > 0, sums, 1), 1 / len(nodes))
    ranks = np.full(len(nodes), 1 / len(nodes))
    for _ in range(500):
        ranks = 0.15 / len(nodes) + 0.85 * ranks @ moves
    return dict(zip(nodes, ranks.tolist(), strict=True))


def test_an_edge_leads_from_the_amplifier_and_tells_the_kinds_apart() -> None:
    graph = amplification_graph(WORKED)
    assert dict(graph.nodes(data=True)) == {"a": {}, "b": {}, "x": {}}
    assert list(graph.edges) == [("a", "x"), ("b", "x"), ("x", "a")]
    assert graph.edges["a", "x"] == {
        "weight": 4,
        "repost": 3,
        "quote": 1,
        "reply": 0,
        "mention": 0,
        "forward": 0,
        "first_at": "2026-08-18T12:00:00+00:00",
    }


def test_a_graph_of_nothing_is_empty_and_has_no_ranks() -> None:
    graph = amplification_graph(make_edges([]))
    assert len(graph) == 0
    assert pagerank(graph) == {}


@given(edges_frames())
def test_no_act_between_two_authors_is_lost(edges: pl.DataFrame) -> None:
    between = edges.filter(pl.col("author_key") != pl.col("target_author_key"))
    graph = amplification_graph(edges)
    assert graph.size(weight="weight") == between["count"].sum()
    for kind in ("repost", "quote", "reply", "mention"):
        told = sum(count for _, _, count in graph.edges(data=kind))
        assert told == between.filter(pl.col("kind") == kind)["count"].sum()


@settings(deadline=None)
@given(edges_frames(), st.integers(0, 99))
def test_the_order_of_the_edges_does_not_matter(edges: pl.DataFrame, seed: int) -> None:
    shuffled = edges.sample(fraction=1, shuffle=True, seed=seed)
    one, other = amplification_graph(edges), amplification_graph(shuffled)
    assert list(one.nodes) == list(other.nodes)
    assert list(one.edges(data=True)) == list(other.edges(data=True))
    assert pagerank(one) == pagerank(other)


@settings(deadline=None)
@given(edges_frames())
def test_ranks_agree_with_a_dense_power_iteration(edges: pl.DataFrame) -> None:
    graph = amplification_graph(edges)
    if len(graph):
        assert pagerank(graph) == pytest.approx(dense_pagerank(graph), abs=1e-6)


def test_ranks_of_many_authors_are_as_exact_as_those_of_few() -> None:
    rng = np.random.default_rng(5)
    amplified = (rng.pareto(1.0, 6_000) * 3).astype(int) % 1_500
    rows = {
        (f"a{by}", f"a{of}")
        for by, of in zip(rng.integers(0, 1_500, 6_000), amplified, strict=True)
    }
    graph = amplification_graph(make_edges({"by": by, "of": of} for by, of in rows))
    exact = dense_pagerank(graph)
    difference = sum(abs(rank - exact[author]) for author, rank in pagerank(graph).items())
    careless = sum(abs(rank - exact[a]) for a, rank in nx.pagerank(graph).items())
    assert difference < 1e-5
    assert careless > 10 * difference  # what the default tolerance would have given


@pytest.mark.parametrize("file_format", ["gexf", "graphml"])
def test_a_graph_survives_being_written_and_read(file_format: str) -> None:
    graph = amplification_graph(WORKED)
    file = BytesIO()
    getattr(nx, f"write_{file_format}")(graph, file)
    file.seek(0)
    read = getattr(nx, f"read_{file_format}")(file)
    assert read.is_directed()
    assert set(read) == set(graph)
    for by, of, told in graph.edges(data=True):
        assert read.edges[by, of] | told == read.edges[by, of]


def test_no_attribute_is_named_type_because_gephi_reserves_it() -> None:
    assert not any("type" in told for _, _, told in amplification_graph(WORKED).edges(data=True))
