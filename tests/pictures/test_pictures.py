"""What a terminal shows is drawn as it is shown."""

from __future__ import annotations

import shutil
import struct
import sys
from pathlib import Path

import pytest

from tests.pictures import screens
from tests.pictures.browser import Job, MissingError, draw
from tests.pictures.terminal import Look, page, shown

# A bold red word, a braille sign, a wide letter, and more than a line of 80 columns takes.
_SAYS = "print('\\x1b[1;31mmerah\\x1b[0m ⣿ 広|'); print('x' * 100)"


@pytest.fixture
def lines(tmp_path: Path) -> list[str]:
    """Give what a program leaves on a terminal of 80 columns."""
    if shutil.which("tmux") is None:
        pytest.skip("no tmux here: `make test-pages` as root installs it")
    return shown([sys.executable, "-c", _SAYS], Look(columns=80), folder=tmp_path)


@pytest.mark.pages
def test_a_terminal_keeps_colours_and_breaks_lines_where_it_ends(lines: list[str]) -> None:
    assert len(lines) == 3
    assert "\x1b[1m\x1b[31mmerah" in lines[0] or "\x1b[1;31mmerah" in lines[0]
    assert [len(line) for line in lines[1:]] == [80, 20]


@pytest.mark.pages
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_screen_becomes_a_picture_as_wide_as_its_columns(
    lines: list[str], theme: str, tmp_path: Path
) -> None:
    path, picture = tmp_path / "screen.html", tmp_path / "screen.png"
    path.write_text(page(lines, 80, theme), encoding="utf-8")
    try:
        draw([Job(page=str(path), picture=str(picture), width=1200, selector="pre")])
    except MissingError as missing:
        pytest.skip(str(missing))
    head = picture.read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", head[16:])
    assert 80 * 8 < width < 80 * 9.5
    assert 3 * 15 < height < 120


def test_letters_that_a_font_may_lack_have_the_place_that_a_terminal_gives_them() -> None:
    drawn = page(["a⣿広"], 80)
    assert 'a<i style="width:1ch">⣿</i><i style="width:2ch">広</i>' in drawn


def test_what_strangers_write_is_no_part_of_the_page() -> None:
    assert "<script>" not in page(["\x1b[31m<script>\x1b[0m"], 80)


def test_each_screen_has_a_name_of_its_own() -> None:
    every = [
        *screens.looks("air", ""),
        *screens.writes("air", ""),
        *screens.errors("air"),
        *screens.helps(),
    ]
    assert len({screen.name for screen in every}) == len(every)


def test_every_command_is_shown() -> None:
    from monitor.cli import COMMANDS

    assert {screen.words[0] for screen in screens.helps()} >= set(COMMANDS)
