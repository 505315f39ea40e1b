"""Letters arrive at least once, and twice only under one Message-ID."""

from __future__ import annotations

import email
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.soak.processes import ROOT, Place, Server, wait_until

pytestmark = pytest.mark.soak

_RECIPIENTS = [f"pembaca{number}@example.org" for number in range(8)]
_DELAY = 0.15  # seconds from keeping a letter to saying so


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A mail server: its port, and the folder where its letters arrive."""
    folder = tmp_path / "mail"
    folder.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.soak.mail_server", str(folder), str(_DELAY)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    yield int(process.stdout.readline()), folder
    process.kill()
    process.communicate()


def test_each_letter_arrives_though_the_daemon_is_killed_while_it_sends(
    place: Place, serving: Callable[[int], Server], mail: tuple[int, Path]
) -> None:
    moments = random.Random(7)
    port, folder = mail
    server = serving(500)
    server.behave(publish=400)  # a burst
    place.configure(
        server,
        more=f"""
        [alerts]
        recipients = {_RECIPIENTS}
        [mail]
        server = "127.0.0.1"
        port = {port}
        security = "none"
        sender = "gaung@example.org"
        """,
    )
    daemon = place.daemon()
    daemon.wait_for("event=alert")
    daemon.kill()
    for _ in range(5):
        arrived = len(_letters(folder))
        daemon = place.daemon()
        # Each daemon is killed between keeping a letter and saying so, or a little later.
        wait_until(
            lambda arrived=arrived: len(_letters(folder)) > arrived or not _waiting(place),
            seconds=20,
            what="a letter",
        )
        time.sleep(moments.uniform(0.0, 2 * _DELAY))
        daemon.kill()
        place.let_leases_run_out()
    daemon = place.daemon()
    wait_until(lambda: not _waiting(place), seconds=40, what="the last letter", every=0.3)
    assert daemon.stop()[0] == 0
    letters = [email.message_from_bytes(path.read_bytes()) for path in _letters(folder)]
    by_recipient: dict[str, set[str]] = {}
    for letter in letters:
        by_recipient.setdefault(letter["To"], set()).add(letter["Message-ID"])
    assert sorted(by_recipient) == _RECIPIENTS
    assert {len(ids) for ids in by_recipient.values()} == {1}
    times = Counter(letter["Message-ID"] for letter in letters)
    assert len(times) == len(_RECIPIENTS)
    assert max(times.values()) > 1, "no daemon was killed at the moment that matters"
    same = {letter["Message-ID"]: str(letter["Subject"]) for letter in letters}
    assert all(str(letter["Subject"]) == same[letter["Message-ID"]] for letter in letters)


def _letters(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.eml"))


def _waiting(place: Place) -> int:
    with place.store() as store:
        return int(store.outbox.summary()["waiting"])
