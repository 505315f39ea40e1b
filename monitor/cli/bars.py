"""Counts as rows of characters: a chart in braille with what is expected.

A gap has a mark of its own and is never drawn as zero. Nothing depends on colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SHADE = "░"  # in a chart: nobody looked
USUAL = "╌"  # in a chart: up to here it is usual
BURST = "▲"
_DOTS = 4  # rows of dots in one character of braille
_LEFT, _RIGHT = (0x40, 0x04, 0x02, 0x01), (0x80, 0x20, 0x10, 0x08)  # from the bottom up


@dataclass(frozen=True, slots=True)
class Bar:
    """One window of a chart: its count (None: unknown), and up to where it is usual."""

    count: float | None
    usual: float | None = None
    is_burst: bool = False


def joined(bars: Sequence[Bar], most: int) -> tuple[list[Bar], int]:
    """Join windows that lie side by side, until there are no more than `most`.

    Gives the bars, and how many windows each holds. Means of the known windows are drawn, so that
    a bar in which a window is missing is not lower for that; it is a gap if most of it is one.

    >>> joined([Bar(2), Bar(4), Bar(None)], 2)
    ([Bar(count=3.0, usual=None, is_burst=False), Bar(count=None, usual=None, is_burst=False)], 2)
    """
    each = max(1, -(-len(bars) // max(1, most)))
    if each == 1:
        return list(bars), 1
    parts = [bars[at : at + each] for at in range(0, len(bars), each)]
    return [_mean(part) for part in parts], each


def _mean(part: Sequence[Bar]) -> Bar:
    counts = [bar.count for bar in part if bar.count is not None]
    usual = [bar.usual for bar in part if bar.usual is not None]
    return Bar(
        sum(counts) / len(counts) if counts and 2 * len(counts) >= len(part) else None,
        sum(usual) / len(usual) if usual else None,
        any(bar.is_burst for bar in part),
    )


def chart(bars: Sequence[Bar], *, height: int) -> list[str]:
    """Draw bars, two to a character, the highest line first; below, a line that marks bursts.

    bars: an even number of them is drawn best. The last line is left out if there is no burst.
    """
    most = max((v for bar in bars for v in (bar.count, bar.usual) if v is not None), default=0.0)
    pairs = [bars[at : at + 2] for at in range(0, len(bars), 2)]
    lines = [
        "".join(_cell(pair, line, most, height) for pair in pairs)
        for line in range(height - 1, -1, -1)
    ]
    marks = "".join(BURST if any(bar.is_burst for bar in pair) else " " for pair in pairs)
    return [*lines, marks] if marks.strip() else lines


def _cell(pair: Sequence[Bar], line: int, most: float, height: int) -> str:
    """Give the character of two bars at a line, counted from the bottom."""
    if all(bar.count is None for bar in pair):
        return SHADE
    code = 0
    for bar, dots in zip(pair, (_LEFT, _RIGHT), strict=False):
        filled = _dots(bar.count, most, height)
        code |= sum(dot for row, dot in enumerate(dots) if line * _DOTS + row < filled)
    if code:
        return chr(0x2800 + code)
    usual = [bar.usual for bar in pair if bar.usual is not None]
    at = (_dots(max(usual), most, height) - 1) // _DOTS if usual else -1
    return USUAL if at == line else " "


def _dots(value: float | None, most: float, height: int) -> int:
    if value is None or not most:
        return 0
    # Whatever is not zero is seen.
    return max(1 if value > 0 else 0, round(height * _DOTS * value / most))
