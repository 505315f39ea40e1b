"""What the writers of XML share: columns of a frame as markup, made for all rows at once."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

_ROWS = 50_000  # of one piece of text
# What XML 1.0 cannot hold at all, not even escaped.
_NO_XML = r"[^\t\n\r\x20-\x{D7FF}\x{E000}-\x{FFFD}\x{10000}-\x{10FFFF}]"
_MARKS = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;",
          "\t": "&#9;"}  # fmt: skip


def escaped(text: pl.Expr) -> pl.Expr:
    """Make text fit for an attribute or an element: strangers wrote it.

    >>> pl.DataFrame({"t": ['a<b & "c"', "x\\x00y"]}).select(escaped(pl.col("t")))["t"].to_list()
    ['a&lt;b &amp; &quot;c&quot;', 'x�y']
    """
    clean = text.str.replace_all(_NO_XML, "\ufffd")
    return clean.str.replace_many(list(_MARKS), list(_MARKS.values()))


def escaped_text(text: str) -> str:
    """Do the same with one text."""
    return str(pl.select(escaped(pl.lit(text))).item())


def as_text(column: str, kind: pl.DataType) -> pl.Expr:
    """Give a column as XML writes it."""
    match kind:
        case pl.String():
            return escaped(pl.col(column))
        case pl.Datetime():
            return pl.col(column).dt.to_string("%Y-%m-%dT%H:%M:%S%:z")
        case pl.List():
            return escaped(pl.col(column).list.join(" "))
        case _:
            return pl.col(column).cast(pl.String)


def type_of(kind: pl.DataType) -> str:
    """Name the type of a column as GEXF and GraphML do."""
    if kind.is_integer():
        return "long"
    if kind.is_float():
        return "double"
    return "boolean" if kind == pl.Boolean() else "string"


def told_if_known(before: str, value: pl.Expr, after: str) -> pl.Expr:
    """Put a value between two texts; nothing at all where it is unknown."""
    return (
        pl.when(value.is_null())
        .then(pl.lit(""))
        .otherwise(pl.concat_str(pl.lit(before), value, pl.lit(after), ignore_nulls=True))
    )


def pieces(frame: pl.DataFrame, line: pl.Expr) -> Iterator[str]:
    """Give the lines of a frame, in pieces that fit into memory."""
    for rows in frame.iter_slices(_ROWS):
        yield "\n".join(rows.select(line.alias("line"))["line"]) + "\n"
