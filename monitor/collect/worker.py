"""Carries out the tasks of one source: pages → store, each with its cursor in one transaction."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime

import polars as pl

from collectors.collector import Collector, Expander, Pager
from collectors.errors import (
    AccessRefusedError,
    CollectorError,
    PayloadError,
    RateLimitedError,
    SourceUnavailableError,
)
from collectors.page import Page
from monitor.collect.reposts import expand
from monitor.collect.run import End, Progress, RunResult
from monitor.collect.settle import settle, top_of
from monitor.config import CollectSettings
from monitor.schedule import Task
from monitor.store import StoreFile

_REASONS: dict[type[CollectorError], str] = {
    AccessRefusedError: "refused",
    RateLimitedError: "rate limit",
    SourceUnavailableError: "outage",
    PayloadError: "failed",
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
    ) -> None:
        self._stores = stores
        self._collector = collector
        self._settings = settings
        self._now = now
        self._stop = stop

    def carry_out(self, tasks: list[Task]) -> list[RunResult]:
        """Carry out the tasks, one after the other; then ask for reposts."""
        results = []
        for task in tasks:
            if self._stop.is_set():
                break
            results.append(self._run(task))
        if self._settings.expand_limit and not self._stop.is_set():
            hashtags = sorted({task.hashtag for task in tasks})
            if isinstance(self._collector, Expander) and (
                expanded := expand(
                    self._stores,
                    self._collector,
                    hashtags,
                    settings=self._settings,
                    now=self._now,
                    stop=self._stop,
                )
            ):
                results.append(expanded)
        return results

    def _run(self, task: Task) -> RunResult:
        with self._stores.open() as store, store.transaction():
            run_id = store.runs.start(task.kind, task.source, now=self._now, hashtag=task.hashtag)
        progress = Progress(cursor=task.cursor)
        try:
            end = self._read(task, run_id, progress)
        except CollectorError as error:
            end = End(
                verdict="refused"
                if isinstance(error, AccessRefusedError)
                else ("partial" if progress.pages else "failed"),
                missing=_REASONS[type(error)],
                detail=str(error),
                retry_at=error.retry_at if isinstance(error, RateLimitedError) else None,
            )
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
        )

    def _read(self, task: Task, run_id: int, progress: Progress) -> End:
        if not isinstance(self._collector, Pager):
            raise PayloadError(f"{task.source}: cannot be asked for a hashtag")
        pages = self._collector.pages(task.hashtag, cursor=task.cursor, now=self._now)
        for page in pages:
            self._save(task, run_id, page, progress)
            if progress.reached is not None and progress.reached < task.floor:
                break
            if self._stop.is_set():
                return End("partial", "interrupted", "stopped while it was reading")
            if page.cursor is not None and progress.pages >= self._settings.max_pages:
                detail = f"more than {self._settings.max_pages} pages; the rest follows"
                return End("truncated", "truncated", detail)
        if progress.received == 0:
            return End("empty")
        if progress.rejected:
            return End("partial", detail=f"{progress.rejected} records set aside")
        return End("complete")

    def _save(self, task: Task, run_id: int, page: Page, progress: Progress) -> None:
        reached = _reached(page)
        if reached is not None:
            progress.reached = min(reached, progress.reached or reached)
        with self._stores.open() as store, store.transaction():
            saved = store.posts.add(_tagged(page, task.hashtag), source=task.source, now=self._now)
            store.runs.add_page(run_id, saved, page)
            store.runs.set_aside(run_id, task.source, page.rejected, now=self._now)
            if progress.reached is not None:
                low = max(progress.reached, task.floor)
                store.coverage.cover(
                    task.source, task.hashtag, (low, top_of(store, task, now=self._now))
                )
        progress.pages += 1
        progress.received += page.received
        progress.new += saved.new
        progress.updated += saved.updated
        progress.rejected += page.rejected.height
        progress.cursor = page.cursor


def _reached(page: Page) -> datetime | None:
    """Tell since when all posts have been read, once this page has.

    Pages go by arrival, and a post may arrive late: one old post at the end of a page must not
    pass for an old page. So the newest of the last five says how far the page reaches.
    """
    matched = page.posts.filter(pl.col("captured_as") == "matched")
    newest: datetime | None = matched.tail(5)["created_at"].max()  # type: ignore[assignment]
    return newest


def _tagged(page: Page, hashtag: str) -> Page:
    """Give the posts the hashtag that the source gave them for, however it spells it."""
    has = pl.col("hashtags").list.contains(hashtag)
    posts = page.posts.with_columns(
        pl.when((pl.col("captured_as") == "matched") & ~has)
        .then(pl.col("hashtags").list.concat(pl.lit([hashtag])))
        .otherwise(pl.col("hashtags"))
    )
    return replace(page, posts=posts)
