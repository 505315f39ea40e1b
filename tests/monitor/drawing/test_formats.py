from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import polars as pl
import pytest

from monitor.drawing.drawing import COURSE, DAYS, Drawing
from monitor.drawing.write import ENDINGS, write
from monitor.errors import OperatorError

NS = {"g": "http://gexf.net/1.3"}
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOSTILE = 'a<b & "c"\x00\n=SUM(A1)'


def make_drawing(*, directed=True, course=None):
    nodes = pl.DataFrame(
        {
            "key": ["x:1", "x:2", "x:3"],
            "label": [HOSTILE, "=cmd", "tiga"],
            "pagerank": [0.5, 0.25, 1e-9],
            "community": [1, 1, None],
            "mostly": [None, "x:1", "x:1"],
            "days": [[date(2026, 3, 1)], [date(2026, 3, 1), date(2026, 3, 2)], None],
        },
        schema_overrides={"days": DAYS},
    )
    edges = pl.DataFrame(
        {
            "source": ["x:2", "x:3"],
            "target": ["x:1", "x:1"],
            "weight": [3, 1],
            "repost": [2, 1],
            "first_at": [NOON, None],
            "p": [0.01, None],
            "days": [[date(2026, 3, d) for d in (1, 2, 5)], None],
        },
        schema_overrides={"days": DAYS, "first_at": pl.Datetime("us", "UTC")},
    )
    return Drawing(
        kind="amplification",
        name=f"amplification of {HOSTILE}",
        directed=directed,
        what="accounts",
        nodes=nodes,
        edges=edges,
        facts={"rwc": None},
        course=COURSE.to_frame() if course is None else course,
        ends=("amplifier", "amplified"),
    )


def read(path: Path):
    if path.suffix == ".gexf":
        return nx.read_gexf(path)
    if path.suffix == ".graphml":
        return nx.read_graphml(path)
    return nx.node_link_graph(json.loads(path.read_text(encoding="utf-8")), edges="edges")


@pytest.mark.parametrize("ending", [".gexf", ".graphml", ".json"])
@pytest.mark.parametrize("directed", [True, False])
def test_networkx_reads_back_what_was_written(tmp_path, ending, directed):
    write(make_drawing(directed=directed), tmp_path / f"g{ending}")
    graph = read(tmp_path / f"g{ending}")
    assert graph.is_directed() == directed
    assert not graph.is_multigraph()
    assert set(graph.edges) in ({("x:2", "x:1"), ("x:3", "x:1")}, {("x:1", "x:2"), ("x:1", "x:3")})
    assert graph.nodes["x:3"]["pagerank"] == 1e-9
    assert graph.edges["x:2", "x:1"]["weight"] == 3
    assert graph.edges["x:2", "x:1"]["repost"] == 2
    assert graph.edges["x:2", "x:1"]["first_at"] == "2026-03-01T12:00:00+00:00"
    # What is unknown is absent or null, and never zero.
    assert graph.nodes["x:3"].get("community") is None
    assert graph.edges["x:3", "x:1"].get("p") is None
    label = graph.nodes["x:1"]["label"]
    assert label.startswith('a<b & "c"')
    assert ("\x00" in label) == (ending == ".json")


def test_a_gexf_file_has_what_the_format_wants(tmp_path):
    write(make_drawing(), tmp_path / "g.gexf")
    root = ElementTree.parse(tmp_path / "g.gexf").getroot()  # noqa: S314 - our own file
    assert (root.tag, root.get("version")) == ("{http://gexf.net/1.3}gexf", "1.3")
    graph = root.find("g:graph", NS)
    assert {name: graph.get(name) for name in ("mode", "timeformat", "defaultedgetype")} == {
        "mode": "dynamic",
        "timeformat": "date",
        "defaultedgetype": "directed",
    }
    assert (graph.get("start"), graph.get("end")) == ("2026-03-01", "2026-03-06")
    declared = {
        of: {
            a.get("id"): a.get("title") for a in graph.findall(f"g:attributes[@class='{of}']/*", NS)
        }
        for of in ("node", "edge")
    }
    # Gephi takes an attribute of this name for the direction of an edge.
    assert "type" not in declared["edge"].values()
    for of in ("node", "edge"):
        ids = [element.get("id") for element in graph.iter(f"{{{NS['g']}}}{of}")]
        assert len(ids) == len(set(ids))
        for value in graph.iterfind(f".//g:{of}/g:attvalues/g:attvalue", NS):
            assert value.get("for") in declared[of]
    nodes = {node.get("id") for node in graph.iterfind("g:nodes/g:node", NS)}
    for edge in graph.iterfind("g:edges/g:edge", NS):
        assert {edge.get("source"), edge.get("target")} <= nodes
        assert float(edge.get("weight")) > 0


def spells(element):
    return [(s.get("start"), s.get("end")) for s in element.iterfind("g:spells/g:spell", NS)]


def test_days_that_follow_each_other_are_one_spell_up_to_the_next_midnight(tmp_path):
    write(make_drawing(), tmp_path / "g.gexf")
    root = ElementTree.parse(tmp_path / "g.gexf").getroot()  # noqa: S314
    one, other = root.iterfind(".//g:edge", NS)
    assert spells(one) == [("2026-03-01", "2026-03-03"), ("2026-03-05", "2026-03-06")]
    assert spells(other) == []
    first = next(root.iterfind(".//g:node", NS))
    assert spells(first) == [("2026-03-01", "2026-03-02")]


def test_a_course_is_a_dynamic_attribute_that_networkx_reads_too(tmp_path):
    rows = [("x:1", 1, date(2026, 3, 1), date(2026, 3, 8)),
            ("x:1", 4, date(2026, 3, 8), date(2026, 3, 15))]  # fmt: skip
    drawing = make_drawing(course=pl.DataFrame(rows, schema=COURSE, orient="row"))
    write(drawing, tmp_path / "g.gexf")
    then = nx.read_gexf(tmp_path / "g.gexf").nodes["x:1"]["community_then"]
    assert then == [(1, "2026-03-01", "2026-03-08"), (4, "2026-03-08", "2026-03-15")]
    write(drawing, tmp_path / "g.json")
    nodes = json.loads((tmp_path / "g.json").read_text())["nodes"]
    assert [one["community"] for one in nodes[0]["course"]] == [1, 4]
    assert nodes[1]["course"] is None


def test_json_says_what_it_is(tmp_path):
    write(make_drawing(), tmp_path / "g.json")
    told = json.loads((tmp_path / "g.json").read_text(encoding="utf-8"))
    assert (told["schema"], told["kind"]) == ("gaung.graph/1", "amplification")
    assert told["graph"]["rwc"] is None


def test_csv_has_the_edges_and_no_cell_that_a_spreadsheet_would_run(tmp_path):
    write(make_drawing(), tmp_path / "g.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "g.csv").read_text(encoding="utf-8"))))
    assert list(rows[0])[:5] == [
        "amplifier", "amplified", "amplifier_label", "amplified_label", "weight",
    ]  # fmt: skip
    assert rows[0]["amplifier_label"] == "'=cmd"
    assert rows[0]["first_at"] == "2026-03-01T12:00:00+00:00"
    assert rows[1]["p"] == ""
    assert rows[0]["amplified_label"] == HOSTILE


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_graph_without_days_is_static_and_still_written(tmp_path, ending):
    drawing = make_drawing()
    drawing = drawing.but(edges=drawing.edges.with_columns(days=pl.lit(None, DAYS)),
                          nodes=drawing.nodes.with_columns(days=pl.lit(None, DAYS)))  # fmt: skip
    write(drawing, tmp_path / f"g{ending}")
    if ending == ".gexf":
        assert nx.read_gexf(tmp_path / "g.gexf").graph["mode"] == "static"
    assert (tmp_path / f"g{ending}").stat().st_size > 100


def test_a_file_that_cannot_be_finished_leaves_the_old_one(tmp_path):
    path = tmp_path / "g.gexf"
    path.write_text("old")
    broken = make_drawing().but(nodes=make_drawing().nodes.drop("label"))
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        write(broken, path)
    assert [file.name for file in tmp_path.iterdir()] == ["g.gexf"]
    assert path.read_text() == "old"


def test_a_folder_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(OperatorError, match="cannot be written"):
        write(make_drawing(), tmp_path / "tiada" / "g.csv")
