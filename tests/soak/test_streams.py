"""A daemon that listens over a real websocket: killed, stopped, and cut off from its source."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from monitor import ledger
from tests.soak.processes import ROOT, TAG, Place, wait_until

pytestmark = pytest.mark.soak

_SOURCE = "bluesky/jetstream"


@dataclass
class Network:
    process: subprocess.Popen[str]
    address: str


@pytest.fixture
def network() -> Iterator[Network]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.soak.jetstream"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    yield Network(process, f"ws://127.0.0.1:{int(process.stdout.readline())}/subscribe")
    process.kill()
    process.communicate()


def configure(place: Place, address: str) -> None:
    place.config.write_text(
        f"""
        [store]
        path = "{place.store_path}"
        [[watches]]
        name = "air"
        hashtags = ["{TAG}"]
        sources = ["bluesky"]
        [collectors.bluesky]
        jetstream = ["{address}"]
        """,
        encoding="utf-8",
    )


def numbers(place: Place) -> list[int]:
    """Give the numbers of the stored posts, in order."""
    with place.store() as store:
        known = store.database.value("select count(*) from information_schema.tables")
    if not known:
        return []
    return sorted(int(key.rpartition("/")[2]) for key in place.post_keys())


def test_kills_and_stops_lose_nothing_that_the_source_still_has(
    place: Place, network: Network
) -> None:
    configure(place, network.address)
    for seconds in (3.0, 4.0, 2.5, 5.0):
        daemon = place.daemon()
        before = len(numbers(place))
        wait_until(lambda b=before: len(numbers(place)) > b, seconds=30, what="posts")
        time.sleep(seconds)
        assert daemon.process.poll() is None, daemon.log()
        daemon.kill()
    daemon = place.daemon()
    time.sleep(8)
    code, took = daemon.stop()
    assert (code, took < 5.0) == (0, True), daemon.log()
    found = numbers(place)
    assert found == list(range(found[0], found[-1] + 1, 10))
    with place.store() as store:
        (stream,) = store.coverage.streams(sources=[_SOURCE])
    assert stream.gaps == ()
    (whole,) = stream.covered
    assert ledger.coverage([stream], *whole) == 1.0


def test_a_source_out_of_reach_is_a_gap_that_closes_when_it_is_back(
    place: Place, network: Network
) -> None:
    configure(place, "ws://127.0.0.1:9/subscribe")
    daemon = place.daemon()
    daemon.wait_for("source not reached", seconds=60)
    daemon.stop()
    with place.store() as store:
        (stream,) = store.coverage.streams(sources=[_SOURCE])
    assert [gap.reason for gap in stream.gaps] == ["outage"]
    assert place.gaung("status").returncode == 1
    configure(place, network.address)
    once = place.gaung("once")
    assert once.returncode == 0, once.stderr
    with place.store() as store:
        (stream,) = store.coverage.streams(sources=[_SOURCE])
    assert stream.covered_to is not None
    assert numbers(place)
