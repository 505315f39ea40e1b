"""Counts as one line of characters, in letters and on terminals."""

from __future__ import annotations

import math
from collections.abc import Sequence

Series = Sequence[float | None]

BARS = "▁▂▃▄▅▆▇█"
GAP = "·"  # unknown, and not zero


def levels(series: Series) -> tuple[int | None, ...]:
    """Scale a series to steps 0 to 7, where only nothing is 0, and a gap stays a gap.

    >>> levels([0, 1, 50, 100, None])
    (0, 1, 4, 7, None)
    """
    top = max((value for value in series if value is not None), default=0)
    return tuple(
        # Never above 7: of a mean, 7 * top / top may be a little more than 7.
        None if value is None else min(7, math.ceil(7 * value / top)) if top > 0 else 0
        for value in series
    )


def sparkline(series: Series) -> str:
    """Give one character for each value.

    >>> sparkline([0, 1, 50, 100, None])
    '▁▂▅█·'
    """
    return "".join(GAP if level is None else BARS[level] for level in levels(series))
