"""Reads hashtags on Threads: as topics, and as words with a # in the text.

The two are two searches, each with its newest posts first. A page is what both have shown down to
a time: the later of the two times that they came down to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from collectors import hashtags
from collectors.collector import SourceReport
from collectors.errors import (
    AccessRefusedError,
    CollectorError,
    PayloadError,
    RateLimitedError,
    RecordError,
)
from collectors.page import Page, page_of
from collectors.platforms.threads.api import Api
from collectors.platforms.threads.posts import PLATFORM, Found, Thread, found_in, read, set_aside
from collectors.records import Rejected

_MODES = ("TAG", "KEYWORD")
_FIELDS = (
    "id,text,permalink,timestamp,username,is_quote_post,is_reply,topic_tag,"
    "link_attachment_url,shortcode,quoted_post,reposted_post,replied_to"
)
_SECOND = timedelta(seconds=1)
_EARLIEST = 1_688_540_400  # https://developers.facebook.com/docs/threads/keyword-search: `since`
_SUSPECT = 3  # posts, all by the token's own account: approval is missing


@dataclass(slots=True)
class _Shown:
    """What both searches have shown."""

    threads: dict[str, Thread] = field(default_factory=dict)
    rejected: dict[str, Rejected] = field(default_factory=dict)
    floors: list[datetime] = field(default_factory=list)  # how far down each came
    rows: int = 0  # that were not given before
    answered: bool = False  # there was anything at all
    is_full: bool = False  # one search gave as many as it gives
    is_short: bool = True  # both gave so few that nothing was cut off


class ThreadsCollector:
    """Reads Threads. Closing it closes the client."""

    source = f"{PLATFORM}/graph.threads.net"

    def __init__(self, api: Api, *, page_size: int = 100) -> None:
        self._api, self._page_size = api, page_size

    def close(self) -> None:
        """Let go of the connections; a request in another thread ends at once."""
        self._api.close()

    def pages(self, hashtag: str, *, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Give the pages of a hashtag, newest first; the last one is empty."""
        return self._read(hashtag, cursor, None)

    def pages_since(
        self, hashtag: str, *, cursor: str | None, since: datetime, now: datetime
    ) -> Iterator[Page]:
        """Return the pages of a hashtag since a time; a question that finds nothing is free."""
        return self._read(hashtag, cursor, since.replace(microsecond=0))

    def _read(self, hashtag: str, cursor: str | None, since: datetime | None) -> Iterator[Page]:
        until, known = _place_of(cursor)
        is_first = cursor is None
        must_answer = False
        while True:
            shown = self._show(hashtag, since, until, known)
            if not shown.answered and must_answer:
                shown = self._show(hashtag, since, until, known)
                if not shown.answered:
                    # What was just given would have to come again: this is no end.
                    yield page_of(received=0, cursor=cursor, beyond="cut short")
                    return
            if not shown.answered:
                yield page_of(received=0, reached_at=since)
                return
            if len(shown.rejected) == shown.rows > 1:
                why = next(iter(shown.rejected.values()))
                raise PayloadError(
                    f"threads: none of {shown.rows} posts can be read: {why.field}: {why.reason}"
                )
            if is_first:
                self._refuse_own(list(shown.threads.values()))
            floor = max(shown.floors, default=None)
            following, beyond = _next(shown, floor, until)
            if since is not None and shown.is_short:
                # That was all since then: the second at the edge need not be asked for again.
                floor, following, beyond = since, None, None
            known = _known(shown, floor, known)
            cursor = (
                None if following is None else " ".join((following.isoformat(), *sorted(known)))
            )
            yield _page(shown, hashtag, floor, cursor, beyond)
            if following is None:
                return
            must_answer = floor is not None and following > floor
            until, is_first = following, False

    def check(self) -> SourceReport:
        """Ask whose token it is, and what it may be used for."""
        try:
            name, scopes = self._api.username(), self._api.scopes()
        except RateLimitedError as error:
            return SourceReport(self.source, str(error), f"wait until {error.retry_at:%H:%M:%S %Z}")
        except AccessRefusedError as error:
            return SourceReport(
                self.source, str(error), "check the token that collectors.threads.token_env names"
            )
        except CollectorError as error:
            return SourceReport(
                self.source, str(error), "see whether graph.threads.net answers from this machine"
            )
        told = f"the token of @{name}, {self._api.used()} queries used"
        if scopes is not None and "threads_keyword_search" not in scopes:
            return SourceReport(self.source, f"{told}; it may not search", _APPROVAL)
        return SourceReport(self.source, told)

    def _show(
        self,
        hashtag: str,
        since: datetime | None,
        until: datetime | None,
        known: frozenset[str],
    ) -> _Shown:
        shown = _Shown()
        for mode in _MODES:
            params: dict[str, str | int] = {
                "q": hashtag if mode == "TAG" else f"#{hashtag}",
                "search_type": "RECENT",
                "search_mode": mode,
                "limit": self._page_size,
                "fields": _FIELDS,
            }
            if since is not None:
                params["since"] = max(int(since.timestamp()) - 1, _EARLIEST)
            if until is not None:
                params["until"] = int(until.timestamp())
            rows = self._api.search(params)
            shown.is_full = shown.is_full or len(rows) >= self._page_size
            shown.is_short = shown.is_short and len(rows) * 2 < self._page_size
            shown.answered = shown.answered or bool(rows)
            _take(shown, rows, known, f"threads/keyword_search?{mode}")
        return shown

    def _refuse_own(self, threads: Sequence[Thread]) -> None:
        """Without approval the search gives the token's own posts only, and does not say so."""
        names = {thread.username.lower() for thread in threads}
        if len(threads) >= _SUSPECT and names == {self._api.username().lower()}:
            raise AccessRefusedError(f"threads: only your own posts are found; {_APPROVAL}")


_APPROVAL = "the app needs Meta's approval (advanced access) for threads_keyword_search"


def _take(shown: _Shown, rows: list[object], known: frozenset[str], locator: str) -> None:
    times = []
    for place, row in enumerate(rows):
        native = row.get("id") if isinstance(row, dict) else None
        key = native if isinstance(native, str) and native.isalnum() else f"{locator}#{place}"
        try:
            thread = read(row)
            times.append(thread.at)
        except RecordError as error:
            if key not in known and key not in shown.rejected:
                shown.rows += 1
                shown.rejected[key] = set_aside(row, f"{locator}#{place}", error)
            continue
        if key not in known and key not in shown.threads:
            shown.rows += 1
            shown.threads[key] = thread
    if times:
        shown.floors.append(min(times))


def _known(shown: _Shown, floor: datetime | None, before: frozenset[str]) -> frozenset[str]:
    """Give what may come again and was given: of the second at the edge, and without a time."""
    at_edge = {key for key, thread in shown.threads.items() if thread.at == floor}
    # What was known stays so as long as the edge is the same second.
    is_same = not any(thread.at != floor for thread in shown.threads.values())
    ids = {key for key in shown.rejected if key.isalnum()}
    return frozenset(at_edge | ids | (before if is_same else set()))


def _next(
    shown: _Shown, floor: datetime | None, until: datetime | None
) -> tuple[datetime | None, str | None]:
    """Give until when to ask next, and why something may be missing there.

    The second that a search came down to is asked for again: not all of it may have been shown.
    """
    if floor is None:
        return None, None
    if until is None or floor + _SECOND < until:
        return floor + _SECOND, None
    # That was all of a second: go below it, whether `until` counts its own second in or not.
    return min(floor, until - _SECOND), "clamp" if shown.is_full else None


def _page(
    shown: _Shown,
    hashtag: str,
    floor: datetime | None,
    cursor: str | None,
    beyond: str | None,
) -> Page:
    kept: dict[str, Found] = {}
    received = 0
    rejected = list(shown.rejected.values())
    for thread in shown.threads.values():
        if floor is not None and thread.at < floor:
            continue  # it comes again with the next page, when the other search is there too
        received += 1
        if hashtag not in hashtags.normalize_all(thread.tags):
            continue
        try:
            found = found_in(thread)
        except RecordError as error:
            rejected.append(set_aside(thread, f"threads/{thread.id}", error))
        else:
            kept[found.post.post_key] = found
    posts = sorted((f.post for f in kept.values()), key=lambda p: p.created_at, reverse=True)
    return page_of(
        posts=posts,
        authors={f.author.author_key: f.author for f in kept.values()}.values(),
        interactions=dict.fromkeys(act for f in kept.values() for act in f.acts),
        rejected=rejected,
        received=received + len(shown.rejected),
        cursor=cursor,
        reached_at=floor,
        beyond=beyond,
    )


def _place_of(cursor: str | None) -> tuple[datetime | None, frozenset[str]]:
    """Read where to go on: until when, and what of that second was given. Raises `PayloadError`."""
    if cursor is None:
        return None, frozenset()
    said, *known = cursor.split(" ")
    try:
        return datetime.fromisoformat(said).astimezone(UTC), frozenset(known)
    except (ValueError, OverflowError):
        raise PayloadError(f"threads: {cursor[:60]!r} is no time to go on from") from None
