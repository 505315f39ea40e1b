"""Who is amplified most: counted from the edges, without a graph."""

from __future__ import annotations

import polars as pl

from analysis.frames import EDGES, require

KINDS = ("repost", "quote", "reply", "mention", "forward")


def top_amplified(edges: pl.DataFrame, k: int) -> pl.DataFrame:
    """Give the k authors that were amplified most often.

    edges: EDGES. Returns author_key, total, repost, quote, reply, mention, forward, counterparties
    (the distinct authors who did it); by total, then counterparties, then author_key.

    >>> from datetime import UTC, datetime
    >>> noon = datetime(2026, 8, 18, 12, tzinfo=UTC)
    >>> acts = [("a", "x", "repost", 3, noon), ("b", "x", "reply", 1, noon)]
    >>> top_amplified(pl.DataFrame(acts, schema=EDGES, orient="row"), 1).rows()
    [('x', 4, 3, 0, 1, 0, 0, 2)]
    """
    totals = (
        pairs(edges)
        .group_by(author_key="target_author_key")
        .agg(
            pl.col("count").sum().alias("total"),
            *(pl.col("count").filter(pl.col("kind") == kind).sum().alias(kind) for kind in KINDS),
            pl.col("author_key").n_unique().cast(pl.Int64).alias("counterparties"),
        )
    )
    order = ["total", "counterparties", "author_key"]
    return totals.sort(order, descending=[True, True, False]).head(k)


def pairs(edges: pl.DataFrame) -> pl.DataFrame:
    """Give the edges that lead from one known author to another."""
    return require(edges, EDGES).filter(
        pl.col("author_key").is_not_null(),
        pl.col("author_key") != pl.col("target_author_key"),
    )
