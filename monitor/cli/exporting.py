"""`gaung export`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.context import Given, read_time
from monitor.cli.options import input_option, since_option, until_option
from monitor.cli.progress import Step, progress
from monitor.cli.searching import READ
from monitor.cli.targets import wanted_by

if TYPE_CHECKING:
    from monitor.exporting import Chunk
    from monitor.inputs.reading import OnRead
    from monitor.wiring import App

_ROWS = "writing the lake"
_EXPORT = """Write the store as a lake of Parquet, by platform and day, or for another tool.

Analysis reads it with --input DIR, here or on another machine, on one or on many (see
docs/scaling.md). Exporting again writes only the days that have changed, and takes out what was
erased or purged meanwhile. --since and --until mean whole days, UTC; the others stay as they are.

`gaung import DIR` brings it back into a store.

The lake holds real names and texts, with --redact neither: accounts, posts, links and texts have
pseudonyms under this store's salt, and analysis finds the same (docs/scaling.md says what it
still reveals). Exports of the store are on record in `gaung audit`.

With --format, PATH is one file for another tool: 4cat (.csv or .ndjson), coortweet (CooRTweet's
table; --by says what is shared) or cnt (coordination-network-toolkit). Then --target names a watch
or a "#hashtag", and --since and --until are meant to the second.

\b
Examples:
  gaung export lake/
  gaung export /mnt/shared/lake --since 7d
  gaung export for-others/ --redact
  gaung export lake/ --input folder-of-exports/
  gaung export posts.ndjson --format 4cat --target air-bersih --since 7d
  gaung export shares.csv --format coortweet --by link --redact
"""


@click.command("export", help=_EXPORT)
@click.argument("folder", metavar="PATH", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "tool",
    type=click.Choice(["lake", "4cat", "coortweet", "cnt"]),
    default="lake",
    show_default=True,
    help="What is to be written.",
)
@click.option("--target", metavar="TARGET", help="For another tool: which posts.  [default: all]")
@click.option(
    "--by",
    type=click.Choice(["repost", "text", "link", "hashtags", "reply"]),
    help="For coortweet: what is shared.  [default: repost]",
)
@input_option
@since_option
@until_option
@click.option("--redact", is_flag=True, help="For others: no handles, no texts, but pseudonyms.")
@click.pass_obj
def export_command(
    given: Given,
    folder: Path,
    tool: str,
    target: str | None,
    by: str | None,
    path: Path | None,
    since: str | None,
    until: str | None,
    redact: bool,
) -> int:
    """Write a lake once."""
    from monitor import clock
    from monitor.cli.auditing import note_export
    from monitor.exporting import export

    app, now = given.app(), clock.now()
    if tool != "lake":
        return _for_tool(app, tool, folder, target, by, path, since, until, redact=redact)
    if target is not None or by is not None:
        raise click.UsageError("--target and --by are for another tool: name it with --format")
    if folder.is_file():
        raise click.BadParameter(f"{folder} is a file: a lake is a folder", param_hint="PATH")
    first = _day(read_time(since, option="--since", now=now, config=app.config))
    last = _day(read_time(until, option="--until", now=now, config=app.config), up=True)
    if first is not None and last is not None and first >= last:
        raise click.BadParameter(f"{first} is not before --until", param_hint="--since")
    if path is not None and (first is not None or last is not None):
        raise click.UsageError("--input exports whole files: leave out --since and --until")
    with progress(Step(_ROWS, _ROWS, reads=path is not None)) as bar:
        chunks, total = _chunks(app, path, first, last, bar.read)
        bar.step(_ROWS, total=total, unit="rows")
        naming = app.naming() if redact else None
        counting = bar.advance if path is None else lambda _: None  # files say how far they are
        done = export(chunks, folder, now=now, naming=naming, on_progress=counting)
    if path is None:
        note_export(app, "lake", folder, redacted=redact)
    click.echo(
        f"{folder}: {done.rows['posts']:,} posts and {done.rows['acts']:,} acts; "
        f"{done.written:,} files written, {done.unchanged:,} unchanged, {done.removed:,} removed"
    )
    return 0


def _for_tool(
    app: App,
    tool: str,
    output: Path,
    target: str | None,
    by: str | None,
    path: Path | None,
    since: str | None,
    until: str | None,
    *,
    redact: bool,
) -> int:
    """Write one file for another tool."""
    from monitor import clock
    from monitor.cli.auditing import note_export
    from monitor.exporting.neighbours import write_for
    from monitor.exporting.redact import RedactedInput
    from monitor.inputs import Input, opened

    if by is not None and tool != "coortweet":
        raise click.BadParameter("says what CooRTweet's object is", param_hint="--by")
    asked = wanted_by(app, target or "all", since, until, now=clock.now(), hint="--target")
    with progress(READ) as bar:
        source: Input = opened(app.stores, asked, path=path, on_read=bar.read)
        if redact:
            source = RedactedInput(source, app.naming())
        rows = write_for(tool, source, output, by=by or "repost")
    if path is None:
        note_export(app, f"{tool} {asked.name}", output, redacted=redact)
    click.echo(f"{output}: {rows:,} rows for {tool}")
    for note in source.notes:
        click.echo(f"  {note}")
    return 0


def _chunks(
    app: App, path: Path | None, first: date | None, last: date | None, on_read: OnRead
) -> tuple[Iterator[Chunk], int | None]:
    from monitor.exporting import chunk_of_input, chunks_of_store
    from monitor.inputs import Wanted, opened

    if path is None:
        return chunks_of_store(app.stores, first, last)
    source = opened(app.stores, Wanted("all posts", ()), path=path, on_read=on_read)
    return chunk_of_input(source), None


def _day(at: datetime | None, *, up: bool = False) -> date | None:
    """Give the day (UTC) of a time, or the next one if it is not its midnight."""
    if at is None:
        return None
    day = at.astimezone(UTC)
    return (day + timedelta(days=1) - timedelta(microseconds=1) if up else day).date()
