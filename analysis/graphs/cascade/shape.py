"""What shape a cascade has: a broadcast, or passed on from one to the next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of one tree."""

    size: int
    depth: int  # steps from the original to the farthest
    breadth: int  # the most at one depth
    virality: float  # mean distance of two; 2 (n - 1) / n in a star, (n + 1) / 3 in a path


def shape_of(parent: Ints) -> Shape:
    r"""Give the shape of a tree. parent: the place of each one's parent, before it; -1: none.

    Structural virality is the mean distance of all pairs,

    .. math:: v = \frac{2}{n (n - 1)} \sum_{e} s_e (n - s_e)

    with s the size of what hangs under an edge: O(n). Goel, Anderson, Hofman & Watts (2016), The
    Structural Virality of Online Diffusion, Management Science 62(1).

    >>> shape_of(np.array([-1, 0, 0, 0]))
    Shape(size=4, depth=1, breadth=3, virality=1.5)
    """
    count = len(parent)
    if not count:
        return Shape(0, 0, 0, 0.0)
    depth = np.zeros(count, np.int64)
    for place in range(1, count):
        depth[place] = depth[parent[place]] + 1
    under = np.ones(count, np.int64)
    for place in range(count - 1, 0, -1):
        under[parent[place]] += under[place]
    apart = float((under[1:] * (count - under[1:])).sum())
    mean = apart / (count * (count - 1) / 2) if count > 1 else 0.0
    return Shape(count, int(depth.max(initial=0)), int(np.bincount(depth).max()), mean)
