"""An hour of a daemon beside servers that answer from a hostile grammar: it loses nothing.

The hour is simulated: daemon and good server share a clock that runs thirty times as fast.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from monitor import ledger
from tests.soak import simulated
from tests.soak.hostile import FORGED
from tests.soak.processes import ROOT, Daemon, Place, Server, start_server, wait_until

pytestmark = pytest.mark.soak

_SPEED = 30.0
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_MEMORY_KB = 1_000_000


@dataclass
class Hostile:
    """A hostile server, as seen from outside."""

    process: subprocess.Popen[str]
    host: str

    def done(self) -> dict[str, int]:
        """Count what it has answered, by kind."""
        with urllib.request.urlopen(f"http://{self.host}/__count", timeout=10) as answer:
            done: dict[str, int] = json.load(answer)
        return done


@contextmanager
def beside(good: Server, seeds: range) -> Iterator[list[Hostile]]:
    started = []
    for seed in seeds:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.hostile", str(good.port), str(seed)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        started.append(Hostile(process, f"127.0.0.1:{int(process.stdout.readline())}"))
    yield started
    for hostile in started:
        hostile.process.kill()
        hostile.process.communicate()


@pytest.fixture
def good(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name, value in simulated.environment(_SPEED).items():
        monkeypatch.setenv(name, value)
    server = start_server(40)
    yield server
    server.end()


def test_an_hour_beside_hostile_servers_ends_nothing_and_loses_nothing(
    place: Place, good: Server
) -> None:
    moments = random.Random(20261201)
    with beside(good, range(3)) as hostile:
        place.configure([good, *hostile], collect={"max_pages": 8, "expand_limit": 20})
        daemon = started(place)
        began = simulated.now()
        while simulated.now() < began + _HOUR:
            good.behave(publish=moments.choice([0, 1, 3, 12]))
            time.sleep(_MINUTE.total_seconds() / _SPEED)
            assert daemon.process.poll() is None, daemon.log()[-5_000:]
        last = simulated.now()
        wait_until(
            lambda: covered_to(place, good) > last, seconds=30, what="a last poll of the good one"
        )
        peak = most_memory_kb(daemon)
        code, _ = daemon.stop()
        answered = {kind for one in hostile for kind in one.done()}
    assert code == 0, daemon.log()[-5_000:]
    assert "Traceback" not in daemon.log()
    assert peak < _MEMORY_KB
    assert answered == {"grammar", "forged", "gone", "large", "silent", "reset"}
    nothing_of_the_good_one_is_lost(place, good)
    no_unexpected_error_was_met(place)
    all_that_people_ask_answers(place)


def started(place: Place) -> Daemon:
    """Start the daemon on the simulated clock."""
    command = place.command

    def simulating(*arguments: str) -> list[str]:
        return [part.replace("monitor", "tests.soak.simulated") if part == "monitor" else part
                for part in command(*arguments)]  # fmt: skip

    place.command = simulating  # type: ignore[method-assign]
    return place.daemon()


def covered_to(place: Place, server: Server) -> object:
    with place.store() as store:
        (stream,) = store.coverage.streams(sources=[server.source])
    return stream.covered_to


def most_memory_kb(daemon: Daemon) -> int:
    """Return the most memory that the daemon has held so far."""
    lines = Path(f"/proc/{daemon.process.pid}/status").read_text().splitlines()
    (peak,) = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return int(peak)


def nothing_of_the_good_one_is_lost(place: Place, good: Server) -> None:
    ours = sorted(good.post_keys())
    with place.store() as store:
        found = store.database.frame(
            "select post_key, text, created_at, removed_at from posts "
            "where post_key in (select unnest($keys)) and captured_as = 'matched'",
            keys=ours,
        )
        (stream,) = store.coverage.streams(sources=[good.source])
        people = store.database.frame(
            "select followers from authors where author_key like $home and followers > 100000",
            home=f"mastodon:%{good.host}%",
        )
    assert sorted(found["post_key"]) == ours
    assert not [text for text in found["text"] if text is None or FORGED in text]
    assert found["removed_at"].is_null().all()
    assert people.is_empty()
    assert stream.covered_to is not None
    assert ledger.coverage([stream], stream.wanted_from, stream.covered_to) == 1.0


def no_unexpected_error_was_met(place: Place) -> None:
    traces = sorted(place.store_path.parent.glob("defects/*"))
    assert not traces, traces[0].read_text(encoding="utf-8")


def all_that_people_ask_answers(place: Place) -> None:
    for asked in (
        ("status",),
        ("report", "air", "--format", "json"),
        ("report", "air", "--format", "html", "-o", str(place.folder / "page.html")),
        ("digest", "--print"),
        ("metrics",),
        ("genesis", "air"),
        ("check",),
    ):
        done = place.gaung(*asked, timeout=120)
        assert done.returncode in (0, 1), (asked, done.stderr)
        assert "Traceback" not in done.stderr, (asked, done.stderr)
