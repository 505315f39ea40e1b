"""Plain tables, CSV and Parquet, read by columns.

Only where that cannot differ from what the importer would read: the rows that need a second look
are read by the importer, one by one, and so is a whole file that is not what it seems.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from collectors.errors import ImportFileError
from collectors.imports import csv_columns, csv_mapped, csv_reading, parquet, parquet_mapped
from collectors.imports.csv_reading import Row
from collectors.imports.detect import recognize
from collectors.imports.sample import ImportOptions
from collectors.page import Page
from monitor.inputs.plain import READ, Rows

_BATCH = 250_000
_CHUNK = 1 << 24
_NO_OPTIONS = ImportOptions(captured_at=datetime(1970, 1, 1, tzinfo=UTC))  # of columns alone
_IGNORED = frozenset({"like_count", "repost_count", "reply_count", "quote_count", "view_count",
                      "url", "lang"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlainTable:
    """A table of which only columns are read that are known."""

    path: Path
    known: csv_columns.Columns
    is_csv: bool
    separator: str = ","
    columns: tuple[str, ...] = ()
    has_header: bool = True

    def read(
        self, columns: Set[str], options: ImportOptions, *, once: bool = True
    ) -> tuple[Iterator[pl.DataFrame], list[Page]] | None:
        """Give these columns of POSTS and TARGETS, and pages of the rows that were looked at twice.

        None: the whole file must be read by the importer. once: each post once, if it stands in
        several rows; else such a file is left to the importer.
        """
        try:
            rows = self._csv_rows() if self.is_csv else self._parquet_rows()
            if rows is None:
                return None
            clean = rows.clean()
            odd = rows.cells.filter(~clean)
            if not odd.is_empty():
                odd = self._lines(rows, odd)
                rows = Rows(rows.cells.filter(clean), rows.fields, rows.platform)
            posts = rows.posts(columns)
            if not once and posts.height < rows.cells.height:
                return None
        except (pl.exceptions.PolarsError, OSError, pa.ArrowInvalid):
            return None
        return posts.iter_slices(_BATCH), self._looked_at(odd, options)

    def _csv_rows(self) -> Rows | None:
        cells = pl.read_csv(
            self.path,
            separator=self.separator,
            has_header=self.has_header,
            new_columns=None if self.has_header else list(self.columns),
            infer_schema=False,
        )
        if tuple(cells.columns) != self.columns or not self._is_even(cells):
            return None
        rows = self._rows(cells.with_row_index("#row"))
        blank = pl.all_horizontal(pl.all().is_null())  # a blank line is no record
        return Rows(rows.cells.filter(~cells.select(blank).to_series()), rows.fields, rows.platform)

    def _lines(self, rows: Rows, odd: pl.DataFrame) -> pl.DataFrame:
        """Number rows as the importer does, by their first line: a cell may hold several."""
        if not self.is_csv:
            return odd.with_columns(pl.col("#row") + 1)
        breaks = rows.cells.select(
            "#row", breaks=pl.col("text").str.count_matches("\n", literal=True).fill_null(0)
        ).with_columns(before=pl.col("breaks").cum_sum() - pl.col("breaks"))
        placed = odd.join(breaks, on="#row", how="left", maintain_order="left")
        line = pl.col("#row") + pl.col("before") + 1 + self.has_header
        return placed.with_columns(line.alias("#row")).drop("breaks", "before")

    def _is_even(self, cells: pl.DataFrame) -> bool:
        """Tell whether each record has all cells: a reader of columns fills up what is missing."""
        mark = self.separator
        inside = cells.select(pl.all().str.count_matches(mark, literal=True).sum()).row(0)
        names = sum(name.count(mark) for name in self.columns) if self.has_header else 0
        records = cells.select((~pl.all_horizontal(pl.all().is_null())).sum()).item()
        records += self.has_header
        with self.path.open("rb") as file:
            written = sum(
                chunk.count(mark.encode()) for chunk in iter(lambda: file.read(_CHUNK), b"")
            )
        return bool(written == sum(inside) + names + records * (len(self.columns) - 1))

    def _parquet_rows(self) -> Rows:
        names = [c for field, c in self.known.columns.items() if field in READ]
        cells = pl.read_parquet(self.path, columns=names)
        at, links = self.known.columns["created_at"], self.known.columns.get("urls")
        as_they_are = {at} if cells.schema[at].is_temporal() else set()
        if links is not None and isinstance(cells.schema[links], pl.List):
            as_they_are.add(links)
            cells = cells.with_columns(pl.col(links).cast(pl.List(pl.String)).list.drop_nulls())
        cells = cells.with_columns(pl.col(n).cast(pl.String) for n in names if n not in as_they_are)
        return self._rows(cells.with_row_index("#row"))

    def _rows(self, cells: pl.DataFrame) -> Rows:
        given = {f: c for f, c in self.known.columns.items() if f in READ}
        chosen = cells.select("#row", *(pl.col(column).alias(f) for f, column in given.items()))
        missing = [pl.lit(None, pl.String).alias(name) for name in READ - given.keys()]
        platform = self.known.constants.get("platform", "import")
        return Rows(chosen.with_columns(missing), frozenset(given), platform)

    def _looked_at(self, odd: pl.DataFrame, options: ImportOptions) -> list[Page]:
        if odd.is_empty():
            return []
        given = {f: c for f, c in self.known.columns.items() if f in READ}
        texts = odd.with_columns(
            pl.col(name).list.join(" ") if isinstance(dtype, pl.List)
            else pl.col(name).cast(pl.String)
            for name, dtype in odd.schema.items() if name != "#row"
        )  # fmt: skip
        rows = (
            Row(record["#row"], {c: record[f] or "" for f, c in given.items()}, 0, "")
            for record in texts.iter_rows(named=True)
        )
        known = csv_columns.Columns(given, self.known.constants)
        return list(csv_mapped.pages_of_rows(self.path, known, rows, options))


def plain_table(path: Path) -> PlainTable | None:
    """Give the table if its columns are known and hold nothing else; None if not."""
    try:
        table = _parquet(path) if _is_parquet(path) else _csv(path)
    except ImportFileError:
        return None
    if table is None:
        return None
    known = table.known
    is_plain = known.fields() <= READ | _IGNORED | {"platform"} and "post_id" in known.columns
    return table if is_plain and "platform" not in known.columns else None


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _csv(path: Path) -> PlainTable | None:
    if path.suffix.lower() not in (".csv", ".tsv", ".txt"):
        return None  # packed ones are read as a stream
    if not isinstance(recognize(path), csv_mapped.CsvMapped):
        return None
    table = csv_reading.open_table(path)
    if table.encoding != "utf-8-sig":
        return None
    known = csv_mapped.resolved(path, table, _NO_OPTIONS)
    return PlainTable(
        path, known, is_csv=True, separator=table.separator, columns=table.columns,
        has_header=table.has_header,
    )  # fmt: skip


def _parquet(path: Path) -> PlainTable | None:
    file = pq.ParquetFile(path)
    names = tuple(file.schema_arrow.names)
    if parquet.is_known(names):
        return None
    known = parquet_mapped.resolved(path, file, _NO_OPTIONS)
    return PlainTable(path, known, is_csv=False, columns=names)
