"""Tables of commands as workbooks: `-o FILE.xlsx` wherever a table is told."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from monitor.sheets.book import Sheet
    from monitor.wiring import App

_ENDINGS = {
    ".xlsx": "xlsx",
    ".csv": "csv",
    ".json": "json",
    ".jsonl": "ndjson",
    ".ndjson": "ndjson",
}
output_option = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write here; the ending says how: .xlsx, .csv, .json.",
)


def as_typed() -> str:
    """Give the command as it was typed, to be run again."""
    return shlex.join(["gaung", *sys.argv[1:]])


def format_of(output: Path | None, given: str | None, known: Sequence[str]) -> str:
    """Give the format that is asked for: as said, else by the ending of -o, else a table.

    Raises a usage error where a workbook would go to a terminal.
    """
    name = given or ("table" if output is None else _ENDINGS.get(output.suffix.lower(), "table"))
    if name == "xlsx" and output is None:
        raise click.UsageError("a workbook is no text: name a file with -o FILE.xlsx")
    if name not in (*known, "xlsx"):
        raise click.BadParameter(
            f"{name} is not written here: choose {', '.join(known)} or xlsx", param_hint="-o"
        )
    return name


def put(text: str, output: Path | None) -> None:
    """Print a text, or write it into a file."""
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        click.echo(f"{output}: written", err=True)


def write(
    output: Path,
    sheets: Iterable[Sheet],
    *,
    about: Iterable[tuple[str, str]],
    notes: Iterable[str],
    zone: ZoneInfo,
) -> None:
    """Write a workbook with the command in front that makes it again."""
    from monitor import __version__
    from monitor.sheets.book import write_book

    told = [*about, ("made again with", as_typed()), ("gaung", __version__)]
    write_book(output, list(sheets), about=told, notes=notes, zone=zone)
    click.echo(f"{output}: written", err=True)


def rows_of(records: Sequence[dict[str, Any]], columns: Sequence[str]) -> list[list[Any]]:
    """Give records as rows; what is no cell is written as JSON."""
    import json

    def cell(value: Any) -> Any:
        if isinstance(value, dict) or (
            isinstance(value, list | tuple) and any(isinstance(one, dict) for one in value)
        ):
            return json.dumps(value, ensure_ascii=False, default=str)
        return value

    return [[cell(record.get(column)) for column in columns] for record in records]


def noted(app: App, subject: str, output: Path | None, *, from_store: bool, redacted: bool) -> None:
    """Put on record that something left the store."""
    if output is not None and from_store:
        from monitor.cli.auditing import note_export

        note_export(app, subject, output, redacted=redacted)
