"""Indicators as a workbook: the numbers, and the dials with all their components."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cli.books import rows_of, write
from monitor.sheets.book import Sheet

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from monitor.indication.indicate import Indication

_COLUMNS = ("number", "name", "title", "family", "value", "label", "low", "high", "interval", "n",
            "coverage", "note", "definition", "range", "reading", "source")  # fmt: skip
_PARTS = ("dial", "name", "value", "percentile", "n_past")


def write_indicators_book(told: Indication, output: Path, *, zone: ZoneInfo) -> None:
    """Write it whole, or not at all."""
    from monitor.indication.formats import specified

    rows = [asdict(one) | specified(one.name) for one in told.indicators]
    parts = []
    if told.dials is not None:
        both = (("mobilisation", told.dials.mobilisation),
                ("orchestration", told.dials.orchestration))  # fmt: skip
        for name, dial in both:
            parts.append({"dial": name, "name": "the dial", "percentile": dial.value})
            parts += [{"dial": name, **asdict(one)} for one in dial.components]
    write(
        output,
        [
            Sheet("indicators", _COLUMNS, rows_of(rows, _COLUMNS), "Each with its 95 % interval"),
            Sheet("dials", _PARTS, rows_of(parts, _PARTS), "Against the watch's own quiet days"),
        ],
        about=[
            ("indicators of", told.target),
            ("from", f"{told.since.astimezone(zone):%Y-%m-%d %H:%M %Z}"),
            ("to (not included)", f"{told.until.astimezone(zone):%Y-%m-%d %H:%M %Z}"),
            ("posts", str(told.posts)),
            ("accounts", str(told.authors)),
            ("reading", told.reading),
        ],
        notes=told.notes,
        zone=zone,
    )
