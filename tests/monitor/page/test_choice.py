"""Which accounts are on the map: of every large community those amplified, and who does it."""

from __future__ import annotations

import random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.drawing.amplification import amplification
from monitor.page.atlas import atlas
from monitor.page.choice import MOST_EDGES, MOST_NODES, chosen, seats
from tests.monitor.page.test_atlas import acts

TEAMS = 6


def crowd():
    """Give acts of six communities of 300, each around three accounts; they hardly meet."""
    rng = random.Random(5)
    rows = []
    for team in range(TEAMS):
        for n in range(300):
            top = rng.choices(range(3), (6, 3, 1))[0]
            rows += [(f"u{team}_{n}", f"top{team}_{top}", n)] * rng.choice((1, 1, 1, 2, 5))
            if n % 50 == 0:
                rows.append((f"u{team}_{n}", f"top{(team + 1) % TEAMS}_0", n))
    return rows


@pytest.fixture(scope="module")
def told():
    nobody = pl.DataFrame(schema={"author_key": pl.String, "text": pl.String})
    return atlas(amplification(acts(*crowd()), "x"), nobody, {}, words=True)


def test_each_community_is_shown_with_those_amplified_most_and_who_does_it(told):
    assert len(told.nodes) == MOST_NODES
    for place in range(TEAMS):
        members = [n for n, one in enumerate(told.nodes) if one.community == place]
        assert len(members) >= MOST_NODES / TEAMS / 2
        names = {told.nodes[n].name for n in members}
        assert set(told.communities[place].top) <= names
        tied = {end for e in told.edges for end in (e.source, e.target)}
        assert set(members) <= tied


def test_most_ties_lie_inside_communities_and_some_across_are_kept(told):
    inside = [told.nodes[e.source].community == told.nodes[e.target].community for e in told.edges]
    assert 0.5 < sum(inside) / len(inside) < 1
    assert len(told.edges) <= MOST_EDGES


def test_what_is_shown_of_all_amplification_is_told(told):
    assert told.acts == len(crowd())
    assert told.acts_drawn == sum(edge.weight for edge in told.edges) < told.acts
    assert told.acts_on_shown == sum(one.amplified for one in told.nodes)
    assert told.acts_drawn <= told.acts_on_shown <= told.acts


def test_an_account_that_many_amplify_is_shown_though_its_community_is_small():
    rows = crowd() + [(f"guest{n}", "famous", n) for n in range(2) for _ in range(900)]
    nobody = pl.DataFrame(schema={"author_key": pl.String, "text": pl.String})
    drawing = amplification(acts(*rows), "x")
    names = {one.name for one in atlas(drawing, nobody, {}, words=True).nodes}
    assert "mastodon:@famous@x.example" in names
    assert any("guest" in name for name in names)


def test_a_small_graph_is_shown_whole():
    drawing = amplification(acts(*[(f"u{n}", f"t{n % 7}", n) for n in range(60)]), "x")
    nobody = pl.DataFrame(schema={"author_key": pl.String, "text": pl.String})
    told = atlas(drawing, nobody, {}, words=True)
    assert len(told.nodes) == told.accounts == 67
    assert told.acts_drawn == told.acts_on_shown == told.acts == 60


@given(st.lists(st.integers(0, 10_000), max_size=8), st.integers(0, 400))
def test_seats_are_never_more_than_there_are_and_no_room_is_wasted(sizes, most):
    room = seats(sizes, most)
    assert len(room) == len(sizes)
    assert all(0 <= seat <= size for seat, size in zip(room, sizes, strict=True))
    assert sum(room) <= most
    assert sum(room) >= min(most, sum(sizes)) - len(sizes)
    assert all(
        room[one] >= room[other] or room[other] <= room[one] + 1
        for one in range(len(sizes))
        for other in range(len(sizes))
        if sizes[one] >= sizes[other]
    )


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(1, 4)), max_size=90))
def test_never_more_is_chosen_than_asked_for_and_always_the_same(rows):
    ties = {(f"a{s}", f"a{t}"): w for s, t, w in rows if s != t}
    edges = pl.DataFrame(
        [(s, t, w, 0.1) for (s, t), w in ties.items()],
        schema={"source": pl.String, "target": pl.String, "weight": pl.Int64, "p": pl.Float64},
        orient="row",
    )
    keys = sorted({end for pair in ties for end in pair})
    counts = [sum(w for (_, t), w in ties.items() if t == key) for key in keys]
    nodes = pl.DataFrame(
        {"key": keys, "community": [int(key[1:]) % 4 for key in keys], "amplified": counts,
         "role": ["too few"] * len(keys), "betweenness": [None] * len(keys),
         "amplifies": [sum(w for (s, _), w in ties.items() if s == key) for key in keys]},
        schema_overrides={"key": pl.String, "betweenness": pl.Float64, "role": pl.String},
    )  # fmt: skip
    found = chosen(nodes, edges, [0, 1], most_nodes=10, most_edges=12)
    assert found.nodes.height <= 10
    assert found.edges.height <= 12
    ends = {*found.edges["source"], *found.edges["target"]}
    assert ends == set(found.nodes["key"])
    again = chosen(nodes.reverse(), edges.reverse(), [0, 1], most_nodes=10, most_edges=12)
    assert again.edges.equals(found.edges)
    assert again.nodes.equals(found.nodes)
