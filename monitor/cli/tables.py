"""Tables for people: with lines and colours on a terminal, plain columns elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import IO, Any


def console(file: IO[str] | None = None) -> Any:
    """Give the console to print on. `NO_COLOR` is heeded."""
    from rich.console import Console

    class Piped(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # a reader that has seen enough is no failure

    file = file or sys.stdout
    terminal = file.isatty()
    return Piped(
        file=file,
        highlight=False,
        # Without a terminal nothing is wrapped or cut: another program may read it.
        width=None if terminal else 500,
        no_color=None if terminal else True,
        soft_wrap=not terminal,
    )


def table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: Iterable[int] = ()
) -> Any:
    """Make a table; `right` numbers the columns that hold numbers."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    terminal = sys.stdout.isatty()
    made = Table(
        box=box.SIMPLE_HEAD if terminal else None,
        pad_edge=False,
        header_style="bold" if terminal else "",
        show_edge=False,
    )
    rights = set(right)
    for index, column in enumerate(columns):
        made.add_column(column, justify="right" if index in rights else "left", overflow="fold")
    for row in rows:
        # Text, not markup: handles and hashtags may hold brackets.
        made.add_row(*(Text(safe(cell)) for cell in row))
    return made


def safe(text: str) -> str:
    """Take out what would steer a terminal: posts are written by strangers."""
    return "".join(c if c.isprintable() or c == "\n" else "�" for c in text)
