"""What may be said at which coverage: missing data is no small number."""

from __future__ import annotations

_COMPARABLE = 0.8  # below: a lower bound, compared with nothing
_COUNTABLE = 0.5  # below: nobody can say


def is_unknown(coverage: float | None) -> bool:
    """Tell whether too little was observed to give a number at all."""
    return coverage is not None and coverage < _COUNTABLE


def is_comparable(coverage: float | None) -> bool:
    """Tell whether enough was observed to compare with what is usual, or to give a share."""
    return coverage is not None and coverage >= _COMPARABLE


def times_usual(
    count: float | None, expected: float | None, coverage: float | None
) -> float | None:
    """Give how many times the usual this is, if that can be said.

    >>> times_usual(400, 40, 0.97), times_usual(400, 40, 0.79), times_usual(2, 0.1, 1.0)
    (10.0, None, None)
    """
    if count is None or expected is None or not is_comparable(coverage):
        return None
    return count / expected if expected >= 1 else None  # a multiple of almost none says nothing
