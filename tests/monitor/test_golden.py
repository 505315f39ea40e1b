"""Letters as they should look: `make golden` rewrites them; then look at the diff."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from monitor.letters import message
from tests.monitor.golden.examples import NOW, letters

FOLDER = Path(__file__).with_name("golden")
LETTERS = letters()


def check(path: Path, text: str) -> None:
    if os.environ.get("GOLDEN") == "write":
        path.write_bytes(text.encode())
    assert path.read_bytes().decode() == text, f"{path.name} differs: see `make golden`"


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_looks_as_it_should(name: str) -> None:
    letter = LETTERS[name]
    check(FOLDER / f"{name}.txt", f"{letter.subject}\n\n{letter.text}")
    check(FOLDER / f"{name}.html", letter.html)


@pytest.mark.parametrize("name", ["alert-burst.id", "digest-quiet.en"])
def test_a_letter_goes_out_as_it_should(name: str) -> None:
    mail = message(LETTERS[name], sender="Gaung <gaung@example.go.id>", sent_at=NOW)
    text = mail.as_bytes().decode("ascii").replace("\r\n", "\n")
    # A PNG may differ by a bit from machine to machine; what is said of it may not.
    check(
        FOLDER / f"{name}.eml",
        re.sub(r"(?m)^[A-Za-z0-9+/]{76}\n(?:[A-Za-z0-9+/=]+\n)+", "…\n", text),
    )


def test_every_golden_file_is_compared() -> None:
    kept = {path.stem for path in FOLDER.iterdir() if path.suffix in {".txt", ".html", ".eml"}}
    assert kept == set(LETTERS)
