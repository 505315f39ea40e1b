"""One turn: what is due of each stage, in the order of the pipe.

::

    collect(due streams)          pages, runs, gaps
    | detect                      findings
    | notify                      alerts, letters
    | digest, if its hour has come
    | deliver(due letters)        mail
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from analysis.findings import Finding
from collectors.collector import Collector, Expander, Hydrator, Pager, Streamer
from collectors.page import Page
from monitor import clock, schedule
from monitor.alert import Decision
from monitor.collect import RunResult, collect, listen, note_pauses
from monitor.collect import plan as planned
from monitor.config import Watch
from monitor.coordination import Memory
from monitor.deliver import Delivery, deliver
from monitor.detect import detect
from monitor.digest import write_digests
from monitor.ledger import SLACK
from monitor.letters import Letter
from monitor.lock import at_work
from monitor.notify import notify, release
from monitor.outgoing import StoredOutbox
from monitor.schedule import Task, Wish
from monitor.store.privacy import Gone
from monitor.store.rewriting import rewrite
from monitor.tidy import tidy
from monitor.wiring import App


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one turn has done."""

    put_right: dict[str, int] = field(default_factory=dict)  # rows that said to be of later
    runs: list[RunResult] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    digests: list[Letter] = field(default_factory=list)
    delivery: Delivery | None = None


def wishes_of(app: App, collectors: Mapping[str, Collector]) -> list[Wish]:
    """Give the streams that the watches want, for the sources that there are."""
    by_name: dict[str, list[str]] = {}
    for source in collectors:
        by_name.setdefault(source.split("/", 1)[0], []).append(source)
    metered = frozenset(s for s, c in collectors.items() if getattr(c, "is_metered", False))
    return schedule.wishes(app.config, by_name, metered=metered)


def pagers(collectors: Mapping[str, Collector]) -> dict[str, Collector]:
    """Give those that can be asked for a hashtag."""
    return {source: c for source, c in collectors.items() if isinstance(c, Pager)}


def streamers(app: App, collectors: Mapping[str, Collector]) -> dict[str, list[str]]:
    """Give those that can be listened to, each with the hashtags that watches want of it."""
    live = {source: c for source, c in collectors.items() if isinstance(c, Streamer)}
    wanted: dict[str, list[str]] = {}
    for wish in wishes_of(app, live):
        wanted.setdefault(wish.source, []).append(wish.hashtag)
    return wanted


def plan(app: App, collectors: Mapping[str, Collector], *, now: datetime) -> list[Task]:
    """Tell what a turn would ask for; nothing is changed."""
    with app.stores.open() as store, store.database.trial():
        return planned(
            store, wishes_of(app, pagers(collectors)), settings=app.config.collect, now=now
        )


def turn(
    app: App,
    collectors: Mapping[str, Collector],
    *,
    now: datetime,
    stop: threading.Event | None = None,
    on_stage: Callable[[str], None] = lambda _: None,
    clock_now: Callable[[], datetime] = clock.now,
    memory: Memory | None = None,
) -> Turn:
    """Do all that is due. Raises `OperatorError`.

    memory: of earlier turns of the same process, so that this one costs what is new.
    """
    stop = stop or threading.Event()
    on_stage("collect")
    changed = put_right(app, now=now, present=clock_now())
    runs = collect_due(app, collectors, now=now, stop=stop)
    runs += catch_up(app, collectors, now=clock_now, stop=stop)
    on_stage("detect")
    decisions: list[Decision] = []
    digests: list[Letter] = []
    if not stop.is_set():
        decisions, digests = notice(app, anything_new=bool(runs), now=now, memory=memory)
    on_stage("deliver")
    delivery = None if stop.is_set() else send_due(app, now=now, stop=stop)
    if not stop.is_set():
        tidy_up(app, now=now)
    return Turn(
        put_right=changed, runs=runs, decisions=decisions, digests=digests, delivery=delivery
    )


def put_right(app: App, *, now: datetime, present: datetime) -> dict[str, int]:
    """Let nothing in the store have happened after now: a clock was ahead, or it was set back.

    In a turn of the past all that came since is right: then the present decides. Gives how many
    rows were wrong, by table.
    """
    at = max(now, present)
    with app.stores.open() as store, store.transaction():
        if (store.times.latest(now=at) or at) <= at + SLACK:
            return {}
        covered = store.times.shorten_coverage(store.times.sources(), now=at)
        changed = store.times.put_right(now=at)
    return ({"coverage": covered} if covered else {}) | changed


def collect_due(
    app: App, collectors: Mapping[str, Collector], *, now: datetime, stop: threading.Event
) -> list[RunResult]:
    """Stage 1, for the sources that are asked; of paused watches it is noted that nothing is."""
    if pauses := schedule.pauses(app.config):
        with app.stores.open() as store, store.transaction():
            note_pauses(store, pauses, now=now)
    asked = {s: c for s, c in collectors.items() if isinstance(c, Pager | Expander | Hydrator)}
    return collect(
        app.stores,
        asked,
        wishes_of(app, asked),
        settings=app.config.collect,
        now=now,
        stop=stop,
    )


def catch_up(
    app: App,
    collectors: Mapping[str, Collector],
    *,
    now: Callable[[], datetime],
    stop: threading.Event,
) -> list[RunResult]:
    """Stage 1, for the sources that are listened to: read all that happened so far."""
    return [
        listen_to(app, collectors[source], hashtags, now=now, stop=stop, live=False)
        for source, hashtags in streamers(app, collectors).items()
        if not stop.is_set()
    ]


def listen_to(
    app: App,
    collector: Collector,
    hashtags: list[str],
    *,
    now: Callable[[], datetime],
    stop: threading.Event,
    live: bool,
    on_page: Callable[[Page], None] = lambda _: None,
) -> RunResult:
    """Listen to one source."""
    if not isinstance(collector, Streamer):
        raise TypeError(f"{collector.source} is no source to listen to")
    with at_work():
        return listen(
            app.stores,
            collector,
            hashtags,
            settings=app.config.collect,
            now=now,
            stop=stop,
            live=live,
            on_page=on_page,
        )


def _unguarded(_: str, work: Callable[[], object]) -> bool:
    work()
    return True


def notice(
    app: App,
    *,
    anything_new: bool,
    now: datetime,
    memory: Memory | None = None,
    stop: threading.Event | None = None,
    guarded: Callable[[str, Callable[[], object]], bool] = _unguarded,
) -> tuple[list[Decision], list[Letter]]:
    """Stages 2 and 3: the findings of a watch agree with each other, and decisions with letters.

    The store is given back after each watch: a hundred of them would keep others out for a minute.
    What is found and not decided about, because the process ends, is found again.

    memory: of earlier turns; a process that takes one turn has none.
    guarded: does the work of a name, and tells whether it came to its end; a daemon goes on with
    the other watches where one cannot be looked at.
    """
    found: list[Finding] = []
    memory = memory or Memory()

    def look_at(watch: Watch) -> None:
        with app.stores.open() as store, store.transaction():
            found.extend(detect(store, app.config, now=now, memory=memory, watches=[watch]))

    for watch in app.config.watches if anything_new else ():
        if stop is not None and stop.is_set():
            return [], []
        if not guarded(f"detection of {watch.name}", partial(look_at, watch)):
            memory.forget(watch.name)  # it may be of two minds
    with app.stores.open() as store, store.transaction():
        decisions = notify(store, app.config, found, now=now)
        release(store, app.config, now=now)
        digests = write_digests(store, app.config, now=now)
    return decisions, digests


def tidy_up(app: App, *, now: datetime) -> Gone | None:
    """Take out what was kept long enough, once a day; None if it was not the hour.

    What was taken out, by that or by its platform, then leaves the file too: last of all, for a
    full disk ends it. Raises `StoreError`.
    """
    with app.stores.open() as store:
        gone = tidy(store, app.config, now=now)
        is_due = store.privacy.rewriting().is_due(now=now)
    if is_due:
        rewrite(app.stores, now=now)
    return gone


def send_due(app: App, *, now: datetime, stop: threading.Event | None = None) -> Delivery | None:
    """Stage 4; None if no mail server is set up or nothing is due."""
    outbox = StoredOutbox(app.stores)
    if not app.config.mail.server or not outbox.has_due(now):
        return None
    mailer = app.mailer()
    if mailer is None:
        return None
    with mailer:
        return deliver(outbox, mailer, now=now)
