"""config.toml changes under a running daemon."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.soak.processes import Place, Server

pytestmark = pytest.mark.soak


def test_a_daemon_takes_over_a_pause_and_its_end_and_still_ends_on_sigterm(
    place: Place, serving: Callable[[int], Server]
) -> None:
    server = serving(20)
    place.configure(server)
    name = place.gaung("watch", "list").stdout.splitlines()[1].split()[0]
    daemon = place.daemon()
    daemon.wait_for("task=poll")
    assert place.gaung("watch", "pause", name).returncode == 0
    daemon.wait_for("daemon started", times=2)
    before = server.requests()
    time.sleep(20)  # a tick
    assert server.requests() == before
    with place.store() as store:
        assert [gap.reason for gap in store.coverage.open_gaps()] == ["paused"]
    with (place.folder / "config.toml").open("a", encoding="utf-8") as file:
        file.write("\nnonsense = 1\n")
    daemon.wait_for("was not taken over")
    text = (place.folder / "config.toml").read_text(encoding="utf-8")
    (place.folder / "config.toml").write_text(text.replace("\nnonsense = 1\n", ""))
    assert place.gaung("watch", "resume", name).returncode == 0
    daemon.wait_for("daemon started", times=3)
    code, seconds = daemon.stop()
    assert code == 0, daemon.log()
    assert seconds <= 5
    assert daemon.log().count("daemon stopped") == 1
