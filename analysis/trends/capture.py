"""How much several observers together have missed, from how much each saw of what others saw."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_Z = 1.96  # 95 %
_FEWEST = 10  # posts that two observers saw: with fewer, the estimate is all noise


@dataclass(frozen=True, slots=True)
class Missed:
    """Estimated number of posts that no observer saw, with a 95 % interval. A lower bound."""

    estimate: float
    low: float
    high: float


def missed(seen_by: Sequence[int]) -> Missed | None:
    r"""Estimate what all observers missed; None where too little is known.

    seen_by: how many posts exactly 1, 2, … m observers saw, m being the number of observers.

    .. math:: \hat f_0 = \frac{m-1}{m} \cdot \frac{f_1 (f_1 - 1)}{2 (f_2 + 1)}

    The bias-corrected estimator of A. Chao, "Estimating the population size for
    capture-recapture data with unequal catchability", Biometrics 43 (1987) 783–791, with her
    log-normal interval. It is a lower bound: posts that no server could know (closed accounts,
    servers that nobody follows) are in no estimate, and observers that see alike hide what both
    miss.

    >>> missed([60, 40])  # doctest: +ELLIPSIS
    Missed(estimate=21.58..., low=10.67..., high=43.66...)
    >>> missed([60]) is None, missed([60, 3]) is None
    (True, True)
    """
    m = len(seen_by)
    if m < 2 or seen_by[1] + sum(seen_by[2:]) < _FEWEST:
        return None
    a, f1, f2 = (m - 1) / m, seen_by[0], seen_by[1]
    unseen = a * f1 * (f1 - 1) / (2 * (f2 + 1))
    if unseen <= 0:
        return Missed(0.0, 0.0, 0.0)
    variance = (
        unseen
        + a**2 * f1 * (2 * f1 - 1) ** 2 / (4 * (f2 + 1) ** 2)
        + a**2 * f1**2 * f2 * (f1 - 1) ** 2 / (4 * (f2 + 1) ** 4)
    )
    spread = math.exp(_Z * math.sqrt(math.log(1 + variance / unseen**2)))
    return Missed(unseen, unseen / spread, unseen * spread)
