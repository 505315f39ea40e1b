"""Carries out the tasks of one source: pages → store, each with its cursor in one transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import polars as pl

from collectors import moments
from collectors.collector import Collector, Expander, Hydrator, Pager, SincePager
from collectors.errors import CollectorError, PayloadError
from collectors.page import Hole, Page
from monitor import clock
from monitor.collect.check import check_posts
from monitor.collect.fence import Fence, Fenced
from monitor.collect.reposts import expand
from monitor.collect.run import End, Progress, RunResult
from monitor.collect.settle import note_hole, settle, top_of
from monitor.collect.verdicts import end_of
from monitor.config import CollectSettings
from monitor.schedule import Task
from monitor.store import StoreFile

# All other sources wait for the slowest: one that answers, and takes half a minute for each page,
# would keep the daemon from them for hours.
_LONGEST_RUN = 300.0  # seconds
_LONGEST_TURN = 180.0  # seconds after which no more runs are begun; what is left is due at once
_BEYOND = {
    "clamp": "the source gives no more than this, though there may be older posts",
    "too old": "the source no longer gives what is older",
    "cut short": "the source stopped halfway: an empty page where there must be posts",
}


class Worker:
    """Carries out the tasks of one source."""

    def __init__(
        self,
        stores: StoreFile,
        collector: Collector,
        *,
        settings: CollectSettings,
        now: datetime,
        stop: threading.Event,
        on_page: Callable[[], None] = lambda: None,
        monotonic: Callable[[], float] = clock.monotonic,
    ) -> None:
        self._stores = stores
        self._collector = collector
        self._fenced = Fenced(collector, Fence(stores))
        self._settings = settings
        self._now = now
        self._stop = stop
        self._on_page = on_page
        self._monotonic = monotonic

    def carry_out(self, tasks: list[Task]) -> list[RunResult]:
        """Carry out the tasks, one after the other; then ask for reposts."""
        results: list[RunResult] = []
        ends_at = self._monotonic() + _LONGEST_TURN
        for task in tasks:
            if self._stop.is_set() or (results and self._monotonic() >= ends_at):
                break
            results.append(self.run(task))
        hashtags = sorted({task.hashtag for task in tasks})
        return results + self.look_again(hashtags) if hashtags else results

    def look_again(self, hashtags: list[str]) -> list[RunResult]:
        """Ask who passed posts on, and what has become of them, where the source can tell."""
        about: dict[str, Any] = {
            "settings": self._settings,
            "now": self._now,
            "stop": self._stop,
        }
        found: list[RunResult | None] = []
        if isinstance(self._collector, Expander) and self._settings.expand_limit:
            found.append(expand(self._stores, self._fenced, hashtags, **about))
        if isinstance(self._collector, Hydrator) and self._settings.check_limit:
            found.append(check_posts(self._stores, self._fenced, hashtags, **about))
        return [result for result in found if result is not None]

    def run(self, task: Task) -> RunResult:
        """Carry out one task."""
        with self._stores.open() as store, store.transaction():
            run_id = store.runs.start(task.kind, task.source, now=self._now, hashtag=task.hashtag)
        progress = Progress(cursor=task.cursor)
        try:
            end = self._read(task, run_id, progress)
        except CollectorError as error:
            end = end_of(error, started=progress.pages > 0)
        with self._stores.open() as store, store.transaction():
            end = settle(store, task, run_id, progress, end, now=self._now)
        return RunResult(
            task=task.kind,
            source=task.source,
            hashtag=task.hashtag,
            verdict=end.verdict,
            pages=progress.pages,
            received=progress.received,
            new=progress.new,
            updated=progress.updated,
            rejected=progress.rejected,
            detail=end.detail,
            retry_at=end.retry_at,
        )

    def _read(self, task: Task, run_id: int, progress: Progress) -> End:
        if not isinstance(self._collector, Pager):
            raise PayloadError(f"{task.source}: cannot be asked for a hashtag")
        ends_at = self._monotonic() + _LONGEST_RUN
        for page in self._pages(self._collector, task, progress):
            self._save(task, run_id, page, progress)
            if progress.reached is not None and progress.reached < task.floor:
                break
            if self._stop.is_set():
                return End("partial", "interrupted", "stopped while it was reading")
            if page.cursor is not None and progress.pages >= self._settings.max_pages:
                detail = f"more than {self._settings.max_pages} pages; the rest follows"
                return End("truncated", "truncated", detail)
            if page.cursor is not None and self._monotonic() >= ends_at:
                detail = f"slow: not done after {_LONGEST_RUN / 60:g} minutes; the rest follows"
                return End("truncated", "truncated", detail)
        if 0 < progress.received <= progress.rejected:
            # What cannot be read is no silence.
            detail = f"none of {progress.received} records can be read"
            return End("failed", "failed", detail)
        beyond, reached = progress.beyond, progress.reached
        if beyond is not None and (reached is None or reached > task.floor):
            return End("truncated", beyond, _BEYOND.get(beyond, beyond))
        if progress.shown_to is not None and progress.shown_to < self._now:
            shown = f"{progress.shown_to:%Y-%m-%d %H:%M} UTC"
            return End("partial", detail=f"the source stands still: nothing newer than {shown}")
        if progress.holes:
            return End("partial", detail="the source did not give all of it: see its gaps")
        if progress.received == 0:
            return End("empty")
        if progress.rejected:
            return End("partial", detail=f"{progress.rejected} records set aside")
        return End("complete")

    def _pages(self, collector: Pager, task: Task, progress: Progress) -> Iterator[Page]:
        if isinstance(collector, SincePager):
            progress.asked_since = task.floor
            return self._fenced.pages_since(
                task.hashtag, cursor=task.cursor, since=task.floor, now=self._now
            )
        return self._fenced.pages(task.hashtag, cursor=task.cursor, now=self._now)

    def _save(self, task: Task, run_id: int, page: Page, progress: Progress) -> None:
        reached, before = _reached(page, self._now), progress.reached
        if reached is not None:
            progress.reached = min(reached, before or reached)
        if page.shown_to is not None:
            progress.shown_to = min(page.shown_to, progress.shown_to or page.shown_to)
        holes = [*page.holes, *_unread_before(page, progress, before, self._now)]
        progress.holes += [(hole.from_at, hole.to_at) for hole in holes]
        with self._stores.open() as store, store.transaction():
            saved = store.posts.add(_tagged(page, task.hashtag), source=task.source, now=self._now)
            store.runs.add_page(run_id, saved, page)
            store.runs.set_aside(run_id, task.source, page.rejected, now=self._now)
            for hole in holes:
                note_hole(store, task, hole, now=self._now)
            if progress.reached is not None:
                low = max(progress.reached, task.floor)
                top = progress.top(top_of(store, task, now=self._now))
                store.coverage.cover(task.source, task.hashtag, (low, top))
        progress.pages += 1
        progress.received += page.received
        progress.new += saved.new
        progress.updated += saved.updated
        progress.rejected += page.rejected.height
        progress.cursor = page.cursor
        progress.beyond = page.beyond or progress.beyond
        self._on_page()


def _reached(page: Page, now: datetime) -> datetime | None:
    """Tell since when all posts have been read, once this page has.

    Pages go by arrival, and a post may arrive late: one old post at the end of a page must not
    pass for an old page. So the newest of the last five says how far the page reaches. A date that
    cannot be (1970, tomorrow) says nothing.
    """
    if page.reached_at is not None:
        return page.reached_at if moments.is_possible(page.reached_at) else None
    # No page holds a post of a time before there were any.
    matched = page.posts.filter(
        (pl.col("captured_as") == "matched") & (pl.col("created_at") <= now)
    )
    newest: datetime | None = matched.tail(5)["created_at"].max()  # type: ignore[assignment]
    return newest


def _unread_before(
    page: Page, progress: Progress, reached: datetime | None, now: datetime
) -> list[Hole]:
    """Return what lies between two pages that could be read, where all between were set aside."""
    if 0 < page.received <= page.rejected.height:
        progress.is_blind = True
        return []
    if not progress.is_blind or progress.reached is None:
        return []
    progress.is_blind = False
    detail = "none of the records of a page could be read"
    return [Hole(from_at=progress.reached, to_at=reached or now, detail=detail)]


def _tagged(page: Page, hashtag: str) -> Page:
    """Give the posts the hashtag that the source gave them for, however it spells it."""
    has = pl.col("hashtags").list.contains(hashtag)
    posts = page.posts.with_columns(
        pl.when((pl.col("captured_as") == "matched") & ~has)
        .then(pl.col("hashtags").list.concat(pl.lit([hashtag])))
        .otherwise(pl.col("hashtags"))
    )
    return replace(page, posts=posts)
