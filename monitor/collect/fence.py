"""The fence around each source: what nobody expected there ends neither the others nor the daemon.

A parser that breaks on one stranger's answer is a defect of ours, and no reason to stop watching
all the rest. This is the one place that catches `Exception`; it swallows nothing: the run fails
with a gap, the operator is told, and the trace is kept in a file. Errors of our own store and
settings are raised outside of it, and end the process as ever (decision 0032).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from collectors.collector import Collector, Interest, PostRef, SourceReport
from collectors.errors import CollectorError, DefectError
from collectors.page import Page
from monitor.collect.defects import Defects
from monitor.errors import OperatorError
from monitor.store import StoreFile


class Fence:
    """Turns what nobody expected into a `DefectError`, and keeps its trace beside the store."""

    def __init__(self, stores: StoreFile) -> None:
        self._defects = Defects.beside(stores.path)

    @contextmanager
    def around(self, what: str) -> Iterator[None]:
        """Let named errors pass. Raises `DefectError` for all others that are no signal to end."""
        try:
            yield
        except (CollectorError, OperatorError):
            raise
        except Exception as error:
            if _is_interruption(error):
                raise
            raise DefectError(f"{what}: {self._defects.note(error, what)}") from error


class Fenced:
    """A source as the stages ask it: each of its unexpected errors is a `DefectError`.

    It has the methods of every kind of source; what a source can do, the source itself tells.
    """

    def __init__(self, collector: Collector, fence: Fence) -> None:
        self._collector: Any = collector
        self._fence = fence
        self.source = collector.source
        self.batch: int = getattr(collector, "batch", 1)

    def __getattr__(self, name: str) -> Any:
        """Return what a source has besides, as `posts_of`."""
        return getattr(self._collector, name)

    def pages(self, hashtag: str, *, cursor: str | None, now: datetime) -> Iterator[Page]:
        """See `Pager.pages`."""
        return self._each(lambda: self._collector.pages(hashtag, cursor=cursor, now=now))

    def pages_since(
        self, hashtag: str, *, cursor: str | None, since: datetime, now: datetime
    ) -> Iterator[Page]:
        """See `SincePager.pages_since`."""
        return self._each(
            lambda: self._collector.pages_since(hashtag, cursor=cursor, since=since, now=now)
        )

    def expand(self, post: PostRef, *, now: datetime) -> Page | None:
        """See `Expander.expand`."""
        with self._fence.around(self.source):
            page: Page | None = self._collector.expand(post, now=now)
            return page

    def hydrate(self, posts: Sequence[PostRef], *, now: datetime) -> Page:
        """See `Hydrator.hydrate`."""
        with self._fence.around(self.source):
            page: Page = self._collector.hydrate(posts, now=now)
            return page

    def stream(
        self,
        interest: Interest,
        *,
        cursor: str | None,
        now: Callable[[], datetime],
        stop: threading.Event,
        live: bool,
    ) -> Iterator[Page]:
        """See `Streamer.stream`."""
        return self._each(
            lambda: self._collector.stream(interest, cursor=cursor, now=now, stop=stop, live=live)
        )

    def check(self) -> SourceReport:
        """See `Collector.check`."""
        try:
            with self._fence.around(self.source):
                report: SourceReport = self._collector.check()
                return report
        except CollectorError as error:
            told, _, remedy = str(error).rpartition("; ")
            return SourceReport(self.source, told or remedy, remedy)

    def close(self) -> None:
        """See `Collector.close`."""
        self._collector.close()

    def _each(self, pages: Callable[[], Iterator[Page]]) -> Iterator[Page]:
        """Give the pages; what their reader raises while it has one is no concern of the source."""
        with self._fence.around(self.source):
            yield from pages()


def _is_interruption(error: Exception) -> bool:
    # How DuckDB says that Ctrl-C was pressed.
    return isinstance(error, RuntimeError) and str(error) == "Query interrupted"
