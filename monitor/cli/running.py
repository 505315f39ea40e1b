"""`gaung run` and `gaung once`."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from monitor.cli.context import Given, read_time

if TYPE_CHECKING:
    from monitor.turn import Turn

_RUN = """Run the daemon: collect, detect, notify and deliver, day and night.

It stops cleanly on SIGTERM and Ctrl-C; after a pause it finds what is overdue in the store. One
daemon per store. `deploy/gaung.service` runs it under systemd.

\b
Examples:
  gaung run
  gaung --config /etc/gaung/config.toml -v run
"""
_ONCE = """Do one turn of everything that is due: collect, detect, notify, deliver.

With --at, the turn is done as if it were that time; with --dry-run, what is due is listed and
nothing is asked, changed or sent.

\b
Examples:
  gaung once
  gaung once --dry-run
  gaung once --at 2026-11-23T07:00+07:00
"""


@click.command("run", help=_RUN)
@click.pass_obj
def run_command(given: Given) -> int:
    """Run until told to stop."""
    from monitor import logs
    from monitor.daemon import run

    logs.set_up(verbose=given.verbose, terminal=sys.stderr.isatty())
    return run(given.app(required=True))


@click.command("once", help=_ONCE)
@click.option("--at", metavar="TIME", help="Do the turn of this time.")
@click.option("--dry-run", is_flag=True, help="List what is due, and do nothing.")
@click.pass_obj
def once_command(given: Given, at: str | None, dry_run: bool) -> int:
    """Do one turn."""
    from monitor import clock
    from monitor.turn import plan, turn

    app = given.app(required=True)
    present = clock.now()
    now = read_time(at, option="--at", now=present, config=app.config) or present
    if at is not None:
        app = replace(app, stores=replace(app.stores, now=lambda: now))
    if now > present + timedelta(minutes=1):
        click.echo(
            "gaung: --at lies in the future: coverage will claim the time until then", err=True
        )
    if not app.config.watches:
        click.echo("gaung: there is nothing to watch: add a [[watches]] section", err=True)
        return 1
    collectors = app.collectors(now=lambda: now)
    try:
        if dry_run:
            tasks = plan(app, collectors, now=now)
            for task in tasks:
                floor = task.floor.astimezone(app.config.zone)
                click.echo(
                    f"{task.kind} {task.source} #{task.hashtag} "
                    f"back to {floor:%Y-%m-%d %H:%M %Z} ({task.why})"
                )
            click.echo(f"{len(tasks)} due" if tasks else "nothing is due")
            return 0
        done = turn(app, collectors, now=now)
    finally:
        for collector in collectors.values():
            collector.close()
    return _told(done)


def _told(done: Turn) -> int:
    if done.put_right:
        tables = ", ".join(f"{table} {rows}" for table, rows in done.put_right.items())
        click.echo(
            "gaung: a clock was ahead when this store was written: what it said of a time that has "
            f"not come was put right ({tables})",
            err=True,
        )
    for run in done.runs:
        where = f"{run.source} #{run.hashtag}" if run.hashtag else run.source
        line = f"{run.task} {where}: {run.verdict}, {run.new} new of {run.received}"
        click.echo(line + (f" ({run.detail})" if run.detail else ""))
    for decision in done.decisions:
        if decision.told:
            click.echo(
                f"alert {decision.finding.watch}: {decision.finding.kind} ({decision.reason})"
            )
    for letter in done.digests:
        click.echo(f"digest for {letter.recipient}")
    if done.delivery is not None:
        sent = done.delivery
        click.echo(f"mail: {sent.sent} sent, {sent.deferred} put off, {sent.dead} given up")
    if not done.runs:
        click.echo("nothing was due")
    failed = any(run.verdict in ("failed", "refused") for run in done.runs)
    return 1 if failed else 0
