"""Every format of a report has the same numbers: all of them are compared, cell by cell."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import datetime
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from monitor.report.sections import _TITLES
from monitor.sheets.cells import plain
from tests.monitor.drawing.conftest import ran as campaign  # noqa: F401 - a fixture

JAKARTA = ZoneInfo("Asia/Jakarta")
_PLURALS = {"quote": "quotes", "reply": "replies", "mention": "mentions", "forward": "forwards"}
_LISTS = ("hashtags", "top", "members", "notes")


@pytest.fixture
def told(campaign, tmp_path):  # noqa: F811 - the fixture
    """The report in every format, by the program."""
    formats = {
        name: campaign("report", "#AirBersih", "--format", name)
        for name in ("json", "ndjson", "csv", "markdown", "table")
    }
    assert all((code, err) == (0, "") for code, _, err in formats.values())
    assert campaign("report", "#AirBersih", "-o", "r.xlsx")[0] == 0
    return {name: out for name, (_, out, _) in formats.items()} | {
        "xlsx": openpyxl.load_workbook(tmp_path / "r.xlsx")
    }


def wanted(told):
    """Give section → rows of (column → value) as JSON has them."""
    report = json.loads(told["json"])
    sections = {
        name: rows
        for name, rows in report.items()
        if isinstance(rows, list) and rows and isinstance(rows[0], dict)
    }
    names = [row["what"] for row in rows_of_ndjson(told)["summary"]]
    plurals = {plural: kind for kind, plural in _PLURALS.items()}
    sections["summary"] = [
        {
            "what": n,
            "value": report[n] if n in report else report["interactions_by_kind"][plurals[n]],
        }
        for n in names
    ]
    return sections


def rows_of_ndjson(told):
    found: dict[str, list[dict[str, object]]] = {}
    for line in told["ndjson"].splitlines():
        row = json.loads(line)
        found.setdefault(row.pop("section"), []).append(row)
        assert row.pop("row") == len(found[next(reversed(found))])
    return found


def flat(value):
    """Give a value as tables have it: lists as words."""
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def as_csv(value):
    if value is None:
        return ""
    return str(flat(value))


def is_time(value):
    return isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", value)


def local(value):
    return datetime.fromisoformat(value).astimezone(JAKARTA)


def test_there_is_much_to_compare(told):
    sections = wanted(told)
    assert {"series", "coordination", "indicators", "top_amplified", "communities"} <= set(sections)
    cells = [v for rows in sections.values() for row in rows for v in row.values()]
    assert sum(isinstance(v, int | float) for v in cells) > 300


def test_each_line_has_the_cells_of_the_report(told):
    found = rows_of_ndjson(told)
    for name, rows in wanted(told).items():
        assert found[name] == [{k: flat(v) for k, v in row.items()} for row in rows], name


def test_csv_has_the_cells_of_the_report(told):
    found: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(io.StringIO(told["csv"])):
        found.setdefault(row["section"], []).append(row)
    for name, rows in wanted(told).items():
        for want, have in zip(rows, found[name], strict=True):
            assert {k: plain(have[k]) for k in want} == {k: as_csv(v) for k, v in want.items()}, (
                name
            )


def test_the_workbook_has_the_cells_of_the_report(told):
    for name, rows in wanted(told).items():
        values = list(told["xlsx"][name.replace("_", " ")].values)
        head = [column.removesuffix(" (Asia/Jakarta)") for column in values[0]]
        for want, have in zip(rows, values[1:], strict=True):
            cells = dict(zip(head, have, strict=True))
            for column, value in want.items():
                if is_time(value):
                    at = local(value).replace(tzinfo=None)
                    assert abs((cells[column] - at).total_seconds()) < 1, (name, column)
                else:
                    assert cells[column] == (flat(value) or None if value == [] else flat(value)), (
                        name, column,
                    )  # fmt: skip


def words(value):
    """Give a cell as people read it."""
    if value is None:
        return "–"
    if is_time(value):
        return f"{local(value):%Y-%m-%d %H:%M %Z}"
    return str(flat(value))


def test_markdown_has_the_cells_of_the_report(told):
    parts = re.split(r"^## (.*)\n\n", told["markdown"], flags=re.MULTILINE)[1:]
    names = {title: name for name, title in {"summary": "Summary", **_TITLES}.items()}
    tables = {}
    for title, part in zip(parts[::2], parts[1::2], strict=True):
        head, _, *rows = [line for line in part.splitlines() if line.startswith("|")]
        columns = [cell.strip() for cell in head.strip("| ").split(" | ")]
        cells = [
            re.split(r" (?<!\\)\| ", row.removeprefix("| ").removesuffix(" |")) for row in rows
        ]
        tables[names[title]] = [dict(zip(columns, row, strict=True)) for row in cells]
    for name, rows in wanted(told).items():
        for want, have in zip(rows, tables[name], strict=True):
            for column, value in want.items():
                bare = re.sub(r"\\(.)", r"\1", have[column])
                assert bare == " ".join(words(value).split()), (name, column)


def test_the_table_for_people_has_the_numbers_of_the_report(told):
    text = re.sub(r"\s+", " ", told["table"])
    for name, rows in wanted(told).items():
        if name == "series":  # the most notable ones only
            most = max(rows, key=lambda row: row["posts"] or 0)
            assert f"{words(most['start'])} {most['posts']} {most['authors']}" in text
            continue
        for row in rows:
            for column, value in row.items():
                if isinstance(value, int | float) and not isinstance(value, bool):
                    written = re.escape(str(value)), re.escape(f"{value * 100:.6g} %")
                    assert re.search(rf"(?<![\d.])({'|'.join(written)})(?![\d.])", text), (
                        name, column, value,
                    )  # fmt: skip


def test_names_of_lists_are_known(told):
    lists = {k for rows in wanted(told).values() for row in rows for k, v in row.items()
             if isinstance(v, list)}  # fmt: skip
    assert lists <= {*_LISTS, "value"}
