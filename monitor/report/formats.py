"""Renders a report for machines and documents: JSON, NDJSON, CSV, Markdown."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from monitor.report.report import Report
from monitor.report.sections import Cell, Section, sections
from monitor.sheets.cells import iso, safe


def as_json(report: Report) -> str:
    """Give all of it; times are UTC, null is unknown."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n"


def as_csv(report: Report) -> str:
    """Give one table: `section` and `row` say where a value stands; times are UTC."""
    tables = [table for table in sections(report) if table.rows]
    columns = list(dict.fromkeys(column for table in tables for column in table.columns))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["section", "row", *columns])
    for table in tables:
        place = {column: index for index, column in enumerate(table.columns)}
        for number, row in enumerate(table.rows, start=1):
            values = [_csv(row[place[c]]) if c in place else "" for c in columns]
            writer.writerow([table.name, number, *values])
    return out.getvalue()


def as_ndjson(report: Report) -> str:
    """Give one JSON object per row: `section`, `row` and its cells; times are UTC."""
    lines = []
    for table in sections(report):
        for number, row in enumerate(table.rows, start=1):
            cells = dict(zip(table.columns, row, strict=True))
            lines.append(
                msgspec.json.encode({"section": table.name, "row": number, **cells}).decode()
            )
    return "\n".join(lines) + "\n"


def as_markdown(report: Report) -> str:
    """Give tables for a document; times are local."""
    zone = ZoneInfo(report.timezone)
    parts = [f"# {_escaped(report.target)}\n"]
    for table in sections(report):
        if table.name == "notes":
            parts.append("\n".join(f"> {_escaped(str(row[0]))}" for row in table.rows) + "\n")
        elif table.rows:
            parts.append(f"## {table.title}\n\n{_markdown_table(table, zone)}")
    return "\n".join(parts)


def _markdown_table(table: Section, zone: ZoneInfo) -> str:
    lines = [
        "| " + " | ".join(table.columns) + " |",
        "|" + "---|" * len(table.columns),
        *(
            "| " + " | ".join(_escaped(words(cell, zone)) for cell in row) + " |"
            for row in table.rows
        ),
    ]
    return "\n".join(lines) + "\n"


def words(cell: Cell, zone: ZoneInfo) -> str:
    """Write a cell for a person: local time, and nothing where nothing is known."""
    if cell is None:
        return "–"
    if isinstance(cell, datetime):
        return f"{cell.astimezone(zone):%Y-%m-%d %H:%M %Z}"
    return str(cell)


def _escaped(text: str) -> str:
    for character in "\\|`*_[]<>#":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())


def _csv(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return iso(cell)
    return safe(cell) if isinstance(cell, str) else str(cell)
