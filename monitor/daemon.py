"""Runs turns by the clock, until told to stop.

Ticks own when, the store what is due: after a sleep the first tick finds what is overdue.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from collectors.errors import DefectError
from collectors.page import Page
from monitor import clock, journal, logs, sdnotify
from monitor.bell import Bell
from monitor.collect import Fence
from monitor.config.following import Followed
from monitor.coordination import Memory
from monitor.errors import ConfigError, OperatorError, StoreGoneError
from monitor.lock import DaemonLock
from monitor.ready import Readiness
from monitor.ticking import Health, Pulse, Ticks
from monitor.turn import (
    collect_due,
    listen_to,
    notice,
    put_right,
    send_due,
    streamers,
    tidy_up,
)
from monitor.wiring import App

_COLLECT_TICK = timedelta(seconds=15)
_DELIVER_TICK = timedelta(seconds=20)
_LOOK_EVERY = 5.0  # seconds, whether all goes well
_RELISTEN_AFTER = timedelta(seconds=15)
_RELISTEN_AT_LATEST = timedelta(minutes=10)
# SIGTERM to exit: work that does not end by then is cut off; pages are saved whole or not at all.
_PATIENCE = 4.0


def run(app: App) -> int:
    """Run the daemon. Raises `DaemonRunningError` if there is one already."""
    if not app.config.watches:
        raise OperatorError("there is nothing to watch: add a [[watches]] section to config.toml")
    lock = DaemonLock(app.stores.path)
    lock.take()
    memory = Memory()  # of the turns so far
    try:
        with app.stores.open():
            pass  # a store that cannot be used is told before the daemon says that it is ready
        app = replace(app, stores=replace(app.stores, must_exist=True))
        with Bell() as bell:
            while True:
                daemon = _Daemon(app, memory, bell, lock)
                code = daemon.run()
                if daemon.next is None:
                    return code
                app = daemon.next  # config.toml was changed: go on with what it says now
    finally:
        lock.release()


class _Daemon:
    def __init__(self, app: App, memory: Memory, bell: Bell, lock: DaemonLock) -> None:
        self._app, self._lock = app, lock
        self._collecting, self._delivering = Pulse(), Pulse()
        shortest = min((watch.every for watch in app.config.followed), default=None)
        self._health = Health(lock, self._collecting, self._delivering, shortest=shortest)
        self.next: App | None = None  # what to go on with when this one has ended
        self._settings = Followed(app.path)
        self._log, self._bell = logs.get(), bell
        self._stop = threading.Event()
        self._failure: BaseException | None = None
        self._collectors = app.collectors()
        self._listening: list[threading.Thread] = []
        self._closing: list[threading.Thread] = []
        self._memory = memory
        self._readiness = Readiness()
        self._fence = Fence(app.stores)
        self._heard = threading.Event()  # a stream brought something since the last tick

    def run(self) -> int:
        """Start the jobs, wait for a signal or a change of config.toml, and end."""
        ticks = Ticks(self._app.config.zone)
        for pause, work, pulse in (
            (_COLLECT_TICK, self._collect, self._collecting),
            (_DELIVER_TICK, self._deliver, self._delivering),
        ):
            ticks.every(pause, self._guarded(work, pulse))
        ticks.start()
        for source, hashtags in streamers(self._app, self._collectors).items():
            listening = threading.Thread(
                target=self._guarded(self._listener(source, hashtags)),
                name=f"listen {source}",
                daemon=True,
            )
            listening.start()
            self._listening.append(listening)
        sdnotify.notify("READY=1")
        self._log.info("daemon started", pid=os.getpid(), watches=len(self._app.config.watches))
        self._wait(ticks)
        return self._end(ticks)

    def _wait(self, ticks: Ticks) -> None:
        """Wait for a signal, or for a failure of a tick, and see whether all goes well."""
        pause = min(_LOOK_EVERY, sdnotify.watchdog_seconds() or _LOOK_EVERY)
        while not self._stop.is_set():
            if self._bell.is_told_to_end(pause):
                self._stop.set()
                self.next = None
                return
            back = ticks.mind_the_clock()
            if back is not None:
                self._log.warning("the clock was set back", seconds=round(back.total_seconds(), 1))
            if not self._lock.is_in_place():
                self._failure = StoreGoneError(
                    f"{self._app.stores.path}: the store's folder was taken away or exchanged "
                    "while the daemon ran: bring it back, or start anew with an empty store"
                )
                self._stop.set()
            self._health.tell()

    def _end(self, ticks: Ticks) -> int:
        if self.next is None:
            sdnotify.notify("STOPPING=1")
            self._log.info("daemon stops")
        # A request that is under way ends now. Side by side: a server may take its time to say bye.
        self._closing = [
            threading.Thread(target=collector.close, daemon=True)
            for collector in self._collectors.values()
        ]
        for closing in self._closing:
            closing.start()
        ending = threading.Thread(target=self._wind_down, args=(ticks,), daemon=True)
        ending.start()
        while self.next is not None and ending.is_alive():
            ending.join(0.2)  # a change has time; whoever wants an end meanwhile does not
            self._health.tell()
            if self._bell.is_told_to_end(0.0):
                self.next = None
        ending.join(_PATIENCE)
        if ending.is_alive():
            self._log.warning("daemon cut off", reason="work under way did not end in time")
            os._exit(0)  # the transaction under way is undone, all others are kept
        if self._failure is not None:
            raise self._failure
        if self.next is None:
            self._log.info("daemon stopped")
        return 0

    def _wind_down(self, ticks: Ticks) -> None:
        ticks.end()
        for thread in (*self._listening, *self._closing):
            thread.join()

    def _guarded(self, work: Callable[[], None], pulse: Pulse | None = None) -> Callable[[], None]:
        """Let an expected error wait for the next tick, and an unexpected one end the process."""

        def tick() -> None:
            if self._stop.is_set():
                return
            try:
                work()
            except OperatorError as error:
                self._log.error("put off", reason=str(error))
            except BaseException as error:
                self._failure = error
                self._stop.set()
                self._bell.ring()
                raise
            finally:
                if pulse is not None:
                    pulse.beat()

        return tick

    def _with(self, pulse: Pulse) -> App:
        """Return the app whose store notes that work comes on whenever it is opened."""
        return replace(self._app, stores=replace(self._app.stores, on_open=pulse.beat))

    def _take_over_changes(self) -> None:
        """See whether config.toml says something else now; what cannot be used is only told."""
        try:
            config = self._settings.changed()
        except ConfigError as error:
            self._log.error("config.toml was not taken over", reason=str(error))
            return
        if config is None:
            return
        if config.store_path != self._app.stores.path or not config.watches:
            why = "another store" if config.watches else "nothing to watch"
            self._log.error("config.toml was not taken over: stop and start", reason=why)
            return
        self._log.info("config.toml was changed", watches=len(config.watches))
        self.next = replace(self._app, config=config)
        self._stop.set()
        self._bell.ring()

    def _collect(self) -> None:
        self._take_over_changes()
        if self._stop.is_set():
            return
        app, now = self._with(self._collecting), clock.now()
        if changed := put_right(app, now=now, present=now):
            self._log.warning(
                "a clock was ahead: what the store said of a time that has not come was put right",
                **changed,
            )
        runs = collect_due(app, self._collectors, now=now, stop=self._stop)
        for run in runs:
            journal.tell_run(run)
        if self._stop.is_set():
            return
        heard = self._heard.is_set()
        self._heard.clear()
        anything_new = bool(runs) or heard
        self._survived("letters", lambda: self._notice(app, anything_new))
        self._survived("tidying", lambda: journal.tell_gone(tidy_up(app, now=clock.now())))
        self._survived(
            "reports", lambda: self._readiness.prepare(app, now=clock.now(), stop=self._stop)
        )

    def _survived(self, stage: str, work: Callable[[], object]) -> bool:
        """Do the work of a stage; a defect there is told, and does not end what still works.

        Else one odd post in the store would end the daemon again at each start.
        """
        try:
            with self._fence.around(stage):
                work()
        except DefectError as error:
            self._log.error("not done; collecting goes on", reason=str(error))
            return False
        return True

    def _notice(self, app: App, anything_new: bool) -> None:
        decisions, digests = notice(
            app,
            anything_new=anything_new,
            now=clock.now(),
            memory=self._memory,
            stop=self._stop,
            guarded=self._survived,
        )
        journal.tell_noticed(decisions, digests)

    def _listener(self, source: str, hashtags: list[str]) -> Callable[[], None]:
        """Give the work of one thread: listen, and after a failure listen again, ever later."""

        def on_page(page: Page) -> None:
            if page.posts.height or page.interactions.height:
                self._heard.set()

        def work() -> None:
            wait = _RELISTEN_AFTER
            while not self._stop.is_set():
                try:
                    run = listen_to(
                        self._app,
                        self._collectors[source],
                        hashtags,
                        now=clock.now,
                        stop=self._stop,
                        live=True,
                        on_page=on_page,
                    )
                except OperatorError as error:  # another process has the store for long
                    self._log.error("put off", source=source, reason=str(error))
                else:
                    journal.tell_run(run)
                    wait = _RELISTEN_AFTER if run.pages else min(wait * 2, _RELISTEN_AT_LATEST)
                self._stop.wait(wait.total_seconds())

        return work

    def _deliver(self) -> None:
        app = self._with(self._delivering)
        self._survived(
            "delivery",
            lambda: journal.tell_delivery(send_due(app, now=clock.now(), stop=self._stop)),
        )
