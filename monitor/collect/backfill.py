"""Fills what is missing since a time, on demand: gap after gap, until there is none that can be."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from collectors.collector import Collector
from monitor import ledger
from monitor.collect.run import RunResult
from monitor.collect.stage import explain
from monitor.collect.worker import Worker
from monitor.config import CollectSettings
from monitor.ledger import Gap, Stream
from monitor.lock import at_work
from monitor.schedule import Task, Wish, backfill_of
from monitor.store import Store, StoreFile

# A source that wants to be left alone for longer is left to the next time.
_WORTH_WAITING = timedelta(minutes=15)
# What a source has said that it does not give, it does not give on demand either.
_HOPELESS = frozenset({"clamp", "too old", "silent"})


@dataclass(frozen=True, slots=True)
class Filled:
    """How much is there of what was asked for."""

    share: float  # of the time asked for, over all streams
    gaps: int  # still open
    new: int = 0  # posts
    waiting: str | None = None  # for which source, until when


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """What is asked for, and with what."""

    stores: StoreFile
    collectors: Mapping[str, Collector]
    wishes: Sequence[Wish]
    since: datetime
    settings: CollectSettings
    now: Callable[[], datetime]
    stop: threading.Event
    on_progress: Callable[[Filled], None] = lambda _: None

    def ask(self) -> Filled:
        """Note that all streams are wanted since that time: what is missing is then a gap."""
        with self.stores.open() as store, store.transaction():
            for wish in self.wishes:
                store.coverage.want(wish.source, wish.hashtag, since=self.since)
                stream = _stream(store, wish)
                for stretch in stream.unexplained():
                    explain(store, stream, stretch, now=self.now())
            return self._filled(store)

    def filled(self) -> Filled:
        """Tell how much is there."""
        with self.stores.open() as store:
            return self._filled(store)

    def run(self) -> list[RunResult]:
        """Fill, sources side by side. What is saved is complete, whenever it ends."""
        self.on_progress(self.ask())
        by_source: dict[str, list[Wish]] = {}
        for wish in self.wishes:
            by_source.setdefault(wish.source, []).append(wish)
        if not by_source:
            return []
        with ThreadPoolExecutor(max_workers=len(by_source), thread_name_prefix="backfill") as pool:
            done = pool.map(
                lambda source: _Filling(self, source, by_source[source]).run(), by_source
            )
            return [result for results in done for result in results]

    def _filled(self, store: Store, new: int = 0, waiting: str | None = None) -> Filled:
        streams = [_stream(store, wish) for wish in self.wishes]
        share = ledger.coverage(streams, self.since, self.now())
        return Filled(
            share=share or 0.0,
            gaps=sum(len(_open(stream, self.since)) for stream in streams),
            new=new,
            waiting=waiting,
        )


class _Filling:
    """The work on one source."""

    def __init__(self, asked: Backfill, source: str, wishes: Sequence[Wish]) -> None:
        self._asked, self._source, self._wishes = asked, source, wishes
        self._given_up: set[tuple[str, int | None]] = set()
        self._new = 0

    def run(self) -> list[RunResult]:
        """Carry out one task after the other, as long as each brings something."""
        results = []
        while not self._asked.stop.is_set() and (task := self._next()):
            key = task.hashtag, task.gap_id
            result = self._carry_out(task)
            results.append(result)
            self._new += result.new
            if result.retry_at is not None and self._wait(result.retry_at):
                continue
            if result.retry_at is not None:
                break
            if task.gap_id is None or self._is_unchanged(task):
                self._given_up.add(key)
        return results

    def _carry_out(self, task: Task) -> RunResult:
        asked = self._asked
        worker = Worker(
            asked.stores,
            asked.collectors[self._source],
            settings=asked.settings,
            now=asked.now(),
            stop=asked.stop,
            on_page=self._tell,
        )
        with at_work():
            return worker.run(task)

    def _next(self) -> Task | None:
        """Give the newest of what is missing."""
        now = self._asked.now()
        with self._asked.stores.open() as store, store.transaction():
            for wish in self._wishes:
                stream = _stream(store, wish)
                for stretch in stream.unexplained():
                    explain(store, stream, stretch, now=now)
                stream = _stream(store, wish)
                if _is_stale(stream, wish, now) and (wish.hashtag, None) not in self._given_up:
                    floor = stream.covered_to or stream.wanted_from
                    return Task("poll", wish.source, wish.hashtag, floor, "to be up to date")
                for gap in reversed(_open(stream, self._asked.since)):
                    if (wish.hashtag, gap.gap_id) not in self._given_up:
                        return backfill_of(gap)
        return None

    def _is_unchanged(self, task: Task) -> bool:
        with self._asked.stores.open() as store:
            gaps = store.coverage.open_gaps(source=task.source, hashtag=task.hashtag)
        gap = next((gap for gap in gaps if gap.gap_id == task.gap_id), None)
        return gap is not None and gap.cursor == task.cursor and gap.from_at == task.floor

    def _wait(self, until: datetime) -> bool:
        """Wait until a source may be asked again; tell whether that was worth it."""
        wait = until - self._asked.now()
        if wait > _WORTH_WAITING:
            return False
        with self._asked.stores.open() as store:
            said = f"{self._source} asks to wait until {until:%H:%M:%S} UTC"
            self._asked.on_progress(self._asked._filled(store, self._new, said))
        self._asked.stop.wait(max(wait.total_seconds(), 0.0))
        return True

    def _tell(self) -> None:
        with self._asked.stores.open() as store:
            self._asked.on_progress(self._asked._filled(store, self._new))


def _stream(store: Store, wish: Wish) -> Stream:
    found = store.coverage.streams(hashtags=[wish.hashtag], sources=[wish.source])[0]
    gaps = store.coverage.open_gaps(source=wish.source, hashtag=wish.hashtag)
    return replace(found, gaps=tuple(gaps))


def _open(stream: Stream, since: datetime) -> list[Gap]:
    """Give the gaps since a time that asking may fill, oldest first."""
    return [gap for gap in stream.gaps if gap.to_at > since and gap.reason not in _HOPELESS]


def _is_stale(stream: Stream, wish: Wish, now: datetime) -> bool:
    return stream.covered_to is None or now - stream.covered_to > wish.every
