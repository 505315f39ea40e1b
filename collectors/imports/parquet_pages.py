"""Pages out of wide frames: one post per row with its author, counts and targets beside it."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from collectors import hashtags, moments
from collectors.imports.jsonl import RAW_BYTES
from collectors.page import AUTHORS, ENGAGEMENT, INTERACTIONS, POSTS, REJECTED, Page

_KINDS = ("original", "reply", "quote", "repost")


def page_from(
    rows: pl.DataFrame,
    wide: pl.DataFrame,
    *,
    file_name: str,
    rows_before: int,
    taken_at: datetime,
    progress: int,
    repeated: int = 0,
) -> Page:
    """Make a page of the rows of a file and what they mean."""
    if "aside" not in wide.columns:
        wide = wide.with_columns(aside=pl.lit(None, pl.String))
    reason = wide.select(_reason()).to_series()
    posts = wide.filter(reason.is_null())
    matched = posts.filter(pl.col("captured_as") == "matched")["created_at"]
    return Page(
        posts=_posts(posts),
        authors=_authors(posts),
        interactions=_interactions(matched_only(posts)),
        engagement=_engagement(posts, taken_at),
        rejected=_rejected(rows, reason, file_name, rows_before),
        received=rows.height,
        repeated=repeated,
        oldest_at=_time(matched.min()),
        newest_at=_time(matched.max()),
        progress=progress,
    )


def matched_only(posts: pl.DataFrame) -> pl.DataFrame:
    """Leave out the posts that only came along: nobody counts what they did."""
    return posts.filter(pl.col("captured_as") == "matched")


def _time(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None


def _reason() -> pl.Expr:
    return (
        pl.when(pl.col("post_key").is_null())
        .then(pl.lit("no post id"))
        .when(pl.col("created_at").is_null())
        .then(pl.lit("no created_at"))
        .when(~moments.possible("created_at"))
        .then(moments.why_impossible("created_at"))
        .when(pl.col("author_key").is_null())
        .then(pl.lit("no author"))
        .when(~pl.col("kind").is_in(_KINDS))
        .then(pl.format("not a kind of post: {}", "kind"))
        .when(~pl.col("captured_as").is_in(("matched", "referenced")))
        .then(pl.format("neither matched nor referenced: {}", "captured_as"))
        .otherwise("aside")
        .alias("reason")
    )


def _posts(posts: pl.DataFrame) -> pl.DataFrame:
    return posts.with_columns(normalized(posts["hashtags_raw"])).select(POSTS.names())


def normalized(raw: pl.Series) -> pl.Series:
    """Give lists of hashtags in one spelling each, as `hashtags`."""
    # Each distinct tag once, not each tag of each post.
    tags = raw.explode().drop_nulls().unique(maintain_order=True)
    if tags.is_empty():
        return raw.alias("hashtags")
    spelled = pl.Series([hashtags.normalize(tag) for tag in tags], dtype=pl.String)
    same = pl.element().replace_strict(tags, spelled, return_dtype=pl.String)
    return (
        raw.to_frame()
        .select(pl.col(raw.name).list.eval(same).list.drop_nulls().list.unique(maintain_order=True))
        .to_series()
        .alias("hashtags")
    )


def _authors(posts: pl.DataFrame) -> pl.DataFrame:
    authors = posts.unique("author_key", keep="last", maintain_order=True)
    return authors.select(
        "author_key",
        "platform",
        "handle",
        pl.lit(None, pl.String).alias("display_name"),
        pl.lit(None, pl.String).alias("url"),
        pl.lit(None, AUTHORS["created_at"]).alias("created_at"),
        pl.lit(None, pl.Boolean).alias("is_bot"),
        "followers",
        "following",
        pl.col("author_posts").alias("posts"),
    )


def _interactions(posts: pl.DataFrame) -> pl.DataFrame:
    reposts = posts.filter(pl.col("kind") == "repost")
    others = posts.filter(pl.col("kind") != "repost")
    return pl.concat(
        [
            _edges(reposts, "repost", "repost_of"),
            _edges(others, "quote", "quote_of"),
            _edges(others, "reply", "reply_to"),
            _mentions(others),
        ]
    )


def _edges(posts: pl.DataFrame, kind: str, target: str) -> pl.DataFrame:
    author, post = pl.col(f"{target}_author_key"), pl.col(f"{target}_key")
    acted = posts.filter(author.is_not_null() | post.is_not_null())
    return _acted(acted, kind, author, post)


def _mentions(posts: pl.DataFrame) -> pl.DataFrame:
    named = pl.col("mentioned").str.strip_prefix("@").str.to_lowercase()
    key = pl.concat_str("platform", named, separator=":@").alias("named_key")
    each = (
        posts.select(
            "post_key", "platform", "author_key", "created_at", "reply_to_author_key", "mentioned"
        )
        .explode("mentioned")
        .filter(pl.col("mentioned") != "")
        .with_columns(key)
        .filter(pl.col("named_key").ne_missing(pl.col("reply_to_author_key")))
        .unique(["post_key", "created_at", "named_key"], maintain_order=True)
    )
    return _acted(each, "mention", pl.col("named_key"), pl.lit(None, pl.String))


def _acted(posts: pl.DataFrame, kind: str, author: pl.Expr, post: pl.Expr) -> pl.DataFrame:
    return posts.select(
        pl.lit(kind).alias("kind"),
        "platform",
        "author_key",
        author.alias("target_author_key"),
        "post_key",
        post.alias("target_post_key"),
        pl.col("created_at").alias("acted_at"),
        pl.lit(None, INTERACTIONS["not_before"]).alias("not_before"),
        pl.lit("exact").alias("precision"),
        *(pl.lit(None, INTERACTIONS[name]).alias(name) for name in ("via_key", "record_key")),
    )


def _engagement(posts: pl.DataFrame, taken_at: datetime) -> pl.DataFrame:
    counts = ("reposts", "quotes", "replies", "likes", "views")
    # The counts beside a repost are its original's, or zeros.
    counted = posts.filter(
        (pl.col("kind") != "repost") & pl.any_horizontal(pl.col(*counts).is_not_null())
    )
    return counted.select(
        "post_key",
        pl.lit("import:parquet").alias("observer"),
        pl.lit(taken_at, ENGAGEMENT["taken_at"]).alias("taken_at"),
        *counts,
    )


def _shown(rows: pl.DataFrame) -> list[pl.Expr]:
    """Return the columns of a file as they can be told, also times beyond the calendar."""
    return [
        pl.col(name).to_physical().cast(pl.String)
        if dtype.is_temporal() and not _within_calendar(rows[name])
        else pl.col(name)
        for name, dtype in rows.schema.items()
    ]


def _within_calendar(times: pl.Series) -> bool:
    at = times.cast(pl.Datetime("us")).to_frame("at")
    return bool(at.select(moments.possible("at").all()).item())


def _rejected(
    rows: pl.DataFrame, reason: pl.Series, file_name: str, rows_before: int
) -> pl.DataFrame:
    if reason.null_count() == reason.len():
        return REJECTED.to_frame()
    row = pl.int_range(rows_before + 1, rows_before + rows.height + 1)
    return (
        rows.select(
            pl.format("{}:{}", pl.lit(file_name), row).alias("locator"),
            reason,
            pl.struct(*_shown(rows)).struct.json_encode().str.slice(0, RAW_BYTES).alias("raw"),
            pl.lit(None, pl.String).alias("field"),
        )
        .filter(pl.col("reason").is_not_null())
        .select(REJECTED.names())
    )
