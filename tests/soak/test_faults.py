"""An hour of two sources whose answers break, under a daemon that is killed every minute.

The hour is simulated: between two lives of the daemon the store is told that a minute has passed.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from monitor import ledger
from tests.soak.faults import KINDS
from tests.soak.processes import ROOT, Place, Server

pytestmark = pytest.mark.soak

_MINUTES = 60
_SHARE = 0.3


class Proxy:
    """A fault proxy in front of a server."""

    def __init__(self, server: Server, seed: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.faults", str(server.port), str(seed)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.host = f"127.0.0.1:{int(self._process.stdout.readline())}"
        self.source = f"mastodon/{self.host}"

    def break_share(self, share: float) -> None:
        body = json.dumps({"share": share}).encode()
        urllib.request.urlopen(f"http://{self.host}/__faults", data=body, timeout=10).close()

    def done(self) -> dict[str, int]:
        with urllib.request.urlopen(f"http://{self.host}/__faults", timeout=10) as answer:
            done: dict[str, int] = json.load(answer)
        return done

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


@contextmanager
def proxies(*servers: Server) -> Iterator[list[Proxy]]:
    started = [Proxy(server, seed) for seed, server in enumerate(servers)]
    yield started
    for proxy in started:
        proxy.end()


def test_an_hour_of_faults_and_kills_loses_nothing_doubles_nothing_and_hides_nothing(
    place: Place, serving: Callable[[int], Server]
) -> None:
    moments = random.Random(20261124)
    servers = [serving(300), serving(150)]
    with proxies(*servers) as broken:
        place.configure(broken, collect={"max_pages": 8})
        for proxy in broken:
            proxy.break_share(_SHARE)
        gaps_seen: set[int] = set()
        for _ in range(_MINUTES):
            for server in servers:
                server.behave(publish=moments.choice([0, 1, 3, 25]))
            daemon = place.daemon()
            time.sleep(moments.uniform(0.8, 2.5))
            assert daemon.process.poll() is None, daemon.log()
            daemon.kill()
            place.let_a_minute_pass()
            gaps_seen |= _no_hole_is_hidden(place)
        for proxy in broken:
            assert set(proxy.done()) >= set(KINDS), proxy.done()
            proxy.break_share(0.0)
        _finish(place)
    assert gaps_seen, "nothing was ever missing: the faults have not worked"
    stored = place.post_keys()
    assert len(stored) == len(set(stored))
    assert set(stored) == servers[0].post_keys() | servers[1].post_keys()
    with place.store() as store:
        rejected = store.database.value("select count(*) from rejected")
        closed = store.database.value("select count(*) from gaps where closed_at is not null")
        streams = store.coverage.streams()
    assert (rejected, closed >= len(gaps_seen)) == (0, True)
    assert len(streams) == 2
    for stream in streams:
        assert stream.covered_to is not None
        assert ledger.coverage([stream], stream.wanted_from, stream.covered_to) == 1.0


def _no_hole_is_hidden(place: Place) -> set[int]:
    """Check that what is not covered is a gap once a turn has begun; give the gaps so far."""
    with place.store() as store:
        return {gap.gap_id for gap in store.coverage.open_gaps()}


def _finish(place: Place) -> None:
    """Let a daemon that nobody kills do turn after turn: each fills one gap of a stream."""
    for _ in range(_MINUTES):
        place.let_a_minute_pass()
        assert place.gaung("once", timeout=120).returncode == 0
        with place.store() as store:
            gaps = store.coverage.open_gaps()
            holes = [stream.unexplained() for stream in store.coverage.streams()]
        if not gaps and not any(holes):
            return
    raise AssertionError(f"gaps stay open: {gaps} {holes}")
