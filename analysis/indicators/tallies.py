"""How many acts each author has, kept as a histogram: authors with the same numbers are alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]
_RESAMPLES = 200
_SEED = 7  # of the bootstrap: the same posts give the same interval


@dataclass(frozen=True)
class Tallies:
    """Classes of authors, most active first: acts and reposts of one, and how many are in it."""

    acts: Floats
    reposts: Floats
    authors: Floats

    @property
    def total(self) -> int:
        """All acts."""
        return int(self.acts @ self.authors)

    @property
    def count(self) -> int:
        """All authors."""
        return int(self.authors.sum())

    @cached_property
    def resamples(self) -> Floats:
        """Draws of authors with replacement: a row per draw, a column per class of authors.

        Authors are drawn and not acts, because what one author does hangs together (cluster
        bootstrap: Efron & Tibshirani 1993, An Introduction to the Bootstrap). Seeded.
        """
        rng = np.random.default_rng(_SEED)
        shares = self.authors / self.count
        return rng.multinomial(self.count, shares, size=_RESAMPLES).astype(np.float64)


def tallies(acts: pl.DataFrame) -> Tallies:
    """Count per author: acts with author_id and is_repost.

    >>> acts = pl.DataFrame({"author_id": [1, 1, 2, 3], "is_repost": [True, False, True, True]})
    >>> told = tallies(acts)
    >>> told.acts.tolist(), told.reposts.tolist(), told.authors.tolist()
    ([2.0, 1.0], [1.0, 1.0], [1.0, 2.0])
    """
    per_author = acts.group_by("author_id").agg(
        acts=pl.len().cast(pl.Float64), reposts=pl.col("is_repost").sum().cast(pl.Float64)
    )
    classes = (
        per_author.group_by("acts", "reposts")
        .agg(authors=pl.len().cast(pl.Float64))
        .sort("acts", "reposts", descending=True)
    )
    return Tallies(*(classes[name].to_numpy() for name in ("acts", "reposts", "authors")))


def middle_95(values: Floats, value: float) -> tuple[float, float]:
    """Give the 2.5th and the 97.5th percentile, widened to hold the value itself.

    What depends on the few most active authors shifts when authors are drawn twice.
    """
    low, high = np.nanpercentile(values, (2.5, 97.5))
    return min(float(low), value), max(float(high), value)
