"""Rows of a Parquet file that are one post again, and others that only have its id."""

from __future__ import annotations

import polars as pl

from collectors.imports.csv_keys import ANOTHER_POST, MOST_KNOWN

_SAID = {"id": pl.UInt64, "by": pl.UInt64, "at": pl.Int64, "words": pl.UInt64}
_COUNTS = ("reposts", "quotes", "replies", "likes", "views")


class RepeatedRows:
    """The posts of one file so far; as `csv_keys.Repeats`, for many rows at once."""

    def __init__(self) -> None:
        self._known = pl.DataFrame(schema=_SAID)

    def told_apart(self, wide: pl.DataFrame) -> tuple[pl.DataFrame, int]:
        """Return a page's rows with `aside`, why one is another post, and the number of repeats.

        What stands in several rows of a page has the highest of its counts in all of them.
        """
        said = wide.select(
            id=pl.col("post_key").hash(),
            by=pl.col("author_key").hash(),
            at=pl.col("created_at").to_physical().fill_null(0),
            words=pl.col("text").hash(),
        )
        known = self._known.vstack(said).unique("id", keep="first", maintain_order=True)
        new = known.height - self._known.height
        if self._known.height < MOST_KNOWN:
            self._known = known
        if new == said.height:
            return wide.with_columns(aside=pl.lit(None, pl.String)), 0
        before = said.join(known, on="id", how="left", maintain_order="left", suffix="_before")
        is_other = (
            before.select(
                (pl.col("by") != pl.col("by_before"))
                | (
                    (pl.col("at") != pl.col("at_before"))
                    & (pl.col("words") != pl.col("words_before"))
                )
            ).to_series()
            & wide["post_key"].is_not_null()
        )
        told = wide.with_columns(
            aside=pl.when(is_other).then(pl.lit(ANOTHER_POST)), again=is_other
        ).with_columns(pl.col(name).max().over("post_key", "again") for name in _COUNTS)
        return told.drop("again"), said.height - new - int(is_other.sum())
