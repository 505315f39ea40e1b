"""`gaung top`."""

from __future__ import annotations

import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.context import Given
from monitor.cli.json_text import json_text
from monitor.cli.options import Whole

if TYPE_CHECKING:
    from monitor.live import Live
    from monitor.wiring import App

_TOP = """Show live how much there is of each watch, which bursts go on, and how sources are.

The last full hour and the last 24, each against what is expected for that hour of the week; hour
by hour, a dot is a gap and not zero. It reads beside a running daemon and goes on by itself:
q or Ctrl-C ends it. Where no terminal is, one picture is printed.

\b
Examples:
  gaung top
  gaung top --once
  gaung top --json
"""


@click.command("top", help=_TOP)
@click.option("--once", is_flag=True, help="Print one picture, and end.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, times in UTC; once.")
@click.option(
    "--every",
    type=Whole(min=1, max=3600),
    default=10,
    show_default=True,
    metavar="SECONDS",
    help="How often it is looked.",
)
@click.pass_obj
def top_command(given: Given, once: bool, as_json: bool, every: int) -> int:
    """Show it."""
    from monitor import clock
    from monitor.live import SCHEMA, live

    app = given.app()
    if as_json:
        click.echo(json_text(SCHEMA, asdict(live(app, now=clock.now()))), nl=False)
        return 0
    if once or not sys.stdout.isatty():
        from monitor.cli.tables import console
        from monitor.cli.top_picture import picture

        console().print(picture(live(app, now=clock.now())))
        return 0
    _follow(app, timedelta(seconds=every))
    return 0


def _follow(app: App, every: timedelta) -> None:
    """Draw again and again, until somebody presses q or Ctrl-C; then leave the screen as it was."""
    from rich.live import Live as Screen

    from monitor.cli.tables import console

    told: Live | None = None
    with _keys() as pressed, Screen(console=console(), screen=True, auto_refresh=False) as screen:
        try:
            while True:
                told, content = _next(app, told)
                screen.update(content, refresh=True)
                if pressed(every.total_seconds()) in {"q", "Q", "\x03", "\x1b"}:
                    return
        except KeyboardInterrupt:
            return  # the usual way to end it: nothing was cut off


def _next(app: App, last: Live | None) -> tuple[Live | None, Any]:
    """Look again; where another process has the store for long, show what was seen before."""
    from monitor import clock
    from monitor.cli.top_picture import picture
    from monitor.errors import StoreError
    from monitor.live import live

    try:
        told = live(app, now=clock.now())
    except StoreError as error:
        return last, picture(last, note=str(error)) if last is not None else str(error)
    return told, picture(told, note="q ends it")


@contextmanager
def _keys() -> Iterator[Any]:
    """Give what waits for a key for some seconds; the terminal is as before in the end."""
    import termios
    import tty

    if not sys.stdin.isatty():
        from monitor import clock

        yield clock.sleep
        return
    place = sys.stdin.fileno()
    before = termios.tcgetattr(place)

    def pressed(seconds: float) -> str:
        readable, _, _ = select.select([sys.stdin], [], [], seconds)
        return sys.stdin.read(1) if readable else ""

    try:
        tty.setcbreak(place)
        yield pressed
    finally:
        termios.tcsetattr(place, termios.TCSADRAIN, before)
