r"""How much of a cascade goes through each of its accounts, and who had it from whom."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

DECAY = -0.000068  # per second, as the authors fitted it on reposts on Twitter


def _log_strength(at: Floats, followers: Floats, decay: float) -> Floats:
    # Whoever has no followers, or does not say, was still seen by one: himself.
    known = np.where(np.isnan(followers) | (followers < 1), 1.0, followers)
    found: Floats = np.log(known) - decay * at
    return found


def influence(at: Floats, followers: Floats, *, decay: float = DECAY) -> Floats:
    r"""Give the casIn influence of each post of a cascade: how many come through it, itself too.

    .. math:: p_{ij} = \frac{f_i e^{r (t_j - t_i)}}{\sum_{k<j} f_k e^{r (t_j - t_k)}}, \quad
              \varphi = (I - P)^{-1} 1

    The factor of :math:`t_j` cancels, so that with :math:`g_i = f_i e^{-r t_i}` and its running
    sum G, :math:`\varphi_i = 1 + g_i \sum_{j>i} \varphi_j / G_{j-1}`: one sweep backwards, O(n)
    instead of O(n³), in logarithms.

    at: seconds, in order, the original first; of equal times the earlier row is the earlier.
    followers: of each account; below one, or not known (nan), counts 1.

    Rizoiu, Graham, Zhang, Zhang, Ackland & Xie (2018), #DebateNight: The Role and Influence of
    Socialbots on Twitter During the First 2016 U.S. Presidential Debate, ICWSM.

    >>> influence(np.array([0.0, 10, 20]), np.array([np.nan, np.nan, np.nan])).round(2).tolist()
    [3.0, 1.5, 1.0]
    """
    strength = _log_strength(at, followers, decay)
    total = np.logaddexp.accumulate(strength)
    count = len(at)
    found = np.ones(count)
    share = np.exp(strength - total).tolist()
    fade = np.exp(total[:-1] - total[1:]).tolist() if count else []
    passed = 0.0  # what comes after, as seen from the running sum
    for i in range(count - 2, -1, -1):
        passed = float(found[i + 1]) + passed * fade[i]
        found[i] = 1 + share[i] * passed
    return found


def parents(
    at: Floats, followers: Floats, *, decay: float = DECAY, root: float = 1.0
) -> tuple[Ints, Floats]:
    """Give the likeliest parent of each post of a cascade, and how likely it is.

    As in `influence`; root: how many times as strong the original is as its followers say,
    because what everybody passes on is shown with its author. The first post has parent -1.

    >>> parents(np.array([0.0, 10, 20]), np.array([1000.0, 5, 5]))[0].tolist()
    [-1, 0, 0]
    """
    strength = _log_strength(at, followers, decay)
    if len(strength):
        strength[0] += np.log(root)
    total = np.logaddexp.accumulate(strength)
    best = np.maximum.accumulate(strength)
    # Where the running maximum was reached last: of two as strong, the later one.
    places = np.where(strength >= best, np.arange(len(strength)), 0)
    places = np.maximum.accumulate(places)
    parent = np.concatenate([[-1], places[:-1]])[: len(at)].astype(np.int64)
    chance = np.ones(len(at))
    chance[1:] = np.exp(best[:-1] - total[:-1])
    return parent, chance


def doubling_time(at: Floats) -> float | None:
    """Give the seconds in which the number of shares doubled, from a tenth to half of them.

    None with fewer than 20 shares, or if they came at once.
    """
    count = len(at)
    if count < 20:
        return None
    tenth, half = at[count // 10], at[count // 2]
    if half <= tenth:
        return None
    doublings = np.log2((count // 2 + 1) / (count // 10 + 1))
    return float((half - tenth) / doublings) if doublings else None
