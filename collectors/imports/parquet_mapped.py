"""Parquet with any columns: read by what their names mean, as a CSV with these columns is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from collectors.errors import ImportFileError
from collectors.imports import csv_mapped, csv_tools, tweet_harvest
from collectors.imports.csv_columns import Columns, resolve
from collectors.imports.csv_keys import SAMPLE_ROWS
from collectors.imports.csv_reading import Row
from collectors.imports.sample import ImportOptions
from collectors.page import Page

_IDS = ("post_id", "author_id", "repost_of_id", "reply_to_id", "quote_of_id")


def resolved(path: Path, file: pq.ParquetFile, options: ImportOptions) -> Columns:
    """Find what the columns hold, by --map and by their names. Raises `ImportFileError`."""
    schema = file.schema_arrow
    names = tuple(schema.names)
    mapping = {**csv_tools.tool_of(names).mapping, **options.mapping}
    known = resolve(path, names, mapping, _first_rows(file))
    for field in _IDS:
        column = known.columns.get(field)
        if column is not None and pa.types.is_floating(schema.field(column).type):
            raise ImportFileError(
                f"{path} holds {column} as a float, which rounds it; export it as text"
            )
    return known


def pages(path: Path, file: pq.ParquetFile, options: ImportOptions) -> Iterator[Page]:
    """Read the file page by page. Raises `ImportFileError`, before the first page."""
    schema = file.schema_arrow
    if not options.mapping and tweet_harvest.is_of(schema.names):
        return tweet_harvest.pages_of_rows(path, _rows(path, file, schema.names), options)
    known = resolved(path, file, options)
    rows = _rows(path, file, list(known.columns.values()))
    return csv_mapped.pages_of_rows(path, known, rows, options)


def _first_rows(file: pq.ParquetFile) -> list[dict[str, str]]:
    if not file.metadata.num_rows:
        return []
    batch = next(file.iter_batches(batch_size=SAMPLE_ROWS))
    return as_text(pl.DataFrame(batch)).to_dicts()


def _rows(path: Path, file: pq.ParquetFile, names: list[str]) -> Iterator[Row]:
    """Give the rows as a table of text has them; `line` is the number of the row."""
    size, total, read = path.stat().st_size, file.metadata.num_rows, 0
    try:
        for batch in file.iter_batches(columns=list(dict.fromkeys(names))):
            texts = as_text(pl.DataFrame(batch))
            for cells in texts.iter_rows(named=True):
                read += 1
                raw = json.dumps(cells, ensure_ascii=False)
                yield Row(read, cells, size * read // total, raw)
    except (OSError, pa.ArrowInvalid) as error:
        raise ImportFileError(f"{path} is damaged after row {read}: {error}") from error


def as_text(rows: pl.DataFrame) -> pl.DataFrame:
    """Give each cell as a CSV would have it: times in ISO 8601, lists with blanks between.

    A time without a zone stays without one; what is missing is empty.

    >>> as_text(pl.DataFrame({"id": [7, None], "urls": [["a", "b"], []]})).rows()
    [('7', 'a b'), ('', '')]
    """
    return rows.select(_cell(name, dtype) for name, dtype in rows.schema.items())


def _cell(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(dtype, pl.Datetime):
        if dtype.time_zone is not None:
            column = column.dt.convert_time_zone("UTC")
        ending = "Z" if dtype.time_zone is not None else ""
        text = column.dt.strftime(f"%Y-%m-%dT%H:%M:%S%.f{ending}")
    elif isinstance(dtype, pl.List):
        inner = pl.element().cast(pl.String)
        text = column.list.eval(inner).list.drop_nulls().list.join(" ")
    elif dtype.is_nested() or dtype == pl.Binary:
        text = pl.lit("").alias(name)  # nothing that a column of posts has
    else:
        text = column.cast(pl.String)
    return text.fill_null("").alias(name)
