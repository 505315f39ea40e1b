"""Turns in the store: whoever wants to write gets in, however many read; and readers get in too."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor import config
from monitor.errors import StoreBusyError
from monitor.lock import Turnstile
from monitor.turn import notice
from monitor.wiring import App
from tests.builders import NOON

pytestmark = pytest.mark.soak  # real processes, or many commands: too long for each change

# Reads again and again, each time for a while, and tells how often it got in.
_READER = """
import sys, time
from datetime import timedelta
from pathlib import Path
from monitor.store import StoreFile
stores = StoreFile(Path(sys.argv[1]), patience=timedelta(seconds=20))
until, times = time.monotonic() + float(sys.argv[3]), 0
print("begun", flush=True)
while time.monotonic() < until:
    with stores.open(read_only=True) as store:
        store.count_posts()
        time.sleep(float(sys.argv[2]))
    times += 1
print(times, flush=True)
"""
# Writes again and again without a rest.
_WRITER = _READER.replace("read_only=True", "").replace("store.count_posts()", "pass")


@pytest.fixture
def others(stores):
    with stores.open():
        pass
    begun = []

    def begin(script, hold, seconds):
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(stores.path), str(hold), str(seconds)],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        begun.append(process)
        assert process.stdout.readline() == "begun\n"
        return process

    yield begin
    for process in begun:
        process.kill()
        process.communicate()


def test_a_writer_gets_in_between_readers_that_never_leave_the_store_alone(stores, others):
    readers = [others(_READER, 0.4, 8) for _ in range(4)]
    patient = replace(stores, patience=timedelta(seconds=10))
    waits = []
    for _ in range(5):
        begun = time.monotonic()
        with patient.open() as store, store.transaction():
            pass
        waits.append(time.monotonic() - begun)
    # Each waits out those that are inside, and no others.
    assert max(waits) < 5
    assert all(int(reader.communicate(timeout=60)[0]) > 3 for reader in readers)


def test_readers_get_in_between_writers_that_never_rest(stores, others):
    writers = [others(_WRITER, 0.2, 8) for _ in range(2)]
    impatient = replace(stores, patience=timedelta(seconds=3))
    begun = time.monotonic()
    with impatient.open(read_only=True) as store:
        assert store.count_posts() == 0
    assert time.monotonic() - begun < 2 * 3 + 2
    assert all(int(writer.communicate(timeout=60)[0]) > 3 for writer in writers)


def test_a_writer_waits_out_one_who_reads_for_longer_than_its_patience(stores, others):
    others(_READER, 3.0, 0.1)
    time.sleep(0.5)
    with replace(stores, patience=timedelta(seconds=1.5)).open():
        pass


def test_a_killed_writer_leaves_no_turn_behind(stores, others):
    with stores.open():
        pass
    held = others(_READER, 30, 30)
    time.sleep(0.5)
    waiting = others(_WRITER, 0.1, 30)
    turnstile = Turnstile(stores.path)
    until = time.monotonic() + 15
    while turnstile.is_free():
        assert time.monotonic() < until
        time.sleep(0.01)
    impatient = replace(stores, patience=timedelta(seconds=0.3))
    with impatient.open(read_only=True):  # after that long it goes in, rather than fail
        pass
    waiting.kill()
    waiting.wait()
    assert turnstile.is_free()
    held.kill()


def test_one_who_writes_for_long_is_named_after_the_patience(stores, others):
    others(_WRITER, 30, 30)
    time.sleep(0.5)
    with (
        pytest.raises(StoreBusyError, match=r"has held the store for more than 0\.3 s"),
        replace(stores, patience=timedelta(seconds=0.3)).open(),
    ):
        pass


def test_the_store_is_given_back_after_each_watch_that_is_looked_at(stores):
    openings = []
    names = ["air", "banjir", "listrik"]
    app = App(
        config=config.parse(
            {"watches": [{"name": n, "hashtags": [n], "sources": ["mastodon"]} for n in names]},
            name="c",
        ),
        stores=replace(stores, on_open=lambda: openings.append(1)),
    )
    notice(app, anything_new=False, now=NOON)
    idle = len(openings)
    notice(app, anything_new=True, now=NOON)
    assert len(openings) - idle == idle + len(names)
    stopped = threading.Event()
    stopped.set()
    openings.clear()
    assert notice(app, anything_new=True, now=NOON, stop=stopped) == ([], [])
    assert openings == []
