r"""How much of a cascade goes through each of its accounts, and who had it from whom."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

DECAY = -0.000068  # per second, as the authors fitted it on reposts on Twitter


def _seen(followers: Floats) -> Floats:
    # Whoever has no followers, or does not say, was still seen by one: himself.
    return np.where(np.isnan(followers) | (followers < 1), 1.0, followers)


def influence(
    at: Floats, followers: Floats, given: Ints | None = None, *, decay: float = DECAY
) -> Floats:
    r"""Give the casIn influence of each post of a cascade: how many come through it, itself too.

    .. math:: p_{ij} = \frac{f_i e^{r (t_j - t_i)}}{\sum_{k<j} f_k e^{r (t_j - t_k)}}, \quad
              \varphi = (I - P)^{-1} 1

    The factor of :math:`t_j` cancels. With :math:`R_j = f_j + R_{j-1} e^{r (t_j - t_{j-1})}`, what
    is still fresh at j, and :math:`T_i = \varphi_{i+1} / R_i + e^{r (t_{i+1} - t_i)} T_{i+1}`, it
    is :math:`\varphi_i = 1 + f_i T_i`: one sweep forwards and one backwards, O(n) instead of O(n³).
    Only differences of times are used, so that it does not matter when they are counted from.

    at: seconds, in order, the original first; of equal times the earlier row is the earlier.
    followers: of each account; below one, or not known (nan), counts 1.
    given: the place of each one's parent, before it, where it is known; -1: it is not. Who has a
    known parent has no chance of another.

    Rizoiu, Graham, Zhang, Zhang, Ackland & Xie (2018), #DebateNight: The Role and Influence of
    Socialbots on Twitter During the First 2016 U.S. Presidential Debate, ICWSM.

    >>> influence(np.array([0.0, 10, 20]), np.array([np.nan, np.nan, np.nan])).round(2).tolist()
    [3.0, 1.5, 1.0]
    """
    seen = _seen(followers).tolist()
    parent = [-1] * len(seen) if given is None else given.tolist()
    fade = np.exp(decay * np.diff(at)).tolist()
    count = len(seen)
    fresh = seen[:1]
    for one, faded in zip(seen[1:], fade, strict=True):
        fresh.append(one + fresh[-1] * faded)
    found = [1.0] * count
    after = 0.0
    for i in range(count - 1, -1, -1):
        if i + 1 < count:
            maybe = found[i + 1] if parent[i + 1] < 0 else 0.0
            after = maybe / fresh[i] + fade[i] * after
            found[i] += seen[i] * after
        if parent[i] >= 0:  # all that came through it came through its parent too
            found[parent[i]] += found[i]
    return np.array(found)


def parents(
    at: Floats, followers: Floats, *, decay: float = DECAY, root: float = 1.0
) -> tuple[Ints, Floats]:
    """Give the likeliest parent of each post of a cascade, and how likely it is.

    As in `influence`; root: how many times as strong the original is as its followers say,
    because what everybody passes on is shown with its author. The first post has parent -1.

    >>> parents(np.array([0.0, 10, 20]), np.array([1000.0, 5, 5]))[0].tolist()
    [-1, 0, 0]
    """
    if not len(at):
        return np.empty(0, np.int64), np.empty(0)
    strength: Floats = np.log(_seen(followers)) - decay * (at - at[0])
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
