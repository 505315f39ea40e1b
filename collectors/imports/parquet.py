"""Parquet: what gaung itself exports, and tables with one post per row.

The two kinds of columns that are known are read column by column, any others row by row, as a CSV
with these columns is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from collectors.errors import ImportFileError
from collectors.imports import (
    csv_mapped,
    csv_tools,
    parquet_lake,
    parquet_mapped,
    parquet_table,
    tweet_harvest,
)
from collectors.imports.parquet_columns import LIST
from collectors.imports.parquet_pages import page_from
from collectors.imports.parquet_repeats import RepeatedRows
from collectors.imports.sample import ImportOptions, Provenance, Sample
from collectors.page import Page

NAME = "parquet"
# What tells whose post it is, when, and of what kind.
_ALWAYS = frozenset({
    "post_key", "author_key", "handle", "kind", "captured_as", "post_id", "platform", "author",
    "author_id", "post_type", "created_at", "indexed_at", "edited_at",
    *(f"{of}_{what}" for of in ("repost_of", "reply_to", "quote_of")
      for what in ("key", "id", "author")),
})  # fmt: skip


class Parquet:
    """Reads Parquet files of posts."""

    name = NAME
    title = "Parquet, of gaung or with one post per row"

    def recognizes(self, sample: Sample) -> bool:
        """Tell by the mark that all Parquet files begin with."""
        return sample.head.startswith(b"PAR1")

    def pages(self, path: Path, options: ImportOptions) -> Iterator[Page]:
        """Read the file page by page. Raises `ImportFileError`, before the first page."""
        file = _opened(path)
        wide = _shape_of(path, file.schema_arrow, options)
        if wide is None:
            return parquet_mapped.pages(path, file, options)
        return _pages(path, file, options, wide)

    def mapping(self, sample: Sample, options: ImportOptions) -> list[tuple[str, str]]:
        """Give the columns that are read, and what they fill; `=x` is one value for all rows."""
        file = _opened(sample.path)
        schema = file.schema_arrow
        wide = _shape_of(sample.path, schema, options)
        if wide is None:
            found = parquet_mapped.resolved(sample.path, file, options)
            return csv_mapped.told(found)
        known = parquet_lake.COLUMNS if wide is parquet_lake.wide else parquet_table.COLUMNS
        return [
            *((name, known[name]) for name in schema.names if name in known),
            *((value, field) for field, value in options.mapping.items()),
        ]

    def provenance(self, sample: Sample) -> Provenance:
        """Tell whether gaung wrote it, or which tool did, by its columns."""
        try:
            columns = tuple(_opened(sample.path).schema_arrow.names)
        except ImportFileError:
            return Provenance()
        if set(columns) >= parquet_lake.REQUIRED:
            return Provenance(tool="gaung")
        if tweet_harvest.is_of(columns):
            return tweet_harvest.TweetHarvest().provenance(sample)
        return Provenance() if is_known(columns) else csv_tools.tool_of(columns).provenance


def is_known(names: Iterable[str]) -> bool:
    """Tell whether these columns are of one of the two kinds of tables that are read here."""
    columns = set(names)
    is_table = columns >= parquet_table.REQUIRED and bool(columns & parquet_table.AUTHOR)
    return is_table or columns >= parquet_lake.REQUIRED


def _opened(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except OSError as error:
        raise ImportFileError(f"{path} cannot be read: {error}") from error
    except pa.ArrowInvalid as error:
        raise ImportFileError(
            f"{path} is no whole Parquet file; export it again ({error})"
        ) from error


def _shape_of(
    path: Path, schema: pa.Schema, options: ImportOptions
) -> Callable[[pl.DataFrame], pl.DataFrame] | None:
    """Tell which of the two known kinds of tables a file is; None: neither, it is read row by row.

    Raises `ImportFileError` where what it holds cannot be read either way.
    """
    columns = set(schema.names)
    if columns >= parquet_lake.REQUIRED:
        if options.mapping.keys() - {"platform"}:
            raise ImportFileError(f"{path} has gaung's own columns: leave --map out")
        return _if_dated(path, schema, parquet_lake.wide)
    others = {f: c for f, c in options.mapping.items() if f != "platform" or c[:1] != "="}
    if others or not is_known(columns) or not _is_time(schema.field("created_at").type):
        return None
    for name in ("post_id", "author_id"):
        if name in columns and pa.types.is_floating(schema.field(name).type):
            raise ImportFileError(f"{path} holds {name} as a float, which rounds it; export text")
    return parquet_table.wide if parquet_table.is_clean(path, schema) else None


def _if_dated(
    path: Path, schema: pa.Schema, wide: Callable[[pl.DataFrame], pl.DataFrame]
) -> Callable[[pl.DataFrame], pl.DataFrame]:
    time = schema.field("created_at").type
    if not _is_time(time):
        raise ImportFileError(f"{path} holds created_at as {time}; export it as a timestamp")
    return wide


def _is_time(dtype: pa.DataType) -> bool:
    return bool(pa.types.is_timestamp(dtype) or pa.types.is_date(dtype))


def _needed(schema: pa.Schema, options: ImportOptions) -> list[str]:
    """Name the columns of a file from which those that are asked for are made."""
    if options.only is None:
        return list(schema.names)
    tags = [name for name in ("hashtags_raw", "hashtags") if name in schema.names]
    made_of = {
        "text": ["text"],
        "hashtags": tags if any(_is_list(schema.field(name).type) for name in tags) else ["text"],
        "interactions": ["mentions", "text"],  # a text may tell whom it repeats
        "followers": ["author_followers"],
    }
    asked = {column for name in options.only for column in made_of.get(name, [name])}
    return [name for name in schema.names if name in asked or name in _ALWAYS]


def _is_list(dtype: pa.DataType) -> bool:
    return bool(pa.types.is_list(dtype) or pa.types.is_large_list(dtype))


def _pages(
    path: Path,
    file: pq.ParquetFile,
    options: ImportOptions,
    wide: Callable[[pl.DataFrame], pl.DataFrame],
) -> Iterator[Page]:
    size, total, read = path.stat().st_size, file.metadata.num_rows, 0
    repeats = RepeatedRows()
    names = _needed(file.schema_arrow, options)
    if wide is parquet_table.wide and "text" not in names and parquet_table.has_repeats(path):
        names = [name for name in file.schema_arrow.names if name in {*names, "text"}]
    try:
        for batch in file.iter_batches(batch_size=options.page_size, columns=names):
            rows = pl.DataFrame(batch)
            if (platform := options.mapping.get("platform")) is not None:
                rows = rows.with_columns(platform=pl.lit(platform.removeprefix("=")))
            if options.only is not None and "hashtags" not in options.only:
                # An empty list is there; what is missing would be looked for in the text.
                rows = rows.with_columns(pl.lit([], LIST).alias("hashtags"))
            posts, repeated = wide(rows), 0
            if wide is parquet_table.wide:  # gaung's own has each post once, by its own key
                posts, repeated = repeats.told_apart(posts)
            yield page_from(
                rows,
                posts,
                file_name=path.name,
                rows_before=read,
                taken_at=options.captured_at,
                progress=size * (read + rows.height) // total,
                repeated=repeated,
            )
            read += rows.height
    except (OSError, pa.ArrowInvalid) as error:
        raise ImportFileError(f"{path} is damaged after row {read}: {error}") from error
