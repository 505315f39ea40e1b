"""Listens to Jetstream: everything that happens on Bluesky, of which it keeps what matters.

https://github.com/bluesky-social/jetstream
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec

from collectors.collector import Interest, SourceReport
from collectors.errors import CollectorError, PayloadError, RecordError, SourceUnavailableError
from collectors.http import Connect, Socket
from collectors.page import Page, page_of
from collectors.platforms.bluesky.candidates import Candidates
from collectors.platforms.bluesky.events import read_event, time_of
from collectors.platforms.bluesky.posts import PLATFORM, Found
from collectors.records import Rejected

_COLLECTIONS = "wantedCollections=app.bsky.feed.post&wantedCollections=app.bsky.feed.repost"
_PAGE_EVERY = timedelta(seconds=2)
_MOST_RECORDS = 500  # of a page
_MOST_FRAMES = 50_000  # of a page: in a replay they come faster than by the clock
_REWIND = timedelta(seconds=5)  # events arrive in order only nearly, and hosts differ
_HOLE = timedelta(seconds=60)  # the network is never silent for so long
_KEPT = timedelta(hours=35)  # https://github.com/bluesky-social/jetstream: 36 hours
_CAUGHT_UP = timedelta(seconds=3)
_SILENCE = 5.0
_TRIES = 3
_LOOK_EVERY = 16  # events: looking at the clock costs as much as an event
_MOST_UNREADABLE = 100  # frames in a row: then it is no Jetstream


@dataclass(slots=True)
class _Batch:
    """What came in since the last page."""

    found: Found = field(default_factory=Found)
    rejected: list[Rejected] = field(default_factory=list)
    received: int = 0
    frames: int = 0


class JetstreamCollector:
    """Hears the network from one of several servers. Closing it ends a `recv` that waits."""

    def __init__(
        self,
        urls: Sequence[str],
        *,
        connect: Connect,
        sleep: Callable[[float], None],
        now: Callable[[], datetime],
    ) -> None:
        self.source = f"{PLATFORM}/jetstream"
        self._urls, self._connect, self._sleep, self._now = list(urls), connect, sleep, now
        self._socket: Socket | None = None
        self._is_closed = False

    def close(self) -> None:
        """Let go of the connection."""
        self._is_closed = True
        if self._socket is not None:
            self._socket.close()

    def cursor_at(self, when: datetime) -> str:
        """Give the cursor to hear everything since a time; the server keeps 36 hours."""
        return str(_micros(when))

    def check(self) -> SourceReport:
        """Wait for one event."""
        try:
            socket = self._open(None)
            try:
                frame = socket.recv(_SILENCE)
            finally:
                socket.close()
            if frame is None:
                raise SourceUnavailableError(f"{self._urls[0]}: not one event in {_SILENCE:g} s")
            at = time_of(_decoded(frame))
        except CollectorError as error:
            return SourceReport(self.source, str(error), "try again later, or set jetstream")
        except RecordError as error:
            return SourceReport(
                self.source, f"{self._urls[0]}: {error.reason}", "set jetstream to another server"
            )
        return SourceReport(self.source, f"{self._urls[0]}: hears events of {at:%H:%M:%S %Z}")

    def stream(
        self,
        interest: Interest,
        *,
        cursor: str | None,
        now: Callable[[], datetime],
        stop: threading.Event,
        live: bool,
    ) -> Iterator[Page]:
        """Give what is of interest; see `Streamer.stream`."""
        heard = _Heard(interest, self.source, _time(cursor), now)
        failures = 0
        while not stop.is_set():
            try:
                for page in self._listen(heard, stop=stop, live=live):
                    failures = 0
                    yield page
            except SourceUnavailableError:
                failures += 1
                if failures >= _TRIES or self._is_closed:
                    raise
                self._urls.append(self._urls.pop(0))  # another server
                self._sleep(float(2 ** (failures - 1)))
                continue
            if heard.must_hear_again:
                # Servers lose events where a replay becomes live: these seconds are heard again.
                heard.must_hear_again = False
                continue
            return

    def _open(self, since: datetime | None) -> Socket:
        url = f"{self._urls[0]}?{_COLLECTIONS}"
        if since is not None:
            url += f"&cursor={self.cursor_at(since - _REWIND)}"
        self._socket = self._connect(url)
        return self._socket

    def _listen(self, heard: _Heard, *, stop: threading.Event, live: bool) -> Iterator[Page]:
        socket = self._open(heard.reached_at)
        behind = heard.reached_at is not None and heard.lag() > _HOLE
        heard.is_first = True
        try:
            while not stop.is_set():
                frame = socket.recv(_SILENCE)
                if frame is not None:
                    heard.take(frame.encode() if isinstance(frame, str) else frame)
                caught_up = frame is None or heard.is_near()
                if heard.is_page_due() or (caught_up and (behind or not live)):
                    yield heard.page()
                if caught_up and behind:
                    heard.must_hear_again = True
                    return
                if caught_up and not live:
                    return
        finally:
            socket.close()


class _Heard:
    """What was heard so far, across connections."""

    def __init__(
        self,
        interest: Interest,
        source: str,
        reached_at: datetime | None,
        now: Callable[[], datetime],
    ) -> None:
        # In microseconds: every event moves it, and a time would be made for each.
        self._reached = None if reached_at is None else _micros(reached_at)
        self.is_first = True  # no event came yet over this connection
        self.must_hear_again = False
        self._interest, self._source, self._now = interest, source, now
        self._candidates = Candidates(interest)
        self._since_at = reached_at
        self._beyond: str | None = None
        self._batch = _Batch()
        self._page_at = now()
        self._unreadable = 0

    @property
    def reached_at(self) -> datetime | None:
        """All before has been heard."""
        return None if self._reached is None else _datetime(self._reached)

    def is_near(self) -> bool:
        """Tell now and then whether it has caught up with the present."""
        return self._batch.frames % _LOOK_EVERY == 0 and self.lag() < _CAUGHT_UP

    def lag(self) -> timedelta:
        """Tell how far behind the present it is."""
        return self._now() - (self.reached_at or self._now())

    def is_page_due(self) -> bool:
        """Tell whether enough came in, or enough time went by."""
        batch = self._batch
        return (
            len(batch.found) >= _MOST_RECORDS
            or batch.frames >= _MOST_FRAMES
            or (batch.frames % _LOOK_EVERY == 0 and self._now() - self._page_at >= _PAGE_EVERY)
        )

    def page(self) -> Page:
        """Give what came in since the last page, or only how far the time has come."""
        batch, self._batch = self._batch, _Batch()
        since, self._since_at = self._since_at, self.reached_at
        beyond, self._beyond = self._beyond, None
        self._page_at = self._now()
        found = batch.found
        posts = {post.post_key: post for post in found.posts}
        return page_of(
            posts=posts.values(),
            authors=found.authors.values(),
            interactions=dict.fromkeys(found.interactions),
            removals=found.removals,
            rejected=batch.rejected,
            received=batch.received,
            since_at=since,
            reached_at=self.reached_at,
            cursor=None if self._reached is None else str(self._reached),
            beyond=beyond,
        )

    def take(self, frame: bytes) -> None:
        """Take in one event."""
        self._batch.frames += 1
        # Every event moves the time; to read it from the bytes is cheaper than to decode.
        micros = _micros_in(frame)
        if micros is not None:
            if self.is_first:
                self._begin(micros)
            if self._reached is None or micros > self._reached:
                self._reached = micros
            if frame not in self._candidates:
                return
        self._batch.received += 1
        try:
            event = _decoded(frame)
            read_event(event, self._interest, self._batch.found)
            self._unreadable = 0
        except RecordError as error:
            self._unreadable += 1
            if self._unreadable >= _MOST_UNREADABLE:
                raise PayloadError(f"{self._source}: events of an unknown shape") from error
            self._batch.rejected.append(
                Rejected(
                    locator=f"{self._source}@{self.reached_at:%Y-%m-%dT%H:%M:%SZ}"
                    if self.reached_at
                    else self._source,
                    reason=error.reason,
                    raw=frame.decode(errors="replace"),
                    field=error.field,
                )
            )

    def _begin(self, micros: int) -> None:
        """Look where a connection begins."""
        self.is_first, at = False, _datetime(micros)
        reached = self.reached_at
        if reached is None:
            self._since_at = at
        elif at - reached > _HOLE:
            # It begins later than asked: what lies between is not to be had here.
            if self._now() - reached > _KEPT:
                self._beyond = "clamp"
            self._since_at = at


def _micros_in(frame: bytes) -> int | None:
    start = frame.find(b'"time_us":') + 10
    digits = frame[start : start + 16]
    return int(digits) if start >= 10 and len(digits) == 16 and digits.isdigit() else None


def _micros(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)


def _datetime(micros: int) -> datetime:
    return datetime.fromtimestamp(micros / 1_000_000, UTC)


def _decoded(frame: str | bytes) -> dict[str, object]:
    try:
        event = msgspec.json.decode(frame)
    except (msgspec.DecodeError, RecursionError) as error:
        raise RecordError(f"broken JSON: {error}") from error
    if not isinstance(event, dict):
        raise RecordError("no event")
    return event


def _time(cursor: str | None) -> datetime | None:
    if cursor is None:
        return None
    if not cursor.isdigit():
        raise PayloadError(f"the cursor {cursor!r} is none of Jetstream's")
    return _datetime(int(cursor))
