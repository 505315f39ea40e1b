"""The upper tail of the negative binomial, without a library that is slow to import."""

from __future__ import annotations

from collections.abc import Iterable
from math import lgamma, log

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

MOST_SURPRISE = 300.0  # 10^-300 is about as small as a chance can be told
_LEAST_DISPERSION = 1.0001  # NB1 needs variance > mean; this is Poisson for every purpose
_TINY = 1e-300
_PRECISION = 1e-6
_MOST_TERMS = 20_000


def surprise(counts: Floats, expected: Floats, dispersion: Floats) -> Floats:
    r"""Give -log10 of the chance of so many or more: 0 is nothing special, 3 one in a thousand.

    .. math:: S = -\log_{10} P(X \ge x), \quad X \sim NB(r = \mu / (\phi - 1), p = 1 / \phi)

    with mean :math:`\mu` and variance :math:`\phi \mu` ("NB1"); the tail is the regularized
    incomplete beta function :math:`I_{1-p}(x, r)`. Never more than `MOST_SURPRISE`; 0 for counts
    up to the expected one, where the chance is about a half or more.

    Cameron & Trivedi (2013), Regression Analysis of Count Data, 2nd ed., section 3.3.

    >>> one = np.array([1.0])
    >>> surprise(one * 3, one, one * 2).round(4)  # geometric, p = 1/2: P(X >= 3) = 1/8
    array([0.9031])
    """
    phi = np.maximum(dispersion, _LEAST_DISPERSION)
    some = (counts > 0) & (counts > expected)
    x, phi = counts[some], phi[some]
    r = np.maximum(expected[some], _TINY) / (phi - 1)
    result = np.zeros(len(counts))
    result[some] = np.clip(-_log_beta_share(x, r, 1 - 1 / phi) / log(10), 0.0, MOST_SURPRISE)
    return result


def _log_beta_share(a: Floats, b: Floats, z: Floats) -> Floats:
    """Give the logarithm of the regularized incomplete beta function I_z(a, b)."""
    front = a * np.log(z) + b * np.log1p(-z) + _lgamma(a + b) - _lgamma(a) - _lgamma(b)
    direct = z < (a + 1) / (a + b + 2)  # there the fraction converges fast; else the other side
    result = np.empty(len(a))
    fraction = _fraction(a[direct], b[direct], z[direct])
    result[direct] = front[direct] + np.log(fraction / a[direct])
    turned = ~direct
    a, b, z, front = a[turned], b[turned], z[turned], front[turned]
    below = np.exp(front - np.log(b)) * _fraction(b, a, 1 - z)
    result[turned] = np.log1p(-np.minimum(below, 1 - _PRECISION))
    return result


def _lgamma(values: Floats) -> Floats:
    numbers: Iterable[float] = values.tolist()
    return np.fromiter(map(lgamma, numbers), dtype=np.float64, count=len(values))


def _fraction(a: Floats, b: Floats, z: Floats) -> Floats:
    """Evaluate the continued fraction of the incomplete beta function (Lentz's method).

    Press et al. (2007), Numerical Recipes, 3rd ed., section 6.4.
    """
    result = np.empty(len(a))
    rest = np.arange(len(a))
    c = np.ones(len(a))
    d = 1 / _away_from_zero(1 - (a + b) * z / (a + 1))
    value = d.copy()
    for m in range(1, _MOST_TERMS):
        before = value
        for term in (
            m * (b - m) * z / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * z / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _away_from_zero(1 + term * d)
            c = _away_from_zero(1 + term / c)
            value = value * d * c
        going = np.abs(value - before) > _PRECISION * value
        if not going.all():
            result[rest] = value
            rest = rest[going]
            a, b, z, c, d, value = (v[going] for v in (a, b, z, c, d, value))
        if not len(rest):
            break
    result[rest] = value
    return result


def _away_from_zero(values: Floats) -> Floats:
    return np.where(np.abs(values) < _TINY, _TINY, values)
