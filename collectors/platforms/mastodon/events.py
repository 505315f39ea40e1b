"""What a streaming server tells: posts, edits and deletions, one event a message.

https://docs.joinmastodon.org/methods/streaming/#events
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import msgspec

from collectors import hashtags
from collectors.errors import AccessRefusedError, PayloadError, RecordError
from collectors.page import Page
from collectors.platforms.mastodon.accounts import PLATFORM
from collectors.platforms.mastodon.payloads import Status, read
from collectors.platforms.mastodon.statuses import Records, records_of
from collectors.platforms.mastodon.view import is_own, post_key, view_of
from collectors.records import Post, Rejected, Removal
from collectors.said import quoted

_TOLD = frozenset({"update", "status.update"})
_REMEMBERED_IDS = 50_000
_MOST_UNREADABLE = 20  # events in a row: then their shape has changed


class _Event(msgspec.Struct, frozen=True):
    event: str | None = None
    payload: str | None = None  # JSON within JSON; of a deletion the id alone
    stream: list[str] = msgspec.field(default_factory=list)
    error: str | None = None


class Heard:
    """What a stream told since the last page."""

    def __init__(self, source: str, wanted: frozenset[str]) -> None:
        self._source, self._wanted = source, wanted
        self._host = source.removeprefix(f"{PLATFORM}/")
        self._keys: dict[str, str] = {}  # of posts that this stream told, by local id
        self._unreadable = 0
        self._begin()

    def _begin(self) -> None:
        self._records = Records()
        self._rejected: list[Rejected] = []
        self._removals: list[Removal] = []
        self._received = 0
        self._local_ids: dict[str, str] = {}  # by post key

    def page(self) -> Page:
        """Give it, and begin anew."""
        page = self._records.page(
            self._rejected,
            received=self._received,
            removals=self._removals,
            local_ids=self._local_ids,
        )
        self._begin()
        return page

    def take(self, frame: str | bytes, *, now: datetime) -> None:
        """Take in one event. Raises `CollectorError`."""
        self._received += 1
        told = frame.encode(errors="replace") if isinstance(frame, str) else frame
        try:
            event = _event_of(told)
            if event.error is not None:
                raise AccessRefusedError(f"{self._source}: the stream says {quoted(event.error)}")
            if event.event in _TOLD:
                self._add(event, now)
            elif event.event == "delete" and event.payload:
                self._remove(event.payload, now)
            self._unreadable = 0
        except RecordError as error:
            self._unreadable += 1
            if self._unreadable >= _MOST_UNREADABLE:
                raise PayloadError(
                    f"{self._source}: events of an unknown shape: {error.field}: {error.reason}"
                ) from error
            self._rejected.append(
                Rejected(
                    locator=f"{self._source}@{now:%Y-%m-%dT%H:%M:%SZ}",
                    reason=error.reason,
                    raw=told.decode(errors="replace"),
                    field=error.field,
                )
            )

    def _add(self, event: _Event, now: datetime) -> None:
        status = read(_decoded(event.payload or ""), Status)
        view = view_of([(0, status)], source=self._source, now=now)
        found = records_of(status, view)
        told_for = event.stream[1] if len(event.stream) > 1 else None
        found.posts = [
            replace(post, hashtags_raw=(*post.hashtags_raw, told_for))
            if told_for is not None and post.captured_as == "matched" and not self._carries(post)
            else post
            for post in found.posts
        ]
        self._records.extend(found)
        self._local_ids[post_key(status)] = status.id
        self._keys.pop(status.id, None)
        self._keys[status.id] = post_key(status)
        if len(self._keys) > _REMEMBERED_IDS:
            del self._keys[next(iter(self._keys))]

    def _carries(self, post: Post) -> bool:
        return not self._wanted.isdisjoint(hashtags.normalize_all(post.hashtags_raw))

    def _remove(self, local_id: str, now: datetime) -> None:
        """Note a deletion, if it is one everywhere.

        A server says the same when it suspends an account of another server: what became of
        those posts is asked (`Hydration`). Its own posts are gone.
        """
        key = self._keys.get(local_id)
        if key is not None and is_own(key, self._host):
            self._removals.append(Removal(kind="post", key=key, reason="deleted", removed_at=now))


def _event_of(frame: bytes) -> _Event:
    try:
        return msgspec.convert(_decoded(frame), _Event)
    except msgspec.ValidationError as error:
        raise RecordError(f"no event: {error}") from error


def _decoded(text: str | bytes) -> object:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise RecordError(f"broken JSON: {error}") from error
