"""GEXF is what its own schema says: Gephi and others may rely on it (tests/.../gexf_1_3)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import networkx as nx
import pytest
import xmlschema

SCHEMA = xmlschema.XMLSchema10(Path(__file__).parent / "gexf_1_3" / "gexf.xsd")
KINDS = ("amplification", "hashtags", "links", "coordination")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("redact", [(), ("--redact",)], ids=["names", "redacted"])
def test_a_graph_keeps_to_the_schema_and_is_read_back_whole(ran, tmp_path, kind, redact):
    code, _, err = ran("graph", "all", "--kind", kind, "-o", "g.gexf", *redact)
    assert (code, err) == (0, "")
    assert list(SCHEMA.iter_errors(tmp_path / "g.gexf")) == []
    graph = nx.read_gexf(tmp_path / "g.gexf")
    assert graph.is_directed() == (kind in ("amplification", "coordination"))
    assert graph.number_of_edges() >= 3
    assert graph.graph["mode"] == "dynamic"
    assert all("spells" in told for _, _, told in graph.edges(data=True))


def test_communities_over_time_keep_to_the_schema(ran, tmp_path):
    code, _, err = ran("graph", "all", "--every", "2d", "-o", "g.gexf")
    assert (code, err) == (0, "")
    assert list(SCHEMA.iter_errors(tmp_path / "g.gexf")) == []
    graph = nx.read_gexf(tmp_path / "g.gexf")
    courses = [
        told["community_then"] for _, told in graph.nodes(data=True) if "community_then" in told
    ]
    assert courses
    # Value, start and end of each step; NetworkX gives those that there are as a list.
    assert all(start < end for course in courses for _, start, end in course)


def test_two_graphs_hold_the_same_edges_as_their_tables(ran, tmp_path):
    ran("graph", "all", "-o", "g.gexf")
    ran("graph", "all", "-o", "g.graphml")
    gexf, graphml = nx.read_gexf(tmp_path / "g.gexf"), nx.read_graphml(tmp_path / "g.graphml")
    edges = Counter((a, b, d["weight"]) for a, b, d in gexf.edges(data=True))
    assert edges == Counter((a, b, d["weight"]) for a, b, d in graphml.edges(data=True))
    assert set(gexf) == set(graphml)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('version="1.3"', 'version="1.2"'),
        ('defaultedgetype="directed"', 'defaultedgetype="both"'),
        ("<edges>", "<edges><edge/>"),
        ('timeformat="date"', 'timeformat="day"'),
        ("<meta>", "<meta><data/>"),
    ],
)
def test_the_schema_finds_what_is_wrong(ran, tmp_path, right, wrong):
    ran("graph", "all", "-o", "g.gexf")
    text = (tmp_path / "g.gexf").read_text(encoding="utf-8")
    assert right in text
    (tmp_path / "g.gexf").write_text(text.replace(right, wrong, 1), encoding="utf-8")
    assert not SCHEMA.is_valid(tmp_path / "g.gexf")
