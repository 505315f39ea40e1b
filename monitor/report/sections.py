"""A report as titled tables of plain values: what the table, CSV and Markdown formats share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from monitor.report.report import Report

Cell = str | int | float | bool | None | Any


@dataclass(frozen=True, slots=True)
class Section:
    """One table. `name` is the field of the report that it shows."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]


_SUMMARY = (
    "target",
    "hashtags",
    "since",
    "until",
    "timezone",
    "window",
    "posts",
    "authors",
    "reposts",
    "interactions",
    "first_post_at",
    "last_post_at",
    "coverage",
    "reading",
)
_PLURALS = {"quote": "quotes", "reply": "replies", "mention": "mentions", "forward": "forwards"}
_TITLES = {
    "dials": "Two dials, of 0 to 100: 50 is as on a middle one of its own quiet days",
    "dial_components": "What the dials rest on",
    "bursts": "Bursts",
    "gaps": "Gaps: what is missing",
    "top_authors": "Most active accounts",
    "top_amplified": "Most amplified accounts",
    "top_hashtags": "Hashtags that ride along",
    "top_links": "Links shared most",
    "emerging": "Hashtags that rise along and are not watched",
    "leads": "Which platform led",
    "news": "News pick-up: who wrote of it, and when first",
    "communities": "Communities of the amplification graph",
    "coordination": "Accounts that act together more often than chance explains",
    "coordination_shared": "What they shared, and the first two posts that did",
    "indicators": "Indicators",
    "series": "Windows",
}


SECTIONS = ("summary", *_TITLES, "notes")


def sections(report: Report) -> list[Section]:
    """Give the report as tables, the summary first and the windows last."""
    summary = [(name, _cell(getattr(report, name))) for name in _SUMMARY]
    summary += [
        (_PLURALS[kind], n) for kind, n in report.interactions_by_kind.items() if kind != "repost"
    ]
    tables = [Section("summary", "Summary", ("what", "value"), summary)]
    for name, title in _TITLES.items():
        rows = getattr(report, name)
        if name == "coordination" and not rows:
            # That there are none, or that nobody can say, is an answer.
            tables.append(Section(name, title, ("result",), [(report.coordination_note,)]))
            continue
        columns = tuple(f.name for f in fields(rows[0])) if rows else ()
        tables.append(
            Section(
                name,
                title,
                columns,
                [tuple(_cell(getattr(row, column)) for column in columns) for row in rows],
            )
        )
    tables.append(Section("notes", "Notes", ("note",), [(note,) for note in report.notes]))
    return tables


def _cell(value: Any) -> Cell:
    return ", ".join(map(str, value)) if isinstance(value, list) else value
