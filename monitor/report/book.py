"""A report as a workbook: a sheet for each section, and how to read and repeat it in front."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.report.report import Report
from monitor.report.sections import sections
from monitor.sheets.book import Sheet, write_book
from monitor.sheets.cells import iso

_ORDER = ("summary", "series")


def write_report_book(report: Report, path: Path, *, command: str) -> None:
    """Write it whole, or not at all; times are shown in the report's zone.

    command: what was typed to make it.
    """
    tables = [table for table in sections(report) if table.rows and table.name != "notes"]
    tables.sort(key=lambda table: (table.name not in _ORDER, table.name != "summary"))
    write_book(
        path,
        [Sheet(t.name.replace("_", " "), t.columns, t.rows, t.title) for t in tables],
        about=[
            ("report on", report.target),
            ("from", iso(report.since)),
            ("to (not included)", iso(report.until)),
            ("windows of", report.window),
            ("made at", iso(report.generated_at)),
            ("made again with", command),
            ("gaung", report.version),
        ],
        notes=report.notes,
        zone=ZoneInfo(report.timezone),
    )
