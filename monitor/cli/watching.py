"""`gaung watch`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.context import Given
from monitor.cli.json_text import json_text
from monitor.cli.tables import tell
from monitor.cli.words import Group

if TYPE_CHECKING:
    from monitor.config import Config, Watch

_WATCH = """Add, list, pause, resume and remove watches: sets of hashtags to follow.

Each changes config.toml, where comments and order stay as they are; what the program could not
read is not written. A running daemon takes the change over within a quarter of a minute.

\b
Examples:
  gaung watch add air-bersih "#AirBersih" "#KrisisAir"
  gaung watch list
  gaung watch pause air-bersih
"""
_ADD = """Follow hashtags under a name.

The quotes are for the shell, to which # begins a comment; without # none are needed.

\b
Examples:
  gaung watch add air-bersih "#AirBersih" "#KrisisAir"
  gaung watch add pilkada Pilkada --source mastodon --source bluesky --every 5m --backfill 14d
"""
_LIST = """List the watches.

\b
Examples:
  gaung watch list
  gaung watch list --json
"""
_PAUSE = """Ask no source for a watch until it is resumed.

What was collected stays. The time of the pause is unknown in reports (a gap named `paused`), not
zero; after `resume` it is read back as far as the sources go.

\b
Examples:
  gaung watch pause air-bersih
  gaung watch resume air-bersih
"""
_RESUME = """Follow a paused watch again, and read back what it missed.

\b
Examples:
  gaung watch resume air-bersih
  gaung watch list
"""
_REMOVE = """Take a watch out of config.toml; its posts stay in the store.

A report on its hashtags goes on working. `gaung purge` and `gaung erase` take posts out.

\b
Examples:
  gaung watch remove air-bersih
  gaung --config /etc/gaung/config.toml watch remove air-bersih
"""


@click.group("watch", cls=Group, help=_WATCH)
def watch_command() -> None:
    """Group of the commands that change what is watched."""


@watch_command.command("add", help=_ADD, short_help="Follow hashtags under a name.")
@click.argument("name")
@click.argument("hashtags", nargs=-1, required=True, metavar='"#TAG"...')
@click.option(
    "--source", "sources", multiple=True, metavar="NAME", help="As `gaung sources` lists."
)
@click.option("--every", metavar="10m", help="How often each source is asked.")
@click.option("--backfill", metavar="7d", help="How far back the first run reads.")
@click.pass_obj
def add_command(
    given: Given,
    name: str,
    hashtags: tuple[str, ...],
    sources: tuple[str, ...],
    every: str | None,
    backfill: str | None,
) -> int:
    """Add a watch."""
    from monitor.config.editing import with_watch

    values: dict[str, Any] = {"name": name, "hashtags": [tag.lstrip("#＃") for tag in hashtags]}
    if sources:
        values["sources"] = list(sources)
    values |= {k: v for k, v in (("every", every), ("backfill", backfill)) if v is not None}
    config = _change(given, lambda text, file: with_watch(text, values, name=file))
    added = _named(config, name)
    tags = " ".join(f"#{tag}" for tag in added.tags)
    more = "" if sources else " (others: --source; `gaung sources` lists them)"
    tell(f"{name}: follows {tags} on {', '.join(added.sources)}{more}")
    _say_next(given, config)
    return 0


@watch_command.command("list", help=_LIST, short_help="List the watches.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def list_command(given: Given, as_json: bool) -> int:
    """List them."""
    from monitor.cli.tables import console, table

    watches = given.app(required=True).config.watches
    if as_json:
        told = [_as_json(watch) for watch in watches]
        click.echo(json_text("gaung.watches/1", {"watches": told}), nl=False)
        return 0
    rows = [
        (
            watch.name,
            "paused" if watch.paused else "followed",
            " ".join(f"#{tag}" for tag in watch.tags),
            ", ".join(watch.sources),
            _words(watch.every.total_seconds()),
        )
        for watch in watches
    ]
    columns = ("watch", "state", "hashtags", "sources", "every")
    none = 'there is no watch yet: gaung watch add NAME "#hashtag"'
    console().print(table(columns, rows) if rows else none)
    return 0


@watch_command.command("pause", help=_PAUSE, short_help="Ask no source for it until resumed.")
@click.argument("name")
@click.pass_obj
def pause_command(given: Given, name: str) -> int:
    """Pause a watch."""
    return _pause(given, name, pause=True)


@watch_command.command("resume", help=_RESUME, short_help="Follow a paused watch again.")
@click.argument("name")
@click.pass_obj
def resume_command(given: Given, name: str) -> int:
    """Resume a watch."""
    return _pause(given, name, pause=False)


@watch_command.command("remove", help=_REMOVE, short_help="Take it out; its posts stay.")
@click.argument("name")
@click.pass_obj
def remove_command(given: Given, name: str) -> int:
    """Remove a watch."""
    from monitor.config.editing import without_watch

    config = _change(given, lambda text, file: without_watch(text, name, name=file))
    click.echo(f"{name}: is followed no longer; its posts stay in the store")
    _say_next(given, config)
    return 0


def _pause(given: Given, name: str, *, pause: bool) -> int:
    from monitor.config.editing import paused

    config = _change(given, lambda text, file: paused(text, name, pause=pause, name=file))
    if pause:
        click.echo(f"{name}: paused; go on with: gaung watch resume {name}")
    else:
        click.echo(f"{name}: followed again; what it missed is read back as far as sources go")
    _say_next(given, config)
    return 0


def _change(given: Given, edit: Callable[[str, str], str]) -> Config:
    from monitor.config.saving import change

    return change(given.path, lambda text: edit(text, str(given.path)))


def _say_next(given: Given, config: Config) -> None:
    """Say who takes the change over."""
    from monitor.lock import DaemonLock

    if DaemonLock(config.store_path).holder() is not None:
        click.echo("the running daemon takes it over within 15 s", err=True)
    elif config.followed:
        option = f" --config {given.path}" if given.config_path else ""
        click.echo(f"no daemon runs: `gaung{option} run` starts it", err=True)


def _named(config: Config, name: str) -> Watch:
    return next(watch for watch in config.watches if watch.name == name)


def _as_json(watch: Watch) -> dict[str, Any]:
    return {
        "name": watch.name,
        "paused": watch.paused,
        "hashtags": list(watch.tags),
        "sources": list(watch.sources),
        "every_seconds": int(watch.every.total_seconds()),
        "backfill_seconds": int(watch.backfill.total_seconds()),
        "recipients": list(watch.recipients),
        "sensitivity": watch.sensitivity,
    }


def _words(seconds: float) -> str:
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds / size:.0f}{unit}"
    return f"{seconds:.0f}s"
