"""How fast a cascade was passed on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_LEAST_TO_DOUBLE = 20
_LEAST_TO_HALVE = 10  # fewer, and one of them more or less moves the middle by far


def doubling_time(at: Floats) -> float | None:
    """Give the seconds in which the number of shares doubled, from a tenth to half of them.

    at: seconds of each share, in order. None with fewer than 20 shares, or if they came at once.

    >>> round(doubling_time(np.log2(np.arange(1, 1025)) * 3600) / 3600, 2)
    1.0
    """
    count = len(at)
    if count < _LEAST_TO_DOUBLE:
        return None
    tenth, half = at[count // 10], at[count // 2]
    if half <= tenth:
        return None
    doublings = np.log2((count // 2 + 1) / (count // 10 + 1))
    return float((half - tenth) / doublings) if doublings else None


def half_life(at: Floats, begun: float) -> float | None:
    """Give the seconds after which half of all reposts had been made.

    at: seconds of each repost, in order; begun: when the original was posted. None with fewer
    than 10. What goes on later makes it longer: it is of those that are known.

    >>> half_life(np.arange(10.0) * 60, begun=-60.0)
    300.0
    """
    if len(at) < _LEAST_TO_HALVE:
        return None
    return float(at[(len(at) - 1) // 2] - begun)
