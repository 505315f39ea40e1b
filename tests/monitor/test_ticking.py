"""Ticks come whatever the clock does, and whoever looks from outside learns whether they do."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta

import pytest
import structlog

from monitor import clock, config
from monitor.cli import top_picture
from monitor.live import live
from monitor.lock import DaemonLock, is_old
from monitor.metrics import metrics_of
from monitor.status import status_of
from monitor.ticking import Health, Pulse, Ticks
from monitor.wiring import App
from tests.builders import NOON

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


class Clocks:
    """The clock on the wall, which can be set, and the one that never goes back."""

    def __init__(self):
        self.shift = timedelta(0)
        self.seconds = 1000.0

    def now(self):
        return datetime.now(UTC) + self.shift

    def monotonic(self):
        return self.seconds


@pytest.fixture
def clocks():
    return Clocks()


@pytest.fixture
def ticks(clocks):
    made = Ticks(UTC, now=clocks.now, monotonic=clocks.monotonic)
    made.start()
    yield made
    made.end()


@pytest.mark.parametrize("ahead", [7 * HOUR, timedelta(days=2), timedelta(days=400)])
def test_ticks_go_on_after_the_clock_was_set_back(clocks, ticks, ahead):
    ticked = threading.Event()
    clocks.shift = ahead
    ticks.mind_the_clock()
    ticks.every(MINUTE, ticked.set)  # at an hour of the wrong clock
    assert not ticked.wait(0.2)
    clocks.shift = timedelta(0)
    back = ticks.mind_the_clock()
    assert back == pytest.approx(ahead, abs=timedelta(seconds=30))
    assert ticked.wait(10)
    assert ticks.mind_the_clock() is None  # it was set back once


def test_a_clock_that_is_set_forward_or_slewed_is_not_said_to_have_been_set_back(clocks, ticks):
    clocks.shift = 7 * HOUR
    assert ticks.mind_the_clock() is None
    for _ in range(50):
        clocks.shift -= timedelta(milliseconds=100)
        assert ticks.mind_the_clock() is None


def test_a_tick_that_is_still_at_work_leaves_no_line_of_the_schedulers_own(capfd):
    begun, let_go = threading.Event(), threading.Event()

    def work():
        begun.set()
        let_go.wait(10)

    structlog.reset_defaults()
    ticks = Ticks(UTC)
    skipped = threading.Semaphore(0)
    ticks._scheduler.add_listener(lambda _event: skipped.release(), 1 << 16)  # MAX_INSTANCES
    ticks.every(timedelta(seconds=0.05), work)
    ticks.start()
    assert begun.wait(10)
    assert skipped.acquire(timeout=10)
    let_go.set()
    ticks.end()
    out, err = capfd.readouterr()
    told = (out + err).splitlines()
    assert told
    # In our words and form: the scheduler's own tell of jobs and instances.
    assert all("a tick is left out" in line for line in told)
    assert not logging.getLogger("apscheduler").propagate


class Seen:
    """What systemd is told."""

    def __init__(self, monkeypatch):
        self.told = []
        monkeypatch.setattr("monitor.sdnotify.notify", self.told.append)


def test_the_watchdog_is_answered_while_work_comes_on_and_not_when_it_hangs(
    clocks, tmp_path, monkeypatch
):
    structlog.reset_defaults()  # another test's standard error may be closed
    seen = Seen(monkeypatch)
    pulses = Pulse(clocks.monotonic), Pulse(clocks.monotonic)
    health = Health(DaemonLock(tmp_path / "g.duckdb"), *pulses, shortest=10 * MINUTE)
    for _ in range(60):  # an hour of work that is slow, and comes on
        clocks.seconds += 60
        pulses[0].beat()
        pulses[1].beat()
        health.tell()
    assert seen.told == ["WATCHDOG=1"] * 60
    for _ in range(60):  # mail goes on, and collecting does not
        clocks.seconds += 60
        pulses[1].beat()
        health.tell()
    assert 60 + 10 <= len(seen.told) <= 60 + 20


@pytest.mark.parametrize(
    ("silent", "shortest", "old"),
    [
        (2 * MINUTE, MINUTE, False),
        (4 * MINUTE, MINUTE, True),
        (20 * MINUTE, 10 * MINUTE, False),
        (31 * MINUTE, 10 * MINUTE, True),
        (4 * MINUTE, None, True),
        (2 * MINUTE, timedelta(seconds=5), False),
    ],
)
def test_a_daemon_is_old_after_three_rounds_of_nothing(silent, shortest, old):
    assert is_old(silent, shortest=shortest) == old


def test_others_learn_since_when_a_daemon_is_silent_and_that_its_lock_was_taken_away(tmp_path):
    lock = DaemonLock(tmp_path / "data" / "g.duckdb")
    lock.take()
    daemon = DaemonLock(lock.path.with_name("g.duckdb")).daemon()
    assert daemon is not None
    assert daemon.silent_for < MINUTE
    lock.note(0.0)  # since the machine began
    assert lock.daemon().process == daemon.process
    assert lock.is_in_place()
    moved = lock.path.rename(tmp_path / "elsewhere")
    assert not lock.is_in_place()
    lock.path.write_text("another's")
    assert not lock.is_in_place()
    moved.rename(lock.path)
    assert lock.is_in_place()
    lock.release()
    assert lock.daemon() is None


def test_status_calls_a_daemon_hung_of_whose_work_nothing_comes(stores):
    watch = {"name": "air", "hashtags": ["air"], "sources": ["mastodon"], "every": "1m"}
    app = App(config=config.parse({"watches": [watch]}, name="c"), stores=stores)
    with stores.open():
        pass
    lock = DaemonLock(stores.path)
    lock.take()
    try:
        assert status_of(app, now=NOON)["problems"] == []
        lock.note(clock.monotonic() - 240)
        state = status_of(app, now=NOON)
        (problem,) = state["problems"]
        assert "hangs: nothing has come of its work for 4 minutes" in problem
        assert NOON - state["daemon"]["worked_at"] == pytest.approx(
            4 * MINUTE, abs=timedelta(seconds=20)
        )
        assert "daemon hangs (process" in top_picture._head(live(app, now=NOON), app.config.zone)
        told = {metric.name: metric.values[0][1] for metric in metrics_of(state) if metric.values}
        heartbeat = told["gaung_daemon_heartbeat_timestamp_seconds"]
        assert NOON.timestamp() - heartbeat == pytest.approx(240, abs=20)
    finally:
        lock.release()
