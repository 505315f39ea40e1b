"""How much it takes for an alarm, in words."""

from __future__ import annotations

from typing import Literal, get_args

Sensitivity = Literal["calm", "balanced", "keen"]
SENSITIVITIES: tuple[Sensitivity, ...] = get_args(Sensitivity)
# The surprise that is wanted, as a multiple of the threshold that is set.
TIMES: dict[Sensitivity, float] = {"calm": 1.25, "balanced": 1.0, "keen": 0.8}


def least_score(sensitivity: Sensitivity) -> float:
    """Give the score, 0 to 1, from which it is an alarm.

    >>> [round(least_score(one), 3) for one in SENSITIVITIES]
    [0.61, 0.5, 0.39]
    """
    times = TIMES[sensitivity]
    return times**2 / (times**2 + 1)
