from itertools import permutations

import networkx as nx
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.graphs.community import Community, communities
from analysis.graphs.partition import KIND_WEIGHTS
from tests.analysis.examples import edges_frames, make_edges
from tests.analysis.graphs.amplification import amplification_graph

TWO_CAMPS = [
    *({"by": by, "of": of} for by, of in permutations("abcd", 2)),
    *({"by": by, "of": of} for by, of in permutations("xyz", 2)),
    {"by": "a", "of": "x", "kind": "reply"},
]


def test_two_camps_that_only_argue_are_two_communities() -> None:
    found = communities(make_edges(TWO_CAMPS))
    assert found == [
        Community(number=1, members=("a", "b", "c", "d"), size=4, share=4 / 7, inside=12 / 12.5),
        Community(number=2, members=("x", "y", "z"), size=3, share=3 / 7, inside=6 / 6.5),
    ]


def test_of_two_communities_of_one_size_that_with_the_smaller_key_comes_first() -> None:
    pairs = [("d", "c"), ("b", "a")]
    edges = make_edges({"by": by, "of": of} for by, of in pairs)
    assert [c.members for c in communities(edges)] == [("a", "b"), ("c", "d")]


def test_many_replies_bind_less_than_as_many_reposts() -> None:
    acts = [
        {"by": "a", "of": "b", "count": 8},
        {"by": "c", "of": "d", "count": 8},
        {"by": "a", "of": "c", "kind": "reply", "count": 9},
        {"by": "b", "of": "d", "kind": "reply", "count": 9},
    ]
    found = communities(make_edges(acts))
    assert [c.members for c in found] == [("a", "b"), ("c", "d")]


def test_a_graph_of_nothing_has_no_communities() -> None:
    assert communities(make_edges([])) == []


@settings(deadline=None)
@given(edges_frames(), st.integers(0, 99))
def test_the_order_of_the_edges_does_not_matter(edges: pl.DataFrame, seed: int) -> None:
    shuffled = edges.sample(fraction=1, shuffle=True, seed=seed)
    found = communities(edges)
    assert communities(shuffled) == found


@settings(deadline=None)
@given(edges_frames())
def test_every_author_is_in_one_community(edges: pl.DataFrame) -> None:
    graph = amplification_graph(edges)
    found = communities(edges)
    assert sorted(author for c in found for author in c.members) == sorted(graph)
    assert [c.number for c in found] == list(range(1, len(found) + 1))
    assert [c.size for c in found] == sorted((c.size for c in found), reverse=True)
    assert sum(c.share for c in found) == pytest.approx(1 if found else 0)
    assert all(0 <= c.inside <= 1 for c in found)


@settings(deadline=None)
@given(edges_frames())
def test_the_grouping_is_better_than_none(edges: pl.DataFrame) -> None:
    graph = amplification_graph(edges)
    if not len(graph):
        return
    mutual: nx.Graph[str] = nx.Graph()
    for one, other, acts in graph.edges(data=True):
        before = mutual.get_edge_data(one, other, {"weight": 0})["weight"]
        weight = before + sum(share * acts[kind] for kind, share in KIND_WEIGHTS.items())
        mutual.add_edge(one, other, weight=weight)
    grouped = [set(c.members) for c in communities(edges)]
    assert nx.community.modularity(mutual, grouped) >= nx.community.modularity(mutual, [set(graph)])
