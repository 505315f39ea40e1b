"""`gaung backfill` as a process: interrupted, resumed, and beside a running daemon."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable

import pytest

from tests.soak.processes import ROOT, Place, Server, wait_until

pytestmark = pytest.mark.soak


def test_a_backfill_that_is_interrupted_goes_on_where_it_was(
    place: Place, serving: Callable[[int], Server]
) -> None:
    server = serving(1000)
    server.behave(delay=0.2)
    place.configure(server)
    process = subprocess.Popen(
        place.command("backfill", "air", "--since", "5d"),
        cwd=ROOT,
        env=os.environ | place.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until(lambda: server.requests() >= 8, seconds=30, what="some pages")
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=15)
    assert process.returncode == 130, told
    assert "run the same command to go on" in told
    assert "Traceback" not in told
    kept = set(place.post_keys())
    assert 0 < len(kept) < 1000
    server.behave(delay=0.0)
    before = server.requests()
    done = place.gaung("backfill", "air", "--since", "5d")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "100% of the time since" in done.stdout
    assert set(place.post_keys()) == server.post_keys()
    # What was read before the interruption is not read again, but for the pages at its edges.
    assert server.requests() - before <= (1000 - len(kept)) / 20 + 6


def test_beside_a_running_daemon_the_wish_is_noted_and_the_daemon_fills_it(
    place: Place, serving: Callable[[int], Server]
) -> None:
    place.configure(serving(60))
    daemon = place.daemon()
    daemon.wait_for("task=poll")
    noted = place.gaung("backfill", "air", "--since", "20d")
    assert noted.returncode == 0, noted.stderr
    assert f"process {daemon.process.pid}" in noted.stderr
    assert "1 gaps are open" in noted.stderr
    place.let_a_minute_pass()
    daemon.wait_for("task=backfill", seconds=40)
    with place.store() as store:
        assert store.coverage.open_gaps() == []
    assert daemon.stop()[0] == 0
    again = place.gaung("backfill", "air", "--since", "20d")
    assert (again.returncode, "100%" in again.stdout) == (0, True)


def test_a_source_that_is_not_there_is_told_with_those_that_are(
    place: Place, serving: Callable[[int], Server]
) -> None:
    place.configure(serving(1))
    wrong = place.gaung("backfill", "air", "--since", "1d", "--source", "myspace")
    assert wrong.returncode == 2
    assert "there is no source 'myspace' in any watch: there is mastodon" in wrong.stderr
