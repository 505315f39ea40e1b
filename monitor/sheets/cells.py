"""What a cell of a CSV may hold, so that no spreadsheet takes a stranger's words for a formula.

All writers of CSV go by `safe` or `safe_frame`. Numbers stay numbers: a text that is one, such as
-5, is no formula. Ids of many digits stay as they are too, because programs read these files; a
spreadsheet rounds them, which is what XLSX is for (`monitor.sheets.book`).
"""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import polars as pl

# https://owasp.org/www-community/attacks/CSV_Injection; full-width signs are taken for these too.
_FORMULA = re.compile(r"^\s*[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$")
_TIME = "%Y-%m-%dT%H:%M:%S%.fZ"


def safe(text: str) -> str:
    """Give a text that no spreadsheet computes: one that looks like a formula begins with '.

    >>> safe("=HYPERLINK(1)"), safe("-5"), safe("@budi"), safe("air bersih")
    ("'=HYPERLINK(1)", '-5', "'@budi", 'air bersih')
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.match(text) else text


def plain(text: str) -> str:
    """Give back what `safe` was given.

    >>> plain(safe("@budi")), plain("'t was")
    ('@budi', "'t was")
    """
    bare = text.removeprefix("'")
    return bare if bare != text and safe(bare) == text else text


def safe_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """Give a frame of texts and numbers for CSV: times as ISO 8601 in UTC, lists with spaces."""
    return frame.select(_cell(name, dtype) for name, dtype in frame.schema.items())


def csv_of(frame: pl.DataFrame, *, header: bool = True) -> str:
    """Give CSV that a spreadsheet may open."""
    out = io.StringIO()
    safe_frame(frame).write_csv(out, include_header=header)
    return out.getvalue()


def iso(moment: datetime) -> str:
    """Give a time as CSV and JSON have it, in UTC.

    >>> iso(datetime(2026, 3, 1, 12, tzinfo=UTC))
    '2026-03-01T12:00:00Z'
    """
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _cell(name: str, dtype: pl.DataType) -> pl.Expr:
    cell = pl.col(name)
    if isinstance(dtype, pl.Datetime):
        if dtype.time_zone is not None:
            cell = cell.dt.convert_time_zone("UTC")
        return cell.dt.to_string(_TIME).str.replace(r"\.0*Z$", "Z").alias(name)
    if isinstance(dtype, pl.List | pl.Array):
        if dtype.inner is not None and not dtype.inner.is_nested():
            cell = cell.cast(pl.List(pl.String)).list.join(" ")
            return safe_column(cell).alias(name)
        return safe_column(_as_json(cell, name)).alias(name)
    if isinstance(dtype, pl.Struct):
        return safe_column(cell.struct.json_encode()).alias(name)
    if dtype == pl.String:
        return safe_column(cell).alias(name)
    return cell


def _as_json(cell: pl.Expr, name: str) -> pl.Expr:
    return pl.struct(cell.alias(name)).struct.json_encode()


def safe_column(cell: pl.Expr) -> pl.Expr:
    """Do what `safe` does with a column of texts."""
    risky = cell.str.contains(_FORMULA.pattern) & ~cell.str.contains(_NUMBER.pattern)
    return pl.when(risky).then(pl.lit("'") + cell).otherwise(cell)
