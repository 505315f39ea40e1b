r"""Who does the same thing at nearly the same time: windowed co-action, on any engine.

Written against narwhals, so that one text runs on DuckDB, Polars and Spark. Rows that share an
object within a window are found by an equality join on buckets of W + 1 seconds: a later row at
most W seconds away is in the same bucket or in the next one, so each pair meets exactly once, and
engines that only join by equality well do not compare all with all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import narwhals as nw
import polars as pl

Lazy = nw.LazyFrame[Any]
Keep = Callable[[Lazy], Lazy]  # computes a step once
Load = Callable[[Iterable[pl.DataFrame], pl.Schema], Lazy]  # brings frames into an engine

# One row per object that a post shares. Identifiers are hashes: what they stand for is looked up
# only for what is shown.
TRACES = pl.Schema(
    {
        "trace": pl.Int64(),  # what kind of object: the place of its name in `traces.TRACE_NAMES`
        "object": pl.Int64(),  # unequal for objects of different traces
        "author": pl.Int64(),
        "post": pl.Int64(),
        "at": pl.Int64(),  # seconds since 1970, UTC
    }
)
# Ways in which a meeting counts: for both sides, or only for the posts of the lower or higher
# author, where one of them has several posts that must not be counted twice.
_BOTH, _LOW, _HIGH = 0, 1, 2


def meetings(traces: Lazy, *, within: int) -> Lazy:
    """Give every two posts that share an object at most `within` seconds apart, once.

    traces: TRACES with any further columns, distinct rows. Returns these columns of the earlier
    post (of two at the same time, the lower number), and author_b, post_b, at_b of the other.
    """
    placed = traces.with_columns(bucket=nw.col("at") // (within + 1))
    taken = {name: name for name in ("author", "post", "at")}
    taken |= {"single": "single"} if "single" in traces.collect_schema().names() else {}
    later = nw.concat(
        [
            placed.select(
                "object",
                (nw.col("bucket") - shift).alias("bucket"),
                *(nw.col(name).alias(f"{name}_b") for name in taken),
            )
            for shift in (0, 1)
        ]
    )
    met = placed.join(later, on=["object", "bucket"], how="inner")
    at, at_b = nw.col("at"), nw.col("at_b")
    after = (at_b > at) | ((at_b == at) & (nw.col("post_b") > nw.col("post")))
    return met.filter(after & (at_b - at <= within)).drop("bucket")


def marked(traces: Lazy, *, within: int) -> Lazy:
    """Give TRACES with `single`: no other post of its author can meet what this post meets.

    True where the post has one object and its author has no other post on it within 2 W seconds:
    two posts at most W from a third are at most 2 W from each other. Most rows are single, and
    their meetings need not be made distinct, which is what costs most.
    """
    at, times = nw.col("at"), ("object", "author")
    before = at - at.shift(1).over(*times, order_by=["at", "post"])
    after = at.shift(-1).over(*times, order_by=["at", "post"]) - at
    alone = ((before > 2 * within) | before.is_null()) & ((after > 2 * within) | after.is_null())
    return traces.with_columns(single=alone & (nw.len().over("post") == 1))


def co_action(
    traces: Lazy, *, within: int, keep: Keep, min_weight: int = 1, loops: bool = False
) -> Lazy:
    r"""Give the directed edges of windowed co-action: author, author_b, weight.

    .. math:: w(u \to v) = |\{ m \in P_u : \exists m' \in P_v, m' \ne m, O_m \cap O_{m'} \ne
              \emptyset, |t_m - t_{m'}| \le W \}|

    The posts of u that have a post of v beside them. traces: `marked`, best kept. keep: computes a
    step once, as engines do. Self-loops (the same author twice) only with `loops`; the order of
    rows is not defined.

    Graham, QUT Digital Observatory (2020), coordination-network-toolkit: the same edges and
    weights.
    """
    met = meetings(traces, within=within)
    if not loops:
        met = met.filter(nw.col("author") != nw.col("author_b"))
    low, high = nw.col("low"), nw.col("high")
    ways = _ways(met).with_columns(
        up=nw.when(nw.col("way") != _HIGH).then(1), down=nw.when(nw.col("way") != _LOW).then(1)
    )
    # Counts of what is not null, because sums are 128 bits wide in DuckDB.
    counted = ways.group_by("low", "high").agg(nw.col("up").count(), nw.col("down").count())
    if min_weight > 1:
        enough = (nw.col("up") >= min_weight) | (nw.col("down") >= min_weight)
        counted = counted.filter(enough)
    counted = keep(counted)
    edges = nw.concat(
        [
            counted.select(author=low, author_b=high, weight="up"),
            counted.filter(low != high).select(author=high, author_b=low, weight="down"),
        ]
    )
    return edges.filter(nw.col("weight") >= min_weight)


def _ways(met: Lazy) -> Lazy:
    """Give low, high and way of each meeting that counts."""
    one, other = nw.col("author"), nw.col("author_b")
    plain = nw.col("single") & nw.col("single_b")
    both = met.filter(plain).select(
        low=nw.min_horizontal(one, other), high=nw.max_horizontal(one, other), way=nw.lit(_BOTH)
    )
    rest = met.filter(~plain)
    told = nw.concat(
        [
            rest.select("author", "author_b", "post"),
            rest.select(author="author_b", author_b="author", post="post_b"),
        ]
    ).unique()
    each = told.select(
        low=nw.min_horizontal(one, other),
        high=nw.max_horizontal(one, other),
        way=nw.when(one <= other).then(_LOW).otherwise(_HIGH),
    )
    return nw.concat([both, each])
