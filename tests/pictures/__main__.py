"""Draws every page, letter and terminal screen as PNG, with a contact sheet: `make pictures`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from subprocess import CalledProcessError

from monitor import config
from monitor.wiring import build
from tests.pictures import captured, given, letters, pages, readme, sheet
from tests.pictures.browser import Job, MissingError, draw, sheets
from tests.pictures.given import Given

_KINDS = ("pages", "letters", "screens")


def main() -> int:
    """Draw what is asked for; gives the code that the program ends with."""
    asked = _asked()
    folder: Path = asked.output.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if not (asked.only or asked.readme):
        for old in (*folder.glob("*.png"), *folder.glob("*.pdf")):
            old.unlink()
    try:
        what = _given(asked, folder)
        with tempfile.TemporaryDirectory() as room:
            if asked.readme:
                draw(list(readme.pictures(what, Path(room))))
                readme.shrink(readme.IMAGES)
                return 0
            draw(list(_jobs(what, Path(room), folder, asked.only or _KINDS)))
    except (MissingError, FileNotFoundError, CalledProcessError) as error:
        sys.stderr.write(f"make pictures: {error}\n")
        return 1
    for pdf in sorted(folder.glob("*.pdf")):
        sheets(pdf)
    sys.stdout.write(f"{sheet.write(folder, title=f'gaung: {what.target}')}\n")
    return 0


def _asked() -> argparse.Namespace:
    reader = argparse.ArgumentParser(prog="python -m tests.pictures", description=__doc__)
    reader.add_argument("--data", type=Path, metavar="FILE", help="a file that gaung can import")
    reader.add_argument("--store", type=Path, metavar="CONFIG", help="of a store that there is")
    reader.add_argument("-o", "--output", type=Path, default=Path("build/pictures"))
    reader.add_argument("--only", action="append", choices=_KINDS)
    reader.add_argument("--readme", action="store_true", help="draw docs/images, of the demo")
    return reader.parse_args()


def _given(asked: argparse.Namespace, folder: Path) -> Given:
    if asked.store:
        return given.stored(asked.store)
    if asked.data:
        return given.imported(asked.data, folder / "store")
    return given.demo(folder / "demo")


def _jobs(what: Given, room: Path, folder: Path, kinds: Sequence[str]) -> Iterator[Job]:
    if "pages" in kinds:
        pages.write(what.gaung(), what.target, what.times, room=room, cwd=what.folder)
        yield from pages.pictures(room, folder)
    if "letters" in kinds:
        app = build(config.load(what.config), path=what.config)
        yield from letters.written(letters.letters(app, at=what.at), room, folder)
    if "screens" in kinds:
        yield from captured.pictures(what, room, folder)


if __name__ == "__main__":
    sys.exit(main())
