"""What is shared together: hashtags in the same posts, links by the same accounts."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from analysis.graphs.backbone import disparity
from analysis.graphs.partition import partition_of
from analysis.graphs.traces import plain_link
from monitor.drawing.drawing import Drawing, days_of, nodes_of

HASHTAG_COLUMNS = ("post_key", "author_key", "kind", "sort_at", "hashtags")
LINK_COLUMNS = ("post_key", "author_key", "kind", "sort_at", "urls")
# Who shares more links than this is a feed, and joins everything with everything: 200 links are
# 20,000 pairs.
MOST_LINKS = 200
_POSTS = 200_000  # whose pairs are made at once


def hashtags(posts: pl.DataFrame, name: str) -> Drawing:
    """Draw which hashtags stand in the same posts. posts: `HASHTAG_COLUMNS` of POSTS.

    Nodes: hashtags, with posts and accounts that used them. Edges, without direction: weight is
    the number of posts with both, each post once; own is how many of them are no reposts;
    accounts, first_at, last_at, p (disparity filter).
    """
    # As they were normalized; a post that repeats one has it once.
    used = posts.with_columns(pl.col("hashtags").list.unique().list.sort())
    edges = _together(
        used.filter(pl.col("hashtags").list.len() > 1).select(
            by="post_key", author="author_key", at="sort_at", own=pl.col("kind") != "repost",
            shared="hashtags",
        )
    )  # fmt: skip
    weighed = edges.group_by("source", "target").agg(
        weight=pl.col("weight").sum(),
        own=pl.col("own").sum(),
        accounts=pl.col("authors").explode().n_unique().cast(pl.Int64),
        first_at=pl.col("first_at").min(),
        last_at=pl.col("last_at").max(),
        days=pl.col("days").explode().unique().sort(),
    )
    each = used.explode("hashtags").group_by(key="hashtags").agg(
        posts=pl.len().cast(pl.Int64), accounts=pl.col("author_key").n_unique().cast(pl.Int64)
    )  # fmt: skip
    return _drawn(weighed, each, kind="hashtags", what="hashtags", name=f"hashtags of {name}")


def links(posts: pl.DataFrame, name: str) -> Drawing:
    """Draw which links are shared by the same accounts. posts: `LINK_COLUMNS` of POSTS.

    Nodes: addresses (without protocol, campaign marks and fragments), with the accounts that
    shared them and how often. Edges, without direction: weight is the number of accounts that
    shared both, at any time; first_at and last_at are of the later of the two shares, by the first
    and the last account. Reposts pass on what another chose, and are left out.
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
    by_account = (
        first.join(feeds, on="author_key", how="anti")
        .sort("author_key", "link")
        .group_by("author_key", maintain_order=True)
        .agg(shared="link", times="at")
        .filter(pl.col("shared").list.len() > 1)
    )
    edges = pl.concat([_links_together(part) for part in _parts(by_account)] or [_NO_LINKS])
    weighed = edges.group_by("source", "target").agg(
        weight=pl.len().cast(pl.Int64),
        first_at=pl.col("at").min(),
        last_at=pl.col("at").max(),
        days=days_of("at"),
    )
    each = shares.group_by(key="link").agg(
        posts=pl.col("post_key").n_unique().cast(pl.Int64),
        accounts=pl.col("author_key").n_unique().cast(pl.Int64),
    )
    drawing = _drawn(weighed, each, kind="links", what="links", name=f"links of {name}")
    if feeds.height:
        told = f"{feeds.height:,} accounts with more than {MOST_LINKS} links are left out: feeds."
        drawing = drawing.but(lines=(*drawing.lines, told))
    return drawing


_NO_LINKS = pl.DataFrame(
    schema={"source": pl.String, "target": pl.String, "at": pl.Datetime("us", "UTC")}
)


def _links_together(accounts: pl.DataFrame) -> pl.DataFrame:
    """Give the pairs of links of each account, and when it had shared both."""
    each = accounts.explode("shared", "times").with_columns(
        place=pl.int_range(pl.len()).over("author_key")
    )
    pairs = each.join(each, on="author_key", suffix="_other").filter(
        pl.col("place") < pl.col("place_other")
    )
    return pairs.select(
        source="shared", target="shared_other", at=pl.max_horizontal("times", "times_other")
    )


def _together(used: pl.DataFrame) -> pl.DataFrame:
    """Give the pairs of what each post holds, added up in parts."""
    told = [
        each.join(each.select("by", other="shared"), on="by")
        .filter(pl.col("shared") < pl.col("other"))
        .group_by(source="shared", target="other")
        .agg(
            weight=pl.len().cast(pl.Int64),
            own=pl.col("own").sum().cast(pl.Int64),
            authors=pl.col("author").unique(),
            first_at=pl.col("at").min(),
            last_at=pl.col("at").max(),
            days=days_of("at"),
        )
        for part in _parts(used)
        for each in [part.explode("shared")]
    ]
    return pl.concat(told)


def _parts(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    yield from frame.iter_slices(_POSTS)
    if frame.is_empty():
        yield frame


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
