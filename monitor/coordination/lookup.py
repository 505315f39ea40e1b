"""What numbers stand for: the accounts and posts that are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from analysis.graphs.accounts import accounts
from analysis.graphs.traces import TRACE_NAMES, numbers

_SHOWN = 280  # letters of a text
_COLUMNS = ("post_key", "text", "urls", "hashtags", "repost_of_key", "reply_to_key")


@dataclass(frozen=True, slots=True)
class Lookup:
    """Accounts and posts by their numbers."""

    authors: pl.DataFrame  # author, account, handle, posts
    posts: pl.DataFrame  # post, id, and what it says


class Readable(Protocol):
    """Gives posts batch by batch, as an `Input` does."""

    def batches(self, *columns: str) -> Iterator[pl.DataFrame]:
        """Give these columns of POSTS."""
        ...


def lookup(
    source: Readable,
    authors: pl.DataFrame,
    posts: pl.Series,
    *,
    shown: Callable[[str], pl.Expr] = accounts,
) -> Lookup:
    """Read again what the posts say that are shown, and only those.

    shown: how the keys of accounts and posts are shown.
    """
    wanted = posts.unique().implode()
    found = []
    if len(posts):
        for batch in source.batches(*_COLUMNS):
            numbered = batch.with_columns(numbers("post_key").alias("post"))
            found.append(numbered.filter(pl.col("post").is_in(wanted)))
    schema: dict[str, type[pl.DataType]] = {
        "post": pl.Int64,
        "id": pl.String,
        **dict.fromkeys(TRACE_NAMES, pl.String),
    }
    known = [pl.DataFrame(schema=schema), *(_said(part, schema, shown) for part in found)]
    named = authors.select("author", shown("author_key").alias("account"), "handle", "posts")
    return Lookup(named, pl.concat(known).unique("post", keep="first"))


def _said(
    posts: pl.DataFrame, schema: dict[str, type[pl.DataType]], shown: Callable[[str], pl.Expr]
) -> pl.DataFrame:
    """Give for each kind of object what the post shows of it."""
    text = pl.col("text").str.replace_all(r"\s+", " ").str.strip_chars().str.slice(0, _SHOWN)
    said = {
        "repost": pl.coalesce(text, "repost_of_key"),
        "text": text,
        "near-text": text,
        "link": pl.col("urls").list.join(" "),
        "hashtags": pl.lit("#") + pl.col("hashtags").list.unique().list.sort().list.join(" #"),
        "reply": pl.coalesce(text, "reply_to_key"),
        "media": text,
    }
    return posts.select(
        "post", shown("post_key").alias("id"), **{name: said[name] for name in TRACE_NAMES}
    ).cast(schema)  # type: ignore[arg-type]
