"""`gaung graph` as a user meets it."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import networkx as nx
import polars as pl
import pytest

from monitor.drawing.draw import renamed
from tests.monitor.drawing.test_formats import make_drawing
from tests.monitor.test_cli import MAPPED, write_csv


@pytest.fixture
def imported(gaung, tmp_path):
    write_csv(tmp_path / "warga.csv")
    assert gaung("import", "warga.csv", *MAPPED)[0] == 0
    return gaung


def rows_of(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_every_kind_says_what_was_written_and_what_opens_it(imported, tmp_path):
    for kind, said in (("amplification", "accounts"), ("hashtags", "hashtags")):
        code, out, err = imported("graph", "#AirBersih", "--kind", kind, "-o", "g.gexf")
        graph = nx.read_gexf(tmp_path / "g.gexf")
        assert (code, err) == (0, "")
        assert f"{graph.number_of_nodes():,} {said}, {graph.number_of_edges():,} edges" in out
        assert f"({kind})" in out
        assert "communities" in out
        assert "Gephi" in out


def test_a_file_gives_the_graph_that_its_import_gives(imported, tmp_path):
    lines = [f"{n},w{n % 7},{1740236400 + n},halo @w{n % 5} #air #kota{n % 3}" for n in range(60)]
    text = "post_id,author,created_at,text\n" + "\n".join(lines) + "\n"
    (tmp_path / "posts.csv").write_text(text)
    assert imported("import", "posts.csv")[0] == 0
    for kind in ("amplification", "hashtags"):
        for source, name in ((("#air",), "store"), (("--input", "posts.csv"), "file")):
            code, _, err = imported("graph", *source, "--kind", kind, "-o", f"{name}.csv")
            assert (code, err) == (0, "")
        assert rows_of(tmp_path / "store.csv") == rows_of(tmp_path / "file.csv")


def test_from_and_to_are_since_and_until(imported, tmp_path):
    span = ("2025-02-23", "2025-02-24")
    imported("graph", "#AirBersih", "--since", span[0], "--until", span[1], "-o", "a.csv")
    imported("graph", "#AirBersih", "--from", span[0], "--to", span[1], "-o", "b.csv")
    assert rows_of(tmp_path / "a.csv") == rows_of(tmp_path / "b.csv") != []
    imported("graph", "#AirBersih", "-o", "c.csv")
    assert len(rows_of(tmp_path / "c.csv")) > len(rows_of(tmp_path / "a.csv"))


def loud(tmp_path):
    lines = [f"{n},ani,{1740236400 + n},halo @budi" for n in range(40)]
    lines += [f"{n},ani,{1740236400 + n},halo @w{n}" for n in range(40, 60)]
    text = "post_id,author,created_at,text\n" + "\n".join(lines) + "\n"
    (tmp_path / "loud.csv").write_text(text)


def test_a_backbone_says_how_many_edges_remain_of_how_many(gaung, tmp_path):
    loud(tmp_path)
    code, out, _ = gaung("graph", "--input", "loud.csv", "--backbone", "0.05", "-o", "g.csv")
    assert code == 0
    assert "1 of 21 edges remain" in out
    (edge,) = rows_of(tmp_path / "g.csv")
    assert float(edge["p"]) < 0.05
    assert edge["weight"] == "40"
    assert gaung("graph", "--input", "loud.csv", "--backbone", "-o", "h.csv")[1].count("1 of 21")


def test_a_backbone_of_nothing_is_one_line_that_says_what_to_do(imported, tmp_path):
    code, out, err = imported("graph", "#AirBersih", "--backbone", "1e-9", "-o", "g.csv")
    assert (code, out) == (1, "")
    assert "raise it, or leave it out" in err
    assert not (tmp_path / "g.csv").exists()


def test_communities_are_followed_in_steps(imported, tmp_path):
    code, out, _ = imported("graph", "#AirBersih", "--every", "1d", "-o", "g.json")
    told = json.loads((tmp_path / "g.json").read_text())
    assert code == 0
    assert "steps of 1 d" in out
    assert {one["kind"] for one in told["graph"]["changes"]} <= {"born", "died", "split", "merged"}
    assert any(len(node["course"] or []) > 1 for node in told["nodes"])


def test_reposts_of_nobody_known_are_counted_as_left_out(gaung, tmp_path):
    rows = [
        {"post_id": "1", "author": "ani", "repost_of_id": None},
        {"post_id": "2", "author": "budi", "repost_of_id": "1"},
        {"post_id": "3", "author": "cici", "repost_of_id": "99"},
    ]
    common = {"created_at": datetime(2026, 3, 1, 12, tzinfo=UTC), "text": "halo", "platform": "x"}
    pl.DataFrame([row | common for row in rows]).write_parquet(tmp_path / "r.parquet")
    code, out, _ = gaung("graph", "--input", "r.parquet", "-o", "g.csv")
    assert code == 0
    assert "1 of 2 reposts do not say whom they pass on" in out
    (edge,) = rows_of(tmp_path / "g.csv")
    assert (edge["amplifier"], edge["amplified"], edge["repost"]) == ("x:@budi", "x:@ani", "1")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("graph", "-o", "g.csv"), "name a TARGET"),
        (("graph", "air", "-o", "g.csv"), "#air"),
        (("graph", "#a", "--every", "6h", "-o", "g.csv"), "whole days"),
        (("graph", "#a", "--kind", "hashtags", "--every", "7d", "-o", "g.csv"), "amplification"),
        (("graph", "#a", "--backbone", "2", "-o", "g.csv"), "--backbone"),
        (("graph", "#a", "--kind", "friends", "-o", "g.csv"), "amplification"),
    ],
)
def test_a_wrong_question_is_told_in_one_line(imported, arguments, said):
    code, _, err = imported(*arguments)
    assert code == 2
    assert said in err


@pytest.mark.parametrize("kind", ["amplification", "hashtags", "links"])
def test_nothing_to_draw_is_said(gaung, tmp_path, kind):
    (tmp_path / "one.csv").write_text("post_id,author,created_at,text\n1,ani,1740236400,halo\n")
    code, out, err = gaung("graph", "--input", "one.csv", "--kind", kind, "-o", "g.csv")
    assert (code, out) == (1, "")
    assert "there is no graph to write" in err


def test_a_file_is_no_export_of_the_store(imported, tmp_path):
    loud(tmp_path)
    assert imported("graph", "--input", "loud.csv", "-o", "g.csv")[0] == 0
    assert "nothing was exported" in imported("audit")[1]
    assert imported("graph", "#AirBersih", "-o", "g.csv")[0] == 0
    assert "graph #AirBersih" in imported("audit")[1]


@pytest.mark.parametrize("ending", [".gexf", ".graphml", ".csv", ".json"])
def test_a_redacted_graph_of_a_file_names_nobody(gaung, tmp_path, ending):
    loud(tmp_path)
    assert gaung("graph", "--input", "loud.csv", "-o", f"g{ending}", "--redact")[0] == 0
    written = (tmp_path / f"g{ending}").read_text()
    assert "ani" not in written.replace("xmlns", "")
    assert "budi" not in written
    assert written.count("akun-") >= 21


def test_redacted_links_do_not_lead_to_anybody(gaung, tmp_path):
    shares = ["https://x.com/ani/status/1", "https://x.com/budi/status/2", "https://air.id/a"]
    lines = [
        f"{n},{who},{1740236400 + n},{url}"
        for n, (who, url) in enumerate((w, u) for w in ("a", "b") for u in shares)
    ]
    (tmp_path / "l.csv").write_text("post_id,author,created_at,text\n" + "\n".join(lines) + "\n")
    options = ("--input", "l.csv", "--kind", "links", "-o", "l.csv.csv")
    assert gaung("graph", *options, "--redact")[0] == 0
    written = (tmp_path / "l.csv.csv").read_text()
    assert "ani" not in written
    assert {"x.com/…", "x.com/…-2", "air.id/a"} == {
        row[end] for row in rows_of(tmp_path / "l.csv.csv") for end in ("source", "target")
    }


def test_names_that_collide_stay_two_nodes_and_whom_one_passes_on_most_is_renamed_too():
    drawing = renamed(make_drawing(), {"x:1": "akun", "x:2": "akun", "x:3": "lain"})
    assert drawing.nodes["key"].to_list() == ["akun", "akun-2", "lain"]
    assert drawing.nodes.filter(key="akun-2")["mostly"].item() == "akun"
    assert sorted(drawing.edges.select("source", "target").rows()) == [
        ("akun-2", "akun"), ("lain", "akun"),
    ]  # fmt: skip
    assert drawing.nodes["label"].equals(drawing.nodes["key"].rename("label"))
    assert isinstance(drawing.nodes, pl.DataFrame)
