"""Has all pages looked at by a real browser, once, and gives what it saw."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.monitor.golden.examples import letters
from tests.monitor.page import worlds

_HERE = Path(__file__).parent
_INSTALLED = _HERE.parents[3] / ".venv-servers" / "pages"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
Seen = dict[str, Any]


def chromium() -> str:
    """Find the browser; without one, the test is skipped."""
    given = os.environ.get("CHROMIUM")
    found = given or next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium here: `make test-pages` as root installs it")
    return found


def _node() -> str:
    node = shutil.which("node")
    if node is None or not (_INSTALLED / "node_modules" / "playwright-core").is_dir():
        pytest.skip("playwright-core is not installed: `make test-pages` does, with npm")
    return node


@cache
def folder() -> Path:
    """Write all pages, and give where they are."""
    return worlds.write_pages(worlds.folder() / "pages")


@cache
def seen() -> Seen:
    """Look at all pages, and at the form of letters."""
    node, browser, pages = _node(), chromium(), folder()
    for name, letter in letters().items():
        (pages / f"letter-{name}.html").write_text(letter.html, encoding="utf-8")
    done = subprocess.run(
        [node, str(_HERE / "look.mjs"), str(_INSTALLED), browser, str(pages)],
        capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    result: Seen = json.loads(done.stdout)
    return result


def printed(name: str) -> tuple[Path, str]:
    """Print a page as PDF, as `chromium --print-to-pdf` does; give the file and its words."""
    browser, path = chromium(), folder() / f"{name}.pdf"
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext here: `make test-pages` as root installs it")
    subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
         f"--user-data-dir={folder() / 'profile'}", "--no-pdf-header-footer",
         f"--print-to-pdf={path}", (folder() / f"{name}.html").as_uri()],
        capture_output=True, timeout=180, check=True,
    )  # fmt: skip
    told = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
    )
    return path, told.stdout
