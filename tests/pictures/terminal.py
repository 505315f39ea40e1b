"""What a command shows on a terminal, and the page that looks like it.

tmux is the terminal: what it shows is what people see, with lines broken where they do not fit.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path

from rich.cells import cell_len
from rich.color import Color
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from rich.text import Text

ROWS = 50
_PATIENCE = 300.0
_CONF = """
set -g default-terminal tmux-256color
set -ga terminal-features ",*:RGB"
set -g history-limit 20000
set -g remain-on-exit on
set -g remain-on-exit-format ""
set -g status off
"""
# Tango, as most terminals of Linux desktops have it.
_TANGO = [
    (46, 52, 54), (204, 0, 0), (78, 154, 6), (196, 160, 0),
    (52, 101, 164), (117, 80, 123), (6, 152, 154), (211, 215, 207),
]  # fmt: skip
_BRIGHT = [
    (85, 87, 83), (239, 41, 41), (138, 226, 52), (252, 233, 79),
    (114, 159, 207), (173, 127, 168), (52, 226, 226), (238, 238, 236),
]  # fmt: skip
THEMES = {
    "dark": TerminalTheme((30, 32, 34), (211, 215, 207), _TANGO, _BRIGHT),
    "light": TerminalTheme((255, 255, 255), (38, 40, 42), _TANGO, _BRIGHT),
}
_PAGE = """<!doctype html><meta charset="utf-8"><style>
body{{margin:0;background:{ground}}}
pre{{margin:0;padding:12px 14px;display:inline-block;width:{columns}ch;color:{ink};overflow:hidden;
font:14px/1.3 'DejaVu Sans Mono','Noto Sans Mono',monospace}}
i{{font-style:inherit;display:inline-block;overflow:visible;white-space:pre}}
</style><pre>{lines}</pre>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a terminal is looked at: its columns, and whether in colour."""

    columns: int
    colour: bool = True
    rows: int = ROWS

    @property
    def name(self) -> str:
        """Give a word for it in names of files."""
        return f"{self.columns}{'' if self.colour else '-plain'}"


def shown(
    command: Sequence[str],
    look: Look,
    *,
    folder: Path,
    variables: Mapping[str, str] | None = None,
    after: float | None = None,
) -> list[str]:
    """Give the lines that a command leaves on a terminal, with their colours as ANSI.

    after: for what goes on by itself, the seconds after which it is looked at and ended.
    Raises `FileNotFoundError` without tmux, `TimeoutError` where a command does not end.
    """
    given = {"LANG": "C.UTF-8", "COLORTERM": "truecolor", **(variables or {})}
    if not look.colour:
        given |= {"NO_COLOR": "1"}
    with _terminal(command, look, folder, given) as tmux:
        end = time.monotonic() + (_PATIENCE if after is None else after)
        while (
            alive := tmux("display-message", "-p", "#{pane_dead}").strip() != "1"
        ) and time.monotonic() < end:
            time.sleep(0.05)
        if alive and after is None:
            raise TimeoutError(f"{shlex.join(command)} did not end in {_PATIENCE:.0f} seconds")
        told = tmux("capture-pane", "-p", "-e", "-S", "-")
    return _trimmed(told.split("\n"))


@contextmanager
def _terminal(
    command: Sequence[str], look: Look, folder: Path, variables: Mapping[str, str]
) -> Iterator[partial[str]]:
    """Begin a command on a terminal of its own; what is given asks tmux about it."""
    with tempfile.TemporaryDirectory() as room:
        conf, socket = Path(room, "conf"), Path(room, "socket")
        conf.write_text(_CONF, encoding="utf-8")
        dropped = {"TMUX", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "GAUNG_CONFIG"}
        kept = {k: v for k, v in os.environ.items() if k not in dropped}
        tmux = partial(_asked, socket, conf, kept | dict(variables))
        tmux(
            "new-session", "-d", "-c", str(folder), "-x", str(look.columns), "-y", str(look.rows),
            shlex.join(command),
        )  # fmt: skip
        try:
            yield tmux
        finally:
            tmux("kill-server")


def _asked(socket: Path, conf: Path, variables: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        ["tmux", "-u", "-S", str(socket), "-f", str(conf), *words],
        env=variables, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def _trimmed(lines: list[str]) -> list[str]:
    while lines and not re.sub(r"\x1b\[[\d;:]*m", "", lines[-1]).strip():
        lines.pop()
    return lines


def page(lines: Sequence[str], columns: int, theme: str = "dark") -> str:
    """Give a page that shows lines as a terminal does, each letter in its place."""
    colours = THEMES[theme]
    console = Console(width=10_000, color_system="truecolor", force_terminal=True)
    drawn = [
        "".join(_marked(segment, colours) for segment in console.render(line, options=None))
        for line in Text.from_ansi("\n".join(lines)).split("\n", allow_blank=True)
    ]
    return _PAGE.format(
        ground=colours.background_color.hex,
        ink=colours.foreground_color.hex,
        columns=columns,
        lines="\n".join(line.rstrip("\n") for line in drawn),
    )


def _marked(segment: Segment, theme: TerminalTheme) -> str:
    text = "".join(_placed(letter) for letter in segment.text)
    if not segment.style or not segment.text.strip("\n"):
        return text
    css = _explicit(segment.style).get_html_style(theme)
    return f'<span style="{css}">{text}</span>' if css else text


def _explicit(style: Style) -> Style:
    """Give a style with its ink named, for what is dim or reversed and has no colour."""
    needs = (style.dim or style.reverse) and style.color is None
    return Style(color=Color.default()) + style if needs else style


def _placed(letter: str) -> str:
    """Give a letter that the font may lack the place that it has on a terminal."""
    if letter < "\x7f":
        return escape(letter)
    cells = cell_len(letter)
    return f'<i style="width:{cells}ch">{letter}</i>' if cells else letter
