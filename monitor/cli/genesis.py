"""`gaung genesis`."""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.context import Given, read_time
from monitor.cli.options import input_option, since_option, until_option

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from monitor.genesis import Genesis

_HELP = """Tell how TARGET began: the first posts, hour by hour, who picked it up, when it spread.

TARGET is a watch, a "#hashtag" in quotes, or `all`. The hours are counted from the first post that
is here; where the first hour looks as if it had begun before, that is said. Of those who came in
within an hour, the one is named who was passed on most in all hours shown.

\b
Examples:
  gaung genesis "#IndonesiaGelap"
  gaung genesis air-bersih --since 2026-11-20 --hours 12
  gaung genesis --input tweets.csv --format json
"""
_SCHEMA = "gaung.genesis/1"


@click.command("genesis", help=_HELP)
@click.argument("target", required=False)
@input_option
@since_option
@until_option
@click.option("--hours", type=click.IntRange(1, 24 * 14), default=24, show_default=True)
@click.option(
    "--first", type=click.IntRange(1, 1000), default=10, show_default=True, help="Posts to list."
)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="csv: the hours.",
)
@click.pass_obj
def genesis_command(given: Given, /, target: str | None, **options: Any) -> int:
    """Compute it once and render it."""
    from monitor import clock
    from monitor.errors import OperatorError
    from monitor.genesis import POST_COLUMNS, genesis
    from monitor.inputs import UnknownTargetError, opened, wanted

    if target is None and options["path"] is None:
        raise click.UsageError(
            'name a TARGET: a watch, "#hashtag" in quotes, `all`, or a file with --input'
        )
    app, now = given.app(), clock.now()
    since = read_time(options["since"], option="--since", now=now, config=app.config)
    until = read_time(options["until"], option="--until", now=now, config=app.config)
    try:
        asked = wanted(app.config, target or "all", since=since, until=until)
    except UnknownTargetError as error:
        raise click.BadParameter(str(error), param_hint="TARGET") from None
    source = opened(app.stores, asked, path=options["path"])
    told = genesis(
        source.posts(*POST_COLUMNS),
        source.acts(),
        asked.name,
        hours=options["hours"],
        first=options["first"],
    )
    if told is None:
        raise OperatorError(
            f"{asked.name}: there is no such post here: collect with `gaung once`, bring in a file "
            "with `gaung import`, or name another time"
        )
    told.notes.extend(source.notes)
    click.echo(_rendered(told, options["format_name"], app.config.zone), nl=False)
    return 0


def _rendered(told: Genesis, format_name: str, zone: ZoneInfo) -> str:
    if format_name == "json":
        return (
            json.dumps(_plain({"schema": _SCHEMA, **asdict(told)}), ensure_ascii=False, indent=1)
            + "\n"
        )
    if format_name == "csv":
        import polars as pl

        from monitor.cli.coordination_text import as_csv

        rows = [asdict(hour) for hour in told.hourly]
        return as_csv(pl.DataFrame(rows, infer_schema_length=None))
    return _table(told, zone)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _table(told: Genesis, zone: ZoneInfo) -> str:
    from monitor.cli.tables import console, safe, table

    out = io.StringIO()
    shown = console(out)
    local = told.first_at.astimezone(zone)
    out.write(
        f"{told.target}: first seen here {local:%Y-%m-%d %H:%M %Z}; {told.posts:,} posts by "
        f"{told.authors:,} accounts in the first {told.hours} hours\n"
    )
    if told.already_running:
        out.write(f"This may not be the beginning: {told.already_running}.\n")
    out.write("\nFirst posts\n")
    rows = [
        [
            f"{one.at.astimezone(zone):%m-%d %H:%M}",
            one.handle or one.account,
            one.platform,
            _number(one.followers),
            str(one.picked_up),
            safe(one.text)[:70],
        ]
        for one in told.first
    ]
    columns = ["time", "account", "platform", "followers", "passed on", "text"]
    shown.print(table(columns, rows, right=[3, 4]))
    out.write("\nHour by hour\n")
    busy = [hour for hour in told.hourly if hour.posts]
    shown.print(table(_HOUR_COLUMNS, [_hour(one, zone) for one in busy], right=[1, 2, 3, 4, 6, 8]))
    if len(busy) < len(told.hourly):
        out.write(f"{len(told.hourly) - len(busy)} hours without a post are left out.\n")
    _spread(out, told, zone)
    out.write("\n" + "\n".join(told.notes) + "\n")
    return out.getvalue()


_HOUR_COLUMNS = [
    "hour", "posts", "reposts", "accounts", "new", "most active", "share",
    "most carried newcomer", "in all",
]  # fmt: skip


def _hour(one: Any, zone: ZoneInfo) -> list[str]:
    share = "–" if one.top_share is None else f"{one.top_share:.0%}"
    return [
        f"{one.start.astimezone(zone):%m-%d %H:%M}",
        f"{one.posts:,}",
        f"{one.reposts:,}",
        f"{one.authors:,}",
        f"{one.new_authors:,}",
        one.top_account or "–",
        share,
        one.carried_by or "–",
        f"{one.carried:,}" if one.carried else "–",
    ]


def _spread(out: Any, told: Genesis, zone: ZoneInfo) -> None:
    """Say who picked the first posts up, and where it went."""
    if told.picked_up:
        out.write("\nWho picked the first posts up\n")
        for one in told.picked_up:
            strength = "" if one.influence is None else f", influence {one.influence:g}"
            out.write(
                f"  {one.at.astimezone(zone):%m-%d %H:%M}  {one.handle or one.account} "
                f"({_number(one.followers)} followers{strength})\n"
            )
    out.write("\nWhere it went\n")
    if told.crossings is None:
        out.write("  too few acts by or on those who began it to tell communities\n")
    elif not told.crossings:
        out.write("  no other community was seen to pass on what the one that began it wrote\n")
    for crossing in told.crossings or []:
        out.write(
            f"  after {crossing.hours:g} h: community {crossing.community} ({crossing.members} "
            f"accounts), {crossing.amplifiers} of them by the end\n"
        )
    for platform, at in told.platforms.items():
        out.write(f"  {at.astimezone(zone):%m-%d %H:%M}  first on {platform}\n")


def _number(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"
