from __future__ import annotations

from collections import Counter
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import networkx as nx
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from analysis.frames import ACTS
from analysis.graphs.backbone import LEVEL
from monitor.drawing.amplification import amplification, edges_of
from monitor.engines import engine_of
from tests.analysis.examples import make_edges
from tests.analysis.graphs.amplification import amplification_graph, pagerank
from tests.many import examples

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def make_acts(acts):
    rows = [
        {"author_key": by, "target_author_key": of, "kind": kind, "acted_at": NOON + day * DAY}
        for by, of, kind, day in acts
    ]
    schema = {name: ACTS[name] for name in ACTS}
    return pl.DataFrame(rows, schema=schema)


RANDOM = st.lists(
    st.tuples(
        st.sampled_from("abcdefg"),
        st.sampled_from([*"abcdefg", None]),
        st.sampled_from(["repost", "quote", "reply", "mention", "forward"]),
        st.integers(0, 9),
    ),
    min_size=1,
    max_size=60,
)


@settings(deadline=None)  # the first example loads an engine
@given(RANDOM)
def test_edges_and_ranks_are_those_of_a_graph_built_edge_by_edge(acts):
    counts = Counter((by, of, kind) for by, of, kind, _ in acts)
    edges = make_edges(
        {"by": by, "of": of, "kind": kind, "count": n} for (by, of, kind), n in counts.items()
    )
    graph = amplification_graph(edges.filter(pl.col("target_author_key").is_not_null()))
    drawing = amplification(make_acts(acts), "x")
    told = {(row["source"], row["target"]): row for row in drawing.edges.to_dicts()}
    assert told.keys() == set(graph.edges)
    for pair, edge in told.items():
        for name in ("weight", "repost", "quote", "reply", "mention", "forward"):
            assert edge[name] == graph.edges[pair][name], name
    assert drawing.nodes["key"].to_list() == sorted(graph)
    ranks = pagerank(graph)
    for key, rank in drawing.nodes.select("key", "pagerank").iter_rows():
        assert rank == pytest.approx(ranks[key], abs=1e-6)


def test_an_edge_knows_the_days_on_which_it_was_there():
    drawing = amplification(
        make_acts([("a", "x", "repost", 0), ("a", "x", "reply", 0), ("a", "x", "quote", 3)]), "x"
    )
    (edge,) = drawing.edges.to_dicts()
    assert edge["days"] == [date(2026, 3, 1), date(2026, 3, 4)]
    assert (edge["first_at"], edge["last_at"]) == (NOON, NOON + 3 * DAY)


def test_mentions_join_but_give_no_role():
    acts = [(name, "x", "mention", 0) for name in "abcdefgh"]
    drawing = amplification(make_acts(acts), "x")
    of_x = drawing.nodes.filter(key="x").row(0, named=True)
    assert (of_x["role"], of_x["amplified"]) == ("too few", 0)
    assert drawing.edges["mention"].sum() == 8


def two_camps():
    """Two camps around a pair of loud accounts each, and one account that passes on both."""
    acts = []
    for camp in "pq":
        fans = [f"{camp}{n:02}" for n in range(30)]
        for place, fan in enumerate(fans):
            acts += [(fan, f"{camp}-one", "repost", place % 9)] * (12 if place < 6 else 2)
            acts += [(fan, f"{camp}-two", "repost", place % 9)] * 2
            acts += [(fan, fans[(place + n) % 30], "repost", 1) for n in range(1, 4)]
    acts += [("between", f"{camp}-one", "repost", 1) for camp in "pq"] * 12
    acts += [("between", f"{camp}{n:02}", "repost", 1) for camp in "pq" for n in range(5)]
    return make_acts(acts)


def test_roles_communities_and_distance_of_two_camps():
    drawing = amplification(two_camps(), "x")
    nodes = {row["key"]: row for row in drawing.nodes.to_dicts()}
    assert nodes["p-one"]["community"] == nodes["p00"]["community"]
    assert nodes["p-one"]["community"] != nodes["q-one"]["community"]
    assert nodes["between"]["role"] == "bridge"
    assert nodes["p-two"]["role"] == "originator"
    assert nodes["p10"]["role"] == "both"
    assert drawing.facts["ei"] < -0.5
    assert drawing.facts["rwc"] > 0.3
    inner, outer = drawing.facts["across"][:2]
    assert (inner["community"], inner["other"], outer["other"]) == (1, 1, 2)
    assert inner["acts"] > outer["acts"]
    assert any("Random-walk controversy" in line for line in drawing.lines)


def test_betweenness_is_that_of_the_backbone_with_distances_of_one_over_weight():
    drawing = amplification(two_camps(), "x")
    strong = drawing.edges.filter(pl.col("p") < LEVEL)
    graph = nx.Graph()
    for source, target, weight in strong.select("source", "target", "weight").iter_rows():
        graph.add_edge(source, target, distance=1 / weight)
    theirs = nx.betweenness_centrality(graph, weight="distance")
    told = dict(drawing.nodes.select("key", "betweenness").iter_rows())
    assert {key for key, value in told.items() if value is not None} == set(graph)
    assert all(told[key] == pytest.approx(value, abs=1e-9) for key, value in theirs.items())


def test_the_order_of_the_acts_changes_nothing():
    acts = two_camps()
    one, other = amplification(acts, "x"), amplification(acts.reverse(), "x")
    assert one.nodes.equals(other.nodes)
    assert one.edges.equals(other.edges)


@pytest.mark.fuzz
@settings(deadline=None, max_examples=examples(30))
@given(RANDOM)
def test_engines_count_the_same_edges(acts):
    with closing(engine_of("duckdb")) as duckdb, closing(engine_of("polars")) as polars:
        assert_frame_equal(edges_of(make_acts(acts), duckdb), edges_of(make_acts(acts), polars))
