"""Searches Bluesky for a hashtag, to fill what Jetstream no longer tells.

https://docs.bsky.app/docs/api/app-bsky-feed-search-posts

The index is made for people who look for something: it leaves out what moderators hide, it stops
near 10,000 posts, and it takes a hashtag for the beginning of longer ones. So it is for the past
and for spot checks; what is heard counts first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from collectors.collector import SourceReport
from collectors.errors import AccessRefusedError, CollectorError, PayloadError, RateLimitedError
from collectors.page import Page
from collectors.platforms.bluesky.posts import PLATFORM, time_in
from collectors.platforms.bluesky.session import Session
from collectors.platforms.bluesky.views import Shown, View, quoted_in

_SEARCH = "/xrpc/app.bsky.feed.searchPosts"
_PER_PAGE = 100  # the most that the server gives
_REMEDY = "see whether collectors.bluesky.server names the server of your account"
_MOST_OF = 0.5
_TICK = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a search goes on. As a cursor: `until|oldest|server's cursor`, each may be empty."""

    until: datetime | None = None  # posts before this are asked for
    oldest: datetime | None = None  # of all that were given so far
    cursor: str = ""  # the server's, within the posts before `until`

    def __str__(self) -> str:
        """Write it as a cursor."""
        return f"{_written(self.until)}|{_written(self.oldest)}|{self.cursor}"


class SearchCollector:
    """Searches as one account. Closing it closes the session's client."""

    def __init__(self, session: Session, *, page_size: int = _PER_PAGE) -> None:
        self.source = f"{PLATFORM}/search"
        self._session, self._page_size = session, page_size

    def close(self) -> None:
        """Let go of the connections; a request in another thread ends at once."""
        self._session.close()

    def check(self) -> SourceReport:
        """Open a session and search for one post."""
        try:
            self._ask("gaung", Place(), limit=1)
        except AccessRefusedError as error:  # its message says what to do
            summary, _, remedy = str(error).partition("; ")
            return SourceReport(self.source, summary, remedy or _REMEDY)
        except RateLimitedError as error:
            remedy = f"wait until {error.retry_at:%H:%M:%S %Z}"
            return SourceReport(self.source, str(error), remedy)
        except CollectorError as error:
            return SourceReport(self.source, str(error), _REMEDY)
        return SourceReport(self.source, f"{self._session.host}: searches, also in the past")

    def pages(self, hashtag: str, *, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Give the pages of a hashtag, newest first.

        Where the server stops, the search is begun anew before the oldest post that it gave,
        until that gives nothing older.
        """
        tag, place, asked = hashtag.lstrip("#"), _place(cursor), {cursor}
        claimed, given = 0, set[object]()
        while True:
            rows, following, hits = self._ask(tag, place, limit=self._page_size)
            claimed = max(claimed, hits)
            given |= {row.get("uri") for row in rows if isinstance(row, dict)}
            shown = Shown(self.source, now)
            views = shown.read(rows, self._session.host)
            reached = min([view.sort_at for view in views], default=None)
            after = _next(place, reached, following)
            ignored = place.until is not None and reached is not None and reached >= place.until
            if ignored:
                after = None  # it does not know `until`: it would begin anew for ever
            if after is not None and str(after) in asked:
                raise PayloadError(f"{self.source}: the next page leads back to a page")
            asked.add(str(after))
            add_matches(shown, views, tag)
            page = shown.page(cursor=None if after is None else str(after), reached_at=reached)
            # The number is rounded, and counts what moderators hide.
            is_short = after is None and cursor is None and len(given) < _MOST_OF * claimed
            yield replace(page, beyond="clamp" if ignored or is_short else None)
            if after is None:
                return
            place = after

    def _ask(self, tag: str, place: Place, *, limit: int) -> tuple[list[Any], str, int]:
        """Return posts, the server's cursor, and how many it says that there are (0: not said)."""
        params: dict[str, str | int] = {"q": f"#{tag}", "sort": "latest", "limit": limit}
        if place.until is not None:
            params["until"] = _written(place.until)
        if place.cursor:
            params["cursor"] = place.cursor
        answer = self._session.get(_SEARCH, params)
        payload = answer.payload
        posts = payload.get("posts") if isinstance(payload, dict) else None
        if not isinstance(payload, dict) or not isinstance(posts, list):
            raise PayloadError(f"{answer.url}: an answer of an unknown shape: no posts")
        following = payload.get("cursor")
        hits = payload.get("hitsTotal")
        return (
            posts,
            following if isinstance(following, str) else "",
            hits if isinstance(hits, int) else 0,
        )


def add_matches(shown: Shown, views: list[View], tag: str) -> None:
    """Keep what carries the hashtag: a search for `#banjir` finds `#banjirkota` too."""
    for view in views:
        if view.written.has_any(frozenset({tag})):
            shown.add(view, "matched")
            quoted = quoted_in(view, now=shown.now)
            if quoted is not None:
                shown.add(quoted, "referenced")


def _next(place: Place, reached: datetime | None, following: str) -> Place | None:
    """Tell where to go on after a page; None at the end."""
    oldest = min((at for at in (place.oldest, reached) if at is not None), default=None)
    if following and (reached is not None or oldest is None):
        # Nothing at all, and a way on: what the page held is hidden, as by moderators.
        return replace(place, oldest=oldest, cursor=following)
    # The server has no more before `until`; it may have stopped short of the end.
    until = None if oldest is None else oldest + _TICK
    if until is None or (place.until is not None and until >= place.until):
        return None
    return Place(until=until, oldest=oldest)


def _place(cursor: str | None) -> Place:
    if cursor is None:
        return Place()
    parts = cursor.split("|", 2)
    times = [time_in(part) for part in parts[:2]]
    if len(parts) < 3 or any(part and at is None for part, at in zip(parts, times, strict=False)):
        raise PayloadError(f"the cursor {cursor!r} is none of this source's")
    return Place(until=times[0], oldest=times[1], cursor=parts[2])


def _written(at: datetime | None) -> str:
    """Write a time as the network does, to the millisecond.

    >>> from datetime import UTC
    >>> _written(datetime(2026, 3, 1, 12, tzinfo=UTC))
    '2026-03-01T12:00:00.000Z'
    """
    if at is None:
        return ""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"
