from __future__ import annotations

import csv
import io
import json

import networkx as nx
import numpy as np
import pytest

from tests.monitor.drawing.test_draw import rows_of

DAY = 86_400
START = 1_740_236_400
PUSHERS = [f"dorong{n}" for n in range(5)]


@pytest.fixture
def pushed(gaung, tmp_path):
    """Two hundred accounts that write on their own, and five that say the same within seconds."""
    rng = np.random.default_rng(3)
    rows = []
    for n in range(900):
        text = f"kabar warga nomor {n} dari sudut kota yang lain sekali"
        rows.append((f"warga{rng.integers(200)}", START + int(rng.integers(5 * DAY)), text))
    for push in range(8):
        at = START + push % 4 * DAY + 3_600 * push
        text = f"dukung terus langkah ke {push} demi masa depan kita semua"
        rows += [(name, at + 3 * place, text) for place, name in enumerate(PUSHERS)]
    with (tmp_path / "p.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["post_id", "author", "created_at", "text"])
        writer.writerows((n, who, at, text) for n, (who, at, text) in enumerate(rows))
    return gaung


def test_the_columns_and_edges_are_those_of_gaung_coordination(pushed, tmp_path):
    code, out, _ = pushed("graph", "--input", "p.csv", "--kind", "coordination", "-o", "g.csv")
    assert code == 0
    assert "5 accounts, 20 edges from source to target (coordination)" in out
    assert "no proof of bots" in out
    drawn = rows_of(tmp_path / "g.csv")
    told = pushed("coordination", "--input", "p.csv", "--edges", "--format", "csv")[1]
    edges = list(csv.DictReader(io.StringIO(told)))
    assert list(drawn[0])[:7] == [
        "source", "target", "weight", "q", "first_at", "last_at", "posts",
    ]  # fmt: skip
    key = ("source", "target", "weight")
    assert sorted(tuple(e[k] for k in key) for e in drawn) == sorted(
        tuple(e[k] for k in key) for e in edges
    )


def test_edges_are_there_on_the_days_on_which_the_two_met(pushed, tmp_path):
    pushed("graph", "--input", "p.csv", "--kind", "coordination", "-o", "g.gexf")
    graph = nx.read_gexf(tmp_path / "g.gexf")
    assert set(graph) == set(PUSHERS)
    assert {node["group"] for _, node in graph.nodes(data=True)} == {1}
    for _, _, edge in graph.edges(data=True):
        assert edge["spells"][0][0] == edge["first_at"][:10]
        assert edge["weight"] == 8


def test_redacted_it_has_the_names_that_accounts_have_everywhere_and_no_posts(pushed, tmp_path):
    pushed("graph", "--input", "p.csv", "--kind", "coordination", "-o", "g.json", "--redact")
    text = (tmp_path / "g.json").read_text()
    assert "dorong" not in text
    told = json.loads(text)
    assert all("posts" not in edge for edge in told["edges"])
    pushed("graph", "--input", "p.csv", "--kind", "coordination", "-o", "h.json", "--redact")
    assert json.loads((tmp_path / "h.json").read_text()) == told


def test_where_nobody_acts_together_that_is_said_and_no_file_is_written(gaung, tmp_path):
    lines = [f"{n},w{n % 40},{START + n * 977},kabar {n} tentang hal lain lagi" for n in range(200)]
    text = "post_id,author,created_at,text\n" + "\n".join(lines) + "\n"
    (tmp_path / "p.csv").write_text(text)
    code, out, err = gaung("graph", "--input", "p.csv", "--kind", "coordination", "-o", "g.csv")
    assert (code, out) == (1, "")
    assert "there is no graph to write" in err
    assert not (tmp_path / "g.csv").exists()
