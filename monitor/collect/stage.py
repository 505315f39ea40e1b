"""What is due, and who carries it out."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

from collectors.collector import Collector, Pager
from monitor import schedule
from monitor.collect.run import RunResult
from monitor.collect.worker import Worker
from monitor.config import CollectSettings
from monitor.ledger import Stream, Stretch
from monitor.lock import at_work
from monitor.schedule import Attempt, Task, Wish
from monitor.store import Store, StoreFile

_NEVER = datetime.min.replace(tzinfo=UTC)


def plan(
    store: Store, wishes: Iterable[Wish], *, settings: CollectSettings, now: datetime
) -> list[Task]:
    """Return what is due, and close what nobody will finish. Wants a transaction."""
    store.runs.close_interrupted(now=now)
    wishes = list(wishes)
    for wish in wishes:
        store.coverage.want(wish.source, wish.hashtag, since=now - wish.backfill)
    attempts = store.runs.last_attempts(now=now)
    # A slow source is not asked for all in one turn: what it was not asked for comes first.
    wishes.sort(key=lambda wish: _asked_at(attempts.get((wish.source, wish.hashtag))))
    streams = {(s.source, s.hashtag): s for s in store.coverage.streams()}
    tasks: list[Task] = []
    for wish in wishes:
        key = wish.source, wish.hashtag
        for stretch in streams[key].unexplained():
            explain(store, streams[key], stretch, now=now)
        stream = replace(
            streams[key],
            gaps=tuple(store.coverage.open_gaps(source=wish.source, hashtag=wish.hashtag)),
        )
        tasks += schedule.due(wish, stream, attempts.get(key), settings=settings, now=now)
    return tasks


def _asked_at(last: Attempt | None) -> datetime:
    return _NEVER if last is None else last.started_at


def explain(store: Store, stream: Stream, stretch: Stretch, *, now: datetime) -> None:
    """Open a gap for what is missing without one."""
    first = min((start for start, _ in stream.covered), default=now)
    if stretch[1] <= first and not store.runs.last_cursor(stream.source, stream.hashtag):
        reason, detail, cursor = "added later", "wanted only after reading had begun", None
    else:
        reason, detail = "interrupted", "the process ended while it was reading"
        cursor = store.runs.last_cursor(stream.source, stream.hashtag)
    store.coverage.open_gap(
        stream.source, stream.hashtag, stretch, reason, now=now, detail=detail, cursor=cursor
    )


def collect(
    stores: StoreFile,
    collectors: Mapping[str, Collector],
    wishes: Iterable[Wish],
    *,
    settings: CollectSettings,
    now: datetime,
    stop: threading.Event,
) -> list[RunResult]:
    """Carry out all that is due: sources side by side, the tasks of one source in turn.

    A source that cannot be asked for a hashtag is asked about the posts of others.
    """
    wishes = list(wishes)
    asked = [wish for wish in wishes if isinstance(collectors[wish.source], Pager)]
    with stores.open() as store, store.transaction():
        tasks = plan(store, asked, settings=settings, now=now)
        looks = _looks(store, [wish for wish in wishes if wish not in asked], now=now)
    by_source: dict[str, list[Task]] = {}
    for task in tasks:
        by_source.setdefault(task.source, []).append(task)
    sources = [*by_source, *looks]
    if not sources:
        return []

    def work(source: str) -> list[RunResult]:
        worker = Worker(stores, collectors[source], settings=settings, now=now, stop=stop)
        with at_work():
            if source in looks:
                return worker.look_again(looks[source])
            return worker.carry_out(by_source[source])

    with ThreadPoolExecutor(max_workers=len(sources), thread_name_prefix="collect") as pool:
        return [result for results in pool.map(work, sources) for result in results]


def _looks(store: Store, wishes: list[Wish], *, now: datetime) -> dict[str, list[str]]:
    """Give the hashtags about whose posts a source is asked now, by source."""
    found: dict[str, list[str]] = {}
    for source in sorted({wish.source for wish in wishes}):
        own = [wish for wish in wishes if wish.source == source]
        every = min(wish.every for wish in own)
        if schedule.is_look_due(every, store.runs.looked_at(source, now=now), now=now):
            found[source] = sorted({wish.hashtag for wish in own})
    return found
