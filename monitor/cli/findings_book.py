"""Findings in a file: a workbook, CSV or JSON."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.cli.books import format_of, noted, put, rows_of, write
from monitor.cli.json_text import json_text

if TYPE_CHECKING:
    from monitor.wiring import App

_LIMIT = (
    "A finding says what is unusual, not why; acting together is no proof of bots, payment or "
    "falsehood."
)


def write_findings(
    app: App, told: list[dict[str, Any]], output: Path, *, as_json: bool, redacted: bool
) -> None:
    """Write findings as the ending of the file says."""
    name = format_of(output, "json" if as_json else None, ("table", "json", "csv"))
    columns = ["key", "watch", "kind", "subject", "from", "to", "score", "evidence"]
    if name == "xlsx":
        from monitor.sheets.book import Sheet

        sheet = Sheet("findings", columns, rows_of(told, columns), "What was found, newest first")
        write(output, [sheet], about=[("findings", f"{len(told):,}")], notes=[_LIMIT],
              zone=app.config.zone)  # fmt: skip
    elif name == "json":
        put(findings_json(told), output)
    else:
        put(_csv(columns, rows_of(told, columns)), output)
    noted(app, "findings", output, from_store=True, redacted=redacted)


def findings_json(told: list[dict[str, Any]]) -> str:
    """Give findings as JSON."""
    return json_text("gaung.findings/1", {"findings": told})


def numbers_of(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """Give what evidence says without naming anybody: its numbers."""
    return {k: v for k, v in evidence.items() if isinstance(v, int | float) or v is None}


def _csv(columns: list[str], rows: list[list[Any]]) -> str:
    import csv
    import io
    from datetime import datetime

    from monitor.sheets.cells import iso, safe

    def cell(value: Any) -> str:
        if isinstance(value, datetime):
            return iso(value)
        return "" if value is None else safe(value) if isinstance(value, str) else str(value)

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()
