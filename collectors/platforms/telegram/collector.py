"""Reads one public channel. The page holds all of its messages: the hashtag is looked for here.

The page has a search (`?q=`), which stops after some twenty hits: it is never asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from collectors.collector import SourceReport, report_of_error
from collectors.errors import (
    CollectorError,
    PayloadError,
)
from collectors.http import PoliteClient
from collectors.page import Page
from collectors.platforms.telegram.history import History, history_of, page_of_history, refused
from collectors.platforms.telegram.links import PLATFORM

HOME = "https://t.me"
_REMEMBERED_PAGES = 100
_CURSOR = re.compile(r"[1-9][0-9]{0,15}", re.ASCII)


class TelegramCollector:
    """Reads one channel, through its client. Closing it closes the client."""

    def __init__(self, channel: str, client: PoliteClient) -> None:
        self.source = f"{PLATFORM}/{channel}"
        self._channel = channel
        self._client = client
        # All hashtags of a turn look at the same pages: each is asked for once.
        self._memo: dict[str | None, History] = {}
        self._memo_of: datetime | None = None

    def close(self) -> None:
        """Let go of the connections; a request in another thread ends at once."""
        self._client.close()

    def pages(self, hashtag: str, *, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Give the channel's pages, newest first, with the posts that carry the hashtag."""
        if cursor is not None and not _CURSOR.fullmatch(cursor):
            raise PayloadError(f"{self.source}: {cursor[:40]!r} is no number of a message")
        while True:
            history = self._history(cursor, now)
            following, beyond = _next(history, cursor)
            yield page_of_history(
                history, hashtag, source=self.source, now=now, cursor=following, beyond=beyond
            )
            if following is None or beyond is not None:
                return
            cursor = following

    def check(self) -> SourceReport:
        """Ask for the newest page of the channel."""
        try:
            history = self._ask(None)
        except CollectorError as error:
            return report_of_error(
                self.source,
                error,
                shape=f"see what a browser shows at {HOME}/s/{self._channel}",
                reach="see whether t.me can be reached from this machine",
            )
        title = "".join(c for c in history.title or "" if c.isprintable())[:60]
        newest = (
            f", the newest of {history.blocks[0].created_at:%Y-%m-%d}" if history.blocks else ""
        )
        return SourceReport(
            self.source, f"t.me/{self._channel}, {title!r}, {history.received} messages{newest}"
        )

    def _history(self, cursor: str | None, now: datetime) -> History:
        if self._memo_of != now:
            self._memo, self._memo_of = {}, now
        if cursor not in self._memo:
            while len(self._memo) >= _REMEMBERED_PAGES:
                del self._memo[next(iter(self._memo))]
            history = self._ask(cursor)
            if history.lowest is None and not _may_be_empty(cursor):
                history = self._ask(cursor)
            self._memo[cursor] = history
        return self._memo[cursor]

    def _ask(self, cursor: str | None) -> History:
        document = self._client.get_document(
            f"/s/{self._channel}",
            None if cursor is None else {"before": cursor},
            headers={"Accept": "text/html"},
            allow={302},
        )
        if document.status == 302:  # to the page that asks people to open the app
            raise refused(document.url)
        return history_of(document.body, channel=self._channel, address=document.url)


def _next(history: History, cursor: str | None) -> tuple[str | None, str | None]:
    """Give where the next page starts, and why there is none though there may be older ones."""
    lowest = history.lowest
    if lowest is None:
        # Nothing here, and nothing older; or t.me answered with an empty page once more: the first
        # message tells that the channel was made, and stays. What is below is asked for again.
        return (None, None) if _may_be_empty(cursor) else (cursor, "cut short")
    if cursor is not None and lowest >= int(cursor):
        return None, "clamp"  # the page was answered as if it had not been asked for older ones
    # The first message has number 1. A page without the way to older ones is asked once more: were
    # the way only named otherwise, the channel would seem to end here.
    return (None if lowest == 1 else str(lowest)), None


def _may_be_empty(cursor: str | None) -> bool:
    return cursor is None or int(cursor) <= 1
