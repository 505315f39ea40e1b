from __future__ import annotations

import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.graphs.paths import betweenness

WEIGHTS = st.dictionaries(
    st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")).filter(
        lambda pair: pair[0] < pair[1]
    ),
    st.sampled_from([1, 2, 4, 8]),  # sums of these fractions are exact: paths tie, or do not
    min_size=1,
    max_size=20,
)


def frame(weights):
    rows = [(*pair, weight) for pair, weight in weights.items()]
    return pl.DataFrame(rows, schema=["source", "target", "weight"], orient="row")


@given(WEIGHTS, st.booleans())
def test_it_is_what_networkx_finds_with_distances_of_one_over_weight(weights, directed):
    graph = nx.DiGraph() if directed else nx.Graph()
    graph.add_edges_from((*pair, {"distance": 1 / weight}) for pair, weight in weights.items())
    expected = nx.betweenness_centrality(graph, weight="distance")
    told = betweenness(frame(weights), directed=directed)
    assert told.sampled is None
    assert told.values["account"].to_list() == sorted(expected)
    for account, value in told.values.iter_rows():
        assert value == pytest.approx(expected[account], abs=1e-12)


def test_a_way_of_two_strong_ties_is_shorter_than_one_weak_tie():
    told = betweenness(frame({("a", "b"): 8, ("b", "c"): 8, ("a", "c"): 1}), directed=False).values
    assert dict(told.iter_rows())["b"] == 1.0


def test_a_sample_says_so_comes_near_and_is_the_same_each_time():
    graph = nx.barabasi_albert_graph(900, 2, seed=4)
    edges = frame({(f"n{a}", f"n{b}"): 1 for a, b in graph.edges})
    exact = betweenness(edges, directed=False)
    first, again = (betweenness(edges, directed=False, most_steps=0) for _ in range(2))
    assert first.sampled == 512
    assert first.values.equals(again.values)
    top = exact.values.sort("betweenness", descending=True).head(10)
    near = top.join(first.values, on="account", suffix="_near")
    error = (near["betweenness_near"] / near["betweenness"] - 1).abs().to_numpy()
    assert np.median(error) < 0.2
