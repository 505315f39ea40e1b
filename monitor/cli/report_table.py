"""The report on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, Any
from zoneinfo import ZoneInfo

from monitor.cli.tables import console, safe, table
from monitor.report.formats import words
from monitor.report.report import Report
from monitor.report.sections import Section, sections

_BARS = "▁▂▃▄▅▆▇█"
_GAP = "·"
# A terminal shows the windows that matter; CSV and JSON have all of them.
_MOST_WINDOWS = 24


def print_report(report: Report, file: IO[str] | None = None) -> None:
    """Print the report; on a terminal with colour, elsewhere as plain columns."""
    out, zone = console(file), ZoneInfo(report.timezone)
    out.print(safe(f"{report.target}: {_verdict(report)}"), style="bold", markup=False)
    out.print()
    for section in sections(report):
        if section.name == "series":
            _print_windows(out, report, section, zone)
        elif section.name == "notes":
            out.print()
            for (note,) in section.rows:
                out.print(safe(str(note)), style="dim", markup=False)
        elif section.rows:
            if section.name != "summary":
                out.print()
                out.print(section.title, style="bold")
            out.print(_table(section, section.rows, zone))


def _verdict(report: Report) -> str:
    count = f"{report.posts:,} posts by {report.authors:,} accounts"
    if report.bursts:
        worst = max(report.bursts, key=lambda burst: burst.score)
        usual = "" if worst.expected is None else f" where about {worst.expected:,.0f} are usual"
        return f"{count}; bursts: {len(report.bursts)}, the strongest {worst.posts:,} posts{usual}"
    return f"{count}; no burst found"


def _print_windows(out: Any, report: Report, section: Section, zone: ZoneInfo) -> None:
    out.print()
    out.print(f"Posts per {report.window} ({_GAP} is a gap, not zero)", style="bold")
    counts = [row.posts for row in report.series]
    for line in _sparklines(counts, max(20, min(out.width, 120))):
        out.print(line)
    rows = _notable(report, section)
    if len(rows) < len(section.rows):
        out.print(
            f"The {len(rows)} most notable of {len(section.rows)} windows "
            "(--format csv has all of them):"
        )
    out.print(_table(section, rows, zone))


def _notable(report: Report, section: Section) -> list[tuple[Any, ...]]:
    if len(section.rows) <= _MOST_WINDOWS:
        return list(section.rows)
    order = sorted(
        range(len(report.series)),
        key=lambda i: (report.series[i].score or 0.0, report.series[i].posts or 0),
        reverse=True,
    )
    return [section.rows[i] for i in sorted(order[:_MOST_WINDOWS])]


def _sparklines(counts: Sequence[int | None], width: int) -> list[str]:
    top = max((count for count in counts if count is not None), default=0)
    marks = [
        _GAP if count is None else _BARS[round((len(_BARS) - 1) * count / top) if top else 0]
        for count in counts
    ]
    return ["".join(marks[i : i + width]) for i in range(0, len(marks), width)]


def _table(section: Section, rows: Sequence[tuple[Any, ...]], zone: ZoneInfo) -> Any:
    numbers = [
        index
        for index in range(len(section.columns))
        if any(isinstance(row[index], int | float) for row in rows) and section.name != "summary"
    ]
    texts = [tuple(words(cell, zone) for cell in row) for row in rows]
    return table([c.replace("_", " ") for c in section.columns], texts, right=numbers)
