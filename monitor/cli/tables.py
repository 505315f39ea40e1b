"""Tables for people: with lines and colours on a terminal, plain columns elsewhere."""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any

_BETWEEN = 2  # columns of the terminal between two of a table
_TEXT = 14  # least letters of a name that is cut
_SENTENCE = 20  # least letters in a line of a sentence
# A time of the day as people are told it, with the name of its zone where it has one.
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?)(?: ([A-Z]{3,5}))?"
)
_COMMAND = re.compile(r"`[^`]{1,40}`")
_HARD = "\u00a0"  # a space at which no line is broken
_NO_TIMES = frozenset({"", "–", "goes on", "never"})  # what stands in the place of one


def is_terminal(file: IO[str] | None = None) -> bool:
    """Tell whether people look at it: a terminal, or a pager in it."""
    from monitor.cli.paging import is_paged

    return is_paged() or (file or sys.stdout).isatty()


def console(file: IO[str] | None = None) -> Any:
    """Give the console to print on. `NO_COLOR` is heeded."""
    from rich.console import Console

    from monitor.cli.paging import is_paged

    class Piped(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # a reader that has seen enough is no failure

    file = file or sys.stdout
    paged = file is sys.stdout and is_paged()
    terminal = paged or file.isatty()
    return Piped(
        file=file,
        highlight=False,
        # Without a terminal nothing is wrapped or cut: another program may read it.
        width=(shutil.get_terminal_size().columns if paged else None) if terminal else 500,
        force_terminal=True if paged else None,
        no_color=None if terminal else True,
        soft_wrap=not terminal,
    )


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Iterable[int] = (),
    drop: Sequence[str] = (),
    wrap: Sequence[str] = (),
    width: int | None = None,
) -> Any:
    """Make a table; on a terminal it fits its width.

    right: the numbers of the columns that hold numbers; these are never cut, as are times, whose
    zone stands in the head.
    drop: the columns that may be left out where there is no room, the least important first.
    wrap: the columns of whole sentences, which go on in the next line; other texts end in an
    ellipsis. width: of the terminal, where it is not the one that there is.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    terminal = is_terminal() or width is not None
    cells = [[safe(cell) for cell in row] for row in rows]
    room = (width or shutil.get_terminal_size().columns) if terminal else None
    heads, times = _zoned(columns, cells) if terminal else (list(columns), set[int]())
    named = dict(zip(columns, heads, strict=True))
    drop, wrap = [named.get(name, name) for name in drop], [named.get(name, name) for name in wrap]
    fit = fitted(heads, cells, {*right, *times}, drop, wrap, room)
    made = Table(
        box=box.SIMPLE_HEAD if terminal else None,
        pad_edge=False,
        # Between two columns: this, and the place of a line that is not drawn.
        padding=(0, 1, 0, 0) if terminal else (0, 1),
        header_style="bold" if terminal else "",
        show_edge=False,
        caption=_left_out(fit.dropped),
        caption_justify="left",
    )
    rights = set(right)
    for index in fit.kept:
        cut = room is not None and heads[index] not in wrap
        made.add_column(
            heads[index],
            justify="right" if index in rights else "left",
            overflow="ellipsis" if cut else "fold",
            no_wrap=cut,
            width=fit.widths[index] if room is not None else None,
        )
    for row in cells:
        # Text, not markup: handles and hashtags may hold brackets.
        made.add_row(*(Text(row[index]) for index in fit.kept))
    return made


def _left_out(columns: Sequence[str]) -> str | None:
    """Say which columns there was no room for, if any.

    >>> _left_out(["a", "b", "c", "d", "e"])
    'no room for: c, d, e and 2 more'
    """
    *others, third, second, first = ["", "", "", *columns]
    named = ", ".join(filter(None, (third, second, first)))
    more = f" and {count} more" if (count := len([o for o in others if o])) else ""
    return f"no room for: {named}{more}" if named else None


def _zoned(columns: Sequence[str], cells: list[list[str]]) -> tuple[list[str], set[int]]:
    """Take the zone out of times, where a column has one only, and put it into the column's head.

    Gives the heads, and the numbers of the columns with times.
    """
    heads, times = list(columns), set[int]()
    for index in range(len(columns)):
        found = [_TIME.fullmatch(row[index]) for row in cells]
        zones = {match[2] for match in found if match}  # None: it tells none
        others = {row[index] for row, match in zip(cells, found, strict=True) if not match}
        if not zones or not others <= _NO_TIMES:
            continue
        times.add(index)
        if len(zones) == 1 and (zone := zones.pop()):
            heads[index] = f"{columns[index]} ({zone})"
            for row, match in zip(cells, found, strict=True):
                row[index] = match[1] if match else row[index]
    return heads, times


def flowed(text: str, file: IO[str] | None = None, *, below: int | None = None) -> str:
    """Break lines of prose between words where a terminal ends; elsewhere they stay as they are.

    below: the column in which what goes on begins. [default: two after the line's own]
    """
    if not is_terminal(file):
        return text
    width = shutil.get_terminal_size().columns
    return "\n".join(broken(line, width, below=below) for line in text.split("\n"))


def tell(text: str, *, err: bool = False, below: int | None = None) -> None:
    """Print lines of prose, broken between words where a terminal ends."""
    import click

    click.echo(flowed(text, sys.stderr if err else sys.stdout, below=below), err=err)


def broken(line: str, width: int, *, below: int | None = None) -> str:
    """Break a line between its words, never within one, nor within a short command.

    >>> print(broken("  so: one two three", 14))
      so: one two
        three
    >>> print(broken("begin with `gaung init` here", 20))
    begin with
    `gaung init` here
    """
    inset = len(line) - len(line.lstrip())
    kept = _COMMAND.sub(lambda match: match[0].replace(" ", _HARD), line)
    filled = textwrap.fill(
        kept,
        width,
        subsequent_indent=" " * (below if below is not None else inset + 2 if inset else 0),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return filled.replace(_HARD, " ") if _HARD not in line else filled


@dataclass(frozen=True, slots=True)
class Fit:
    """Which columns are shown, how wide, and which are not."""

    kept: list[int]
    widths: dict[int, int]
    dropped: list[str]


def fitted(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    right: Collection[int],
    drop: Sequence[str],
    wrap: Sequence[str],
    room: int | None,
) -> Fit:
    """Choose columns and their widths. Pure; room: how wide the table may be, None: any width.

    >>> fitted(["name", "n", "more"], [["abcdef", "1", "xyz"]], {1}, ["more"], [], 9)
    Fit(kept=[0, 1], widths={0: 6, 1: 1}, dropped=['more'])
    """
    from rich.cells import cell_len

    natural = {
        index: max([cell_len(name), *(_widest(row[index], cell_len) for row in rows)])
        for index, name in enumerate(columns)
    }
    if room is None:
        return Fit(list(natural), natural, [])
    # A number that is cut is another number; a text needs a few letters to be recognized.
    least = dict(natural)
    for index in natural.keys() - set(right):
        enough = _SENTENCE if columns[index] in wrap else _TEXT
        least[index] = min(natural[index], max(enough, cell_len(columns[index])))
    kept = list(natural)
    dropped: list[str] = []
    # When nobody says what matters least, it is what stands last.
    for name in (*drop, *(name for name in reversed(columns[1:]) if name not in drop)):
        if sum(least[i] for i in kept) + _BETWEEN * (len(kept) - 1) <= room:
            break
        if name in columns and columns.index(name) in kept:
            kept.remove(columns.index(name))
            dropped.append(name)
    widths = {index: natural[index] for index in kept}
    over = sum(widths.values()) + _BETWEEN * (len(kept) - 1) - room
    while over > 0:
        # The widest gives first, a sentence before a name.
        able = [index for index in kept if widths[index] > least[index]]
        if not able:
            break
        widest = max(able, key=lambda i: (columns[i] in wrap, widths[i], i))
        widths[widest] -= 1
        over -= 1
    return Fit(kept, widths, dropped)


def _widest(cell: str, length: Callable[[str], int]) -> int:
    return max((length(line) for line in cell.split("\n")), default=0)


def safe(text: str) -> str:
    """Take out what would steer a terminal: posts are written by strangers."""
    return "".join(c if c.isprintable() or c == "\n" else "�" for c in text)
