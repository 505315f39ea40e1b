"""How rare a score is by the past of its own series: much for one hashtag is little for another."""

from __future__ import annotations

from collections.abc import Callable
from math import log

import numpy as np

from analysis.trends.tail import Floats

# Three cuts, averaged: what a single one gives depends on which few scores lie above it.
_CUTS = (0.85, 0.9, 0.95)
_FEWEST = 5  # scores above a cut, from which a tail can be fitted
_LEAST_SCALE = 0.05
_FIRST_SCALE = 0.3


def rarity(
    scores: Floats,
    *,
    refit: int,
    memory: int,
    least: int,
    on_tested: Callable[[int], None] = lambda _: None,
) -> Floats:
    r"""Give -log10 of the chance of each score, by the scores before it; 0 below the cuts.

    Above a high quantile :math:`t_q` of its past, a score is taken to be exponential:

    .. math:: R = -\log_{10} (1 - q) + \frac{S - t_q}{\beta \ln 10}, \quad
              \beta = \overline{S_{>t} - t}

    averaged over three quantiles. The exponential is the peaks-over-threshold tail with shape
    0; a free shape needs more exceedances than a young series has.

    scores: NaN where nothing is known, which teaches nothing and is 0. refit, memory, least: in
    windows: how often the tail is fitted, on how much of the past, and from when on. on_tested: is
    told after each fit how many scores are done.

    Siffer et al. (2017), Anomaly Detection in Streams with Extreme Value Theory. KDD.
    """
    result = np.zeros(len(scores))
    cuts = np.zeros(len(_CUTS))
    scales = np.ones(len(_CUTS))
    for start in range(least, len(scores), refit):
        past = scores[max(0, start - memory) : start]
        past = past[~np.isnan(past)]
        if len(past) < least / 2:
            continue
        cuts = np.quantile(past, _CUTS)
        scales = np.array([_scale(past, cut) for cut in cuts])
        part = scores[start : start + refit]
        total = np.zeros(len(part))
        for share, cut, scale in zip(_CUTS, cuts, scales, strict=True):
            above = -log(1 - share) / log(10) + (part - cut) / scale / log(10)
            total += np.where(part > cut, above, 0.0)
        result[start : start + refit] = total / len(_CUTS)
        on_tested(start + len(part))
    return result


def _scale(past: Floats, cut: float) -> float:
    above = past[past > cut] - cut
    if len(above) < _FEWEST:
        return max(_FIRST_SCALE, cut / 2, _LEAST_SCALE)
    return max(float(above.mean()), _LEAST_SCALE)
