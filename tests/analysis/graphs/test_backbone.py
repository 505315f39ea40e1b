from __future__ import annotations

from fractions import Fraction
from math import comb, log10

import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.graphs.backbone import backbone, disparity, hypergeometric_tail, significance

PAIRS = st.dictionaries(
    st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")).filter(
        lambda pair: pair[0] != pair[1]
    ),
    st.integers(1, 50),
    max_size=30,
)


def frame(weights):
    rows = [(*pair, weight) for pair, weight in weights.items()]
    schema = {"source": pl.String, "target": pl.String, "weight": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def closed_form(weights, *, directed):
    """The formula as it is printed, edge by edge."""
    found = []
    for (source, target), weight in weights.items():
        told = []
        for end, place in ((source, 0), (target, 1)):
            at_end = [
                other
                for pair, other in weights.items()
                if (pair[place] == end if directed else end in pair)
            ]
            if len(at_end) > 1:
                told.append((1 - weight / sum(at_end)) ** (len(at_end) - 1))
        found.append(min(told, default=None))
    return found


@given(PAIRS, st.booleans())
def test_the_disparity_filter_is_the_closed_form(weights, directed):
    if not directed:
        weights = {pair: w for pair, w in weights.items() if pair[0] < pair[1]}
    p = disparity(frame(weights), directed=directed).to_list()
    expected = closed_form(weights, directed=directed)
    assert [one is None for one in p] == [one is None for one in expected]
    assert all(
        abs(one - other) <= 1e-15 for one, other in zip(p, expected, strict=True) if one is not None
    )


def test_the_disparity_filter_agrees_with_a_walk_over_a_networkx_graph():
    rng = np.random.default_rng(5)
    graph = nx.gnm_random_graph(300, 2000, seed=5)
    for _, _, edge in graph.edges(data=True):
        edge["weight"] = int(rng.pareto(1.2) * 3) + 1
    edges = frame({(str(a), str(b)): e["weight"] for a, b, e in graph.edges(data=True)})
    strength = dict(graph.degree(weight="weight"))
    slow = [
        min((1 - e["weight"] / strength[end]) ** (graph.degree(end) - 1) for end in (a, b))
        for a, b, e in graph.edges(data=True)
    ]
    assert np.abs(disparity(edges, directed=False).to_numpy() - slow).max() <= 1e-15


def test_an_edge_that_is_alone_at_both_ends_cannot_be_judged_and_is_no_backbone():
    edges = frame({("a", "b"): 100})
    assert disparity(edges, directed=True).to_list() == [None]
    assert backbone(edges, directed=True).is_empty()


def test_a_heavy_tie_of_a_small_account_stays_while_equal_ties_of_a_large_one_go():
    weights = {("small", "friend"): 9, ("small", "x1"): 1, ("small", "x2"): 1, ("small", "x3"): 1}
    weights |= {("large", f"y{n}"): 9 for n in range(50)}
    kept = backbone(frame(weights), directed=True)
    assert kept.select("source", "target").rows() == [("small", "friend")]


def test_no_edges_are_no_backbone():
    assert backbone(frame({}), directed=True).is_empty()
    assert significance(frame({})).is_empty()


def exact_tail(least, left, right, total):
    chance = Fraction(0)
    for x in range(least, min(left, right) + 1):
        chance += Fraction(comb(left, x) * comb(total - left, right - x), comb(total, right))
    return chance


@given(st.integers(1, 60), st.data())
def test_the_hypergeometric_tail_is_the_sum_of_its_terms(total, data):
    left = data.draw(st.integers(1, total))
    right = data.draw(st.integers(1, total))
    least = data.draw(st.integers(max(0, left + right - total), min(left, right)))
    numbers = [np.array([float(n)]) for n in (least, left, right)]
    told = float(hypergeometric_tail(*numbers, float(total))[0])
    assert told == pytest.approx(-log10(exact_tail(least, left, right, total)), abs=1e-9)


def test_a_tail_below_what_a_float_can_hold_is_still_told():
    numbers = [np.array([n]) for n in (400.0, 500.0, 500.0)]
    assert 400 < float(hypergeometric_tail(*numbers, 1e6)[0]) < 1500


def test_a_network_dealt_at_random_has_hardly_a_significant_edge_and_a_planted_one_is_found():
    rng = np.random.default_rng(11)
    size = 20_000
    activity = rng.pareto(1.5, 400) + 0.1
    acting = rng.choice(400, size, p=activity / activity.sum())
    acted = rng.permutation(rng.choice(400, size, p=activity / activity.sum())) + 1000
    dealt = (
        pl.DataFrame({"source": acting.astype(str), "target": acted.astype(str)})
        .group_by("source", "target")
        .agg(weight=pl.len().cast(pl.Int64))
        .sort("source", "target")
    )
    assert significance(dealt).filter(pl.col("q") <= 0.01).height <= 1
    planted = pl.DataFrame({"source": ["fan"], "target": ["1399"], "weight": [40]})
    together = pl.concat([dealt, planted])
    told = together.with_columns(significance(together)).filter(pl.col("q") <= 0.01)
    assert ("fan", "1399") in told.select("source", "target").rows()
