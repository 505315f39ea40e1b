"""`gaung genesis`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from monitor.cli.books import format_of, noted, output_option, put
from monitor.cli.context import Given
from monitor.cli.options import (
    Whole,
    engine_if_asked,
    engine_option,
    input_option,
    memory_limit_option,
    since_option,
    until_option,
)
from monitor.cli.progress import Step, progress
from monitor.cli.searching import READ
from monitor.cli.targets import source_by

if TYPE_CHECKING:
    from monitor.genesis import Genesis
    from monitor.wiring import App

_BEGIN = Step("begin", "looking for the beginning")
_HELP = """Tell how TARGET began: first posts, hour by hour, who passed it on, when it spread.

TARGET is a watch, a "#hashtag" in quotes, or `all`. The hours are those of your clock, from the
first post that is here; where the first hour looks as if it had begun before, that is said. Of
those who came in within an hour, the one is named who was passed on most in all hours shown.

The largest cascades are those of all the time that is asked for: each a post with its reposts and
quotes, how fast and how far it went, and who brought it to whom. Through whom is exact where
Bluesky says so (via); else it is a guess, and said to be one.

\b
Examples:
  gaung genesis "#IndonesiaGelap"
  gaung genesis air-bersih --since 2026-11-20 --hours 12 --redact
  gaung genesis --input tweets.csv --format json
  gaung genesis air-bersih -o beginning.xlsx
  gaung genesis all --input lake --format csv --rows cascades > cascades.csv
"""


@click.command("genesis", help=_HELP)
@click.argument("target", required=False)
@input_option
@engine_option("counts how often each post was passed on, for the largest cascades", "polars")
@memory_limit_option
@since_option
@until_option
@click.option(
    "--hours",
    type=Whole(1, 24 * 14),
    default=24,
    show_default=True,
    metavar="N",
    help="How many to tell; cascades are followed to the end.",
)
@click.option(
    "--first",
    type=Whole(1, 1000),
    default=10,
    show_default=True,
    metavar="N",
    help="Posts to list.",
)
@click.option(
    "--cascades",
    type=Whole(0, 1000),
    default=5,
    show_default=True,
    metavar="N",
    help="Cascades to list, the largest first.",
)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["table", "json", "csv", "xlsx"]),
    help="How to write it.  [default: by the ending of -o, else table]",
)
@output_option
@click.option(
    "--rows",
    type=click.Choice(["hours", "cascades", "amplifiers"]),
    default="hours",
    show_default=True,
    help="What csv lists.",
)
@click.option(
    "--redact",
    is_flag=True,
    help="For publication: pseudonyms but for public figures, no text, no link to a post.",
)
@click.pass_obj
def genesis_command(given: Given, /, target: str | None, **options: Any) -> int:
    """Compute it once and render it."""
    if target is None and options["path"] is None:
        raise click.UsageError(
            'name a TARGET: a watch, "#hashtag" in quotes, `all`, or a file with --input'
        )
    from monitor.errors import OperatorError
    from monitor.genesis import Asked, told_of

    output = options["output"]
    options["format_name"] = format_of(output, options["format_name"], ("table", "json", "csv"))
    app = given.app()
    chosen = engine_if_asked(options["engine_name"], options["memory_limit"])
    with progress(READ, _BEGIN) as bar, chosen as engine:
        source = source_by(
            app, target or "all", options["since"], options["until"], options["path"], bar.read
        )
        told = told_of(
            source,
            Asked(
                target=source.wanted.name,
                hashtags=source.wanted.hashtags,
                hours=options["hours"],
                first=options["first"],
                cascades=options["cascades"],
                zone=app.config.zone,
            ),
            stores=app.stores if options["path"] is None else None,
            naming=app.naming() if options["redact"] else None,
            engine=engine,
            on_read=lambda: bar.step(_BEGIN.name),
        )
    if told is None:
        raise OperatorError(
            f"{source.wanted.name}: there is no such post here: collect with `gaung once`, bring "
            "in a file with `gaung import`, or name another time"
        )
    _write(app, told, options)
    noted(app, f"genesis {source.wanted.name}", output, from_store=options["path"] is None,
          redacted=options["redact"])  # fmt: skip
    return 0


def _write(app: App, told: Genesis, options: dict[str, Any]) -> None:
    from monitor.cli.genesis_text import as_json, as_rows, print_genesis

    output, name = options["output"], options["format_name"]
    if name == "xlsx":
        from monitor.cli.genesis_book import write_genesis_book

        write_genesis_book(told, output, zone=app.config.zone)
    elif name == "table" and output is None:
        print_genesis(told, app.config.zone)
    elif name == "json":
        put(as_json(told), output)
    else:
        put(as_rows(told, options["rows"]), output)
