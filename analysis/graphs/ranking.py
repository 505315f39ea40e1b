"""Who is amplified most, and who amplifies most: counted from the edges, without a graph."""

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
    return _top(edges, k, by="target_author_key", other="author_key")


def top_amplifiers(edges: pl.DataFrame, k: int) -> pl.DataFrame:
    """Give the k authors that amplified others most often; columns as in `top_amplified`.

    >>> from datetime import UTC, datetime
    >>> noon = datetime(2026, 8, 18, 12, tzinfo=UTC)
    >>> acts = [("a", "x", "repost", 3, noon), ("b", "x", "reply", 1, noon)]
    >>> top_amplifiers(pl.DataFrame(acts, schema=EDGES, orient="row"), 1).rows()
    [('a', 3, 3, 0, 0, 0, 0, 1)]
    """
    return _top(edges, k, by="author_key", other="target_author_key")


def pairs(edges: pl.DataFrame) -> pl.DataFrame:
    """Give the edges that lead from one known author to another."""
    return require(edges, EDGES).filter(
        pl.col("author_key").is_not_null(),
        pl.col("author_key") != pl.col("target_author_key"),
    )


def by_kind() -> list[pl.Expr]:
    """Give one sum of counts per kind of amplification, named by it."""
    return [pl.col("count").filter(pl.col("kind") == kind).sum().alias(kind) for kind in KINDS]


def _top(edges: pl.DataFrame, k: int, *, by: str, other: str) -> pl.DataFrame:
    totals = (
        pairs(edges)
        .group_by(author_key=by)
        .agg(
            pl.col("count").sum().alias("total"),
            *by_kind(),
            pl.col(other).n_unique().cast(pl.Int64).alias("counterparties"),
        )
    )
    order = ["total", "counterparties", "author_key"]
    return totals.sort(order, descending=[True, True, False]).head(k)
