"""What rode along in the first hour: the other hashtags, and links."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from monitor.genesis.names import Names
from monitor.genesis.records import Riding

_MOST = 8


def hashtags_of(opening: pl.DataFrame, asked: Collection[str]) -> list[Riding]:
    """Give the hashtags in most posts, but those that are asked for. opening: hashtags, author."""
    counted = _counted(opening, "hashtags").filter(~pl.col("what").is_in(list(asked)))
    return _top(counted.with_columns(what="#" + pl.col("what")))


def links_of(opening: pl.DataFrame, names: Names) -> list[Riding]:
    """Give the links in most posts. opening: urls, author_key."""
    told = opening.with_columns(
        pl.col("urls").map_elements(
            lambda links: [names.link(link) for link in links], return_dtype=pl.List(pl.String)
        )
    )
    return _top(_counted(told, "urls"))


def _counted(opening: pl.DataFrame, column: str) -> pl.DataFrame:
    return (
        opening.select("author_key", pl.col(column).list.unique(maintain_order=True).alias("what"))
        .explode("what")
        .drop_nulls("what")
        .group_by("what")
        .agg(posts=pl.len(), accounts=pl.col("author_key").n_unique())
    )


def _top(counted: pl.DataFrame) -> list[Riding]:
    order = counted.sort("posts", "accounts", "what", descending=[True, True, False])
    return [Riding(**row) for row in order.head(_MOST).to_dicts()]
