"""Whole frames as CSV that a spreadsheet may open: what `monitor.sheets.cells` does, by column."""

from __future__ import annotations

import io

import polars as pl

from monitor.sheets.cells import FORMULA, NUMBER

_TIME = "%Y-%m-%dT%H:%M:%S%.fZ"


def safe_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """Give a frame of texts and numbers for CSV: times as ISO 8601 in UTC, lists with spaces."""
    return frame.select(_cell(name, dtype) for name, dtype in frame.schema.items())


def csv_of(frame: pl.DataFrame, *, header: bool = True) -> str:
    """Give CSV that a spreadsheet may open."""
    out = io.StringIO()
    safe_frame(frame).write_csv(out, include_header=header)
    return out.getvalue()


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
    risky = cell.str.contains(FORMULA.pattern) & ~cell.str.contains(NUMBER.pattern)
    return pl.when(risky).then(pl.lit("'") + cell).otherwise(cell)
