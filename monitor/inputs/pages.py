"""Pages that importers make, as posts and acts."""

from __future__ import annotations

import polars as pl

from analysis.frames import ACTS, POSTS
from collectors.page import Page


def posts_of(page: Page) -> pl.DataFrame:
    """Give the matched posts of a page: POSTS."""
    authors = page.authors.unique("author_key", keep="last").select(
        "author_key", "handle", "followers", author_created_at="created_at"
    )
    mentions = (
        page.interactions.filter(pl.col("kind") == "mention", pl.col("post_key").is_not_null())
        .group_by("post_key", maintain_order=True)
        .agg(pl.col("target_author_key").drop_nulls().alias("mentions"))
    )
    posts = page.posts.filter(pl.col("captured_as") == "matched", pl.col("kind") != "article")
    return (
        posts.join(authors, on="author_key", how="left")
        .join(mentions, on="post_key", how="left")
        .with_columns(
            # As the store has it: the earlier of the two clocks.
            sort_at=pl.min_horizontal("created_at", "indexed_at"),
            media=pl.lit(None, pl.List(pl.String)),
            mentions=pl.col("mentions").fill_null([]),
        )
        .select(POSTS.names())
        .cast(POSTS)
    )


def boosts_of(page: Page) -> pl.DataFrame:
    """Give the reposts that are no posts of their own, as posts: POSTS."""
    boosts = page.interactions.filter(
        pl.col("kind") == "repost", pl.col("post_key").is_null(), pl.col("acted_at").is_not_null()
    )
    target = pl.coalesce("target_post_key", "target_author_key", pl.lit(""))
    key = pl.concat_str(pl.lit("repost"), "author_key", target, separator="|")  # as in the store
    known = boosts.select(
        "author_key", "platform", "kind", post_key=key, sort_at="acted_at",
        repost_of_key="target_post_key",
    )  # fmt: skip
    return pl.concat([POSTS.to_frame(), known], how="diagonal").select(POSTS.names())


def acts_of_page(page: Page) -> pl.DataFrame:
    """Give the acts of a page: ACTS."""
    known = page.interactions.filter(pl.col("author_key").is_not_null())
    return known.select(ACTS.names()).cast(ACTS)
