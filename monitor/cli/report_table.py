"""The report on a terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import IO, Any
from zoneinfo import ZoneInfo

from monitor.cli.bars import BURST, SHADE, USUAL, Bar, chart, joined
from monitor.cli.report_words import DROPPED, WRAPPED, shown
from monitor.cli.tables import console, is_terminal, safe, table
from monitor.report.report import Report
from monitor.report.sections import Section, sections
from monitor.sparkline import GAP, sparkline

_NUMBER = re.compile(r"-?[\d,.]+(e-?\d+)?( %)?")
_HEIGHT = 8  # lines of a chart
_PLAIN = 100  # characters of a line where no terminal says how wide it is
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
            out.print(_table(section, zone))


def _verdict(report: Report) -> str:
    count = f"{report.posts:,} posts by {report.authors:,} accounts"
    if report.bursts:
        worst = max(report.bursts, key=lambda burst: burst.score)
        usual = "" if worst.expected is None else f" where about {worst.expected:,.0f} are usual"
        return f"{count}; bursts: {len(report.bursts)}, the strongest {worst.posts:,} posts{usual}"
    return f"{count}; no burst found"


def _print_windows(out: Any, report: Report, section: Section, zone: ZoneInfo) -> None:
    out.print()
    if out.is_terminal:
        _print_chart(out, report, zone)
    else:
        out.print(f"Posts per {report.window} ({GAP} is a gap, not zero)", style="bold")
        marks = sparkline([row.posts for row in report.series])
        for at in range(0, len(marks), _PLAIN):
            out.print(marks[at : at + _PLAIN])
    rows = _notable(report, section)
    if len(rows) < len(section.rows):
        out.print(
            f"The {len(rows)} most notable of {len(section.rows)} windows "
            "(--format csv has all of them):"
        )
    out.print(_table(replace(section, rows=rows), zone))


def _print_chart(out: Any, report: Report, zone: ZoneInfo) -> None:
    """Draw the course: posts, up to where they are usual, gaps and bursts, each with its mark."""
    ends = [burst.end or report.until for burst in report.bursts]
    spans = list(zip((burst.start for burst in report.bursts), ends, strict=True))
    bars = [
        Bar(row.posts, row.upper, any(start <= row.start < end for start, end in spans))
        for row in report.series
    ]
    most = max((b.count for b in bars if b.count is not None), default=0)
    label = len(f"{most:,.0f}") + 1
    room = 2 * (out.width - label)
    drawn, each = joined(bars, room)
    drawn = [bar for bar in drawn for _ in range(max(1, room // max(1, len(drawn))))]
    mean = f", means of {each} windows" if each > 1 else ""
    out.print(f"Posts per {report.window}{mean}", style="bold")
    top = max((v for b in drawn for v in (b.count, b.usual) if v is not None), default=0)
    lines = chart(drawn, height=_HEIGHT)
    for number, line in enumerate(lines):
        side = f"{top:,.0f}" if number == 0 else "0" if number == _HEIGHT - 1 else ""
        out.print(f"{side:>{label - 1}} {line}", no_wrap=True, overflow="crop", markup=False)
    _print_times(out, report, len(drawn), label, zone)
    marks = [f"⣿ posts  {USUAL} usual up to here"]
    marks += [f"{SHADE} gap: unknown, not zero"] if any(b.count is None for b in drawn) else []
    marks += [f"{BURST} burst"] if any(b.is_burst for b in drawn) else []
    out.print("  ".join(marks), style="dim")


def _print_times(out: Any, report: Report, bars: int, label: int, zone: ZoneInfo) -> None:
    if not report.series:
        return
    width = max(1, (bars + 1) // 2)
    first, last = (report.series[n].start.astimezone(zone) for n in (0, -1))
    start, end = f"{first:%d %b %Y %H:%M}", f"{last:%d %b %Y %H:%M %Z}"
    gap = max(2, width - len(start) - len(end))
    out.print(f"{'':{label}}{start}{'':{gap}}{end}", no_wrap=True, overflow="crop")


def _notable(report: Report, section: Section) -> list[tuple[Any, ...]]:
    if len(section.rows) <= _MOST_WINDOWS:
        return list(section.rows)
    order = sorted(
        (n for n, row in enumerate(report.series) if row.posts is not None),
        key=lambda n: (report.series[n].score or 0.0, report.series[n].posts or 0),
        reverse=True,
    )
    return [section.rows[n] for n in sorted(order[:_MOST_WINDOWS])]


def _table(section: Section, zone: ZoneInfo) -> Any:
    columns, rows = shown(section, zone, narrow=is_terminal())
    numbers = [
        index
        for index, cells in enumerate(zip(*rows, strict=True))
        if section.name != "summary" and (_are_numbers(cells) or columns[index] == "value")
    ]
    drop = DROPPED.get(section.name, ())
    wrap = (*WRAPPED, "value") if section.name == "summary" else WRAPPED
    return table(columns, rows, right=numbers, drop=drop, wrap=wrap)


def _are_numbers(cells: Sequence[str]) -> bool:
    known = [cell for cell in cells if cell != "–"]
    return bool(known) and all(_NUMBER.fullmatch(cell) for cell in known)
