"""Through whom a post went: as its platform says where it does, else the likeliest way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from analysis.graphs.cascade.influence import parents

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Way = Literal["followers", "original"]

# How many times as strong the original is as its followers say. Chosen where true parents are
# known (`python -m bench.cascades`): the stronger it is, the more often the guess is right.
ORIGINAL = 1e6
_KNOWN = 0.5  # of the followers; with fewer, recency alone would guess, and it is right for 1 %


@dataclass(frozen=True, slots=True)
class Tree:
    """Who had it from whom; the original is the first and has parent -1."""

    parent: Ints
    given: int  # how many parents the platform says
    way: Way  # how the others were found: by followers and recency, or all from the original


def tree_of(at: Floats, followers: Floats, given: Ints) -> Tree:
    """Give the tree of a cascade.

    at, followers: as in `influence`; given: the place of the parent that the platform says,
    before its child; -1: it says none. The others get the likeliest parent by followers and
    recency where most followers are known, else the original, which then is the best guess.

    >>> nobody = np.full(4, np.nan)
    >>> tree_of(np.array([0.0, 10, 20, 30]), nobody, np.array([-1, -1, 1, 2])).parent.tolist()
    [-1, 0, 1, 2]
    """
    count = len(at)
    said = given >= 0
    known = np.isfinite(followers[1:]).sum() >= _KNOWN * (count - 1)
    if known:
        # Its chance is left aside: by such an original it is near 1, and the guess is not.
        guess, _ = parents(at, followers, root=ORIGINAL)
    else:
        guess = np.concatenate([[-1], np.zeros(max(count - 1, 0), np.int64)])[:count]
    return Tree(
        parent=np.where(said, given, guess).astype(np.int64),
        given=int(said.sum()),
        way="followers" if known else "original",
    )
