"""How an issue leaves the community that began it."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from analysis.graphs.ranking import pairs

_CROSSINGS = {
    "community": pl.Int64(),
    "first_at": pl.Datetime("us", "UTC"),
    "amplifiers": pl.Int64(),
}


def crossings(edges: pl.DataFrame, partition: Mapping[str, int], origin: int) -> pl.DataFrame:
    """Tell when each other community first amplified the origin's authors, and by how many.

    edges: EDGES; partition: the community of each author. Returns community, first_at,
    amplifiers (its distinct authors who did), the earliest first. Authors in no community are
    left out.

    Weng, Menczer & Ahn (2013), Virality Prediction and Community Structure in Social Networks.
    Scientific Reports 3: what crosses early into several communities goes on to grow.

    >>> from datetime import UTC, datetime
    >>> from analysis.frames import EDGES
    >>> noon = datetime(2026, 8, 18, 12, tzinfo=UTC)
    >>> acts = [("b", "a", "repost", 2, noon), ("c", "a", "reply", 1, noon)]
    >>> edges = pl.DataFrame(acts, schema=EDGES, orient="row")
    >>> partition = {"a": 1, "b": 2, "c": 2}
    >>> crossings(edges, partition, origin=1).select("community", "amplifiers").rows()
    [(2, 2)]
    """
    authors = {"author_key": list(partition), "community": list(partition.values())}
    known = pl.DataFrame(authors, schema={"author_key": pl.String, "community": pl.Int64})
    begun = known.filter(pl.col("community") == origin)
    others = known.filter(pl.col("community") != origin)
    return (
        pairs(edges)
        .join(begun, left_on="target_author_key", right_on="author_key", how="semi")
        .join(others, on="author_key")
        .group_by("community")
        .agg(
            pl.col("first_at").min(),
            pl.col("author_key").n_unique().cast(pl.Int64).alias("amplifiers"),
        )
        .cast(_CROSSINGS)  # type: ignore[arg-type]
        .sort("first_at", "community")
    )
