"""Pictures of pages, by a real browser."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

_HERE = Path(__file__).parent
TOOLS = _HERE.parents[1] / ".venv-servers" / "pages"
_NAMES = ("chromium", "chromium-browser", "google-chrome")


class MissingError(Exception):
    """Something that draws pictures is not installed; its message says what, and how to get it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One picture of a page: which, where it goes, and how it is looked at."""

    page: str
    picture: str
    width: int
    height: int | None = None  # only so much of it
    scheme: str = "light"
    selector: str | None = None  # only this part of it
    scale: float = 1.0


def draw(jobs: Iterable[Job]) -> None:
    """Draw pictures; what goes to *.pdf is printed. Raises `MissingError` without a browser."""
    node, chromium = shutil.which("node"), _chromium()
    if node is None or chromium is None or not (TOOLS / "node_modules").is_dir():
        raise MissingError("no browser here that draws: `make test-pages` installs what is needed")
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder, "jobs.json")
        told = [{k: v for k, v in asdict(job).items() if v is not None} for job in jobs]
        written.write_text(json.dumps(told), encoding="utf-8")
        subprocess.run(
            [node, str(_HERE / "shoot.mjs"), str(TOOLS), chromium, str(written)], check=True
        )


def sheets(pdf: Path, *, width: int = 620) -> list[Path]:
    """Draw each sheet of a PDF beside it; nothing without pdftoppm."""
    if shutil.which("pdftoppm") is None:
        return []
    subprocess.run(
        ["pdftoppm", "-png", "-scale-to-x", str(width), "-scale-to-y", "-1", str(pdf),
         str(pdf.with_suffix(""))],
        check=True,
    )  # fmt: skip
    return sorted(pdf.parent.glob(f"{pdf.stem}-*.png"))


def _chromium() -> str | None:
    given = os.environ.get("CHROMIUM")
    return given or next((path for name in _NAMES if (path := shutil.which(name))), None)
