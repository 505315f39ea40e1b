"""Columns that a Parquet file may have, in the types that pages need."""

from __future__ import annotations

import polars as pl

from collectors.imports import cells

UTC = pl.Datetime("us", "UTC")
LIST = pl.List(pl.String)
# As in hashtags.in_text, for an engine without look-behind.
_HASHTAG = r"(?:^|[^\w/&#＃])[#＃]\w+"
_BEFORE_HASHTAG = r"^[^#＃]?[#＃]"


def column(rows: pl.DataFrame, name: str, dtype: pl.DataType) -> pl.Expr:
    """Give a column, or nulls if the file does not have it."""
    if name not in rows.columns:
        return pl.lit(None, dtype).alias(name)
    return pl.col(name).cast(dtype, strict=False)


def text_of(rows: pl.DataFrame, name: str) -> pl.Expr:
    """Give a column of text, in which an empty cell says nothing."""
    given = column(rows, name, pl.String())
    return pl.when(given != "").then(given).alias(name)


def name_of(rows: pl.DataFrame, name: str, *, refers: bool = False) -> pl.Expr:
    """Return a column of names or ids, null where a tool wrote its word for nothing.

    refers: to another post or account, so that 0, -1 and flags say that there is none.
    """
    given = column(rows, name, pl.String()).str.strip_chars()
    nothing = (
        given.str.to_lowercase().is_in(sorted(cells.NOTHING))
        | (given == cells.NOTHING_IN_CAPITALS)
        | given.str.contains(r"^\W*$")
    )
    if refers:
        nothing |= given.str.contains(f"^{cells.NO_REFERENCE}$")
        if name.endswith("_id"):
            nothing |= given.str.contains(f"^{cells.NO_ID_WORDS}$")
    return pl.when(~nothing).then(given).alias(name)


def time_of(rows: pl.DataFrame, name: str) -> pl.Expr:
    """Give a column of times; a clock without zone is read as UTC."""
    dtype = rows.schema.get(name)
    if dtype is None or not dtype.is_temporal():
        return pl.lit(None, UTC).alias(name)
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is not None:
        return pl.col(name).dt.convert_time_zone("UTC").cast(UTC)
    return pl.col(name).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def list_of(rows: pl.DataFrame, name: str) -> pl.Expr:
    """Give a column of lists of text, empty where there is none."""
    if not isinstance(rows.schema.get(name), pl.List):
        return pl.lit([], LIST).alias(name)
    return pl.col(name).cast(LIST).list.drop_nulls().fill_null([])


def named(words: pl.Expr) -> pl.Expr:
    """Leave out of lists what a tool wrote for nothing."""
    word = pl.element().str.strip_chars()
    nothing = word.str.to_lowercase().is_in(sorted(cells.NOTHING))
    nothing |= word == cells.NOTHING_IN_CAPITALS
    return words.list.eval(pl.element().filter(~nothing))


def tags_of(rows: pl.DataFrame, *names: str) -> pl.Expr:
    """Give the hashtags of the first of these columns, or those in the text."""
    for name in names:
        if isinstance(rows.schema.get(name), pl.List):
            return named(list_of(rows, name)).alias("hashtags_raw")
    found = column(rows, "text", pl.String()).str.extract_all(_HASHTAG)
    bare = found.list.eval(pl.element().str.replace(_BEFORE_HASHTAG, ""))
    return bare.fill_null([]).alias("hashtags_raw")


def kind_from_keys() -> pl.Expr:
    """Tell the kind by what the post points to."""
    return (
        pl.when(pl.col("repost_of_key").is_not_null())
        .then(pl.lit("repost"))
        .when(pl.col("quote_of_key").is_not_null())
        .then(pl.lit("quote"))
        .when(pl.col("reply_to_key").is_not_null())
        .then(pl.lit("reply"))
        .otherwise(pl.lit("original"))
    )
