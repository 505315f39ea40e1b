"""Listens to a stream: what comes in → store, each page with its cursor in one transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from collectors.collector import Interest, Pager, Replayer, Streamer
from collectors.errors import CollectorError
from collectors.page import Page
from monitor.collect.fence import Fence, Fenced
from monitor.collect.run import Progress, RunResult
from monitor.collect.verdicts import end_of
from monitor.config import CollectSettings
from monitor.ledger import SLACK
from monitor.store import Store, StoreFile
from monitor.store.streaming import Position

# Nothing to keep: the cursor is saved now and then, so that others get the store.
_SAVE_EVERY = timedelta(seconds=15)


@dataclass(slots=True)
class _Waiting:
    """Pages without anything to keep, of which only the time counts."""

    since_at: datetime | None = None
    saved_at: datetime | None = None


def listen(
    stores: StoreFile,
    collector: Streamer,
    hashtags: Sequence[str],
    *,
    settings: CollectSettings,
    now: Callable[[], datetime],
    stop: threading.Event,
    live: bool,
    on_page: Callable[[Page], None] = lambda _: None,
) -> RunResult:
    """Listen until `stop`, or when not `live`, until all that happened so far is in.

    hashtags: in their one spelling; all of them share the stream.
    """
    source, started = collector.source, now()
    run_id, cursor, interest = _begun(stores, collector, hashtags, settings, started)
    progress, verdict, detail = Progress(), "complete", None
    waiting = _Waiting(saved_at=started)
    saver = _Saver(stores, collector, run_id, list(hashtags), progress)
    heard = Fenced(collector, Fence(stores)).stream(
        interest, cursor=cursor, now=now, stop=stop, live=live
    )
    try:
        for page in heard:
            saver.save_when_due(page, waiting, now=now())
            on_page(page)
    except CollectorError as error:
        # Whoever stops us closes the connection under the one who waits for it.
        if not stop.is_set():
            end = end_of(error, started=bool(progress.pages))
            verdict, detail = end.verdict, end.detail
            if not isinstance(collector, Pager):
                # Of a source that is asked too, asking proves what was read.
                saver.note_outage(end.missing or "outage", str(error), now=now())
    saver.flush(waiting, now=now())
    with stores.open() as store, store.transaction():
        store.runs.finish(run_id, verdict, now=now(), detail=detail)
    return RunResult(
        task="stream",
        source=source,
        hashtag=None,
        verdict=verdict,
        pages=progress.pages,
        received=progress.received,
        new=progress.new,
        updated=progress.updated,
        rejected=progress.rejected,
        detail=detail,
    )


def _begun(
    stores: StoreFile,
    collector: Streamer,
    hashtags: Sequence[str],
    settings: CollectSettings,
    now: datetime,
) -> tuple[int, str | None, Interest]:
    """Note that listening begins; give the run, from where on, and what is listened for."""
    source = collector.source
    with stores.open() as store, store.transaction():
        position = _position(store, collector, now)
        run_id = store.runs.start("stream", source, now=now)
        cursor = position.cursor if position else None
        posts, authors, acts = store.streaming.tracked(
            source.partition("/")[0], hashtags, since=now - settings.expand_for
        )
        for hashtag in hashtags:
            store.coverage.want(source, hashtag, since=now)
        if position is None and isinstance(collector, Replayer):
            # Never heard, but wanted before: the source was out of reach.
            wanted = min(s.wanted_from for s in store.coverage.streams(sources=[source]))
            cursor = collector.cursor_at(wanted)
        elif position is not None and cursor is None and isinstance(collector, Replayer):
            cursor = collector.cursor_at(position.reached_at)
    return run_id, cursor, Interest(frozenset(hashtags), posts, authors, acts)


def _position(store: Store, collector: Streamer, now: datetime) -> Position | None:
    """Return where a stream goes on; None if it never ran.

    One that is said to have come further than now is put back to where it was read to: a clock was
    ahead, or an event bore a time that nobody can have. It would be heard from there, and what is
    missed until then would pass for read.
    """
    source = collector.source
    position = store.streaming.position(source)
    if position is None or position.reached_at <= now + SLACK:
        return position
    reached = store.times.read_until(source, now=now) or now
    cursor = collector.cursor_at(reached) if isinstance(collector, Replayer) else position.cursor
    store.times.shorten_coverage([source], now=now)
    position = Position(cursor, reached)
    store.streaming.put_back(source, position, now=now)
    return position


def _until_now(page: Page, before: datetime | None, collector: Streamer, *, now: datetime) -> Page:
    """Return a page that claims no time to come: it was read up to now.

    before: up to when the page before it was read.
    """
    late = now + SLACK
    if page.reached_at is None or page.reached_at <= late:
        return page
    since = page.since_at
    if since is not None and since > late:
        since = min(before or now, now)
    cursor = collector.cursor_at(now) if isinstance(collector, Replayer) else None
    return replace(page, since_at=since, reached_at=now, cursor=cursor)


class _Saver:
    """Saves the pages of one stream."""

    def __init__(
        self,
        stores: StoreFile,
        collector: Streamer,
        run_id: int,
        hashtags: list[str],
        progress: Progress,
    ) -> None:
        self._stores, self._collector, self._run_id = stores, collector, run_id
        self._source = collector.source
        self._hashtags, self._progress = hashtags, progress
        self._last: Page | None = None
        self._reached: datetime | None = None

    def save_when_due(self, page: Page, waiting: _Waiting, *, now: datetime) -> None:
        """Save a page that holds something, or the time that passed without anything."""
        page = _until_now(page, self._reached, self._collector, now=now)
        if self._skips(page):
            self.flush(waiting, now=now)  # else what lies between would pass for read
        self._reached = page.reached_at or self._reached
        if waiting.since_at is None:
            waiting.since_at = page.since_at
        self._last = page
        holds = any(
            frame.height for frame in (page.posts, page.interactions, page.removals, page.rejected)
        )
        waited = None if waiting.saved_at is None else now - waiting.saved_at
        # Less than none: the clock was set back.
        due = waited is None or not timedelta(0) <= waited < _SAVE_EVERY
        if holds or due or page.beyond:
            self._save(page, waiting, now=now)

    def _skips(self, page: Page) -> bool:
        """Return whether a page begins later than the one before it ended."""
        before, since = self._reached, page.since_at
        return before is not None and since is not None and since > before

    def flush(self, waiting: _Waiting, *, now: datetime) -> None:
        """Save the time that has passed since the last saving."""
        if self._last is not None and waiting.since_at is not None:
            self._save(
                Page(cursor=self._last.cursor, reached_at=self._last.reached_at), waiting, now=now
            )

    def _save(self, page: Page, waiting: _Waiting, *, now: datetime) -> None:
        with self._stores.open() as store, store.transaction():
            saved = store.posts.add(page, source=self._source, now=now)
            store.runs.add_page(self._run_id, saved, page)
            store.runs.set_aside(self._run_id, self._source, page.rejected, now=now)
            self._cover(store, waiting.since_at, page, now=now)
        waiting.since_at, waiting.saved_at, self._last = None, now, None
        self._progress.pages += 1
        self._progress.received += page.received
        self._progress.new += saved.new
        self._progress.updated += saved.updated
        self._progress.rejected += page.rejected.height

    def _cover(self, store: Store, since_at: datetime | None, page: Page, *, now: datetime) -> None:
        """Write down what was read, and what the stream skipped since it was last read."""
        if since_at is None or page.reached_at is None:
            return
        before = _position(store, self._collector, now)
        if before is not None and before.reached_at < since_at:
            for hashtag in store.coverage.listened(self._source, self._hashtags):
                store.coverage.open_gap(
                    self._source,
                    hashtag,
                    (before.reached_at, since_at),
                    page.beyond or "interrupted",
                    now=now,
                    detail="the stream could not be read from where it had stopped",
                )
        stretch = (since_at, page.reached_at)
        store.coverage.extend(self._source, self._hashtags, stretch)
        store.coverage.close_within(self._source, stretch, run_id=self._run_id, now=now)
        reached = max(page.reached_at, before.reached_at) if before else page.reached_at
        store.streaming.move(self._source, Position(page.cursor, reached), now=now)

    def note_outage(self, reason: str, detail: str, *, now: datetime) -> None:
        """Open a gap from where the stream was read to; it closes when that has been read."""
        with self._stores.open() as store, store.transaction():
            position = _position(store, self._collector, now)
            wanted = store.coverage.streams(hashtags=self._hashtags, sources=[self._source])
            for hashtag, since in ((stream.hashtag, stream.wanted_from) for stream in wanted):
                start = max(since, position.reached_at) if position else since
                store.coverage.open_gap(
                    self._source, hashtag, (start, now), reason, now=now, detail=detail
                )
