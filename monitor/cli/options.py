"""Options that several commands share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from monitor.engines import Engine

_WINDOW = re.compile(r"(\d+)([mhd])")
_LONGEST = timedelta(days=366)
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
        try:
            window = timedelta(**{_UNITS[match[2]]: int(match[1])})
        except (OverflowError, ValueError):  # also of more digits than Python reads
            window = timedelta.max
        if window > _LONGEST:
            self.fail(f"{value!r} is longer than a year: write 15m, 1h, 6h or 1d", param, ctx)
        day = timedelta(days=1)
        if not window or (window > day and window % day) or (window < day and day % window):
            self.fail(f"{value!r} does not divide a day: write 15m, 1h, 6h or 1d", param, ctx)
        return window


class Whole(click.IntRange):
    """A whole number within bounds, of which the help makes no formula."""

    def _describe_range(self) -> str:
        return ""


class Share(click.FloatRange):
    """A share within bounds, of which the help makes no formula."""

    def _describe_range(self) -> str:
        return ""


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
ENGINES = ("duckdb", "polars", "spark")  # as `monitor.engines`, which is slow to import
memory_limit_option = click.option(
    "--memory-limit", metavar="SIZE", help="Of --engine duckdb or spark, as 2GB."
)


def engine_option(what: str, default: str) -> Callable[[Any], Any]:
    """Give the option that chooses what computes a command's heavy step. what: which step it is."""
    return click.option(
        "--engine",
        "engine_name",
        type=click.Choice(ENGINES),
        help=f"What {what}.  [default: {default}]",
    )


@contextmanager
def engine_by(name: str, memory_limit: str | None = None) -> Iterator[Engine]:
    """Give an engine while it is needed. Raises a usage error for a limit that nothing keeps."""
    if memory_limit is not None and name == "polars":
        raise click.BadParameter(
            "goes with --engine duckdb or spark: Polars holds all in memory",
            param_hint="--memory-limit",
        )
    from monitor.engines import engine_of

    engine = engine_of(name, memory_limit=memory_limit)
    try:
        yield engine
    finally:
        engine.close()


@contextmanager
def engine_if_asked(name: str | None, memory_limit: str | None) -> Iterator[Engine | None]:
    """Give the engine that was asked for while it is needed; None where none was.

    A limit alone asks for DuckDB.
    """
    if name is None and memory_limit is None:
        yield None
        return
    with engine_by(name or ENGINES[0], memory_limit) as engine:
        yield engine
