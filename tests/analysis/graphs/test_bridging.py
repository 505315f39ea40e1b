from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.graphs.bridging import acts_across, ei_index, participation

NAMES = "abcdefg"
EDGES = st.dictionaries(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), st.integers(1, 9), max_size=25
)
PLACES = st.dictionaries(st.sampled_from(NAMES), st.integers(1, 3), max_size=7)


def frames(edges, places):
    rows = [(*pair, weight) for pair, weight in edges.items()]
    schema = {"source": pl.String, "target": pl.String, "weight": pl.Int64}
    partition = pl.DataFrame(
        {"account": list(places), "community": list(places.values())},
        schema={"account": pl.String, "community": pl.Int64},
    )
    return pl.DataFrame(rows, schema=schema, orient="row"), partition


@given(EDGES, PLACES)
def test_participation_is_one_minus_the_squared_shares(edges, places):
    expected = {}
    for account in NAMES:
        partners = {b for a, b in edges if a == account} | {a for a, b in edges if b == account}
        known = [places[p] for p in partners - {account} if p in places]
        if known:
            shares = [known.count(c) / len(known) for c in set(known)]
            expected[account] = 1 - sum(share**2 for share in shares)
    told = participation(*frames(edges, places))
    assert told["account"].to_list() == sorted(expected)
    for account, value in told.select("account", "participation").iter_rows():
        assert value == pytest.approx(expected[account], abs=1e-12)


@given(EDGES, PLACES)
def test_the_ei_index_counts_ties_inside_and_outside(edges, places):
    known = [(a, b) for a, b in edges if a != b and a in places and b in places]
    told = {c: (i, e, ei) for c, i, e, ei in ei_index(*frames(edges, places)).iter_rows()}
    for community in [None, *set(places.values())]:
        mine = [
            (a, b) for a, b in known if community is None or community in (places[a], places[b])
        ]
        inside = sum(places[a] == places[b] for a, b in mine)
        outside = len(mine) - inside
        ei = (outside - inside) / len(mine) if mine else None
        assert told[community][:2] == (inside, outside)
        assert told[community][2] == (None if ei is None else pytest.approx(ei))


@given(EDGES, PLACES)
def test_acts_across_lose_no_act_between_placed_accounts(edges, places):
    known = {p: w for p, w in edges.items() if p[0] != p[1] and set(p) <= set(places)}
    told = acts_across(*frames(edges, places))
    assert told["acts"].sum() == sum(known.values())
    for community, share in told.group_by("community").agg(pl.col("share").sum()).iter_rows():
        assert share == pytest.approx(1.0), community


def test_a_bridge_takes_part_in_both_sides_and_the_others_in_one():
    inner = [("a", "b"), ("b", "c"), ("x", "y"), ("y", "z")]
    edges, partition = frames(
        dict.fromkeys([*inner, ("g", "a"), ("g", "x")], 1),
        {"a": 1, "b": 1, "c": 1, "x": 2, "y": 2, "z": 2, "g": 1},
    )
    told = dict(participation(edges, partition).select("account", "participation").iter_rows())
    assert told["g"] == 0.5
    assert told["b"] == told["y"] == 0.0
