"""`gaung erase`, `gaung purge` and `gaung audit`."""

from __future__ import annotations

import getpass
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.context import Given
from monitor.cli.json_text import json_text
from monitor.cli.progress import progress
from monitor.cli.tables import tell

if TYPE_CHECKING:
    from monitor.store.privacy import Gone
    from monitor.wiring import App

_ERASING, _PURGING = 30, 15  # statements that it takes, about
_ERASE = """Erase AUTHOR: all that this account wrote and did, for good, and keep it out.

AUTHOR is a handle (@budi, @budi@server.example) or a key as in JSON reports (x:123). What others
wrote stays, without its names, links to it and its words; letters that wait are sent without them.
Whom you erased before you can erase again: it takes out what others have written of them since.
The store's file is then written anew, so that nothing is left in it or in later backups. Trends
change: their posts are counted no longer. Copies that you exported, mailed or backed up before are
yours to find: `gaung audit` lists them.

\b
Examples:
  gaung erase @budi@mastodon.example
  gaung erase x:1234567 --dry-run
"""
_PURGE = """Take out what was collected longer ago than it may be kept.

Without options: as [privacy] keep_posts and keep_raw say, which the daemon also does once a day.
The time is then unknown in reports, never zero. The file is written anew, so that nothing of it is
left there or in later backups.

\b
Examples:
  gaung purge --dry-run
  gaung purge --older-than 365d
"""
_AUDIT = """List what left this store (exports), and what was taken out of it.

\b
Examples:
  gaung audit
  gaung audit --action export --json
"""
_ACTIONS = ("export", "erase", "purge", "set aside")


def user() -> str:
    """Give the system's user."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may have a number only
        return "unknown"


def note_export(app: App, subject: str, output: Path, *, redacted: bool) -> None:
    """Write down that something left; who may only read the store is told that it was not."""
    from monitor import clock
    from monitor.errors import StoreError

    names = "pseudonyms" if redacted else "real names"
    try:
        with app.stores.open() as store, store.transaction():
            store.privacy.note(
                "export", subject, who=user(), now=clock.now(), detail=f"{output} ({names})"
            )
    except StoreError as error:
        click.echo(f"gaung: not noted in the audit log: {error}", err=True)


@click.command("erase", help=_ERASE)
@click.argument("author")
@click.option("--dry-run", is_flag=True, help="Only tell whom it would be.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def erase_command(given: Given, author: str, dry_run: bool, yes: bool) -> int:
    """Erase one account."""
    from monitor import clock

    app = given.app()
    with app.stores.open(read_only=True) as store:
        found = {row["author_key"]: _whom(row) for row in store.privacy.find(author)}
        if not found:
            found = dict.fromkeys(store.privacy.erased_before(author), _AGAIN)
    if not found:
        click.echo(f"gaung: there is no account {author!r} in the store", err=True)
        return 1
    for key, told in found.items():
        click.echo(f"{key}{told}", err=True)
    if len(found) > 1:
        click.echo("gaung: that is more than one account: name one by its key", err=True)
        return 1
    if dry_run:
        return 0
    if not yes and sys.stdin.isatty():
        click.confirm("Erase it for good?", abort=True, err=True)
    elif not yes:
        click.echo("gaung: nothing erased: add --yes where nobody can be asked", err=True)
        return 1
    now = clock.now()
    with (
        progress("erasing") as bar,
        app.stores.open() as store,
        bar.polling(store.database.share_done(_ERASING)),
        store.transaction(),
    ):
        gone = store.privacy.erase(next(iter(found)), now=now)
        store.privacy.want_rewriting(now=now)
        # Without the name: the log must not keep what was erased.
        store.privacy.note("erase", "an account", who=user(), now=now, detail=_counted(gone))
    _rewrite(app, now=now)
    click.echo(
        f"erased: {_counted(gone)}; its traces in {gone.texts:,} posts of others and "
        f"{gone.letters:,} letters; it will not be collected again"
    )
    _tell_of_backups(app)
    return 0


def _whom(row: dict[str, Any]) -> str:
    handle = f" (@{row['handle']})" if row["handle"] else ""
    return f"{handle}: {row['posts']:,} posts"


_AGAIN = ": erased before; what others wrote is searched for its name and pages again"


def _rewrite(app: App, *, now: datetime) -> None:
    """Write the file anew. Raises `StoreError`, which says that it is still to be done."""
    from monitor.errors import StoreError
    from monitor.store.rewriting import rewrite

    try:
        with progress("clearing the file"):
            rewrite(app.stores, now=now)
    except StoreError as error:
        raise type(error)(
            f"it is out of the store, but traces are left in free blocks of its file ({error}): "
            "mend that and run `gaung purge`, or leave it to the daemon, which tries once a day"
        ) from error


def _tell_of_backups(app: App) -> None:
    with app.stores.open(read_only=True) as store:
        last = store.backups.last()
    if last is not None:
        click.echo(
            f"backups from before still hold it, the newest of them {last.name}: make a new one "
            "and remove them"
        )


@click.command("purge", help=_PURGE)
@click.option("--older-than", metavar="TIME", help="90d, 12w: instead of the settings.")
@click.option("--dry-run", is_flag=True, help="Count, and take out nothing.")
@click.pass_obj
def purge_command(given: Given, older_than: str | None, dry_run: bool) -> int:
    """Take out what is old."""
    from monitor import clock
    from monitor.tidy import purge

    app, now = given.app(), clock.now()
    keep = _age(older_than, now) if older_than else app.config.privacy.keep_posts
    raw = min(keep, app.config.privacy.keep_raw) if older_than else app.config.privacy.keep_raw
    with app.stores.open(read_only=True) as store:
        is_wanted = store.privacy.rewriting().is_wanted
    if not keep and not raw and is_wanted and not dry_run:
        _rewrite(app, now=now)
        tell("the file was cleared of what had been taken out before")
        return 0
    if not keep and not raw:
        click.echo("gaung: nothing is set to be taken out: see [privacy] in config.toml", err=True)
        return 1
    with (
        progress("counting" if dry_run else "taking out") as bar,
        app.stores.open() as store,
        bar.polling(store.database.share_done(_PURGING)),
    ):
        gone = purge(store, keep_posts=keep, keep_raw=raw, who=user(), now=now, trial=dry_run)
    is_told = not gone.is_nothing and not dry_run
    if is_told or (is_wanted and not dry_run):
        _rewrite(app, now=now)
    tell(("would take out: " if dry_run else "taken out: ") + _counted(gone))
    if is_told:
        _tell_of_backups(app)
    return 0


def _age(text: str, now: datetime) -> timedelta:
    from zoneinfo import ZoneInfo

    from monitor.config import parse_time

    try:
        age = now - parse_time(text, now=now, zone=ZoneInfo("UTC"))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--older-than") from None
    if age <= timedelta(0):
        raise click.BadParameter(f"{text!r} lies not in the past", param_hint="--older-than")
    return age


@click.command("audit", help=_AUDIT)
@click.option("--action", type=click.Choice(_ACTIONS), help="Only these.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, times in UTC.")
@click.pass_obj
def audit_command(given: Given, action: str | None, as_json: bool) -> int:
    """List the log."""
    app = given.app()
    with app.stores.open(read_only=True) as store:
        entries = store.privacy.noted(action=action)
    if as_json:
        click.echo(json_text("gaung.audit/1", {"entries": entries}), nl=False)
        return 0
    from monitor.cli.tables import console, table

    rows = [
        (
            f"{entry['noted_at'].astimezone(app.config.zone):%Y-%m-%d %H:%M %Z}",
            entry["who"],
            entry["action"],
            entry["subject"],
            entry["detail"] or "",
        )
        for entry in entries
    ]
    if not rows:
        click.echo("nothing was exported, erased or purged yet")
        return 0
    console().print(
        table(("when", "who", "what", "of", "detail"), rows, drop=("who",), wrap=("detail",))
    )
    return 0


def _counted(gone: Gone) -> str:
    return (
        f"{gone.posts:,} posts, {gone.interactions:,} interactions, {gone.authors:,} accounts, "
        f"{gone.raw:,} records that were set aside"
    )
