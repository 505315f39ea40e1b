"""`gaung backup`."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.context import Given
from monitor.cli.progress import progress

if TYPE_CHECKING:
    from monitor.wiring import App

_BACKUP = """Copy the store to FILE, also while the daemon runs.

Who reads the store goes on; who writes waits until it is copied. Every row is read, and the copy
is compared with the store before it gets its name: a damaged store is told, and not copied.
The copy is for you only (0600) and holds real names: it is on record in `gaung audit`, and erasing
an account here does not take it out there. docs/operations.md says how to put a copy back.

\b
Examples:
  gaung backup /backup/gaung.duckdb
  gaung backup "/backup/gaung-$(date +%F).duckdb"
"""


@click.command("backup", help=_BACKUP)
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def backup_command(given: Given, target: Path) -> int:
    """Copy the store."""
    from monitor.store.backup import backup

    app = given.app()
    with progress("copying the store") as bar, ExitStack() as polled:

        def on_copy(part: Path, size: int) -> None:
            def copied() -> float:
                try:
                    return part.stat().st_size
                except OSError:  # not begun, or it has its own name by now
                    return 0

            polled.enter_context(bar.polling(copied, size, "bytes"))

        posts, size = backup(app.stores, target, on_copy, lambda: bar.say("checking the copy"))
    _note(app, target, size)
    click.echo(f"{target}: {posts:,} posts, {size / 1e6:,.1f} MB, checked")
    return 0


def _note(app: App, target: Path, size: int) -> None:
    """Write down that there is a copy; of a store that may only be read, say that it was not."""
    from monitor import clock
    from monitor.cli.auditing import user
    from monitor.errors import StoreError
    from monitor.store.backups import Backup

    now = clock.now()
    try:
        with app.stores.open() as store, store.transaction():
            store.backups.add(Backup(now, target.name, size))
            store.privacy.note(
                "export", "backup", who=user(), now=now, detail=f"{target} (real names)"
            )
    except StoreError as error:
        click.echo(f"gaung: not noted in the audit log: {error}", err=True)
