"""How sure a number is: 95 % intervals."""

from __future__ import annotations

from math import sqrt

Z = 1.959963984540054  # standard errors of a 95 % interval


def wilson(successes: int, n: int) -> tuple[float, float]:
    r"""Give the 95 % interval of a share.

    .. math:: \frac{p + z^2 / 2n \pm z \sqrt{p (1 - p) / n + z^2 / 4 n^2}}{1 + z^2 / n}

    Wilson (1927), Probable Inference, the Law of Succession, and Statistical Inference, JASA 22.

    >>> [round(limit, 3) for limit in wilson(5, 10)]
    [0.237, 0.763]
    """
    share, z2 = successes / n, Z * Z
    middle = share + z2 / (2 * n)
    margin = Z * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    scale = 1 + z2 / n
    return max((middle - margin) / scale, 0.0), min((middle + margin) / scale, 1.0)
