"""Workbooks: what a spreadsheet opens is text where it is text, and says how to read it."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import zipfile
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.findings import Finding, FindingKind
from monitor.errors import OperatorError
from monitor.sheets import columns
from monitor.sheets.book import Sheet, write_book
from monitor.sheets.cells import plain, safe
from monitor.sheets.columns import csv_of
from tests.builders import NOON
from tests.monitor.exports.stored import FORMULA, filled

CSV_OF_EACH_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
JAKARTA = ZoneInfo("Asia/Jakarta")
HOSTILE = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", " =1", "=cmd|' /C calc'!A0",
    "http://contoh.example", "1e5", "0123", "1234567890123456789", "\x00\x01x", "NaN", "",
]  # fmt: skip


def written(path, *sheets, **more):
    write_book(path, sheets, **({"about": [("question", "apa")]} | more))
    return openpyxl.load_workbook(path)


def test_texts_stay_texts_whatever_they_begin_with(tmp_path):
    book = written(tmp_path / "x.xlsx", Sheet("a", ["teks"], [[text] for text in HOSTILE]))
    for row, text in enumerate(HOSTILE, start=2):
        cell = book["a"].cell(row, 1)
        assert cell.data_type in ("s", "n" if text == "" else "s"), text
        assert (cell.value or "") == re.sub("[\x00\x01]", "\ufffd", text.replace("\r", "\n"))
        assert cell.hyperlink is None
    with zipfile.ZipFile(tmp_path / "x.xlsx") as packed:
        everything = b"".join(packed.read(name) for name in packed.namelist())
    assert b"<f>" not in everything
    assert b"hyperlink" not in everything


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=20))
def test_any_text_is_read_back_as_it_was(tmp_path_factory, texts):
    told = [t for t in texts if t.isprintable() and t == t.strip()] or ["x"]
    path = tmp_path_factory.mktemp("x") / "x.xlsx"
    book = written(path, Sheet("a", ["teks"], [[text] for text in told]))
    assert [book["a"].cell(n, 1).value or "" for n in range(2, len(told) + 2)] == told


def test_times_are_dates_in_the_zone_that_is_named(tmp_path):
    at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    book = written(
        tmp_path / "x.xlsx",
        Sheet("a", ["kapan", "hari", "n"], [[at, date(2026, 3, 1), 1.5], [None, None, None]]),
        zone=JAKARTA,
    )
    page = book["a"]
    assert [cell.value for cell in page[1]] == ["kapan (Asia/Jakarta)", "hari", "n"]
    assert page["A2"].is_date
    assert page["A2"].value == datetime(2026, 3, 2, 6, 30)  # noqa: DTZ001 - a sheet has no zones
    assert page["B2"].value == datetime(2026, 3, 1)  # noqa: DTZ001
    assert [cell.value for cell in page[3]] == [None, None, None]
    assert "Asia/Jakarta" in str([[c.value for c in row] for row in book["read me"].rows])


def test_numbers_are_numbers_and_long_ids_are_not(tmp_path):
    rows = [[7, 1.25, True, 12345678901234567890, float("nan"), ["a", "b"]]]
    page = written(tmp_path / "x.xlsx", Sheet("a", list("abcdef"), rows))["a"]
    assert [cell.value for cell in page[2]] == [7, 1.25, True, "12345678901234567890", None, "a b"]


def test_the_head_is_frozen_and_columns_are_as_wide_as_what_they_hold(tmp_path):
    rows = [["pendek", "x" * 45], ["pendek", "x" * 500]]
    page = written(tmp_path / "x.xlsx", Sheet("a", ["a", "b"], rows))["a"]
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:B3"
    assert page.column_dimensions["A"].width < 12
    assert 50 < page.column_dimensions["B"].width <= 61


def test_names_of_sheets_are_made_fit_and_distinct(tmp_path):
    names = ["a/b:c", "A/B:C", "x" * 50, "x" * 50, "read me", "History", ""]
    book = written(tmp_path / "x.xlsx", *(Sheet(name, ["n"], [[1]]) for name in names))
    assert len(set(map(str.casefold, book.sheetnames))) == len(names) + 1
    assert all(len(name) <= 31 for name in book.sheetnames)


def test_what_does_not_fit_is_cut_and_said(tmp_path, monkeypatch):
    monkeypatch.setattr("monitor.sheets.book._ROWS", 10)
    book = written(
        tmp_path / "x.xlsx", Sheet("a", ["n"], [[n] for n in range(25)] + [["x" * 40_000]])
    )
    assert book["a"].max_row == 11
    assert "first 10 of 26 rows" in str([[c.value for c in row] for row in book["read me"].rows])


def test_equal_tables_give_equal_files(tmp_path):
    for name in ("a", "b"):
        written(tmp_path / f"{name}.xlsx", Sheet("a", ["n"], [[1], ["=x"]]))
    one, other = (hashlib.sha256((tmp_path / f"{n}.xlsx").read_bytes()).digest() for n in "ab")
    assert one == other


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(OperatorError, match="cannot be written"):
        write_book(tmp_path / "tidak" / "x.xlsx", [], about=[])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_of_a_csv_is_computed(text):
    made = csv_of(pl.DataFrame({"t": [text]})).split("\n", 1)[1]
    bare = made.strip("\n").strip('"')
    assert bare.replace('""', '"') == safe(text)
    if text not in ("1e5", "0123", "1234567890123456789"):
        assert not safe(text).lstrip().startswith(("=", "+", "-", "@", "＝")), text


@settings(deadline=None)
@given(st.text(max_size=20))
def test_what_is_made_safe_can_be_undone_and_a_frame_does_the_same(text):
    assert plain(safe(text)) == text
    assert columns.safe_frame(pl.DataFrame({"t": [text]})).item() == safe(text)


def test_cells_of_all_kinds_are_written_for_programs():
    frame = pl.DataFrame(
        {
            "at": [NOON, NOON + timedelta(microseconds=500_000)],
            "list": [["a", "b"], []],
            "struct": [{"a": 1}, {"a": None}],
            "n": [1, None],
        }
    )
    assert csv_of(frame) == (
        "at,list,struct,n\n"
        '2026-03-01T12:00:00Z,a b,"{""a"":1}",1\n'
        '2026-03-01T12:00:00.500Z,"","{""a"":null}",\n'
    )


@pytest.fixture
def ran(gaung, stores, tmp_path):
    """The program over a filled store."""
    filled(stores)
    (tmp_path / "config.toml").write_text('[store]\npath = "data/gaung.duckdb"\n')
    return gaung


def test_a_report_is_a_workbook_with_a_sheet_for_each_section(ran, tmp_path):
    told = json.loads(ran("report", "#AirBersih", "--format", "json")[1])
    code, _, err = ran("report", "#AirBersih", "-o", "laporan.xlsx")
    assert (code, err) == (0, "laporan.xlsx: written\n")
    book = openpyxl.load_workbook(tmp_path / "laporan.xlsx")
    assert book.sheetnames[:3] == ["read me", "summary", "series"]
    summary = dict(list(book["summary"].values)[1:])
    for name in ("posts", "authors", "reposts", "interactions"):
        assert summary[name] == told[name]
    series = [dict(zip(next(book["series"].values), row, strict=True))
              for row in list(book["series"].values)[1:]]  # fmt: skip
    assert [row["posts"] for row in series] == [window["posts"] for window in told["series"]]
    assert series[0]["start (Asia/Jakarta)"].tzinfo is None
    read_me = {row[0]: row[1] for row in book["read me"].values}
    assert read_me["report on"] == "#AirBersih"
    assert "no proof of bots" in str(list(book["read me"].values))
    assert read_me["made again with"].split()[0] == "gaung"  # and what this process was given
    authors = [dict(zip(next(book["top authors"].values), row, strict=True))
               for row in list(book["top authors"].values)[1:]]  # fmt: skip
    assert [row["author"] for row in authors] == [row["author"] for row in told["top_authors"]]


def test_a_report_for_publication_names_nobody_in_any_format(ran, tmp_path):
    for ending in ("xlsx", "ndjson", "csv", "json", "md"):
        assert ran("report", "#AirBersih", "--redact", "-o", f"r.{ending}")[0] == 0
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    cells = str([list(page.values) for page in book.worksheets])
    texts = [
        (tmp_path / f"r.{e}").read_text(encoding="utf-8") for e in ("ndjson", "csv", "json", "md")
    ]
    for told in (cells, *texts):
        assert "akun-" in told
        assert "warga3" not in told
        assert "klik" not in told


def test_a_workbook_goes_into_a_file(ran):
    for command in ("report", "coordination"):
        code, _, err = ran(command, "#AirBersih", "--format", "xlsx")
        assert code == 2
        assert "-o" in err


def test_coordination_is_a_workbook_with_all_four_tables(ran, tmp_path):
    code, _, err = ran("coordination", "#AirBersih", "-o", "bersama.xlsx")
    assert (code, err) == (0, "bersama.xlsx: written\n")
    book = openpyxl.load_workbook(tmp_path / "bersama.xlsx")
    assert book.sheetnames == ["read me", "groups", "accounts", "edges", "evidence"]
    assert all(cell.data_type == "s" for cell in book["accounts"]["A"])
    assert "no proof of bots" in str(list(book["read me"].values))


def test_genesis_indicators_and_findings_are_workbooks(ran, stores, tmp_path):
    with stores.open() as store, store.transaction():
        finding = Finding(
            watch="air-bersih", kind=FindingKind.BURST, subject="=1+1", from_at=NOON, to_at=None,
            score=9.0, evidence={"posts": 30, "told": [{"members": ["budi"]}]},
        )  # fmt: skip
        store.findings.save(finding, now=NOON)
    for command, sheet in (
        (("genesis", "#AirBersih"), "hours"),
        (("indicators", "#AirBersih"), "indicators"),
        (("findings",), "findings"),
    ):
        code, _, err = ran(*command, "-o", "x.xlsx")
        assert (code, err) == (0, "x.xlsx: written\n"), command
        book = openpyxl.load_workbook(tmp_path / "x.xlsx")
        assert len(list(book[sheet].values)) > 1, command
        assert book.sheetnames[0] == "read me"
        for ending in ("csv", "json"):
            assert ran(*command, "-o", f"x.{ending}")[0] == 0
            assert (tmp_path / f"x.{ending}").read_text(encoding="utf-8").count("\n") >= 2
    rows = list(book["findings"].values)
    told = dict(zip(rows[0], rows[1], strict=True))
    assert told["subject"] == "=1+1"
    assert json.loads(told["evidence"]) == {"posts": 30, "told": [{"members": ["budi"]}]}
    for arguments in (("--json",), ("-o", "z.csv"), ()):
        code, out, _ = ran("findings", "--redact", *arguments)
        assert code == 0
        assert "budi" not in out
    assert "budi" not in (tmp_path / "z.csv").read_text(encoding="utf-8")
    assert "30" in out
    assert "from (Asia/Jakarta)" in told
    ran("findings", "-o", "y.csv")
    assert ",'=1+1," in (tmp_path / "y.csv").read_text(encoding="utf-8")


def test_an_answer_of_sql_is_a_workbook(ran, tmp_path):
    assert ran("sql", "select text, sort_at from posts", "-o", "j.xlsx")[0] == 0
    page = openpyxl.load_workbook(tmp_path / "j.xlsx")["answer"]
    assert FORMULA in [cell.value for cell in page["A"]]
    assert {cell.data_type for cell in page["A"]} == {"s"}


@pytest.mark.long
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_it_and_computes_nothing(ran, tmp_path):
    ran("report", "#AirBersih", "-o", "laporan.xlsx")
    ran("sql", "select text, post, sort_at from posts", "-o", "jawaban.xlsx")
    for name in ("laporan", "jawaban"):
        done = subprocess.run(
            ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/office",
             "--convert-to", CSV_OF_EACH_SHEET,
             f"{name}.xlsx"],
            cwd=tmp_path, capture_output=True, text=True, timeout=180,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    texts = (tmp_path / "jawaban-answer.csv").read_text(encoding="utf-8")
    assert '=HYPERLINK(""http://jahat.example"",""klik"")' in texts
    assert (tmp_path / "laporan-read me.csv").exists()
