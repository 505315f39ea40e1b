"""The pictures of the README and of docs/, drawn from the demo: `make pictures ARGS=--readme`."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from monitor import config
from monitor.wiring import App, build
from tests.pictures import letters
from tests.pictures.browser import Job
from tests.pictures.given import Given
from tests.pictures.terminal import Look, page, shown

IMAGES = Path(__file__).parents[2] / "docs" / "images"
_SHOWN = (
    "Bursts",
    "Gaps",
    "Most amplified",
    "Posts per",
)  # sections of the report; the rest is cut
_COLUMNS = 110


def pictures(given: Given, room: Path) -> Iterator[Job]:
    """Give the pictures: the report as a page and on a terminal, `gaung top`, and letters."""
    html = room / "page.html"
    words = ("report", given.target, *given.times, "--language", "en", "-o", str(html))
    subprocess.run(given.gaung(*words), cwd=given.folder, check=True)
    yield Job(page=str(html), picture=str(IMAGES / "page.png"), width=1060, height=1870)

    here = _as_then(given, room / "then")
    for name, typed in {
        "report": ("report", given.target, *given.times),
        "top": ("top", "--once"),
    }.items():
        lines = shown(here.gaung(*typed), Look(columns=_COLUMNS), folder=here.folder)
        told = _excerpt(lines) if name == "report" else lines
        prompt = f"\x1b[2m$ gaung {' '.join(typed)}\x1b[0m"
        path = room / f"{name}.html"
        path.write_text(page([prompt, *told], _COLUMNS), encoding="utf-8")
        yield Job(page=str(path), picture=str(IMAGES / f"{name}.png"), width=1200, selector="pre")

    app = build(config.load(given.config), path=given.config)
    found = letters.letters(app, at=given.at)
    list(letters.written(found, room, room))
    alert = next(name for name in found if _tells_of_a_burst(name, found[name].subject))
    digest = f"digest-{given.at:%m-%dT%H%M}-id"
    for name, of, width, height in (("alert", alert, 720, 1560), ("digest", digest, 500, 1900)):
        yield Job(
            page=str(room / f"{of}.html"),
            picture=str(IMAGES / f"{name}.png"),
            width=width,
            height=height,
        )


def _tells_of_a_burst(name: str, subject: str) -> bool:
    return name.startswith("alert-") and name.endswith("-en") and "Burst" in subject


def _as_then(given: Given, folder: Path) -> Given:
    """Give a copy of a store in which goes on what went on at its time."""
    shutil.copytree(given.folder, folder)
    then = replace(given, config=folder / given.config.name)
    app: App = build(config.load(then.config), path=then.config)
    with app.stores.open() as store, store.transaction():
        store.database.run("delete from runs where started_at > $at", at=given.at)
        letters.back_to(store, app.config, given.at)
    return then


def _excerpt(lines: list[str]) -> list[str]:
    """Give the headline and the sections that are shown, with a mark where others are cut."""
    headline, *blocks = "\n".join(lines).split("\n\n")
    told = headline.split("\n")
    for block in blocks:
        if re.sub(r"\x1b\[[\d;]*m", "", block).startswith(_SHOWN):
            told += ["", *re.split(r"\n(?:\x1b\[[\d;]*m)*The ", block)[0].split("\n")]
        elif told[-1] != "⋮":
            told += ["", "⋮"]
    return told


def shrink(folder: Path) -> None:
    """Make pictures smaller where pngquant is here; they look the same."""
    if shutil.which("pngquant") is None:
        return
    for path in sorted(folder.glob("*.png")):
        subprocess.run(
            ["pngquant", "--skip-if-larger", "--strip", "--speed", "1", "--quality", "85-98",
             "--force", "--output", str(path), str(path)],
            check=False,
        )  # fmt: skip
