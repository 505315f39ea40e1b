"""Tables with one post per row, whose ids are those of the platform."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow as pa

from collectors.imports import csv_columns
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
# Written by a spreadsheet, or marked to be kept from it: 1.9E+18, 42.0, x1895…, '1895….
_ODD_ID = r"""^\d+\.0$|^\d(?:[.,]\d+)?[eE]\+?\d+$|^x\d{15,}$|^'\d|^=\s*"\w"""
_REFERENCES = frozenset(name for name in _NAMES if "_of_" in name or "_to_" in name)
COLUMNS = {
    name: name
    for name in (
        "platform", *_NAMES, "created_at", "indexed_at", "edited_at", "text", "hashtags", "urls",
        "mentions", *_COUNTS.values(),
    )
}  # fmt: skip


def is_clean(path: Path, schema: pa.Schema) -> bool:
    """Return whether a table says nothing that must be looked at row by row.

    Such are other ids beside `post_id` (of a comment, whose `post_id` is the post under which it
    stands), ids that count from 1 in each channel, ids that a tool has marked or rounded, and
    counts as text.
    """
    names = {csv_columns.spelled(name) for name in schema.names}
    others = {*csv_columns.NAMES["post_id"], *csv_columns.NAMES["channel"]} - {"post_id"}
    counts = [name for name in _COUNTS.values() if name in schema.names]
    if names & others or any(_is_text(schema.field(name).type) for name in counts):
        return False
    ids = [n for n in _NAMES if n.endswith("_id") and n in schema.names]
    texts = [name for name in ids if _is_text(schema.field(name).type)]
    if not texts:
        return True
    odd = pl.any_horizontal(pl.col(n).cast(pl.String).str.contains(_ODD_ID).any() for n in texts)
    return not pl.scan_parquet(path).select(odd.fill_null(value=False)).collect().item()


def has_repeats(path: Path) -> bool:
    """Return whether some id stands in several rows, so that their texts must be compared."""
    ids = pl.scan_parquet(path).select(pl.col("post_id").hash())
    return bool(ids.select(pl.col("post_id").is_duplicated().any()).collect().item())


def _is_text(dtype: pa.DataType) -> bool:
    if pa.types.is_dictionary(dtype):
        dtype = dtype.value_type
    return bool(pa.types.is_string(dtype) or pa.types.is_large_string(dtype))


def wide(rows: pl.DataFrame) -> pl.DataFrame:
    """Give the posts with all that pages are made of."""
    platform = pc.name_of(rows, "platform").fill_null("import").str.to_lowercase()
    given = rows.select(
        platform.replace(dict.fromkeys(PLATFORM_NAMES, PLATFORM)).alias("platform"),
        *(pc.name_of(rows, name, refers=name in _REFERENCES) for name in _NAMES),
        *(pc.time_of(rows, name) for name in ("created_at", "indexed_at", "edited_at")),
        pc.column(rows, "text", pl.String()),
        pc.tags_of(rows, "hashtags"),
        pc.list_of(rows, "urls"),
        pc.named(pc.list_of(rows, "mentions")).alias("mentioned"),
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
