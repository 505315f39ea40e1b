"""A folder and a hashtag server for each soak test, and no process left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.soak.processes import Daemon, Place, Server, start_server


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    started: list[Daemon] = []
    begin = Place.daemon

    def noted(self: Place) -> Daemon:
        started.append(begin(self))
        return started[-1]

    monkeypatch.setattr(Place, "daemon", noted)
    yield Place(tmp_path)
    for daemon in started:
        daemon.kill()


@pytest.fixture
def serving() -> Iterator[Callable[[int], Server]]:
    """Start a server with so many posts."""
    started: list[Server] = []

    def start(backlog: int) -> Server:
        started.append(start_server(backlog))
        return started[-1]

    yield start
    for server in started:
        server.end()
