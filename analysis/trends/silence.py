"""When silence is missing data: a rule for sources that nobody can vouch for."""

from __future__ import annotations

_MOST_EXPECTED = 7.0  # posts: silence where 7 are expected has a chance of e^-7 = 0.0009


def improbable_silence(rate_per_hour: float, hours: float) -> bool:
    r"""Tell whether so long a silence is rather a gap than a calm.

    .. math:: P(\text{silence}) = e^{-\lambda t} < e^{-7} \approx 0.0009

    The rate is taken as flat (Poisson), so a night that is always quiet may count as missing
    too. That is the safe side: missing data is never zero.

    >>> improbable_silence(rate_per_hour=2.0, hours=3)
    False
    >>> improbable_silence(rate_per_hour=2.0, hours=4)
    True
    """
    return rate_per_hour * hours > _MOST_EXPECTED
