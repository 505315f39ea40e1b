"""The reports of a store as pages: in both languages, redacted, beside another time, on paper."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.pictures.browser import Job

_WIDE, _PHONE = 1280, 375


@dataclass(frozen=True, slots=True)
class Page:
    """A page, and what is asked of `gaung report` for it."""

    name: str
    words: tuple[str, ...]
    whole: bool = True  # looked at in every way; the others on a wide screen only


PAGES = (
    Page("id", ("--language", "id")),
    Page("en", ("--language", "en")),
    Page("redacted", ("--language", "en", "--redact"), whole=False),
    Page("compared", ("--language", "id", "--compare", "previous"), whole=False),
)


def write(
    gaung: Sequence[str], target: str, times: Sequence[str], *, room: Path, cwd: Path
) -> None:
    """Write the pages of a target into a room. Raises `CalledProcessError` where one fails."""
    for page in PAGES:
        path = room / f"report-{page.name}.html"
        subprocess.run(
            [*gaung, "report", target, *times, *page.words, "-o", str(path)], cwd=cwd, check=True
        )


def pictures(room: Path, folder: Path) -> Iterator[Job]:
    """Give the pictures of these pages, and each as PDF."""
    for page in PAGES:
        ways = {"1280": (_WIDE, "light")}
        if page.whole:
            ways |= {"1280-dark": (_WIDE, "dark"), "375": (_PHONE, "light")}
        path = str(room / f"report-{page.name}.html")
        for way, (width, scheme) in ways.items():
            yield Job(
                page=path,
                picture=str(folder / f"page-{page.name}-{way}.png"),
                width=width,
                scheme=scheme,
            )
        yield Job(page=path, picture=str(folder / f"page-{page.name}-sheet.pdf"), width=_WIDE)
