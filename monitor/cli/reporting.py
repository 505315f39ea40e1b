"""`gaung report`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.auditing import note_export
from monitor.cli.context import Given, read_time
from monitor.cli.options import WindowType, since_option, until_option

if TYPE_CHECKING:
    from monitor.measure import Target
    from monitor.report.report import Report
    from monitor.wiring import App

_REPORT = """Report on TARGET: a watch, or any #hashtag in the store.

Without --since and --until: all that is stored. Windows are hours up to two months, then days.
A dash (null in JSON) is unknown: a gap, or an expectation that is still being learnt.

\b
Examples:
  gaung report air-bersih --since 7d
  gaung report "#IndonesiaGelap" --format json -o report.json
  gaung report "#IndonesiaGelap" --since 2025-02-22 --until 2025-02-25 --window 6h
  gaung report air-bersih --redact -o laporan.md
"""
redact_option = click.option(
    "--redact", is_flag=True, help="For publication: pseudonyms but for public figures, no links."
)


@click.command("report", help=_REPORT)
@click.argument("target")
@since_option
@until_option
@click.option("--window", type=WindowType(), metavar="WINDOW", help="15m, 1h, 6h, 1d, …")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["table", "json", "csv", "markdown"]),
    help="[default: by the ending of -o, else table]",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="PATH", help="Write here.")
@redact_option
@click.pass_obj
def report_command(
    given: Given,
    target: str,
    since: str | None,
    until: str | None,
    window: timedelta | None,
    format_name: str | None,
    output: Path | None,
    redact: bool,
) -> int:
    """Compute the report once and render it."""
    from monitor import clock
    from monitor.report.compute import compute
    from monitor.report.span import span_of

    app, now = given.app(), clock.now()
    chosen = target_of(app, target)
    start = read_time(since, option="--since", now=now, config=app.config)
    end = read_time(until, option="--until", now=now, config=app.config)
    naming = app.naming() if redact else None
    with app.stores.open(read_only=True) as store:
        span = span_of(
            store, chosen, since=start, until=end, window=window, now=now, zone=app.config.zone
        )
        report = compute(store, chosen, span, config=app.config, now=now, naming=naming)
    _write_report(report, format_name or _format_of(output), output)
    if output is not None:
        note_export(app, f"report {chosen.name}", output, redacted=redact)
        click.echo(f"{output}: written", err=True)
    return 0


def _write_report(report: Report, name: str, output: Path | None) -> None:
    if name == "table":
        from monitor.cli.report_table import print_report

        if output is None:
            print_report(report)
        else:
            with output.open("w", encoding="utf-8") as file:
                print_report(report, file)
    else:
        from monitor.report.formats import as_csv, as_json, as_markdown

        text = {"json": as_json, "csv": as_csv, "markdown": as_markdown}[name](report)
        if output is None:
            click.echo(text, nl=False)
        else:
            output.write_text(text, encoding="utf-8")


def _format_of(output: Path | None) -> str:
    endings = {".json": "json", ".csv": "csv", ".md": "markdown"}
    return endings.get(output.suffix.lower(), "table") if output is not None else "table"


def target_of(app: App, text: str) -> Target:
    """Find what TARGET names. Raises a usage error with what there is."""
    from collectors.hashtags import normalize
    from monitor.measure import Target

    watches = {watch.name: watch for watch in app.config.watches}
    if text in watches:
        return Target(text, watches[text].tags, watch=text)
    tag = normalize(text)
    if text.startswith(("#", "＃")) and tag is not None:
        return Target(f"#{text.lstrip('#＃')}", (tag,))
    names = ", ".join(watches) or "none is configured"
    raise click.BadParameter(
        f'there is no watch {text!r} ({names}); for a hashtag write "#{text}", in quotes',
        param_hint="TARGET",
    )
