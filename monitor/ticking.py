"""Ticks while the daemon runs, whatever becomes of the clock (the only door to the scheduler).

The scheduler waits for a time of the clock on the wall. One that is set back would let it wait
until that time comes again: https://github.com/agronholm/apscheduler/issues/752. So the clock is
held against one that never goes back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo

from apscheduler.events import EVENT_JOB_MAX_INSTANCES
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from monitor import clock, logs, sdnotify
from monitor.lock import DaemonLock, is_old

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOTICED = timedelta(seconds=1)  # a clock that is slewed goes back by less between two looks

# Nothing has come of a tick for so long: the watchdog is no longer told that all is well. A server
# may take its time and a machine be slow, and to begin anew costs little.
_HUNG = timedelta(minutes=15)


class Ticks:
    """Work that is done again and again, each in a thread of its own."""

    def __init__(
        self,
        zone: tzinfo,
        *,
        now: Callable[[], datetime] = clock.now,
        monotonic: Callable[[], float] = clock.monotonic,
    ) -> None:
        self._now, self._monotonic = now, monotonic
        self._ahead = self._lead()
        # Its words about ticks are no lines of our log: a tick that fails is told by who gave it.
        logging.getLogger("apscheduler").addHandler(logging.NullHandler())
        logging.getLogger("apscheduler").propagate = False
        self._scheduler = BackgroundScheduler(
            timezone=zone,
            executors={"default": ThreadPoolExecutor(3)},
            # A tick that comes late, or while the last one is at work, is no second tick.
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
        )
        self._scheduler.add_listener(_tell_left_out, EVENT_JOB_MAX_INSTANCES)

    def every(self, pause: timedelta, work: Callable[[], None]) -> None:
        """Do this from the start on, and again after each pause."""
        self._scheduler.add_job(
            work, "interval", seconds=pause.total_seconds(), next_run_time=self._now()
        )

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()

    def mind_the_clock(self) -> timedelta | None:
        """Tick at once if the clock was set back since the last look; tell by how much.

        None: it was not. A clock that was set forward finds its ticks overdue by itself.
        """
        lead = self._lead()
        back, self._ahead = self._ahead - lead, lead
        if back < _NOTICED:
            return None
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=self._now())
        return back

    def end(self) -> None:
        """Begin no tick any more, and wait for those that are at work."""
        self._scheduler.shutdown(wait=True)

    def _lead(self) -> timedelta:
        """Return how far the clock is ahead of the one that never goes back."""
        return self._now() - _EPOCH - timedelta(seconds=self._monotonic())


def _tell_left_out(_: object) -> None:
    """Log that a tick takes longer than the pause between two."""
    logs.get().info("a tick is left out: the one before is still at work")


class Pulse:
    """When work was last seen to come on, by a clock that never goes back."""

    def __init__(self, monotonic: Callable[[], float] = clock.monotonic) -> None:
        self._monotonic = monotonic
        self.at = monotonic()

    def beat(self) -> None:
        """Note that something came of it, from any thread."""
        self.at = self._monotonic()

    def silent_for(self) -> timedelta:
        """Tell for how long nothing has come of it."""
        return timedelta(seconds=self._monotonic() - self.at)


class Health:
    """Whether a daemon's work comes on, for those who look at it from outside."""

    def __init__(
        self, lock: DaemonLock, collecting: Pulse, delivering: Pulse, *, shortest: timedelta | None
    ) -> None:
        self._lock, self._collecting, self._delivering = lock, collecting, delivering
        self._shortest = shortest
        self._is_old = False

    def tell(self) -> None:
        """Tell `gaung status` when something last came of it, and the watchdog while it does."""
        self._lock.note(min(self._collecting.at, self._delivering.at))
        silent_for = max(self._collecting.silent_for(), self._delivering.silent_for())
        was_old = self._is_old
        self._is_old = is_old(silent_for, shortest=self._shortest)
        if self._is_old and not was_old:
            minutes = round(silent_for / timedelta(minutes=1))
            logs.get().error("work hangs: nothing has come of it for some time", minutes=minutes)
        if silent_for < _HUNG:
            sdnotify.notify("WATCHDOG=1")
