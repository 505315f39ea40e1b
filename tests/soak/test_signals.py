"""How the daemon begins, ends, and tells the system of it."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.soak.processes import Place, Server, one_line, wait_until

pytestmark = pytest.mark.soak

_LONGEST_END = 5.0  # seconds


@pytest.mark.parametrize(
    "behaviour",
    [{"delay": 2.0}, {"delay": 60.0}, {"drip": 0.1}],
    ids=["slow", "hanging", "dripping"],
)
def test_sigterm_during_a_request_ends_the_daemon_with_code_0_in_five_seconds(
    place: Place, serving: Callable[[int], Server], behaviour: dict[str, float]
) -> None:
    server = serving(200)
    server.behave(**behaviour)
    place.configure(server)
    daemon = place.daemon()
    wait_until(server.requests, seconds=20, what="a request")
    code, seconds = daemon.stop()
    assert code == 0, daemon.log()
    assert seconds <= _LONGEST_END
    assert "Traceback" not in daemon.log()
    assert place.gaung("status").returncode == 1  # the daemon does not run: that is the problem
    with place.store() as store:
        verdicts = store.database.frame("select verdict from runs")["verdict"].to_list()
        (stream,) = store.coverage.streams()
    assert verdicts in (["failed"], ["partial"])
    assert [gap.reason for gap in stream.gaps] in (["outage"], ["interrupted"])
    # What was cut short is read when the daemon comes back.
    server.behave(delay=0.0, drip=0.0)
    for _ in range(2):
        place.let_a_minute_pass()
        daemon = place.daemon()
        daemon.wait_for("task=poll")
        assert daemon.stop()[0] == 0
    assert set(place.post_keys()) == server.post_keys()
    with place.store() as store:
        assert store.coverage.open_gaps() == []


def test_sigterm_before_the_daemon_is_ready_leaves_a_store_that_can_be_used(
    place: Place, serving: Callable[[int], Server]
) -> None:
    server = serving(20)
    place.configure(server)
    daemon = place.daemon()
    wait_until(place.store_path.exists, seconds=20, what="the store", every=0.001)
    daemon.stop()
    assert "Traceback" not in daemon.log()
    assert place.gaung("once").returncode == 0


def test_a_second_daemon_says_so_and_leaves_while_the_first_goes_on(
    place: Place, serving: Callable[[int], Server]
) -> None:
    server = serving(40)
    place.configure(server)
    first = place.daemon()
    first.wait_for("daemon started")
    line = one_line(place.gaung("run"))
    assert str(first.process.pid) in line
    assert "already runs" in line
    first.wait_for("task=poll")
    assert first.process.poll() is None
    assert place.gaung("status").returncode == 0
    assert first.stop()[0] == 0


def test_the_lock_of_a_killed_daemon_is_free_for_the_next(
    place: Place, serving: Callable[[int], Server]
) -> None:
    server = serving(40)
    place.configure(server)
    first = place.daemon()
    first.wait_for("daemon started")
    first.kill()
    second = place.daemon()
    second.wait_for("daemon started")
    assert second.stop()[0] == 0


def test_systemd_is_told_when_the_daemon_is_ready_alive_and_stopping(
    place: Place, serving: Callable[[int], Server], tmp_path: Path
) -> None:
    server = serving(40)
    place.configure(server)
    address = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(str(address))
        channel.settimeout(20)
        place.environment = {"NOTIFY_SOCKET": str(address), "WATCHDOG_USEC": "1000000"}
        daemon = place.daemon()
        assert channel.recv(100) == b"READY=1"
        assert channel.recv(100) == b"WATCHDOG=1"
        assert channel.recv(100) == b"WATCHDOG=1"
        os.kill(daemon.process.pid, 15)
        said = [channel.recv(100)]
        while said[-1] == b"WATCHDOG=1":
            said.append(channel.recv(100))
        assert said[-1] == b"STOPPING=1"
        assert daemon.process.wait(timeout=10) == 0
