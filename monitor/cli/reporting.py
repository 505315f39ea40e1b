"""`gaung report`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.auditing import note_export
from monitor.cli.context import Given
from monitor.cli.options import (
    WindowType,
    engine_if_asked,
    engine_option,
    input_option,
    memory_limit_option,
    since_option,
    until_option,
)
from monitor.cli.report_page import PageAsked, page_of, page_path, report_now
from monitor.cli.targets import wanted_by

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.report.report import Report
    from monitor.wiring import App

_REPORT = """Report on TARGET: a watch, any #hashtag in the store, or `all`.

Without --since and --until: all that is stored. Windows are hours up to two months, then days.
A dash (null in JSON) is unknown: a gap, or an expectation that is still being learnt.

As HTML it is one page that needs nothing else: the answer in three sentences, the course, how it
began, the map of who amplified whom, and groups that act together, with their posts side by side.
Print it for a PDF.

\b
Examples:
  gaung report air-bersih --since 7d
  gaung report "#IndonesiaGelap" -o laporan.html
  gaung report --input tweets.csv -o laporan.html --language en
  gaung report air-bersih --since 7d --compare previous -o laporan/
  gaung report "#IndonesiaGelap" --format json -o report.json
  gaung report air-bersih --redact -o laporan.md
  gaung report air-bersih --since 30d -o laporan.xlsx
"""
FORMATS = ("table", "html", "json", "ndjson", "csv", "markdown", "xlsx")
redact_option = click.option(
    "--redact", is_flag=True, help="For publication: pseudonyms but for public figures, no links."
)


@click.command("report", help=_REPORT)
@click.argument("target", required=False)
@since_option
@until_option
@click.option("--window", type=WindowType(), metavar="WINDOW", help="Count by 15m, 1h, 6h, 1d, …")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(FORMATS),
    help="How to write it.  [default: by the ending of -o, else table]",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Write here; a page also into a folder, by the name of the target.",
)
@click.option(
    "--compare",
    metavar="WITH",
    help="Put another beside it: previous, FROM..TO, a watch or a #hashtag (HTML).",
)
@click.option(
    "--language", type=click.Choice(["id", "en"]), help="Of the page.  [default: as letters are]"
)
@input_option
@engine_option(
    "looks for groups that act together, in any number of posts",
    "by size, up to 200,000 posts; for a page 500,000",
)
@memory_limit_option
@redact_option
@click.pass_obj
def report_command(given: Given, /, target: str | None, **options: Any) -> int:
    """Compute the report once and render it."""
    if target is None and options["path"] is None:
        raise click.UsageError(
            'name a TARGET: a watch, "#hashtag" in quotes, `all`, or a file with --input'
        )
    from monitor import clock
    from monitor.cli.borrowed import on_files

    output: Path | None = options["output"]
    name = options["format_name"] or _format_of(output)
    if options["compare"] is not None and name != "html":
        raise click.UsageError("--compare is for a page: add --format html, or -o report.html")
    if name == "xlsx" and output is None:
        raise click.UsageError("a workbook is no text: name a file with -o report.xlsx")
    app, now = given.app(), clock.now()
    chosen = engine_if_asked(options["engine_name"], options["memory_limit"])
    with on_files(app, options["path"]) as lent, chosen as engine:
        asked = replace(_asked(lent, target or "all", options, now), engine=engine)
        if name == "html":
            output = _write_page(lent, asked, options, output)
        else:
            _write_report(report_now(lent, asked), name, output)
    if output is not None:
        if options["path"] is None:  # of what leaves the store
            note_export(app, f"report {asked.wanted.name}", output, redacted=options["redact"])
        click.echo(f"{output}: written", err=True)
    return 0


def _asked(app: App, target: str, options: dict[str, Any], now: datetime) -> PageAsked:
    return PageAsked(
        wanted=wanted_by(app, target, options["since"], options["until"], now=now),
        window=options["window"],
        compare=options["compare"],
        naming=app.naming() if options["redact"] else None,
        now=now,
    )


def _write_page(
    app: App, asked: PageAsked, options: dict[str, Any], output: Path | None
) -> Path | None:
    text = page_of(app, asked, options["language"] or app.config.language)
    if output is None:
        click.echo(text, nl=False)
        return None
    path = page_path(output, asked.wanted.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _write_report(report: Report, name: str, output: Path | None) -> None:
    if name == "table":
        from monitor.cli.report_table import print_report

        if output is None:
            print_report(report)
        else:
            with output.open("w", encoding="utf-8") as file:
                print_report(report, file)
    elif name == "xlsx":
        from monitor.cli.books import as_typed
        from monitor.report.book import write_report_book

        assert output is not None  # noqa: S101 - was asked before; for the type checker
        write_report_book(report, output, command=as_typed())
    else:
        from monitor.report.formats import as_csv, as_json, as_markdown, as_ndjson

        text = {"json": as_json, "ndjson": as_ndjson, "csv": as_csv, "markdown": as_markdown}[name](
            report
        )
        if output is None:
            click.echo(text, nl=False)
        else:
            output.write_text(text, encoding="utf-8")


def _format_of(output: Path | None) -> str:
    if output is None:
        return "table"
    if output.is_dir() or not output.suffix:
        return "html"
    endings = {
        ".json": "json", ".ndjson": "ndjson", ".jsonl": "ndjson", ".csv": "csv", ".md": "markdown",
        ".html": "html", ".htm": "html", ".xlsx": "xlsx",
    }  # fmt: skip
    return endings.get(output.suffix.lower(), "table")
