"""Runs turns by the clock, until told to stop (the only door to the scheduler).

The scheduler owns when, the store what is due: after a sleep the first tick finds what is overdue.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from collectors.page import Page
from monitor import clock, logs, sdnotify
from monitor.collect import RunResult
from monitor.config.following import Followed
from monitor.coordination import Memory
from monitor.errors import ConfigError, OperatorError
from monitor.lock import DaemonLock
from monitor.ready import Readiness
from monitor.turn import Turn, collect_due, listen_to, notice, send_due, streamers, tidy_up
from monitor.wiring import App

_COLLECT_TICK = timedelta(seconds=15)
_DELIVER_TICK = timedelta(seconds=20)
_RELISTEN_AFTER = timedelta(seconds=15)
_RELISTEN_AT_LATEST = timedelta(minutes=10)
# SIGTERM to exit: work that does not end by then is cut off; pages are saved whole or not at all.
_PATIENCE = 4.0
_ENDING = (signal.SIGTERM, signal.SIGINT)


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
        with _Bell() as bell:
            while True:
                daemon = _Daemon(app, memory, bell)
                code = daemon.run()
                if daemon.next is None:
                    return code
                app = daemon.next  # config.toml was changed: go on with what it says now
    finally:
        lock.release()


class _Bell:
    """What wakes the one who waits: a signal, or a tick.

    The system may hand a signal to any thread, and then nothing wakes a lock that the main one
    waits for; a byte does. And a handler that sets an event may find its lock taken.
    """

    def __init__(self) -> None:
        self._woken, self._waker = socket.socketpair()
        self._waker.setblocking(False)

    def __enter__(self) -> _Bell:
        signal.set_wakeup_fd(self._waker.fileno())
        for number in _ENDING:
            signal.signal(number, lambda _number, _frame: None)
        return self

    def __exit__(self, *error: object) -> None:
        signal.set_wakeup_fd(-1)
        self._woken.close()
        self._waker.close()

    def ring(self) -> None:
        """Wake whoever waits, from any thread."""
        self._waker.send(b"\0")

    def is_told_to_end(self, within: float | None) -> bool:
        """Wait for up to so many seconds, or until something rings; tell whether it is to end."""
        readable, _, _ = select.select([self._woken], [], [], within)
        if not readable:
            sdnotify.notify("WATCHDOG=1")
            return False
        return any(byte in _ENDING for byte in self._woken.recv(64))


class _Daemon:
    def __init__(self, app: App, memory: Memory, bell: _Bell) -> None:
        self._app = app
        self.next: App | None = None  # what to go on with when this one has ended
        self._settings = Followed(app.path)
        self._log, self._bell = logs.get(), bell
        self._stop = threading.Event()
        self._failure: BaseException | None = None
        self._collectors = app.collectors()
        self._listening: list[threading.Thread] = []
        self._memory = memory
        self._readiness = Readiness()
        self._heard = threading.Event()  # a stream brought something since the last tick

    def run(self) -> int:
        """Start the jobs, wait for a signal or a change of config.toml, and end."""
        scheduler = BackgroundScheduler(
            timezone=self._app.config.zone,
            executors={"default": ThreadPoolExecutor(3)},
            # A tick that comes late, or while the last one is at work, is no second tick.
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
        )
        for tick, work in ((_COLLECT_TICK, self._collect), (_DELIVER_TICK, self._deliver)):
            scheduler.add_job(
                self._guarded(work),
                "interval",
                seconds=tick.total_seconds(),
                next_run_time=clock.now(),
            )
        scheduler.start()
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
        self._wait()
        return self._end(scheduler)

    def _wait(self) -> None:
        """Wait for a signal, or for a failure of a tick."""
        interval = sdnotify.watchdog_seconds()
        while not self._stop.is_set():
            if self._bell.is_told_to_end(interval):
                self._stop.set()
                self.next = None

    def _end(self, scheduler: BackgroundScheduler) -> int:
        if self.next is None:
            sdnotify.notify("STOPPING=1")
            self._log.info("daemon stops")
        for collector in self._collectors.values():
            collector.close()  # a request that is under way ends now
        ending = threading.Thread(target=self._wind_down, args=(scheduler,), daemon=True)
        ending.start()
        while self.next is not None and ending.is_alive():
            ending.join(0.2)  # a change has time; whoever wants an end meanwhile does not
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

    def _wind_down(self, scheduler: BackgroundScheduler) -> None:
        scheduler.shutdown(wait=True)
        for listening in self._listening:
            listening.join()

    def _guarded(self, work: Callable[[], None]) -> Callable[[], None]:
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

        return tick

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
        now = clock.now()
        runs = collect_due(self._app, self._collectors, now=now, stop=self._stop)
        for run in runs:
            self._tell_run(run)
        if self._stop.is_set():
            return
        heard = self._heard.is_set()
        self._heard.clear()
        decisions, digests = notice(
            self._app, anything_new=bool(runs) or heard, now=clock.now(), memory=self._memory
        )
        self._tell(Turn(decisions=decisions, digests=digests))
        self._readiness.prepare(self._app, now=clock.now(), stop=self._stop)
        gone = tidy_up(self._app, now=clock.now())
        if gone is not None and not gone.is_nothing:
            self._log.info("kept long enough", posts=gone.posts, set_aside=gone.raw)

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
                    self._tell_run(run)
                    wait = _RELISTEN_AFTER if run.pages else min(wait * 2, _RELISTEN_AT_LATEST)
                self._stop.wait(wait.total_seconds())

        return work

    def _tell_run(self, run: RunResult) -> None:
        if run.verdict in ("failed", "refused"):
            self._log.warning(
                "source not reached; what is missing is noted as a gap and asked for again",
                source=run.source,
                hashtag=run.hashtag,
                verdict=run.verdict,
                reason=run.detail,
            )
            return
        self._log.info(
            "collected",
            task=run.task,
            source=run.source,
            hashtag=run.hashtag,
            verdict=run.verdict,
            pages=run.pages,
            new=run.new,
            set_aside=run.rejected or None,
            detail=run.detail,
        )

    def _tell(self, turn: Turn) -> None:
        for decision in turn.decisions:
            if decision.told:
                self._log.info(
                    "alert",
                    watch=decision.finding.watch,
                    kind=str(decision.finding.kind),
                    reason=str(decision.reason),
                )
        for letter in turn.digests:
            self._log.info("digest written", key=letter.key)

    def _deliver(self) -> None:
        delivery = send_due(self._app, now=clock.now(), stop=self._stop)
        if delivery is not None:
            self._log.info(
                "delivered", sent=delivery.sent, deferred=delivery.deferred, dead=delivery.dead
            )
