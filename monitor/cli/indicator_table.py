"""The indicators on a terminal."""

from __future__ import annotations

from typing import IO
from zoneinfo import ZoneInfo

from analysis.indicators.dials import Dial
from analysis.indicators.indicator import Indicator
from monitor.cli.tables import console, safe, table
from monitor.indication.indicate import Indication

_UNKNOWN = "–"
_NOTHING = 1e-7
_WIDEST = 5  # decimals: a chance of 0.00002 is not 0


def print_indication(told: Indication, file: IO[str] | None = None) -> None:
    """Print them: what they are of, the reading, the dials, the numbers, what they don't say."""
    out, zone = console(file), ZoneInfo(told.timezone)
    since, until = told.since.astimezone(zone), told.until.astimezone(zone)
    out.print(
        safe(f"{told.target}: {told.acts:,} acts by {told.authors:,} accounts"),
        style="bold",
        markup=False,
    )
    covered = "unknown" if told.coverage is None else f"{told.coverage:.0%}"
    out.print(f"{since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M %Z}; coverage {covered}")
    out.print(safe(f"Reading: {told.reading}"), markup=False)
    out.print()
    if told.dials is not None:
        for letter, words, dial in (
            ("M", "how broad", told.dials.mobilisation),
            ("O", "how coordinated it looks", told.dials.orchestration),
        ):
            out.print(safe(f"{letter} ({words}): {_dial(dial)}"), markup=False)
        out.print()
    out.print(
        table(
            ["no.", "", "indicator", "value", "95 % interval", "N", "note"],
            [_row(one) for one in told.indicators],
            right=[0, 3, 4, 5],
            drop=("no.", "N", "note"),
            wrap=("indicator", "note"),
        )
    )
    out.print()
    for note in told.notes:
        out.print(safe(note), style="dim", markup=False)


def _row(one: Indicator) -> tuple[str, ...]:
    return (
        str(one.number),
        one.family,
        one.title,
        one.label or _number(one.value),
        _UNKNOWN if one.low is None else f"{_number(one.low)} to {_number(one.high)}",
        f"{one.n:,}",
        one.note,
    )


def _number(value: float | None) -> str:
    """Write a number in three digits or so.

    >>> [_number(value) for value in (None, 0.0, 0.03692, 0.0000525, 1.787, 1104.8)]
    ['–', '0', '0.037', '0.00005', '1.79', '1,105']
    """
    if value is None:
        return _UNKNOWN
    size = abs(value)
    if size >= 100 or size < _NOTHING:
        return f"{value:,.0f}"
    digits = 2 if size >= 1 else 3
    while digits < _WIDEST and round(size, digits) < 10 ** -(digits - 1) and size < 1:
        digits += 1
    return f"{value:.{digits}f}"


def _dial(dial: Dial) -> str:
    parts = [
        f"{one.name} {one.percentile:.0f}" for one in dial.components if one.percentile is not None
    ]
    missing = [one.name for one in dial.components if one.percentile is None]
    value = f"{_UNKNOWN} ({dial.note})" if dial.value is None else f"{dial.value:.0f} of 100"
    few = " (too few to rest much on)" if dial.too_few else ""
    of = f"{dial.known} of {len(dial.components)} components{few}"
    said = f" = mean of {of}: {', '.join(parts)}" if dial.value is not None else ""
    left = f"; not known: {', '.join(missing)}" if missing else ""
    return f"{value}{said}{left}"
