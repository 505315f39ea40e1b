"""Screens as pages that a browser can draw."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from tests.pictures import screens
from tests.pictures.browser import Job
from tests.pictures.given import Given
from tests.pictures.screens import Screen
from tests.pictures.terminal import Look, page, shown

# On dark and on light ground, each once more without colour.
_GROUNDS = {80: "dark", 120: "light"}
_LOOKS = tuple(Look(columns=n, colour=colour) for n in _GROUNDS for colour in (True, False))

_LONGEST = 240  # lines of a picture; of what is longer, the rest is counted


def pictures(given: Given, room: Path, folder: Path) -> Iterator[Job]:
    """Type all commands, write what they show into a room, and give the pictures of it."""
    times = shlex.join(given.times)
    yield from _beside(given, [*screens.looks(given.target, times), *screens.errors(given.target),
                               *screens.helps()], room, folder)  # fmt: skip
    if given.is_ours:
        for look in _LOOKS:
            copy = replace(given, config=room / look.name / given.config.name)
            shutil.copytree(given.folder, copy.folder)
            screens.lay_out(copy.folder)
            for screen in screens.writes(given.target, times):
                yield _picture(copy, room, folder, (screen, look))


def _beside(given: Given, them: Iterable[Screen], room: Path, folder: Path) -> Iterator[Job]:
    seen = [(one, look) for one in them for look in _LOOKS if one.coloured or look.colour]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        yield from pool.map(partial(_picture, given, room, folder), seen)


def _picture(given: Given, room: Path, folder: Path, seen: tuple[Screen, Look]) -> Job:
    screen, look = seen
    lines = shown(given.gaung(*screen.words), look, folder=given.folder, after=screen.after)
    typed = "gaung " + " ".join(map(_quoted, screen.words))
    name = f"{screen.name}-{look.name}"
    told = [*_prompt(typed, look.columns), *lines[:_LONGEST]]
    if len(lines) > _LONGEST:
        told.append(f"\x1b[0m[… {len(lines) - _LONGEST:,} more lines]")
    html = page(told, look.columns, _GROUNDS[look.columns])
    (room / f"{name}.html").write_text(html, encoding="utf-8")
    return Job(
        page=str(room / f"{name}.html"),
        picture=str(folder / f"{name}.png"),
        width=1200,
        selector="pre",
    )


def _prompt(typed: str, columns: int) -> list[str]:
    """Give the lines that a command was typed in, as a terminal breaks them."""
    line = f"$ {typed}"
    return [f"\x1b[2m{line[at : at + columns]}\x1b[0m" for at in range(0, len(line), columns)]


def _quoted(word: str) -> str:
    """Give a word as people type it."""
    return f'"{word}"' if shlex.quote(word) != word else word
