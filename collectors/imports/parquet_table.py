"""Tables with one post per row, whose ids are those of the platform."""

from __future__ import annotations

import polars as pl

from collectors.imports import parquet_columns as pc
from collectors.imports.x_words import PLATFORM, PLATFORM_NAMES

REQUIRED = frozenset({"post_id", "created_at"})
AUTHOR = frozenset({"author", "author_id"})

_KINDS = {
    "post": "original", "tweet": "original", "retweet": "repost", "comment_or_repost": "repost",
}  # fmt: skip
_COUNTS = {
    "reposts": "repost_count", "quotes": "quote_count", "replies": "reply_count",
    "likes": "like_count", "views": "view_count", "followers": "author_followers",
    "following": "author_following", "author_posts": "author_posts",
}  # fmt: skip
_NAMES = (
    "post_id", "author", "author_id", "post_type", "url", "lang", "repost_of_id", "reply_to_id",
    "quote_of_id", "repost_of_author", "reply_to_author", "quote_of_author",
)  # fmt: skip
_REFERENCES = frozenset(name for name in _NAMES if "_of_" in name or "_to_" in name)
COLUMNS = {
    name: name
    for name in (
        "platform", *_NAMES, "created_at", "indexed_at", "edited_at", "text", "hashtags", "urls",
        "mentions", *_COUNTS.values(),
    )
}  # fmt: skip


def wide(rows: pl.DataFrame) -> pl.DataFrame:
    """Give the posts with all that pages are made of."""
    platform = pc.text_of(rows, "platform").fill_null("import").str.to_lowercase()
    given = rows.select(
        platform.replace(dict.fromkeys(PLATFORM_NAMES, PLATFORM)).alias("platform"),
        *(pc.name_of(rows, name, refers=name in _REFERENCES) for name in _NAMES),
        *(pc.time_of(rows, name) for name in ("created_at", "indexed_at", "edited_at")),
        pc.column(rows, "text", pl.String()),
        pc.tags_of(rows, "hashtags"),
        pc.list_of(rows, "urls"),
        pc.list_of(rows, "mentions").alias("mentioned"),
        *(pc.column(rows, column, pl.Int64()).alias(ours) for ours, column in _COUNTS.items()),
    )
    by_handle = _handle_key(pl.col("author"))
    keyed = given.with_columns(
        _key("post_id").alias("post_key"),
        _key("author_id").fill_null(by_handle).alias("author_key"),
        _key("repost_of_id").alias("repost_of_key"),
        _key("reply_to_id").alias("reply_to_key"),
        _key("quote_of_id").alias("quote_of_key"),
        _account(pl.coalesce("repost_of_author", _reposted())).alias("repost_of_author_key"),
        _account(pl.col("reply_to_author")).alias("reply_to_author_key"),
        _account(pl.col("quote_of_author")).alias("quote_of_author_key"),
        pl.lit("matched").alias("captured_as"),
        pl.col("author").str.strip_prefix("@").alias("handle"),
        pl.col("lang").replace({"in": "id", "iw": "he", "ji": "yi", "und": None}),
    )
    written = pl.col("post_type").str.to_lowercase().replace(_KINDS)
    return keyed.with_columns(written.fill_null(pc.kind_from_keys()).alias("kind"))


def _key(name: str) -> pl.Expr:
    return pl.concat_str("platform", name, separator=":")


def _handle_key(name: pl.Expr) -> pl.Expr:
    return pl.concat_str("platform", name.str.strip_prefix("@").str.to_lowercase(), separator=":@")


def _reposted() -> pl.Expr:
    """Give the handle after `RT @`, by which many tables say alone whose post it was."""
    return pl.when(pl.col("repost_of_id").is_null()).then(
        pl.col("text").str.extract(r"^RT [@＠](\w{1,20})")
    )


def _account(named: pl.Expr) -> pl.Expr:
    """Give the key of an account named by its id, as where authors have no handles, or handle."""
    by_id = named.str.contains(r"^\d+$") | (
        pl.col("author").is_null() & ~named.str.starts_with("@")
    )
    return (
        pl.when(by_id)
        .then(pl.concat_str("platform", named, separator=":"))
        .otherwise(_handle_key(named))
    )
