"""The columns of edges, counted by any engine: who acted on whom, what is shared together.

Written against narwhals, on texts and whole numbers only, so that DuckDB, Polars and Spark give the
same. Each function gives one row per edge and day: of that, few columns are left to be put together
in the memory of one machine (`by_edge`).
"""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw
import polars as pl

from analysis.graphs.coaction import Lazy

_DAY = 24 * 60 * 60 * 1_000_000  # microseconds
_ENDS = ("source", "target")

# One row per act. at: microseconds since 1970, UTC, here and below; null where it is unknown.
ACTED = pl.Schema(
    {"source": pl.String(), "target": pl.String(), "kind": pl.String(), "at": pl.Int64()}
)
# One row per thing that a holder has: a hashtag of a post, a link of an account.
HELD = pl.Schema(
    {
        "by": pl.String(),  # the holder: what has two things puts them together
        "author": pl.String(),
        "shared": pl.String(),
        "own": pl.Int64(),  # 1: the holder's own; 0: passed on
        "at": pl.Int64(),
    }
)


def acted_edges(acts: Lazy, kinds: Sequence[str]) -> Lazy:
    """Give who acted on whom, by day: source, target, day, weight, one count per kind, first, last.

    acts: ACTED. Acts on oneself or on nobody known are left out.
    """
    source, target = nw.col("source"), nw.col("target")
    known = acts.filter(~source.is_null() & ~target.is_null()).filter(source != target)
    one = {kind: nw.when(nw.col("kind") == kind).then(1).otherwise(0) for kind in kinds}
    counted = known.with_columns(day=nw.col("at") // _DAY, **one)
    return counted.group_by(*_ENDS, "day").agg(
        weight=nw.len(), **{kind: nw.col(kind).sum() for kind in kinds}, **_times()
    )


def pairs_held(held: Lazy) -> Lazy:
    """Give every two things that a holder has, the lesser first; at: when it had both.

    held: HELD, each thing of a holder once. source, target, author, own, at, day.
    """
    other = held.select("by", target="shared", at_other="at")
    met = held.join(other, on="by", how="inner").filter(nw.col("shared") < nw.col("target"))
    at = nw.max_horizontal("at", "at_other")
    return met.select("target", "author", "own", source="shared", at=at, day=at // _DAY)


def held_edges(pairs: Lazy) -> Lazy:
    """Give what is held together, by day: source, target, day, weight, own, first, last.

    pairs: as `pairs_held` gives them.
    """
    return pairs.group_by(*_ENDS, "day").agg(weight=nw.len(), own=nw.col("own").sum(), **_times())


def accounts_of(pairs: Lazy) -> Lazy:
    """Give by how many accounts each pair is held: source, target, accounts."""
    return pairs.group_by(*_ENDS).agg(accounts=nw.col("author").n_unique())


def by_edge(daily: pl.DataFrame, counts: Sequence[str]) -> pl.DataFrame:
    """Put the days of each edge together: source, target, counts, first_at, last_at, days.

    Sorted by source and target; days are those of known times.
    """
    day = pl.from_epoch("day", time_unit="d").cast(pl.Date)
    return (
        daily.group_by(*_ENDS)
        .agg(
            *(pl.col(name).sum().cast(pl.Int64) for name in counts),
            first_at=_moment(pl.col("first").min()),
            last_at=_moment(pl.col("last").max()),
            days=day.drop_nulls().unique().sort(),
        )
        .sort(*_ENDS)
    )


def _times() -> dict[str, nw.Expr]:
    return {"first": nw.col("at").min(), "last": nw.col("at").max()}


def _moment(at: pl.Expr) -> pl.Expr:
    return at.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
