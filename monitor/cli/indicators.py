"""`gaung indicators`."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.books import format_of, noted, output_option, put
from monitor.cli.context import Given, read_time
from monitor.cli.options import (
    engine_by,
    engine_if_asked,
    engine_option,
    input_option,
    memory_limit_option,
    since_option,
    until_option,
)
from monitor.cli.progress import Step, progress
from monitor.cli.searching import SEARCH, Search
from monitor.cli.targets import source_by, wanted_by

if TYPE_CHECKING:
    import polars as pl

    from monitor.engines import Engine
    from monitor.indication.indicate import Indication
    from monitor.inputs import Input
    from monitor.wiring import App

_HELP = """Tell the eighteen indicators of TARGET: a watch, a #hashtag, or `all`.

How broad it is (M, mobilisation), how coordinated it looks (O, orchestration), how unusual it is
and how it goes on (T). Each with its 95 % interval, with what it rests on (N), and with the reason
where nothing can be said. Of a day of a watch or #hashtag in the store, two dials set it against
its own quiet days.

Without --since and --until: the last 24 hours; with --input: the whole file.

\b
Examples:
  gaung indicators air-bersih
  gaung indicators "#IndonesiaGelap" --until 2025-02-23 --since 2025-02-22
  gaung indicators --input tweets.csv --format json
  gaung indicators air-bersih -o indicators.xlsx
"""
_COUNT = Step("count", "computing the indicators")
_DAY = timedelta(hours=24)
_Span = tuple[datetime | None, datetime | None]


@click.command("indicators", help=_HELP)
@click.argument("target", required=False)
@input_option
@engine_option(
    "looks for groups that act together, which synchrony rests on, in any number of posts",
    "duckdb or polars by size, up to 2 million posts",
)
@memory_limit_option
@since_option
@until_option
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["table", "json", "csv", "xlsx"]),
    help="How to write it.  [default: by the ending of -o, else table]",
)
@output_option
@click.pass_obj
def indicators_command(
    given: Given,
    target: str | None,
    path: Path | None,
    engine_name: str | None,
    memory_limit: str | None,
    since: str | None,
    until: str | None,
    format_name: str | None,
    output: Path | None,
) -> int:
    """Compute the indicators once and render them."""
    from monitor import clock

    name = format_of(output, format_name, ("table", "json", "csv"))

    if target is None and path is None:
        raise click.UsageError(
            'name a TARGET: a watch, "#hashtag" in quotes, `all`, or a file with --input'
        )
    app, now = given.app(), clock.now()
    start = read_time(since, option="--since", now=now, config=app.config)
    end = read_time(until, option="--until", now=now, config=app.config)
    if start is not None and end is not None and start >= end:
        raise click.BadParameter(
            f"{start:%Y-%m-%d %H:%M} is not before --until", param_hint="--since"
        )
    span = (start, end)
    with (
        progress(*SEARCH, _COUNT) as bar,
        engine_if_asked(engine_name, memory_limit) as engine,
    ):
        search = Search(bar, scored=False)
        if path is not None:
            told = _of_file(app, target or "all", path, span, engine, search)
        else:
            told = _of_store(app, target or "all", span, now, engine, search)
    _write(app, told, name, output)
    noted(app, f"indicators {told.target}", output, from_store=path is None, redacted=False)
    return 0


def _of_file(
    app: App, target: str, path: Path, span: _Span, engine: Engine | None, search: Search
) -> Indication:
    from monitor.indication.given import COLUMNS, facts_of_posts
    from monitor.indication.indicate import indicate

    source = source_by(app, target, None, None, path, search.on_read)
    posts = source.posts(*COLUMNS)
    together, why = _together(source, posts.height, engine, search)
    search.bar.step(_COUNT.name)
    facts = facts_of_posts(posts, app.config, since=span[0], until=span[1], coordinated=together)
    notes = [*source.notes, *why]
    if source.set_aside:
        notes.append(f"{len(source.set_aside):,} records could not be read.")
    name = f"{source.wanted.name} of {path.name}"
    return indicate(facts, app.config, name, stored=False, notes=notes)


_MOST_TESTED = 2_000_000  # posts; for more, the test is a command of its own


def _together(
    source: Input, posts: int, engine: Engine | None, search: Search
) -> tuple[pl.DataFrame | None, list[str]]:
    """Give the acts of coordinated groups; None and why where they were not looked for."""
    from monitor.coordination import Asked, coordinated

    if engine is None:
        if posts > _MOST_TESTED:
            return None, [f"{posts:,} posts: name an --engine for synchrony, which takes a while."]
        with engine_by("duckdb") as usual:
            return _together(source, posts, usual, search)
    asked = Asked(scored=False)
    found = coordinated(source, asked, search.counted(engine), on_kinds=search.on_kinds)
    return (None, [found.insufficient]) if found.insufficient else (found.together, [])


def _of_store(
    app: App, text: str, span: _Span, now: datetime, engine: Engine | None, search: Search
) -> Indication:
    from monitor import ledger
    from monitor.coordination.stored import acted_together
    from monitor.indication.indicate import indicate
    from monitor.indication.stored import facts_of_store
    from monitor.inputs.nothing import nothing_stored

    target, (since, until) = wanted_by(app, text, None, None, now=now).target, span
    with app.stores.open(read_only=True) as store:
        _, last = store.queries.span(target.selection(None, None))
        if last is None:
            raise nothing_stored(store, target.name, target.hashtags)
        live = ledger.is_live(store.coverage.streams(hashtags=target.hashtags))
        end = until or (now if live else last + timedelta(microseconds=1))
        begin = since or end - _DAY
        together, why = acted_together(
            store, target, begin, end, most=_MOST_TESTED, engine=engine, watcher=search
        )
        search.bar.step(_COUNT.name)
        facts = facts_of_store(
            store, app.config, target, since=begin, until=end, coordinated=together
        )
    return indicate(facts, app.config, target.name, stored=True, notes=[why] if why else [])


def _write(app: App, told: Indication, format_name: str, output: Path | None) -> None:
    if format_name == "xlsx" and output is not None:
        from monitor.cli.indicators_book import write_indicators_book

        write_indicators_book(told, output, zone=app.config.zone)
        return
    if format_name == "table" and output is None:
        from monitor.cli.indicator_table import print_indication

        print_indication(told)
        return
    from monitor.indication.formats import as_csv, as_json

    put({"json": as_json, "csv": as_csv, "table": as_csv}[format_name](told), output)
