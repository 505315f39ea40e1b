"""gaung's own tables and exports: the columns of POSTS, or some of them."""

from __future__ import annotations

import polars as pl

from collectors.imports import parquet_columns as pc

REQUIRED = frozenset({"post_key", "author_key", "created_at"})
COLUMNS = {
    name: name
    for name in (
        "post_key", "platform", "author_key", "handle", "kind", "captured_as", "created_at",
        "indexed_at", "edited_at", "text", "lang", "url", "hashtags_raw", "hashtags", "urls",
        "mentions", "reply_to_key", "quote_of_key", "repost_of_key", "reposts", "quotes", "replies",
        "likes", "views",
    )
}  # fmt: skip


def wide(rows: pl.DataFrame) -> pl.DataFrame:
    """Give the posts with all that pages are made of."""
    platform = pc.text_of(rows, "platform")
    captured_as = pc.text_of(rows, "captured_as")
    texts = (
        "post_key", "author_key", "kind", "lang", "url", "handle",
        "reply_to_key", "quote_of_key", "repost_of_key",
    )  # fmt: skip
    return rows.select(
        *(pc.text_of(rows, name) for name in texts),
        *(pc.time_of(rows, name) for name in ("created_at", "indexed_at", "edited_at")),
        platform.fill_null(pl.col("post_key").str.split(":").list.first()).alias("platform"),
        captured_as.fill_null("matched").alias("captured_as"),
        pc.column(rows, "text", pl.String()),
        pc.tags_of(rows, "hashtags_raw", "hashtags"),
        pc.list_of(rows, "urls"),
        pc.list_of(rows, "mentions").alias("mentioned"),
        # An export names posts, and not whose they are.
        *(
            pl.lit(None, pl.String).alias(name)
            for name in ("repost_of_author_key", "quote_of_author_key", "reply_to_author_key")
        ),
        *(
            pc.column(rows, name, pl.Int64())
            for name in ("reposts", "quotes", "replies", "likes", "views")
        ),
        *(
            pl.lit(None, pl.Int64).alias(name)
            for name in ("followers", "following", "author_posts")
        ),
    ).with_columns(pl.col("kind").fill_null(pc.kind_from_keys()))
