"""`gaung outbox`."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.context import Given
from monitor.cli.json_text import json_text
from monitor.cli.tables import tell
from monitor.cli.words import Group

if TYPE_CHECKING:
    from monitor.wiring import App

_OUTBOX = """List letters that wait or were given up; send them again, or drop them.

A letter that a server refuses for the time being is tried for 48 hours, ever more seldom, and then
given up; so is at once what is for nobody (5.1.1) or too big. None is lost: when what was wrong is
put right, `retry` sends it, under the same Message-ID.

\b
Examples:
  gaung outbox list
  gaung outbox retry --all
  gaung outbox drop 3f9c2a71
"""
_LIST = """List the letters, oldest first, each with the reason why it was not taken.

The first column is the name by which `retry` and `drop` know a letter.

\b
Examples:
  gaung outbox list
  gaung outbox list --all
  gaung outbox list --json
"""
_RETRY = """Send letters now, and try them for another 48 hours if they are not taken.

LETTER is a name that `gaung outbox list` shows. Exit code 1 if one was not taken.

\b
Examples:
  gaung outbox retry 3f9c2a71
  gaung outbox retry --all
"""
_DROP = """Never send letters: those that nobody is to get any more.

What they told is still in `gaung alerts` and in reports. LETTER is a name that `gaung outbox list`
shows.

\b
Examples:
  gaung outbox drop 3f9c2a71
  gaung outbox drop --all --yes
"""
_STATES = ("waiting", "given up", "sent", "dropped")
_letters_argument = click.argument("letters", nargs=-1, metavar="[LETTER]...")


@click.group("outbox", cls=Group, help=_OUTBOX)
def outbox_command() -> None:
    """Group of the commands about letters that were written."""


@outbox_command.command("list", help=_LIST, short_help="List letters that wait or were given up.")
@click.option("--all", "everything", is_flag=True, help="Also those that were sent or dropped.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, times in UTC.")
@click.pass_obj
def list_command(given: Given, everything: bool, as_json: bool) -> int:
    """List them."""
    from monitor.cli.tables import console, table
    from monitor.store.outbox import short_name

    app = given.app(required=True)
    states = _STATES if everything else _STATES[:2]
    found = _listed(app, states)
    if as_json:
        told = [{"letter": short_name(row["key"]), **row} for row in found]
        click.echo(json_text("gaung.outbox/1", {"letters": told}), nl=False)
        return 0
    zone = app.config.zone

    def at(moment: datetime | None) -> str:
        return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}" if moment else "–"

    rows = [
        (
            short_name(row["key"]),
            row["state"],
            row["recipient"],
            at(row["enqueued_at"]),
            str(row["attempts"]),
            at(row["due_at"]),
            row["subject"],
            row["reason"] or "",
        )
        for row in found
    ]
    columns = ("letter", "state", "to", "written", "tries", "tried next", "subject", "why")
    made = table(
        columns, rows, right=[4], drop=("tries", "written", "tried next"), wrap=("subject", "why")
    )
    none = "no letter was written yet" if everything else "no letter waits, and none was given up"
    console().print(made if rows else none)
    return 0


@outbox_command.command("retry", help=_RETRY, short_help="Send letters now.")
@_letters_argument
@click.option("--all", "everything", is_flag=True, help="All that wait or were given up.")
@click.pass_obj
def retry_command(given: Given, letters: tuple[str, ...], everything: bool) -> int:
    """Try letters again."""
    from monitor import clock
    from monitor.errors import ConfigError
    from monitor.turn import send_due

    app = given.app(required=True)
    chosen = _chosen(app, letters, everything)
    if not chosen:
        click.echo("no letter waits, and none was given up")
        return 0
    if app.mailer() is None:  # a password that is not set is told before anything is changed
        raise ConfigError("mail.server is not set: name the mail server in [mail]")
    now, keys = clock.now(), [row["key"] for row in chosen]
    with app.stores.open() as store, store.transaction():
        store.outbox.retry(keys, now=now)
    send_due(app, now=now)
    became = [row for row in _listed(app, _STATES) if row["key"] in set(keys)]
    for row in became:
        _say_what_became(row, app)
    return 0 if all(row["state"] == "sent" for row in became) else 1


@outbox_command.command("drop", help=_DROP, short_help="Never send letters.")
@_letters_argument
@click.option("--all", "everything", is_flag=True, help="All that were given up; none that waits.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def drop_command(given: Given, letters: tuple[str, ...], everything: bool, yes: bool) -> int:
    """Drop letters."""
    from monitor import clock

    app = given.app(required=True)
    chosen = _chosen(app, letters, everything, states=("given up",))
    if not chosen:
        click.echo("no letter was given up")
        return 0
    for row in chosen:
        tell(f"{_name(row)}  {row['recipient']}  {row['subject']}", err=True)
    if not yes and sys.stdin.isatty():
        one = "this letter" if len(chosen) == 1 else f"these {len(chosen)} letters"
        click.confirm(f"Never send {one}?", abort=True, err=True)
    elif not yes:
        click.echo("gaung: nothing dropped: add --yes where nobody can be asked", err=True)
        return 1
    with app.stores.open() as store, store.transaction():
        dropped = store.outbox.drop([row["key"] for row in chosen], now=clock.now())
    click.echo(f"{dropped} dropped")
    return 0


def _listed(app: App, states: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return the letters; none where nothing was collected yet."""
    if not app.stores.path.exists():
        return []
    with app.stores.open(read_only=True) as store:
        return store.outbox.listed(states=states)


def _chosen(
    app: App, letters: tuple[str, ...], everything: bool, *, states: tuple[str, ...] = _STATES[:2]
) -> list[dict[str, Any]]:
    """Return the letters that were named, or all in these states. Raises `UsageError`."""
    if bool(letters) == everything:
        raise click.UsageError("name letters as `gaung outbox list` does, or give --all")
    if everything:
        return _listed(app, states)
    known = _listed(app, _STATES)
    return list({(row := _named(known, name))["key"]: row for name in letters}.values())


def _named(known: list[dict[str, Any]], name: str) -> dict[str, Any]:
    found = [row for row in known if name in (_name(row), row["key"])]
    if len(found) != 1:
        raise click.BadParameter(
            f"there is no letter {name!r}: `gaung outbox list` names them", param_hint="LETTER"
        )
    if found[0]["state"] in ("sent", "dropped"):
        raise click.BadParameter(f"{name} was {found[0]['state']}", param_hint="LETTER")
    return found[0]


def _name(row: dict[str, Any]) -> str:
    from monitor.store.outbox import short_name

    return short_name(row["key"])


def _say_what_became(row: dict[str, Any], app: App) -> None:
    told = f"{_name(row)}  {row['recipient']}: {row['state']}"
    if row["state"] == "waiting" and row["due_at"]:
        told += f", tried again {row['due_at'].astimezone(app.config.zone):%Y-%m-%d %H:%M %Z}"
    tell(told + (f": {row['reason']}" if row["reason"] and row["state"] != "sent" else ""))
