"""Where counts lie on a picture, and which windows go together: the same on every chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10


@dataclass(frozen=True, slots=True)
class Scale:
    """Round lines for counts from 0 up."""

    step: float
    top: float

    @property
    def lines(self) -> list[float]:
        """Where lines are drawn."""
        return [n * self.step for n in range(round(self.top / self.step) + 1)]


def scale_for(values: Sequence[float | None], *, most_lines: int = 4) -> Scale:
    """Give a scale that all values fit on, with at most so many lines above zero.

    >>> scale_for([7, None]).lines, scale_for([130]).lines, scale_for([]).lines
    ([0, 2, 4, 6, 8], [0, 50, 100, 150], [0, 1])
    """
    most = max(max((value for value in values if value is not None), default=0.0), 1.0)
    power = 10 ** floor(log10(most / most_lines)) if most > most_lines else 1
    step = next(
        n * power
        for n in (1, 2, 2.5, 5, 10)
        if n * power * most_lines >= most and n * power % 1 == 0
    )
    return Scale(step, step * ceil(most / step))


def runs(holds: Sequence[bool]) -> list[tuple[int, int]]:
    """Give the stretches that hold: first, last + 1.

    >>> runs([True, True, False, True])
    [(0, 2), (3, 4)]
    """
    found: list[tuple[int, int]] = []
    for place, one in enumerate(holds):
        if not one:
            continue
        if found and found[-1][1] == place:
            found[-1] = (found[-1][0], place + 1)
        else:
            found.append((place, place + 1))
    return found
