"""1,000 letters, 50 kills, a fifth refused for now, lines cut: none is lost."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.letters import Letter
from monitor.store import StoreFile
from tests.soak.chaos_sender import NOON
from tests.soak.processes import ROOT

pytestmark = pytest.mark.soak

LETTERS, KILLS = 1_000, 50


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """The failing mail server: its port, and the log of what became of each try."""
    log = tmp_path / "log"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.soak.chaos_server", str(log), "11"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    yield int(process.stdout.readline()), log
    process.kill()
    process.communicate()


def enqueue(stores: StoreFile) -> None:
    with stores.open() as store, store.transaction():
        for number in range(LETTERS):
            letter = Letter(
                key=f"alert:{number}",
                recipient=f"pembaca{number % 17}@example.org",
                subject=f"Lonjakan {number}",
                text=f"Isi {number} — 気候\n",
                html=f"<p>Isi {number}</p>\n",
                references=None,
            )
            store.outbox.enqueue(letter, now=NOON)


def test_no_letter_is_lost_and_copies_can_be_told(
    stores: StoreFile, server: tuple[int, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    port, log = server
    enqueue(stores)
    rng, start, kills = random.Random(7), time.monotonic(), 0
    command = [sys.executable, "-m", "tests.soak.chaos_sender"]
    given = [str(stores.path), str(port), str(start)]
    windows = Counter[str]()  # letters that were being handed over when the sender was killed
    while True:
        sender = subprocess.Popen([*command, *given], cwd=ROOT)
        if kills == KILLS:
            assert sender.wait(timeout=300) == 0
            break
        time.sleep(0.7 + rng.random() * 0.6)  # it takes half a second to start
        if sender.poll() is not None:
            break
        sender.kill()
        sender.wait()
        kills += 1
        windows.update(_last_taken(log))
    tries = [line.split() for line in log.read_text().splitlines()]
    _check(stores, tries, windows)
    kinds = Counter(kind for kind, _, _ in tries)
    copies = kinds["taken"] + kinds["dropped-after"] - LETTERS
    with capsys.disabled():
        sys.stdout.write(
            f"\n{LETTERS:,} letters, {kills} kills, {kinds['4xx']} times 4xx, "
            f"{kinds['dropped-before'] + kinds['dropped-after']} lines cut: 0 lost, "
            f"{copies} copies, {kinds['dropped-after']} of them after a cut\n"
        )
    assert kills == KILLS, "the letters were sent before it was killed often enough"
    assert kinds["4xx"] > LETTERS / 6


def _last_taken(log: Path) -> list[str]:
    lines = log.read_text().splitlines() if log.exists() else []
    return [line.split()[1] for line in lines[-1:] if line.startswith("taken")]


def _check(stores: StoreFile, tries: list[list[str]], windows: Counter[str]) -> None:
    arrived: dict[str, list[str]] = {}
    unheard = Counter(windows)  # taken, and the sender cannot have known or noted it
    for kind, identity, content in tries:
        if kind in ("taken", "dropped-after"):
            arrived.setdefault(identity, []).append(content)
        if kind == "dropped-after":
            unheard[identity] += 1
    assert len(arrived) == LETTERS, f"{LETTERS - len(arrived)} lost"
    for identity, contents in arrived.items():
        assert len(set(contents)) == 1, "a copy differs from its letter"
        assert len(contents) - 1 <= unheard[identity], "sent again though it was known to be sent"
    with stores.open(read_only=True) as store:
        summary = store.outbox.summary()
    assert (summary["waiting"], summary["sent"], summary["dead"]) == (0, LETTERS, 0)
