"""A weighted edge list as whole numbers, which the kernels of this package count with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.graphs import places

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """Edges by the place of their ends among the sorted names."""

    names: pl.Series  # sorted, each once
    source: Ints
    target: Ints
    weight: Floats

    @property
    def size(self) -> int:
        """How many nodes there are."""
        return len(self.names)


def numbered(edges: pl.DataFrame) -> Numbered:
    """Number the ends of edges in the alphabet's order.

    edges: source, target (text or whole numbers), weight.

    >>> edges = pl.DataFrame({"source": ["b", "a"], "target": ["a", "c"], "weight": [1, 2]})
    >>> found = numbered(edges)
    >>> found.names.to_list(), found.source.tolist(), found.target.tolist()
    (['a', 'b', 'c'], [1, 0], [0, 2])
    """
    names, ends = places.numbered([edges["source"], edges["target"]])
    source, target = (end.astype(np.int64) for end in ends)
    weight = edges["weight"].cast(pl.Float64).to_numpy()
    return Numbered(names=names, source=source, target=target, weight=weight)


def totals(ends: Ints, weight: Floats, size: int) -> Floats:
    """Add up the weight at each node.

    >>> totals(np.array([0, 2, 0]), np.array([1.0, 2.0, 3.0]), 4)
    array([4., 0., 2., 0.])
    """
    return np.bincount(ends, weight, size).astype(np.float64, copy=False)
