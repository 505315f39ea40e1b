"""`gaung backup`."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import click

from monitor.cli.context import Given
from monitor.cli.progress import progress

_BACKUP = """Copy the store to FILE, also while the daemon runs.

Whoever else wants the store waits until it is copied. The copy is checked, and for you only (0600).
It holds real names: it is on record in `gaung audit`, and erasing an account here does not take it
out there. docs/operations.md says how to put a copy back.

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
    from monitor.cli.auditing import note_export
    from monitor.store.backup import backup

    app = given.app()
    with progress("copying the store") as bar, ExitStack() as polled:

        def on_copy(part: Path, size: int) -> None:
            def copied() -> float:
                try:
                    done = part.stat().st_size
                except OSError:  # it has its own name by now
                    done = size
                if done >= size:
                    bar.say("checking the copy")
                return done

            polled.enter_context(bar.polling(copied, size, "bytes"))

        posts, size = backup(app.stores, target, on_copy)
    note_export(app, "backup", target, redacted=False)
    click.echo(f"{target}: {posts:,} posts, {size / 1e6:,.1f} MB, checked")
    return 0
