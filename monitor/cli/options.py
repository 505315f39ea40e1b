"""Options that several commands share."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import click

_WINDOW = re.compile(r"(\d+)([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class WindowType(click.ParamType[timedelta]):
    """A window such as 15m, 1h or 1d."""

    name = "window"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Read it; a window divides a day, or is whole days."""
        if isinstance(value, timedelta):
            return value
        match = _WINDOW.fullmatch(str(value))
        if match is None:
            self.fail(f"{value!r} is no window: write 15m, 1h, 6h or 1d", param, ctx)
        window = timedelta(**{_UNITS[match[2]]: int(match[1])})
        day = timedelta(days=1)
        if not window or (window > day and window % day) or (window < day and day % window):
            self.fail(f"{value!r} does not divide a day: write 15m, 1h, 6h or 1d", param, ctx)
        return window


since_option = click.option(
    "--since", metavar="TIME", help="From when: 7d, 36h, 2026-11-23 or an ISO time."
)
until_option = click.option("--until", metavar="TIME", help="Up to when (not included).")
input_option = click.option(
    "--input",
    "path",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A lake, a file or a folder instead of the store; it is not imported.",
)
