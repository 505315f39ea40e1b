"""The program as a user meets it: what it prints, on which stream, with which exit code."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import networkx as nx
import pytest

from monitor import config as configuration
from monitor.cli import COMMANDS

START = datetime(2025, 2, 22, 15, tzinfo=UTC)


def write_csv(path, rows=200, *, header="waktu,akun,isi,nomor"):
    lines = [header]
    for n in range(rows):
        at = START + n * timedelta(minutes=17)
        text = f'"Kabar air bersih nomor {n} untuk @warga{n % 5} #AirBersih #kota{n % 3}"'
        lines.append(f"{at.isoformat()},warga{n % 31},{text},{1000 + n}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


MAP = ["waktu", "akun", "isi", "nomor"]
MAPPED = [
    part
    for field, column in zip(["created_at", "author", "text", "post_id"], MAP, strict=True)
    for part in ("--map", f"{field}={column}")
]


@pytest.fixture
def imported(gaung, tmp_path):
    write_csv(tmp_path / "warga.csv")
    code, out, err = gaung("import", "warga.csv", *MAPPED)
    assert (code, err) == (0, "")
    assert "200 read, 200 new, 0 updated, 0 set aside" in out
    return gaung


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(gaung, command):
    code, out, _ = gaung(command, "--help")
    assert code == 0
    assert out.count(f"gaung {command}") >= 2


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from monitor.cli import _run; _run(['--help']);"
        "heavy = {'polars', 'duckdb', 'networkx', 'httpx', 'scipy', 'apscheduler', 'rich'};"
        "sys.exit(', '.join(heavy & sys.modules.keys()) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_init_writes_a_configuration_that_is_valid_and_never_overwrites(gaung, tmp_path):
    assert gaung("init", "sini")[0] == 0
    read = configuration.load(tmp_path / "sini" / "config.toml")
    assert read.watches
    (tmp_path / "sini" / "config.toml").write_text("mine")
    code, _, err = gaung("init", "sini")
    assert code == 1
    assert "exists already" in err
    assert (tmp_path / "sini" / "config.toml").read_text() == "mine"


def test_importing_again_changes_nothing(imported):
    code, out, _ = imported("import", "warga.csv", *MAPPED)
    assert code == 0
    assert "(imported before)" in out
    assert "0 new, 0 updated" in out


def test_a_report_in_json_has_what_the_contract_names(imported):
    code, out, err = imported("report", "#AirBersih", "--format", "json")
    report = json.loads(out)
    assert (code, err) == (0, "")
    wanted = (
        "schema target since until timezone window posts authors reposts interactions "
        "first_post_at last_post_at coverage gaps series bursts top_authors top_amplified "
        "top_hashtags top_links communities indicators"
    )
    assert set(wanted.split()) <= report.keys()
    assert {"start", "posts", "authors", "reposts", "expected", "score"} <= report["series"][
        0
    ].keys()
    assert (report["posts"], report["authors"]) == (200, 31)
    assert report["first_post_at"] == "2025-02-22T15:00:00Z"
    assert report["coverage"] is None
    assert sum(row["posts"] or 0 for row in report["series"]) == 200
    assert report["top_hashtags"][0]["name"] == "kota0"


def test_all_formats_show_the_same_numbers(imported):
    report = json.loads(imported("report", "#AirBersih", "--format", "json")[1])
    rows = list(csv.DictReader(io.StringIO(imported("report", "#AirBersih", "--format", "csv")[1])))
    markdown = imported("report", "#AirBersih", "--format", "markdown")[1]
    table = imported("report", "#AirBersih")[1]
    series = [row for row in rows if row["section"] == "series"]
    assert [row["posts"] for row in series] == [
        "" if window["posts"] is None else str(window["posts"]) for window in report["series"]
    ]
    for name in ("posts", "authors", "reposts", "interactions"):
        said = "accounts" if name == "authors" else name  # in words, for people
        assert re.search(rf"^{said} +{report[name]} *$", table, re.MULTILINE)
        assert f"| {name} | {report[name]} |" in markdown
        assert {"what": name, "value": str(report[name])}.items() <= next(
            row for row in rows if row["what"] == name
        ).items()
    for row in report["top_amplified"]:
        assert row["handle"] in table
        assert re.search(rf"{row['handle']} +{row['total']} ", table)


def test_without_a_terminal_there_is_no_colour_and_no_box(imported):
    _, out, _ = imported("report", "#AirBersih")
    assert "\x1b" not in out
    assert not set("┃│━─┏┌") & set(out)


def test_a_window_and_a_time_can_be_chosen(imported):
    code, out, _ = imported(
        *("report", "#AirBersih", "--since", "2025-02-23", "--until", "2025-02-24"),
        *("--window", "6h", "--format", "json"),
    )
    report = json.loads(out)
    assert code == 0
    assert (report["since"], report["until"]) == ("2025-02-22T17:00:00Z", "2025-02-23T17:00:00Z")
    assert len(report["series"]) == 4


def test_the_graph_opens_in_networkx_with_weights(imported, tmp_path):
    for ending, read in ((".gexf", nx.read_gexf), (".graphml", nx.read_graphml)):
        code, out, _ = imported("graph", "#AirBersih", "-o", f"g{ending}")
        graph = read(tmp_path / f"g{ending}")
        assert code == 0
        assert f"{graph.number_of_nodes():,} accounts" in out
        assert sum(w for _, _, w in graph.edges(data="weight")) > 0
        assert graph.is_directed()


def test_a_watch_can_be_reported_from_an_import(gaung, tmp_path):
    (tmp_path / "config.toml").write_text(
        '[[watches]]\nname = "air"\nhashtags = ["TagarLain"]\n', encoding="utf-8"
    )
    write_csv(tmp_path / "warga.csv")
    assert gaung("import", "warga.csv", *MAPPED, "--watch", "air")[0] == 0
    assert json.loads(gaung("report", "air", "--format", "json")[1])["posts"] == 200


def test_what_a_file_is_complete_for_becomes_coverage(gaung, tmp_path):
    write_csv(tmp_path / "warga.csv", 10)
    covers = ("--covers", "2025-02-22T22:00..2025-02-23T22:00", "--hashtag", "AirBersih")
    assert gaung("import", "warga.csv", *MAPPED, *covers)[0] == 0
    args = ("--since", "2025-02-22T22:00", "--until", "2025-02-23T22:00", "--format", "json")
    report = json.loads(gaung("report", "#AirBersih", *args)[1])
    assert report["coverage"] == 1.0
    assert report["gaps"] == []
    assert report["series"][-1]["posts"] == 0  # a covered silence


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02\xff" * 100, "binary|not"),
        (b"a,b,c\n1,2,3\n", "time"),
        (b'{"hello": 1}\n', "format|recogni"),
    ],
)
def test_a_file_that_is_none_is_one_line_that_names_it(gaung, tmp_path, content, said):
    (tmp_path / "berkas.dat").write_bytes(content)
    code, out, err = gaung("import", "berkas.dat")
    assert code == 1
    assert out == ""
    assert re.search(said, err)
    assert err.startswith("gaung: ")
    assert "berkas.dat" in err
    assert err.count("\n") == 1


def test_clocks_without_an_offset_are_read_in_the_zone_that_is_named(gaung, tmp_path):
    text = "created_at,author,text,id\n2025-02-22 22:00,a,teks #AirBersih,1\n"
    (tmp_path / "jam.csv").write_text(text)
    assert gaung("import", "jam.csv", "--zone", "Asia/Jakarta")[0] == 0
    report = json.loads(gaung("report", "#AirBersih", "--format", "json")[1])
    assert report["first_post_at"] == "2025-02-22T15:00:00Z"
    assert gaung("import", "jam.csv", "--zone", "Asia/Jakart")[0] == 2


def test_time_of_which_nothing_is_stored_is_unknown_not_zero(imported):
    args = ("--since", "2020-01-01", "--until", "2020-01-02", "--format", "json")
    report = json.loads(imported("report", "#AirBersih", *args)[1])
    assert {window["posts"] for window in report["series"]} == {None}


def test_one_bad_file_does_not_keep_the_others_out(gaung, tmp_path):
    write_csv(tmp_path / "warga.csv", 5)
    code, out, err = gaung("import", "tiada.csv", "warga.csv", *MAPPED)
    assert code == 1
    assert "5 new" in out
    assert "tiada.csv" in err


def test_records_that_cannot_be_read_are_set_aside_with_their_place(gaung, tmp_path):
    path = write_csv(tmp_path / "warga.csv", 5)
    path.write_text(path.read_text() + "bukan waktu,warga1,teks,9999\n")
    code, out, err = gaung("import", "warga.csv", *MAPPED)
    assert code == 0
    assert "1 set aside" in out
    assert "warga.csv:7" in err
    assert gaung("import", "warga.csv", *MAPPED)[1].count("0 new") == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["repot"], 2, "did you mean 'report'"),
        (["report"], 2, "TARGET"),
        (["report", "air"], 2, "#air"),
        (["report", "#tiada"], 1, "gaung import"),
        (["report", "#airbersih", "--window", "7h"], 2, "divide a day"),
        (["report", "#airbersih", "--since", "kemarin"], 2, "write 7d, 36h"),
        (["graph", "#airbersih", "-o", "x.png"], 2, ".gexf"),
        (["import", "warga.csv", "--format", "twiter"], 1, "did you mean 'twitter-v"),
        (["import", "warga.csv", "--map", "isi"], 2, "FIELD=COLUMN"),
        (["import", "warga.csv", "--map", "text=tiada"], 1, "waktu"),
        (["--config", "tiada.toml", "status"], 1, "gaung init"),
        (["run"], 1, "gaung init"),
        (["check"], 1, "gaung init"),
    ],
)
def test_each_mistake_says_what_to_do(imported, arguments, code, said):
    given, _, err = imported(*arguments)
    assert given == code
    assert said in err
    assert "Traceback" not in err
    if code == 1:
        assert err.count("\n") == 1


def test_status_and_findings_work_on_an_empty_and_on_a_filled_store(gaung, imported):
    code, out, _ = imported("status")
    assert code == 0
    assert "200 posts" in out
    state = json.loads(imported("status", "--json")[1])
    assert state["posts"] == 200
    assert imported("findings")[1] == "nothing was found\n"
    assert imported("alerts")[1] == "no decision was made yet\n"


def test_status_before_anything_was_collected_is_no_error(gaung):
    code, out, _ = gaung("status")
    assert code == 0
    assert "none yet" in out


def test_a_hostile_handle_steers_no_terminal_and_no_spreadsheet(gaung, tmp_path):
    (tmp_path / "jahat.csv").write_text(
        "created_at,author,text,id\n"
        "2025-02-22T15:00:00Z,=cmd|calc,teks \x1b[31m #AirBersih https://a.example/=1,1\n"
    )
    assert gaung("import", "jahat.csv")[0] == 0
    assert "\x1b" not in gaung("report", "#AirBersih")[1]
    rows = list(csv.DictReader(io.StringIO(gaung("report", "#AirBersih", "--format", "csv")[1])))
    assert all(not (cell or "").startswith(("=", "@")) for row in rows for cell in row.values())


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["stauts"], 2, "there is no command 'stauts'; did you mean 'status'?"),
        (["zzz"], 2, "there is no command 'zzz': there is init, check"),
        (["watch", "paus"], 2, "did you mean 'pause'?"),
        (["status", "--jsno"], 2, "there is no option --jsno; did you mean '--json'?"),
        (["report", "#airbersih", "--format", "jsn"], 2, "did you mean 'json'?"),
        (["report", "#AirBersi"], 1, "did you mean '#airbersih'?"),
        (["genesis", "#AirBersi"], 1, "did you mean '#airbersih'?"),
        (["coordination", "#AirBersi"], 1, "did you mean '#airbersih'?"),
        (["graph", "#AirBersi", "-o", "x.gexf"], 1, "did you mean '#airbersih'?"),
        (["indicators", "#AirBersi"], 1, "did you mean '#airbersih'?"),
        (["sources", "mastodn"], 2, "did you mean 'mastodon'?"),
        (["findings", "--watch", "conto"], 2, "did you mean 'contoh'?"),
        (["ack", "conto"], 2, "did you mean 'contoh'?"),
        (["report", "conto"], 2, "did you mean 'contoh'?"),
        (["genesis", "conto"], 2, "did you mean 'contoh'?"),
        (["import", "warga.csv", "--watch", "conto"], 2, "did you mean 'contoh'?"),
        (["import", "warga.csv", "--zone", "Asia/Jakart"], 2, "did you mean 'Asia/Jakarta'?"),
        (["import"], 2, "FILE... is missing (`gaung import --help` says more)"),
    ],
)
def test_the_nearest_right_word_is_named_in_one_line(imported, arguments, code, said):
    imported("init")
    given, out, err = imported(*arguments)
    assert (given, out, err.count("\n")) == (code, "", 1)
    assert said in err


def test_a_check_makes_no_store_and_says_who_will(gaung, tmp_path):
    (tmp_path / "config.toml").write_text(
        "[[watches]]\nname = 'a'\nhashtags = ['x']\nsources = []\n"
    )
    code, out, _ = gaung("check")
    assert code == 0
    assert "none yet: the first `gaung once` makes it" in out
    assert sorted(one.name for one in tmp_path.iterdir()) == ["config.toml"]


def test_a_digest_is_printed_without_a_configuration_as_findings_are(imported):
    assert imported("findings")[0] == 0
    code, out, err = imported("digest")
    assert (code, err) == (0, "")
    assert out.startswith("[gaung]")


@pytest.mark.parametrize("command", ["indicators", "backtest", "report", "genesis"])
def test_all_posts_of_the_store_may_be_asked_for(gaung, tmp_path, command):
    rows = "\n".join(f"2025-02-22T{n:02d}:00:00Z,a{n},kabar {n},{n}" for n in range(24))
    (tmp_path / "p.csv").write_text(f"created_at,author,text,id\n{rows}\n")
    assert gaung("import", "p.csv")[0] == 0
    code, out, err = gaung(command, "all")
    assert code == 0, err
    assert "all posts" in out
