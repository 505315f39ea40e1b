"""Stage 1: what is due → pages → store, with a verdict for each run and a gap for what is missing.

A page, its cursor and what it covers are saved in one transaction; so whatever ends the process,
the next turn knows how far this one came.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import polars as pl

from analysis.trends.silence import improbable_silence
from collectors.collector import Collector
from collectors.errors import (
    AccessRefusedError,
    CollectorError,
    PayloadError,
    RateLimitedError,
    SourceUnavailableError,
)
from collectors.page import Page
from monitor import schedule
from monitor.config import CollectSettings
from monitor.ledger import Gap
from monitor.schedule import Task, Wish
from monitor.store import Store, StoreFile

_REASONS: dict[type[CollectorError], str] = {
    AccessRefusedError: "refused",
    RateLimitedError: "rate limit",
    SourceUnavailableError: "outage",
    PayloadError: "failed",
}
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """One run, as it is logged and shown."""

    task: str
    source: str
    hashtag: str | None
    verdict: str
    pages: int = 0
    received: int = 0
    new: int = 0
    updated: int = 0
    rejected: int = 0
    detail: str | None = None


@dataclass(slots=True)
class _Progress:
    """How far a run has come."""

    pages: int = 0
    received: int = 0
    new: int = 0
    updated: int = 0
    rejected: int = 0
    reached: datetime | None = None  # all that was posted since then has been read
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class _End:
    """How a run ended: its verdict, and the reason for what is missing."""

    verdict: str
    missing: str | None = None
    detail: str | None = None
    retry_at: datetime | None = None


def plan(
    store: Store, wishes: Iterable[Wish], *, settings: CollectSettings, now: datetime
) -> list[Task]:
    """Give what is due, and note what an interrupted run left open. Wants a transaction."""
    store.runs.close_interrupted(now=now)
    wishes = list(wishes)
    for wish in wishes:
        store.coverage.want(wish.source, wish.hashtag, since=now - wish.backfill)
    attempts = store.runs.last_attempts()
    streams = {(s.source, s.hashtag): s for s in store.coverage.streams()}
    tasks: list[Task] = []
    for wish in wishes:
        key = wish.source, wish.hashtag
        for stretch in streams[key].unexplained():
            store.coverage.open_gap(
                *key,
                stretch,
                "interrupted",
                now=now,
                cursor=store.runs.last_cursor(*key),
                detail="the process ended while it was reading",
            )
        stream = replace(
            streams[key],
            gaps=tuple(store.coverage.open_gaps(source=wish.source, hashtag=wish.hashtag)),
        )
        tasks += schedule.due(wish, stream, attempts.get(key), settings=settings, now=now)
    return tasks


def collect(
    stores: StoreFile,
    collectors: Mapping[str, Collector],
    wishes: Iterable[Wish],
    *,
    settings: CollectSettings,
    now: datetime,
    stop: threading.Event,
) -> list[RunResult]:
    """Carry out all that is due: sources side by side, the tasks of one source in turn."""
    with stores.open() as store, store.transaction():
        tasks = plan(store, wishes, settings=settings, now=now)
    by_source: dict[str, list[Task]] = {}
    for task in tasks:
        by_source.setdefault(task.source, []).append(task)
    if not by_source:
        return []

    def work(source: str) -> list[RunResult]:
        worker = _Worker(stores, collectors[source], settings=settings, now=now, stop=stop)
        return worker.carry_out(by_source[source])

    with ThreadPoolExecutor(max_workers=len(by_source), thread_name_prefix="collect") as pool:
        return [result for results in pool.map(work, by_source) for result in results]


class _Worker:
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
        results = []
        for task in tasks:
            if self._stop.is_set():
                break
            results.append(self._run(task))
        if self._settings.expand_limit and not self._stop.is_set():
            hashtags = sorted({task.hashtag for task in tasks})
            if expanded := self._expand(hashtags):
                results.append(expanded)
        return results

    # --- posts --------------------------------------------------------------------------------

    def _run(self, task: Task) -> RunResult:
        with self._stores.open() as store, store.transaction():
            run_id = store.runs.start(task.kind, task.source, now=self._now, hashtag=task.hashtag)
        progress = _Progress(cursor=task.cursor)
        try:
            end = self._read(task, run_id, progress)
        except CollectorError as error:
            end = _End(
                verdict="refused"
                if isinstance(error, AccessRefusedError)
                else ("partial" if progress.pages else "failed"),
                missing=_REASONS[type(error)],
                detail=str(error),
                retry_at=error.retry_at if isinstance(error, RateLimitedError) else None,
            )
        with self._stores.open() as store, store.transaction():
            end = self._settle(store, task, run_id, progress, end)
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

    def _read(self, task: Task, run_id: int, progress: _Progress) -> _End:
        pages = self._collector.pages(task.hashtag, cursor=task.cursor, now=self._now)
        for page in pages:
            self._save(task, run_id, page, progress)
            if progress.reached is not None and progress.reached < task.floor:
                break
            if self._stop.is_set():
                return _End("partial", "interrupted", "stopped while it was reading")
            if page.cursor is not None and progress.pages >= self._settings.max_pages:
                detail = f"more than {self._settings.max_pages} pages; the rest follows"
                return _End("truncated", "truncated", detail)
        if progress.received == 0:
            return _End("empty")
        if progress.rejected:
            return _End("partial", detail=f"{progress.rejected} records set aside")
        return _End("complete")

    def _save(self, task: Task, run_id: int, page: Page, progress: _Progress) -> None:
        reached = _reached(page)
        if reached is not None:
            progress.reached = min(reached, progress.reached or reached)
        with self._stores.open() as store, store.transaction():
            saved = store.posts.add(_tagged(page, task.hashtag), source=task.source, now=self._now)
            store.runs.add_page(run_id, saved, page)
            store.runs.set_aside(run_id, task.source, page.rejected, now=self._now)
            if progress.reached is not None:
                low = max(progress.reached, task.floor)
                store.coverage.cover(task.source, task.hashtag, (low, self._top(store, task)))
        progress.pages += 1
        progress.received += page.received
        progress.new += saved.new
        progress.updated += saved.updated
        progress.rejected += page.rejected.height
        progress.cursor = page.cursor

    def _top(self, store: Store, task: Task) -> datetime:
        """Give up to when a task reads: a poll to now, a backfill to the end of its gap."""
        if task.gap_id is None:
            return self._now
        gaps = store.coverage.open_gaps(source=task.source, hashtag=task.hashtag)
        return next((gap.to_at for gap in gaps if gap.gap_id == task.gap_id), task.floor)

    def _settle(
        self, store: Store, task: Task, run_id: int, progress: _Progress, end: _End
    ) -> _End:
        """Close the run, and write down what it covers and what is missing."""
        if end.verdict == "empty" and self._suspicious(store, task):
            detail = "it had posts before, and shows none at all now"
            end = _End("empty", "silent", detail)
        if end.missing is None:
            top = self._top(store, task)
            store.coverage.cover(task.source, task.hashtag, (task.floor, top))
            self._judge_gaps(store, task, run_id, (task.floor, top))
        else:
            self._note_missing(store, task, progress, end)
        store.runs.finish(
            run_id, end.verdict, now=self._now, detail=end.detail, retry_at=end.retry_at
        )
        return end

    def _suspicious(self, store: Store, task: Task) -> bool:
        return task.kind == "poll" and bool(
            store.coverage.posts_between(task.source, task.hashtag, _LONG_AGO, self._now)
        )

    def _note_missing(self, store: Store, task: Task, progress: _Progress, end: _End) -> None:
        low = progress.reached if progress.pages and progress.reached else None
        if task.gap_id is not None:
            if low is not None and low > task.floor:
                store.coverage.change_gap(task.gap_id, to_at=low, cursor=progress.cursor)
            return
        start = self._covered_before(store, task, low)
        store.coverage.open_gap(
            task.source,
            task.hashtag,
            (start, low or self._now),
            end.missing or "failed",
            now=self._now,
            detail=end.detail,
            cursor=progress.cursor,
        )

    def _covered_before(self, store: Store, task: Task, low: datetime | None) -> datetime:
        """Give the end of what was read before this run, or when the stream was first wanted."""
        before = low or self._now
        ends = [
            end
            for stream in store.coverage.streams(hashtags=[task.hashtag], sources=[task.source])
            for start, end in stream.covered
            if end <= before and start < before
        ]
        return max(ends, default=task.floor)

    def _judge_gaps(
        self, store: Store, task: Task, run_id: int, read: tuple[datetime, datetime]
    ) -> None:
        """Close the gaps that were read through, but for those whose silence is improbable."""
        for gap in store.coverage.open_gaps(source=task.source, hashtag=task.hashtag):
            if gap.from_at < read[0] or gap.to_at > read[1] or gap.reason == "silent":
                continue
            if silence := _silence(store, gap):
                store.coverage.change_gap(gap.gap_id, reason="silent", detail=silence)
            else:
                store.coverage.close_gap(gap.gap_id, run_id=run_id, now=self._now)

    # --- reposts ------------------------------------------------------------------------------

    def _expand(self, hashtags: list[str]) -> RunResult | None:
        """Ask for the reposts of posts that are due for it: no timeline of a hashtag has them."""
        source = self._collector.source
        with self._stores.open() as store:
            posts = store.expansions.due(
                source,
                hashtags,
                since=self._now - self._settings.expand_for,
                now=self._now,
                limit=self._settings.expand_limit,
            )
        if not posts:
            return None
        verdict, detail, asked, found = "complete", None, [], 0
        for post in posts:
            if self._stop.is_set():
                verdict, detail = "partial", "stopped while it was reading"
                break
            try:
                asked.append((post, self._collector.reposts(post, now=self._now)))
            except CollectorError as error:
                verdict, detail = ("partial" if asked else "failed"), str(error)
                break
        with self._stores.open() as store, store.transaction():
            run_id = store.runs.start("expand", source, now=self._now)
            for post, page in asked:
                saved = store.posts.add(page, source=source, now=self._now)
                found += saved.interactions
                store.runs.add_page(run_id, saved, page)
                store.expansions.mark(
                    source, post.post_key, reposts=page.interactions.height, now=self._now
                )
            store.runs.finish(run_id, verdict, now=self._now, detail=detail)
        return RunResult(
            task="expand",
            source=source,
            hashtag=None,
            verdict=verdict,
            pages=len(asked),
            received=sum(page.interactions.height for _, page in asked),
            new=found,
            detail=detail,
        )


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


def _silence(store: Store, gap: Gap) -> str | None:
    """Say why a gap that was read through must still count as missing; None if it need not."""
    if store.coverage.posts_between(gap.source, gap.hashtag, gap.from_at, gap.to_at):
        return None
    week = timedelta(days=7)
    before = store.coverage.posts_between(gap.source, gap.hashtag, gap.from_at - week, gap.from_at)
    rate = before / (week / timedelta(hours=1))
    if not improbable_silence(rate, gap.hours):
        return None
    return (
        f"{gap.reason}; read again afterwards, and not one post where about "
        f"{rate * gap.hours:.0f} would be usual"
    )
