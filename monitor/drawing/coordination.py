"""The network of accounts that act together more often than chance explains."""

from __future__ import annotations

import polars as pl

from analysis.graphs.backbone import disparity
from monitor.drawing.drawing import DAYS, Drawing, nodes_of


def coordination(
    accounts: pl.DataFrame, edges: pl.DataFrame, evidence: pl.DataFrame, name: str
) -> Drawing:
    """Draw what `gaung coordination` found, with the columns that it has.

    accounts, edges, evidence: ACCOUNTS, EDGES and EVIDENCE of `monitor.coordination.found`. Nodes:
    the accounts of any edge, with score, q, group and posts. Edges, both ways of a pair: weight,
    q, first_at, last_at, posts and what the two share; days are those on which they met. Also p,
    the disparity filter's, which asks something else: whether the tie is heavy for its ends.
    """
    met = _days(evidence)
    drawn = (
        edges.sort("source", "target")
        .join(met, on=["source", "target"], how="left", maintain_order="left")
        .select(pl.exclude("days"), "days")
    )
    drawn = drawn.with_columns(disparity(drawn, directed=True)).select(pl.exclude("days"), "days")
    known = accounts.select(
        "score", "q", "group", "posts", key="account", label=pl.coalesce("handle", "account")
    )
    nodes = nodes_of(drawn).join(known, on="key", how="left").sort("key")
    return Drawing(
        kind="coordination",
        name=f"coordination in {name}",
        directed=True,
        what="accounts",
        nodes=nodes.select("key", "label", pl.exclude("key", "label", "days"), "days"),
        edges=drawn,
        lines=(f"{drawn['group'].drop_nulls().n_unique():,} groups.",),
    )


def _days(evidence: pl.DataFrame) -> pl.DataFrame:
    """Give source, target and the days on which either's post met the other's, both ways."""
    first, then = pl.col("first_account"), pl.col("then_account")
    each = pl.concat(
        [
            evidence.select(source=source, target=target, at=pl.col(at))
            for source, target in ((first, then), (then, first))
            for at in ("first_at", "then_at")
        ]
    )
    days = each.group_by("source", "target").agg(days=pl.col("at").dt.date().unique().sort())
    return days.cast({"days": DAYS})
