"""`gaung silence` and `gaung ack`."""

from __future__ import annotations

import getpass
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from monitor.cli.context import Given
from monitor.cli.tables import tell
from monitor.nearest import one_of

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.config import Config

_SILENCE = """Send no letters about a watch for some time; what is found is still recorded.

TARGET is a watch, a "#hashtag" of one, or `all`. The digest names what was kept back. Without
TARGET the silences that hold now are listed.

\b
Examples:
  gaung silence air-bersih --for 6h --why "planned campaign of the ministry"
  gaung silence
  gaung silence --end 3
"""
_ACK = """Say that you know of what goes on in a watch: it is not repeated.

You are still told if it grows, or if something of another kind is found.

\b
Examples:
  gaung ack air-bersih
  gaung ack air-bersih --why "the press office answers"
"""


@click.command("silence", help=_SILENCE)
@click.argument("target", required=False)
@click.option("--for", "length", metavar="TIME", help="How long: 30m, 6h, 2d.")
@click.option("--why", metavar="TEXT", help="The reason, for those who ask later.")
@click.option("--end", "number", type=int, metavar="N", help="End silence number N now.")
@click.option("--all", "everything", is_flag=True, help="List those that are over, too.")
@click.pass_obj
def silence_command(
    given: Given,
    target: str | None,
    length: str | None,
    why: str | None,
    number: int | None,
    everything: bool,
) -> int:
    """Add, end or list."""
    from monitor import clock
    from monitor.alert import Silence

    app, now = given.app(required=True), clock.now()
    if number is not None:
        with app.stores.open() as store:
            if not store.telling.end_silence(number, now=now):
                raise click.UsageError(f"there is no silence {number} that holds: see the list")
        click.echo(f"silence {number} has ended")
        return 0
    if target is None:
        return _list(given, now=None if everything else now)
    watch = "*" if target == "all" else _watch(target, app.config)
    until = now + _length(length)
    silence = Silence(watch=watch, from_at=now, until=until, why=(why or "").strip())
    if not silence.why:
        raise click.UsageError('say why, for those who ask later: --why "planned campaign"')
    with app.stores.open() as store:
        added = store.telling.silence(silence, who=getpass.getuser())
    local = until.astimezone(app.config.zone)
    tell(
        f"no letters about {target} until {local:%Y-%m-%d %H:%M %Z} "
        f"(end it with: gaung silence --end {added})"
    )
    return 0


@click.command("ack", help=_ACK)
@click.argument("target")
@click.option("--why", metavar="TEXT", help="What is done about it.")
@click.pass_obj
def ack_command(given: Given, target: str, why: str | None) -> int:
    """Acknowledge what goes on in a watch."""
    from monitor import clock

    app, now = given.app(required=True), clock.now()
    watch = _watch(target, app.config)
    with app.stores.open() as store, store.transaction():
        found = [finding for finding in store.findings.open() if finding.watch == watch]
        for finding in found:
            store.telling.acknowledge(finding.key, who=getpass.getuser(), why=why, now=now)
    if not found:
        click.echo(f"nothing goes on in {watch}: there is nothing to acknowledge")
        return 0
    zone = app.config.zone
    for finding in found:
        since = f"{finding.from_at.astimezone(zone):%Y-%m-%d %H:%M %Z}"
        of = f" of {finding.subject}" if finding.subject else ""
        click.echo(f"acknowledged: {finding.kind}{of} in {watch} since {since}")
    return 0


def _list(given: Given, *, now: datetime | None) -> int:
    from monitor.cli.tables import console, table

    app = given.app(required=True)
    if not app.stores.path.exists():
        console().print("no watch is silenced")
        return 0
    with app.stores.open(read_only=True) as store:
        rows = store.telling.silences(now=now)
    zone = app.config.zone
    lines = [
        (
            str(row["silence_id"]),
            "all" if row["watch"] == "*" else row["watch"],
            f"{row['from_at'].astimezone(zone):%Y-%m-%d %H:%M %Z}",
            f"{row['until'].astimezone(zone):%Y-%m-%d %H:%M %Z}",
            row["who"],
            row["why"],
        )
        for row in rows
    ]
    columns = ("no.", "watch", "from", "until", "who", "why")
    console().print(table(columns, lines, right=[0]) if lines else "no watch is silenced")
    return 0


def _watch(target: str, config: Config) -> str:
    from collectors import hashtags

    names = [watch.name for watch in config.watches]
    if target in names:
        return target
    tag = hashtags.normalize(target) if target.startswith("#") else None
    holding = [watch.name for watch in config.watches if tag in watch.tags]
    if len(holding) == 1:
        return holding[0]
    if holding:
        raise click.BadParameter(
            f"{target} is in several watches: name one of {', '.join(holding)}",
            param_hint="TARGET",
        )
    near = one_of(target, names, none="none is configured")
    raise click.BadParameter(f"there is no watch {target!r}{near}", param_hint="TARGET")


def _length(text: str | None) -> timedelta:
    from monitor.config import parse_duration

    if text is None:
        raise click.UsageError("say for how long: --for 6h")
    try:
        return parse_duration(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--for") from None
