from __future__ import annotations

import networkx as nx
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.graphs.partition import partition_of

WEIGHTS = st.dictionaries(
    st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")).filter(
        lambda pair: pair[0] != pair[1]
    ),
    st.integers(1, 9),
    min_size=1,
    max_size=30,
)


def frame(weights):
    rows = [(*pair, weight) for pair, weight in weights.items()]
    return pl.DataFrame(rows, schema=["source", "target", "weight"], orient="row")


def modularity(graph, partition):
    groups = partition.group_by("community").agg("account")["account"].to_list()
    return nx.community.modularity(graph, [set(group) for group in groups], weight="weight")


def test_it_is_as_good_as_the_louvain_method_of_networkx():
    graph = nx.planted_partition_graph(8, 40, 0.2, 0.01, seed=6)
    edges = frame({(f"n{a:03}", f"n{b:03}"): 1 for a, b in graph.edges})
    named = nx.Graph((a, b) for a, b, _ in edges.iter_rows())
    theirs = nx.community.louvain_communities(named, seed=2)
    ours = partition_of(edges)
    assert modularity(named, ours) >= nx.community.modularity(named, theirs) - 0.01
    assert ours["community"].n_unique() == 8


@settings(max_examples=30, deadline=None)
@given(WEIGHTS, st.randoms(use_true_random=False))
def test_rows_in_another_order_give_the_same_communities_the_largest_first(weights, random):
    edges = frame(weights)
    order = list(range(edges.height))
    random.shuffle(order)
    told = partition_of(edges)
    assert told.equals(partition_of(edges[order]))
    sizes = told.group_by("community").len().sort("community")
    assert sizes["community"].to_list() == list(range(1, sizes.height + 1))
    assert sizes["len"].to_list() == sorted(sizes["len"], reverse=True)


def test_a_reply_counts_half_and_a_forward_as_much_as_a_repost():
    acts = {"repost": 0, "quote": 0, "reply": 0, "mention": 0, "forward": 0}
    camps = [("a", "b"), ("b", "c"), ("a", "c"), ("x", "y"), ("y", "z"), ("x", "z")]
    rows = [{"source": s, "target": t, **acts, "forward": 2} for s, t in camps]
    rows.append({"source": "c", "target": "x", **acts, "reply": 2})
    told = dict(partition_of(pl.DataFrame(rows)).iter_rows())
    assert told["a"] == told["b"] == told["c"] == 1
    assert told["x"] == told["y"] == told["z"] == 2
