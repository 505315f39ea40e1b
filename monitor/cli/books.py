"""Tables of commands as workbooks: `-o FILE.xlsx` wherever a table is told."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path, PureWindowsPath
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
# Options that name a file, as `--input FILE`, `--input=FILE` and `-oFILE`.
_OF_FILES = re.compile(r"--(?:input|output|config|series|file)(?:=|$)|-[of](?=[^-]|$)")
_PLACE = re.compile(r"^(?:[~.]{1,2}|[A-Za-z]:)?[/\\]|^\S*[\w.~-][/\\][\w.-]\S*$")
output_option = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write here; the ending says how: .xlsx, .csv, .json.",
)


def as_typed(typed: Sequence[str] | None = None) -> str:
    """Return the command as it was typed, to be run again where its files are.

    Files go by their last name: where they lie names whoever asks, and what is made is for others.
    With --redact they are not named at all. typed: the words after `gaung`; None: as they were.

    >>> as_typed(["report", "--input", "/home/ani/kota/cuitan.csv", "-o", "out/x.html"])
    'gaung report --input cuitan.csv -o x.html'
    >>> as_typed(["report", "--redact", "--input=../kota/ani.csv", "-ohalaman.html"])
    'gaung report --redact --input=FILE.csv -oFILE.html'
    """
    words = list(sys.argv[1:] if typed is None else typed)
    is_secret = "--redact" in words
    told, is_file = ["gaung"], False
    for word in words:
        option = _OF_FILES.match(word)
        if is_file or (option is None and _PLACE.search(word)):
            told.append(_file(word, is_secret=is_secret))
            is_file = False
            continue
        is_file = option is not None and option[0] == word
        rest = "" if option is None or is_file else word.removeprefix(option[0])
        told.append(f"{option[0]}{_file(rest, is_secret=is_secret)}" if option and rest else word)
    return shlex.join(told)


def _file(typed: str, *, is_secret: bool) -> str:
    name = PureWindowsPath(typed.rstrip("/\\")).name  # which knows both signs between folders
    if not is_secret or typed == "-":
        return name or "."
    return f"FILE{PureWindowsPath(name).suffix}"


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
