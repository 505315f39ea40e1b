"""What is shared together: hashtags in the same posts, links by the same accounts."""

from __future__ import annotations

import polars as pl

from analysis.graphs.backbone import disparity
from analysis.graphs.edge_counts import HELD, accounts_of, by_edge, held_edges, pairs_held
from analysis.graphs.partition import partition_of
from analysis.graphs.traces import plain_link
from monitor.drawing.drawing import Drawing, nodes_of
from monitor.engines import Engine

HASHTAG_COLUMNS = ("post_key", "author_key", "kind", "sort_at", "hashtags")
LINK_COLUMNS = ("post_key", "author_key", "kind", "sort_at", "urls")
# Who shares more links than this is a feed, and joins everything with everything: 200 links are
# 20,000 pairs.
MOST_LINKS = 200
_ROWS = 250_000  # that are handed over at once


def hashtags(posts: pl.DataFrame, name: str, engine: Engine) -> Drawing:
    """Draw which hashtags stand in the same posts. posts: `HASHTAG_COLUMNS` of POSTS.

    Nodes: hashtags, with posts and accounts that used them. Edges, without direction: weight is
    the number of posts with both, each post once; own is how many of them are no reposts;
    accounts, first_at, last_at, p (disparity filter). engine: what counts the edges.
    """
    # As they were normalized; a post that repeats one has it once.
    used = posts.with_columns(pl.col("hashtags").list.unique().list.sort())
    several = used.filter(pl.col("hashtags").list.len() > 1).explode("hashtags")
    held = several.select(
        by="post_key", author="author_key", shared="hashtags",
        own=(pl.col("kind") != "repost").cast(pl.Int64), at=pl.col("sort_at").dt.epoch("us"),
    )  # fmt: skip
    pairs = engine.keep(pairs_held(engine.load(held.iter_slices(_ROWS), HELD)))
    edges = by_edge(engine.collect(held_edges(pairs)), ("weight", "own"))
    whose = engine.collect(accounts_of(pairs)).with_columns(pl.col("accounts").cast(pl.Int64))
    weighed = edges.join(whose, on=["source", "target"]).select(
        "source", "target", "weight", "own", "accounts", "first_at", "last_at", "days"
    )
    each = used.explode("hashtags").group_by(key="hashtags").agg(
        posts=pl.len().cast(pl.Int64), accounts=pl.col("author_key").n_unique().cast(pl.Int64)
    )  # fmt: skip
    return _drawn(weighed, each, kind="hashtags", what="hashtags", name=f"hashtags of {name}")


def links(posts: pl.DataFrame, name: str, engine: Engine) -> Drawing:
    """Draw which links are shared by the same accounts. posts: `LINK_COLUMNS` of POSTS.

    Nodes: addresses (without protocol, campaign marks and fragments), with the accounts that
    shared them and how often. Edges, without direction: weight is the number of accounts that
    shared both, at any time; first_at and last_at are of the later of the two shares, by the first
    and the last account. Reposts pass on what another chose, and are left out. engine: what counts
    the edges.
    """
    shares = (
        posts.filter(pl.col("kind") != "repost")
        .explode("urls")
        .drop_nulls("urls")
        .with_columns(link=plain_link("urls"))
        .filter(pl.col("link") != "")
    )
    first = shares.group_by("author_key", "link").agg(at=pl.col("sort_at").min())
    feeds = first.group_by("author_key").len().filter(pl.col("len") > MOST_LINKS)
    held = first.join(feeds, on="author_key", how="anti").select(
        by="author_key", author="author_key", shared="link", own=pl.lit(1, pl.Int64),
        at=pl.col("at").dt.epoch("us"),
    )  # fmt: skip
    pairs = pairs_held(engine.load(held.iter_slices(_ROWS), HELD))
    weighed = by_edge(engine.collect(held_edges(pairs)), ("weight",))
    each = shares.group_by(key="link").agg(
        posts=pl.col("post_key").n_unique().cast(pl.Int64),
        accounts=pl.col("author_key").n_unique().cast(pl.Int64),
    )
    drawing = _drawn(weighed, each, kind="links", what="links", name=f"links of {name}")
    if feeds.height:
        told = f"{feeds.height:,} accounts with more than {MOST_LINKS} links are left out: feeds."
        drawing = drawing.but(lines=(*drawing.lines, told))
    return drawing


def _drawn(edges: pl.DataFrame, each: pl.DataFrame, *, kind: str, what: str, name: str) -> Drawing:
    ordered = edges.sort("source", "target")
    ordered = ordered.with_columns(disparity(ordered, directed=False))
    partition = partition_of(ordered)
    nodes = nodes_of(ordered).join(each, on="key", how="left")
    nodes = nodes.join(partition, left_on="key", right_on="account", how="left").sort("key")
    return Drawing(
        kind=kind,
        name=name,
        directed=False,
        what=what,
        nodes=nodes.select("key", pl.col("key").alias("label"), pl.exclude("key", "days"), "days"),
        edges=ordered.select(pl.exclude("days"), "days"),
        communities=partition["community"].n_unique(),
    )
