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
_MARKS = ("before", "one")  # what `marked` adds


def meetings(traces: Lazy, *, within: int) -> Lazy:
    """Give every two posts that share an object at most `within` seconds apart, once.

    traces: TRACES with any further columns, distinct rows. Returns these columns of the earlier
    post (of two at the same time, the lower number), and author_b, post_b, at_b of the other.
    """
    placed = traces.with_columns(bucket=nw.col("at") // (within + 1))
    taken = {name: name for name in ("author", "post", "at")}
    taken |= {name: name for name in _MARKS if name in traces.collect_schema().names()}
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


def marked(traces: Lazy, *, keep: Keep, several: bool = True) -> Lazy:
    """Give TRACES with `before`, when its author last shared the object (null: never), and `one`.

    one: the post has this object and no other; only if `several`, that is, if posts can have more
    than one. keep: computes a step once. Very few accounts share a thing twice, so these are told
    apart first: sorting all rows would cost more than finding all meetings.
    """
    if several:
        traces = traces.with_columns(one=nw.len().over("post") == 1)
    times = ["object", "author"]
    shared = traces.group_by(*times).agg(times=nw.len())
    again = keep(shared.filter(nw.col("times") > 1).select(*times))
    repeated = traces.join(again, on=times, how="inner").with_columns(
        before=nw.col("at").shift(1).over(*times, order_by=["at", "post"])
    )
    # By name, because a join may order columns in its own way.
    names = [*traces.collect_schema().names(), "before"]
    once = traces.join(again, on=times, how="anti").with_columns(before=nw.lit(None).cast(nw.Int64))
    return nw.concat([once.select(*names), repeated.select(*names)])


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
    several = "one" in traces.collect_schema().names()
    ways = _first_meetings(met, within=within, one=several, loops=loops)
    if several or loops:
        ways = nw.concat([ways, _told_apart(met, one=several)])
    # Counts of what is not null, because sums are 128 bits wide in DuckDB.
    low, high = nw.col("low"), nw.col("high")
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


def _first_meetings(met: Lazy, *, within: int, one: bool, loops: bool) -> Lazy:
    """Give low, high, up and down: 1 where a meeting is a post's first with that author, else null.

    Of one object, an author's posts within the window of a post begin with the one whose
    predecessor lies before the window. So each post that has somebody beside it is counted once
    without making anything distinct, which would cost most. This says nothing of posts with
    several objects, and of an author's meetings with itself: `_told_apart` does.
    """
    at, at_b, before, before_b = (nw.col(n) for n in ("at", "at_b", "before", "before_b"))
    counts = before_b.is_null() | (before_b < at - within)
    counts_b = before.is_null() | (before < at_b - within)
    author, author_b = nw.col("author"), nw.col("author_b")
    if one:
        counts, counts_b = counts & nw.col("one"), counts_b & nw.col("one_b")
    if loops:
        counts, counts_b = counts & (author != author_b), counts_b & (author != author_b)
    ordered = author < author_b
    return met.select(
        low=nw.min_horizontal(author, author_b),
        high=nw.max_horizontal(author, author_b),
        up=nw.when((ordered & counts) | (~ordered & counts_b)).then(1),
        down=nw.when((ordered & counts_b) | (~ordered & counts)).then(1),
    )


def _told_apart(met: Lazy, *, one: bool) -> Lazy:
    """Give low, high, up and down of the posts that `_first_meetings` leaves out."""
    author, author_b = nw.col("author"), nw.col("author_b")
    itself = author == author_b
    aside, aside_b = itself, itself
    if one:
        aside, aside_b = aside | ~nw.col("one"), aside_b | ~nw.col("one_b")
    told = nw.concat(
        [
            met.filter(aside).select("author", "author_b", "post"),
            met.filter(aside_b).select(author="author_b", author_b="author", post="post_b"),
        ]
    ).unique()
    return told.select(
        low=nw.min_horizontal(author, author_b),
        high=nw.max_horizontal(author, author_b),
        up=nw.when(author <= author_b).then(1),
        down=nw.when(author > author_b).then(1),
    )
