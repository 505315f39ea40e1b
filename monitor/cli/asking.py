"""`gaung sql`."""

from __future__ import annotations

import json
import re
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.context import Given
from monitor.cli.json_text import json_text, plain
from monitor.cli.progress import progress

if TYPE_CHECKING:
    import polars as pl

_SQL = """Ask the store in SQL: QUESTION is one SELECT over the views that --views lists.

It only reads: DuckDB's dialect, without files, network, extensions and settings. The question comes
from -f FILE, or from standard input, if it is not given. A daemon waits while a question runs, so
that 10 s are its time; for longer work, `gaung export` writes a lake. Times are UTC.

\b
Examples:
  gaung sql "select hashtag, count(*) as posts from hashtags group by 1"
  gaung sql "describe posts"
  gaung sql -f question.sql --format parquet -o answer.parquet
  gaung sql --views
"""
FORMATS = ("table", "csv", "json", "ndjson", "parquet", "xlsx")
_ROWS = 100  # of a table for people
_LONGEST = 86_400
_TIME = re.compile(r"(\d+)(s|m)?")


class _Timeout(click.ParamType[timedelta]):
    name = "time"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Read it."""
        if isinstance(value, timedelta):
            return value
        match = _TIME.fullmatch(str(value))
        if match is None or not int(match[1]):
            self.fail(f"{value!r} is no time: write 10s or 2m", param, ctx)
        seconds = int(match[1].lstrip("0")[:12] or "0") * (60 if match[2] == "m" else 1)
        if seconds > _LONGEST:
            self.fail(f"{value!r} is longer than a day: write 10s or 2m", param, ctx)
        return timedelta(seconds=seconds)


@click.command("sql", help=_SQL)
@click.argument("question", required=False)
@click.option(
    "-f", "--file", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE",
    help="Read the question from here.",
)  # fmt: skip
@click.option("--views", is_flag=True, help="List the views and what their columns hold.")
@click.option(
    "--format", "format_name", type=click.Choice(FORMATS),
    help="How to write it.  [default: by the ending of -o, else table]",
)  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write here.")
@click.option(
    "--timeout",
    type=_Timeout(),
    default="10s",
    show_default=True,
    metavar="TIME",
    help="How long it may take.",
)
@click.option(
    "--memory-limit",
    default="500MB",
    show_default=True,
    metavar="SIZE",
    help="How much memory it may use.",
)
@click.option(
    "--redact", is_flag=True, help="For publication: pseudonyms but for public figures, no texts."
)
@click.pass_obj
def sql_command(given: Given, /, question: str | None, **options: Any) -> int:
    """Ask once and render the answer."""
    output: Path | None = options["output"]
    name = options["format_name"] or _format_of(output)
    if options["views"]:
        return _print_views(name)
    if name in ("parquet", "xlsx") and output is None:
        raise click.UsageError(f"{name} is no text: name a file with -o")
    asked = _question(question, options["file"])
    from monitor.store.asking import Bounds, answer

    app = given.app()
    naming = app.naming() if options["redact"] else None
    bounds = Bounds(timeout=options["timeout"], memory=options["memory_limit"])
    with (
        app.stores.open(read_only=True) as store,
        progress("asking the store") as bar,
        bar.polling(store.database.share_done()),
    ):
        found = answer(store.database, asked, bounds=bounds, naming=naming)
    if output is None:
        _print(found, name)
        return 0
    from monitor.cli.auditing import note_export

    _write(found, name, output, asked)
    note_export(app, "sql", output, redacted=options["redact"])
    click.echo(f"{output}: {found.height:,} rows", err=True)
    return 0


def _format_of(output: Path | None) -> str:
    ending = "" if output is None else output.suffix.lower().lstrip(".")
    return {"jsonl": "ndjson"}.get(ending, ending if ending in FORMATS else "table")


def _question(question: str | None, file: Path | None) -> str:
    if question is not None and file is not None:
        raise click.UsageError("the question stands in -f FILE or on the command line, not in both")
    if question is not None and question != "-":
        return question
    if file is not None:
        return file.read_text(encoding="utf-8")
    if sys.stdin.isatty() and question is None:
        raise click.UsageError('write a question, such as "select * from posts limit 5"')
    return sys.stdin.read()


def _print_views(format_name: str) -> int:
    from monitor.store.views import VIEWS

    if format_name in ("json", "ndjson"):
        told = [{"view": v.name, "what": v.what, "columns": v.columns} for v in VIEWS]
        click.echo(json_text("gaung.views/1", {"views": told}), nl=False)
        return 0
    for view in VIEWS:
        click.echo(f"{click.style(view.name, bold=True)}: {view.what}")
        for column, holds in view.columns.items():
            click.echo(f"  {column:<15} {holds}")
        click.echo()
    return 0


def _print(found: pl.DataFrame, name: str) -> None:
    if name == "table":
        _print_table(found)
    else:
        click.echo(text_of(found, name), nl=False)


def _print_table(found: pl.DataFrame) -> None:
    from monitor.cli.tables import console, table

    if found.is_empty():
        click.echo("no row: nothing in the store is as asked")
        return
    numeric = [i for i, dtype in enumerate(found.dtypes) if dtype.is_numeric()]
    rows = [[_cell(value) for value in row] for row in found.head(_ROWS).iter_rows()]
    console().print(table(found.columns, rows, right=numeric))
    if found.height > _ROWS:
        click.echo(f"… and {found.height - _ROWS:,} more: --format csv shows all", err=True)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, float):
        return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.1f}"
    if isinstance(value, list):
        return ", ".join(_cell(one) for one in value)
    return str(value)


def _write(found: pl.DataFrame, name: str, output: Path, asked: str) -> None:
    if name == "parquet":
        found.write_parquet(output)
    elif name == "xlsx":
        from monitor.sheets.book import Sheet, write_book

        write_book(
            output,
            [Sheet.of_frame("answer", found)],
            about=[("question", asked), ("times", "UTC")],
        )
    elif name == "table":
        with output.open("w", encoding="utf-8") as file:
            file.write(text_of(found, "csv"))
    else:
        output.write_text(text_of(found, name), encoding="utf-8")


def text_of(found: pl.DataFrame, name: str) -> str:
    """Give the answer as CSV, JSON or one JSON object per row; null is unknown."""
    if name == "csv":
        from monitor.sheets.columns import csv_of

        return csv_of(found)
    rows = found.to_dicts()
    if name == "ndjson":
        return "".join(json.dumps(plain(row), ensure_ascii=False) + "\n" for row in rows)
    columns = [{"name": n, "type": str(t)} for n, t in found.schema.items()]
    return json_text("gaung.sql/1", {"columns": columns, "rows": rows})
