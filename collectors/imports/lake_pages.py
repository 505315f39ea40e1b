"""Pages out of the tables of a lake."""

from __future__ import annotations

import polars as pl

from collectors import moments
from collectors.page import AUTHORS, INTERACTIONS, POSTS, Page

_BOOST = "repost|"  # how the keys begin of reposts that are no posts: the acts tell of them


def posts_page(rows: pl.DataFrame, progress: int) -> Page:
    """Give posts and who wrote them."""
    posts = rows.filter(~pl.col("post_key").str.starts_with(_BOOST))
    # Of its two clocks a lake has the earlier one.
    given = posts.with_columns(
        created_at="sort_at", hashtags_raw="hashtags", captured_as=pl.lit("matched")
    )
    dated = posts.filter(moments.possible("sort_at"))["sort_at"]
    return Page(
        posts=_filled(given, POSTS),
        # By time, so that what is known of an account in the end is the newest.
        authors=_filled(
            posts.sort("sort_at").select(
                "author_key", "platform", "handle", "followers", created_at="author_created_at"
            ),
            AUTHORS,
        ).unique("author_key", keep="last", maintain_order=True),
        received=rows.height,
        oldest_at=dated.min(),  # type: ignore[arg-type]
        newest_at=dated.max(),  # type: ignore[arg-type]
        progress=progress,
    )


def acts_page(rows: pl.DataFrame, progress: int) -> Page:
    """Give who acted on whom. How exactly its time is known, a lake does not say."""
    precision = (
        pl.when(pl.col("acted_at").is_null())
        .then(pl.lit("unknown"))
        .when(pl.col("post_key").is_null())
        .then(pl.lit("bounded"))
        .otherwise(pl.lit("exact"))
    )
    acts = rows.with_columns(
        precision=precision, platform=pl.col("author_key").str.split(":").list.first()
    )
    return Page(interactions=_filled(acts, INTERACTIONS), received=rows.height, progress=progress)


def _filled(rows: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Give the columns of a page; what a lake has not is unknown."""
    missing = [pl.lit(None, dtype).alias(n) for n, dtype in schema.items() if n not in rows.columns]
    return rows.with_columns(missing).select(schema.names()).cast(schema)
