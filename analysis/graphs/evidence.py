"""The posts that prove an edge: what two accounts shared, when, and who was first."""

from __future__ import annotations

import narwhals as nw
import polars as pl

from analysis.graphs.coaction import Keep, Lazy, Load, meetings

EVIDENCE = pl.Schema(
    {
        "trace": pl.Int64(),
        "object": pl.Int64(),
        "author": pl.Int64(),  # who was first; at the same second, the lower number
        "post": pl.Int64(),
        "at": pl.Int64(),
        "author_b": pl.Int64(),
        "post_b": pl.Int64(),
        "at_b": pl.Int64(),
    }
)
# Directed: one row for each way.
TIES = pl.Schema(
    {
        "author": pl.Int64(),
        "author_b": pl.Int64(),
        "weight": pl.Int64(),  # posts of the author that have one of the other beside them
        "objects": pl.Int64(),
        "first": pl.Int64(),  # how often the author was the first of the two
        "mean_delay": pl.Float64(),  # seconds between the two posts
        "first_at": pl.Int64(),  # of the earliest and the latest post behind the edge
        "last_at": pl.Int64(),
        "posts": pl.List(pl.Int64()),  # all posts behind the edge, of both, the earliest first
    }
)


def evidence(
    traces: Lazy, edges: pl.DataFrame, *, within: int, load: Load, keep: Keep
) -> pl.DataFrame:
    """Give every meeting behind the edges: EVIDENCE, in the order of time.

    traces: TRACES. edges: low, high. load: brings a frame into the engine.
    """
    ends = pl.concat([edges["low"], edges["high"]]).unique().sort().to_frame("author")
    authors = load([ends], pl.Schema({"author": pl.Int64()}))
    pairs = load([edges.select("low", "high")], pl.Schema({"low": pl.Int64(), "high": pl.Int64()}))
    some = keep(traces.join(authors, on="author", how="inner"))
    one, other = nw.col("author"), nw.col("author_b")
    met = meetings(some, within=within).with_columns(
        low=nw.min_horizontal(one, other), high=nw.max_horizontal(one, other)
    )
    told = keep(met.join(pairs, on=["low", "high"], how="inner").select(*EVIDENCE.names()))
    frame = pl.DataFrame(told.collect("polars").to_native()).cast(EVIDENCE)
    return frame.sort("at", "at_b", "author", "author_b", "trace", "object", "post", "post_b")


def ties(meetings_: pl.DataFrame) -> pl.DataFrame:
    """Give the directed edges that the meetings make: TIES, by author and author_b.

    meetings_: EVIDENCE.
    """
    mine = meetings_.with_columns(first=pl.lit(1), delay=pl.col("at_b") - pl.col("at"))
    swap = {"author": "author_b", "post": "post_b", "at": "at_b"}
    theirs = mine.rename({**swap, **{b: a for a, b in swap.items()}}).with_columns(first=pl.lit(0))
    both = pl.concat([mine, theirs.select(mine.columns)])
    edges = both.group_by("author", "author_b").agg(
        weight=pl.col("post").n_unique(),
        objects=pl.col("object").n_unique(),
        first=pl.col("first").sum(),
        mean_delay=pl.col("delay").mean(),
        first_at=pl.min_horizontal(pl.col("at").min(), pl.col("at_b").min()),
        last_at=pl.max_horizontal(pl.col("at").max(), pl.col("at_b").max()),
    )
    posts = pl.concat(
        [both.select("author", "author_b", "post", "at"),
         both.select("author", "author_b", post="post_b", at="at_b")]
    )  # fmt: skip
    listed = (
        posts.unique()
        .sort("at", "post")
        .group_by("author", "author_b", maintain_order=True)
        .agg(posts=pl.col("post").unique(maintain_order=True))
    )
    joined = edges.join(listed, on=["author", "author_b"])
    return joined.select(*TIES.names()).cast(TIES).sort("author", "author_b")
