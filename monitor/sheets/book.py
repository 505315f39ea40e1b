"""Writes tables as XLSX: ids as text, nothing a formula, times as dates with their zone named.

Each sheet has its head frozen and filterable and columns as wide as what they hold; the first sheet
says what it is, how to read it and how to make it again. Equal tables give equal files.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from monitor.errors import OperatorError

if TYPE_CHECKING:
    import polars as pl

# https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3
_ROWS = 1_048_575  # of a sheet, without its head
_LETTERS = 32_767  # of a cell
_WIDE, _NARROW = 60, 8  # letters
_NAME = 31
_DIGITS = 15  # more of them a spreadsheet does not keep
_NO_NAME = str.maketrans(dict.fromkeys("[]:*?/\\'", "-"))
_NOT_XML = {n: "\ufffd" for n in range(32) if n not in (9, 10, 13)}
_READ_ME = "read me"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. Cells: None, text, numbers, truth values, dates, aware times, lists of texts."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    title: str = ""  # what it shows, for the first sheet

    @classmethod
    def of_frame(cls, name: str, frame: pl.DataFrame, title: str = "") -> Sheet:
        """Give the sheet of a frame."""
        return cls(name, frame.columns, list(frame.iter_rows()), title)


def write_book(
    path: Path,
    sheets: Sequence[Sheet],
    *,
    about: Iterable[tuple[str, str]],
    notes: Iterable[str] = (),
    zone: ZoneInfo | None = None,
) -> None:
    """Write a workbook whole, or not at all. Raises `OperatorError`.

    about: what the first sheet says, as name and value. notes: its limits. zone: in which times are
    shown (a spreadsheet knows no zones); UTC if none is given.
    """
    import xlsxwriter

    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".xlsx", dir=path.parent)
    except OSError as error:
        raise OperatorError(f"{path}: cannot be written: {error.strerror}") from error
    os.close(handle)
    beside = Path(name)
    try:
        # In constant memory, row by row: a million rows fit into 100 MB.
        book = xlsxwriter.Workbook(
            beside, {"constant_memory": True, "strings_to_formulas": False,
                     "strings_to_urls": False, "strings_to_numbers": False,
                     "nan_inf_to_errors": False},
        )  # fmt: skip
        book.set_properties({"created": datetime(2000, 1, 1), "author": "gaung"})  # noqa: DTZ001
        _fill(book, sheets, list(about), list(notes), zone or ZoneInfo("UTC"))
        book.close()
        beside.replace(path)
    except (OSError, xlsxwriter.exceptions.XlsxWriterException) as error:
        raise OperatorError(f"{path}: cannot be written: {error}") from error
    finally:
        beside.unlink(missing_ok=True)


def _fill(
    book: Any,
    sheets: Sequence[Sheet],
    about: list[tuple[str, str]],
    notes: list[str],
    zone: ZoneInfo,
) -> None:
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1, "valign": "top"}),
        "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        "text": book.add_format({"num_format": "@"}),
        "long": book.add_format({"text_wrap": True, "valign": "top"}),
        "bold": book.add_format({"bold": True, "valign": "top"}),
    }
    names = _names(sheets)
    shown, cut = [], []
    for sheet, name in zip(sheets, names, strict=True):
        shown.append((name, f"{sheet.title or sheet.name}: {len(sheet.rows):,} rows"))
        if len(sheet.rows) > _ROWS:
            cut.append(f"{name} shows the first {_ROWS:,} of {len(sheet.rows):,} rows: a sheet "
                       "holds no more; CSV and Parquet have all.")  # fmt: skip
    _read_me(book.add_worksheet(_READ_ME), formats, about, [*notes, *cut], shown, zone)
    for sheet, name in zip(sheets, names, strict=True):
        _table(book.add_worksheet(name), sheet, formats, zone)


def _names(sheets: Sequence[Sheet]) -> list[str]:
    """Give names that a workbook may have: short, distinct, without some signs."""
    taken = {_READ_ME}
    given = []
    for sheet in sheets:
        bare = sheet.name.translate(_NO_NAME).strip()[:_NAME] or "table"
        name, number = bare, 1
        while name.casefold() in taken or name.casefold() == "history":
            number += 1
            name = f"{bare[: _NAME - 3]} {number}"
        taken.add(name.casefold())
        given.append(name)
    return given


def _read_me(
    page: Any,
    formats: dict[str, Any],
    about: list[tuple[str, str]],
    notes: list[str],
    shown: list[tuple[str, str]],
    zone: ZoneInfo,
) -> None:
    _on_paper(page)
    page.set_column(0, 0, 22, formats["bold"])
    page.set_column(1, 1, 100, formats["long"])
    told = [
        *about,
        ("times", f"{zone.key}; a spreadsheet's times know no zone, so that it stands here and "
                  "in the columns' names"),
        ("empty cells", "unknown, never zero"),
        ("ids", "text: numbers of more than 15 digits would be rounded"),
        *((("limits" if n == 0 else ""), note) for n, note in enumerate(notes)),
        ("", ""),
        *shown,
    ]  # fmt: skip
    for row, (name, value) in enumerate(told):
        page.write_string(row, 0, _clean(name))
        page.write_string(row, 1, _clean(value))


def _table(page: Any, sheet: Sheet, formats: dict[str, Any], zone: ZoneInfo) -> None:
    rows = sheet.rows[:_ROWS]
    timed = [
        any(isinstance(row[i], datetime) for row in rows[:1000]) for i in range(len(sheet.columns))
    ]
    heads = [
        f"{column} ({zone.key})" if with_time else str(column)
        for column, with_time in zip(sheet.columns, timed, strict=True)
    ]
    for index, head in enumerate(heads):
        width = max([len(head) + 2, *(_width(row[index]) for row in rows[:1000])])
        page.set_column(index, index, min(max(width, _NARROW), _WIDE))
    _on_paper(page)
    page.repeat_rows(0)
    page.freeze_panes(1, 0)
    if heads:
        page.autofilter(0, 0, max(len(rows), 1), len(heads) - 1)
    for index, head in enumerate(heads):
        page.write_string(0, index, _clean(head), formats["head"])
    for number, row in enumerate(rows, start=1):
        for index, cell in enumerate(row):
            _write(page, number, index, cell, formats, zone)


def _on_paper(page: Any) -> None:
    """Print all columns of a table on one page, A4 across."""
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)


def _write(
    page: Any, row: int, column: int, cell: Any, formats: dict[str, Any], zone: ZoneInfo
) -> None:
    """Write a cell by its type; a text is always a text, whatever it begins with."""
    match cell:
        case None:
            return
        case bool():
            page.write_boolean(row, column, cell)
        case int() if len(str(abs(cell))) <= _DIGITS:
            page.write_number(row, column, cell)
        case float() if cell == cell and abs(cell) != float("inf"):
            page.write_number(row, column, cell)
        case float():
            return
        case datetime():
            at = (cell if cell.tzinfo else cell.replace(tzinfo=UTC)).astimezone(zone)
            page.write_datetime(row, column, at.replace(tzinfo=None), formats["time"])
        case date():
            page.write_datetime(row, column, cell, formats["date"])
        case _:
            page.write_string(row, column, _clean(_words(cell)), formats["text"])


def _words(cell: Any) -> str:
    return " ".join(str(one) for one in cell) if isinstance(cell, list | tuple) else str(cell)


def _clean(text: str) -> str:
    """Give what a cell can hold: no control characters, and not more than fits."""
    clean = text.replace("\r\n", "\n").replace("\r", "\n").translate(_NOT_XML)
    return clean if len(clean) <= _LETTERS else f"{clean[: _LETTERS - 1]}…"


def _width(cell: Any) -> int:
    if cell is None:
        return 0
    if isinstance(cell, datetime):
        return 20
    return max((len(line) for line in _words(cell).split("\n")), default=0) + 2
