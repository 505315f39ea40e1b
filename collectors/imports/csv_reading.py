r"""CSV as it is found: any separator, any line end, any of the usual encodings.

Decided once for a file: encoding (byte order mark, UTF-16 by its zero bytes, else UTF-8 in which
single bytes that are none are read as cp1252) and separator (that which gives the most columns).
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from collectors.errors import ImportFileError, RecordError
from collectors.imports import csv_tools, jsonl, packed
from collectors.imports.frames import Gathered
from collectors.imports.sample import SAMPLE_BYTES, ImportOptions
from collectors.page import Page
from collectors.records import Rejected

_SEPARATORS = ",;\t|"
_LARGEST_CELL = 1 << 24  # a quote that is never closed takes no more than this of the file along
_LONGEST_LINE = 2 * _LARGEST_CELL
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ODD_BYTES = "gaung-cp1252"


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    # One byte that a spreadsheet wrote must not turn the rest of a UTF-8 file into nonsense.
    if not isinstance(error, UnicodeDecodeError):
        raise error
    odd = error.object[error.start : error.end]
    return odd.decode("cp1252", errors="replace"), error.end


codecs.register_error(_ODD_BYTES, _as_cp1252)


class Row(NamedTuple):
    """A record of the table: its first line, its cells by column, and the bytes read by then."""

    line: int
    cells: dict[str, str]
    end: int
    raw: str


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file whose header is read."""

    path: Path
    encoding: str
    separator: str
    columns: tuple[str, ...]
    has_header: bool = True

    def rows(self) -> Iterator[Row | Rejected]:
        """Read the records in order; one that does not fit the header is set aside."""
        csv.field_size_limit(_LARGEST_CELL)
        with _opened(self.path) as file:
            physical = _Lines(file, self.encoding)
            reader = csv.reader(physical, delimiter=self.separator)
            if self.has_header:
                _header(reader)
            while True:
                line = reader.line_num + 1
                physical.consumed.clear()
                try:
                    row = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield self._rejected(line, f"not CSV: {error}", physical)
                    continue
                if row:  # a blank line is no record
                    yield self._row(row, line, physical)

    def _row(self, row: list[str], line: int, physical: _Lines) -> Row | Rejected:
        while len(row) > len(self.columns) and not row[-1]:
            row.pop()  # spreadsheets write separators up to the widest row
        if len(row) != len(self.columns):
            reason = f"{len(row)} cells where the header has {len(self.columns)} columns"
            return self._rejected(line, reason, physical)
        return Row(
            line,
            dict(zip(self.columns, row, strict=True)),
            physical.end(),
            "".join(physical.consumed),
        )

    def _rejected(self, line: int, reason: str, physical: _Lines) -> Rejected:
        return jsonl.rejected(self.path, line, reason, "".join(physical.consumed))


def open_table(path: Path) -> Table:
    """Find out how a CSV file is written, and read its header. Raises `ImportFileError`."""
    with _opened(path) as file:
        head = file.read(SAMPLE_BYTES)
    return table_of(path, head)


def table_of(path: Path, head: bytes) -> Table:
    """Find out from a file's first bytes how it is written. Raises `ImportFileError`."""
    encoding = _encoding(head)
    lines = list(_Lines(io.BytesIO(head), encoding))
    csv.field_size_limit(_LARGEST_CELL)
    header: list[str] = []
    separator = _SEPARATORS[0]
    for candidate in _SEPARATORS:
        cells = _header(csv.reader(iter(lines), delimiter=candidate))
        if len(cells) > len(header):
            header, separator = cells, candidate
    if not any(cell.strip() for cell in header):
        raise ImportFileError(f"{path}: the first line holds no column names; add a header line")
    if csv_tools.is_toolkit_row(header):
        return Table(path, encoding, separator, csv_tools.TOOLKIT_COLUMNS, has_header=False)
    return Table(path, encoding, separator, _distinct(header))


def pages(
    table: Table,
    options: ImportOptions,
    gather: Callable[[Row, Gathered, ImportOptions], None],
) -> Iterator[Page]:
    """Read a table page by page, each row by `gather`, which may raise `RecordError`."""
    return pages_of(table.path, table.rows(), options, gather)


def pages_of(
    path: Path,
    rows: Iterable[Row | Rejected],
    options: ImportOptions,
    gather: Callable[[Row, Gathered, ImportOptions], None],
) -> Iterator[Page]:
    """Make pages of rows, each by `gather`, which may raise `RecordError`."""
    gathered = Gathered()
    end = 0
    for row in rows:
        gathered.received += 1
        if isinstance(row, Rejected):
            gathered.rejected.append(row)
        else:
            end = row.end
            try:
                gather(row, gathered, options)
            except RecordError as error:
                gathered.rejected.append(
                    jsonl.rejected(path, row.line, error.reason, row.raw, field=error.field)
                )
        if gathered.received >= options.page_size:
            yield gathered.page(progress=end)
            gathered = Gathered()
    if gathered.received:
        yield gathered.page(progress=end)


def _header(rows: Iterator[list[str]]) -> list[str]:
    try:
        # Excel writes, and hides, a line `sep=;` above the header.
        return next((row for row in rows if row and not row[0].lower().startswith("sep=")), [])
    except csv.Error:
        return []


def _distinct(header: list[str]) -> tuple[str, ...]:
    """Name the columns that have no name of their own: pandas writes its index without one."""
    names: dict[str, None] = {}
    for i, cell in enumerate(header, 1):
        name = cell.strip() or f"column_{i}"
        names[name if name not in names else f"{name}_{i}"] = None
    return tuple(names)


def _encoding(head: bytes) -> str:
    if head.startswith(_UTF16_MARKS):
        return "utf-16"
    sample = head[:2000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) > len(sample) // 5:
        return "utf-16-le" if odd > even else "utf-16-be"
    return "utf-8-sig"


def _opened(path: Path) -> BinaryIO:
    try:
        return packed.opened(path)
    except OSError as error:
        raise ImportFileError(f"{path} cannot be read: {error.strerror}") from error


class _Lines:
    r"""The lines of a text with their ends, of which `\r\r\n` is one and `\r` is one."""

    def __init__(self, file: BinaryIO | io.BytesIO, encoding: str) -> None:
        self._file = file
        errors = "replace" if encoding.startswith("utf-16") else _ODD_BYTES
        self._text = io.TextIOWrapper(file, encoding=encoding, errors=errors, newline="")
        self._next = self._read()
        self.consumed: list[str] = []  # since it was last cleared

    def end(self) -> int:
        """Give how many bytes of the file are read."""
        return self._file.tell()

    def __iter__(self) -> Iterator[str]:
        return self

    def _read(self) -> str | None:
        """Read a line; of one that no row can have, as much as makes it no row."""
        line = part = self._text.readline(_LONGEST_LINE)
        while len(part) == _LONGEST_LINE and not part.endswith(("\n", "\r")):
            part = self._text.readline(_LONGEST_LINE)
        return line or None

    def __next__(self) -> str:
        line = self._next
        if line is None:
            raise StopIteration
        self._next = self._read()
        if self._next == "\r\n" and line.endswith("\r"):
            # Written in text mode on Windows, twice: one line end, not two.
            line += self._next
            self._next = self._read()
        if "\0" in line:
            line = line.replace("\0", "")
        self.consumed.append(line)
        return line
