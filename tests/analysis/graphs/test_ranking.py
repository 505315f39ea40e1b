from collections import Counter, defaultdict

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from analysis.graphs.ranking import top_amplified
from tests.analysis.examples import edges_frames, make_edges


def test_kinds_are_counted_apart_and_together() -> None:
    edges = make_edges(
        [
            {"by": "a", "of": "x", "kind": "repost", "count": 5},
            {"by": "a", "of": "x", "kind": "reply", "count": 1},
            {"by": "b", "of": "x", "kind": "quote", "count": 2},
            {"by": "b", "of": "y", "kind": "mention", "count": 4},
        ]
    )
    assert top_amplified(edges, 2).to_dicts() == [
        {
            "author_key": "x",
            "total": 8,
            "repost": 5,
            "quote": 2,
            "reply": 1,
            "mention": 0,
            "forward": 0,
            "counterparties": 2,
        },
        {
            "author_key": "y",
            "total": 4,
            "repost": 0,
            "quote": 0,
            "reply": 0,
            "mention": 4,
            "forward": 0,
            "counterparties": 1,
        },
    ]


def test_of_two_equally_amplified_the_one_with_more_amplifiers_comes_first() -> None:
    edges = make_edges(
        [{"by": "a", "of": "x", "count": 2}, {"by": "a", "of": "y"}, {"by": "b", "of": "y"}]
    )
    assert top_amplified(edges, 2)["author_key"].to_list() == ["y", "x"]


def test_who_amplifies_only_themselves_is_in_no_ranking() -> None:
    edges = make_edges([{"by": "a", "of": "a"}, {"by": "a", "of": None}])
    assert top_amplified(edges, 5).is_empty()


@given(edges_frames())
def test_the_ranking_agrees_with_counting_edge_by_edge(edges: pl.DataFrame) -> None:
    totals: Counter[str] = Counter()
    amplifiers = defaultdict(set)
    for row in edges.iter_rows(named=True):
        if row["target_author_key"] not in (None, row["author_key"]):
            totals[row["target_author_key"]] += row["count"]
            amplifiers[row["target_author_key"]].add(row["author_key"])
    order = sorted(totals, key=lambda key: (-totals[key], -len(amplifiers[key]), key))
    ranked = top_amplified(edges, 3)
    assert ranked["author_key"].to_list() == order[:3]
    assert ranked["total"].to_list() == [totals[key] for key in order[:3]]
    assert ranked["counterparties"].to_list() == [len(amplifiers[key]) for key in order[:3]]


@given(edges_frames(), st.integers(0, 99))
def test_the_order_of_the_edges_does_not_matter(edges: pl.DataFrame, seed: int) -> None:
    shuffled = edges.sample(fraction=1, shuffle=True, seed=seed)
    assert top_amplified(shuffled, 3).equals(top_amplified(edges, 3))
