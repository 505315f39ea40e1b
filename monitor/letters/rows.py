"""A watch as a row of the digest's table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analysis.indicators.dials import FIRM
from monitor.charts import Curve
from monitor.letters import limits, words
from monitor.letters.language import Speech
from monitor.letters.pages import sentences
from monitor.sparkline import levels, sparkline

_BAR_STEP = 3  # pixels per level of a sparkline's bar


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestRow:
    """One watch in the digest's time. None is unknown, never zero."""

    watch: str
    posts: int | None
    expected: float | None
    authors: int | None
    repost_share: float | None
    coverage: float | None
    series: tuple[int | None, ...]  # posts per hour
    bursts: int
    mobilisation: float | None = None  # the two dials, 0-100
    orchestration: float | None = None
    mobilisation_parts: tuple[int, int] | None = None  # components that it rests on, and all
    orchestration_parts: tuple[int, int] | None = None
    posts_before: int | None = None  # in as long a time before; None: not comparable
    curve: Curve | None = None
    learning: tuple[str, ...] = ()  # sources whose usual is not known yet


def badness(row: DigestRow) -> tuple[int, int, float, str]:
    """Sort worst first: bursts, then what is hard to judge, then the farthest above usual."""
    times = limits.times_usual(row.posts, row.expected, row.coverage)
    known = (not is_unknown(row)) + limits.is_comparable(row.coverage)
    return (-row.bursts, known, -(times or 0.0), row.watch)


def is_unknown(row: DigestRow) -> bool:
    """Tell whether too little was observed for any number."""
    return row.posts is None or limits.is_unknown(row.coverage)


def row_content(row: DigestRow, language: Speech) -> dict[str, Any]:
    """Give one watch as both tables show it."""
    series = words.shorten(row.series)
    known = [value for value in series if value is not None]
    unknown, comparable = is_unknown(row), limits.is_comparable(row.coverage)
    said = sentences(
        "row_sentences.txt",
        language,
        row=row,
        unknown=unknown,
        comparable=comparable,
        firm=FIRM,
        times=limits.times_usual(row.posts, row.expected, row.coverage),
        cells=len(series),
        gap_cells=len(series) - len(known),
        least=min(known, default=None),
        most=max(known, default=None),
    )
    return {
        "watch": words.clean(row.watch, limit=60),
        "said": said,
        "mark": "alarm" if row.bursts else "calm" if comparable and not unknown else "doubt",
        "line": sparkline(series),
        "bars": [None if level is None else 1 + _BAR_STEP * level for level in levels(series)],
    }
