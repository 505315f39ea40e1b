"""What was heard of the network so far, across connections, and when it makes a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from collectors.collector import Interest
from collectors.errors import PayloadError, RecordError, SourceUnavailableError
from collectors.page import Page, page_of
from collectors.platforms.bluesky.candidates import Candidates
from collectors.platforms.bluesky.events import read_event
from collectors.platforms.bluesky.posts import Found
from collectors.platforms.bluesky.wires import (
    Head,
    NumberUnknownError,
    Place,
    Wire,
    at_micros,
    micros,
    wire_of,
)
from collectors.records import Rejected

HOLE = timedelta(seconds=60)  # the network is never silent for so long
_PAGE_EVERY = timedelta(seconds=2)
_MOST_RECORDS = 500  # of a page
_MOST_FRAMES = 50_000  # of a page: in a replay they come faster than by the clock
_KEPT = timedelta(hours=35)  # https://github.com/bluesky-social/jetstream: 36 hours
_CAUGHT_UP = timedelta(seconds=3)
_SLOW = timedelta(seconds=15)  # a replay comes nearer by hours in that time
_LOOK_EVERY = 16  # events: looking at the clock costs as much as an event
_MOST_UNREADABLE = 100  # frames in a row: then it is no Jetstream
_SKEW = timedelta(minutes=5)  # of a server's clock, or of ours


@dataclass(slots=True)
class _Batch:
    """What came in since the last page."""

    found: Found = field(default_factory=Found)
    rejected: list[Rejected] = field(default_factory=list)
    received: int = 0
    frames: int = 0


class Heard:
    """What was heard so far, across connections."""

    def __init__(
        self,
        interest: Interest,
        source: str,
        since: Place | None,
        now: Callable[[], datetime],
    ) -> None:
        # In microseconds: every event moves it, and a time would be made for each.
        self._reached = None if since is None else micros(since.at)
        self._host = "" if since is None else since.host
        self._seq = 0 if since is None else since.seq
        self._is_first = True  # no event came yet over this connection
        self.must_hear_again = False
        self._interest, self._source, self._now = interest, source, now
        self._candidates = Candidates(interest)
        self._wire, self._hole = wire_of(""), HOLE
        self._since_at, self._since = self.reached_at, self._reached
        self._beyond: str | None = None
        self._batch = _Batch()
        self._page_at = now()
        self._unreadable = self._ahead = 0  # in a row
        self._latest = 0  # up to when an event's time is believed
        self._looked_at, self._lag_then = now(), self.lag()

    @property
    def reached_at(self) -> datetime | None:
        """All before has been heard: up to now at most, where the server's clock is ahead."""
        return self._by_now(self._reached)

    def _by_now(self, moment: int | None) -> datetime | None:
        return None if moment is None else min(at_micros(moment), self._now())

    @property
    def place(self) -> Place | None:
        """Where to go on."""
        at = self.reached_at
        return None if at is None else Place(at, self._host if self._seq else "", self._seq)

    def begin(self, wire: Wire, host: str, *, beyond: str | None = None) -> None:
        """Begin to hear a connection; `beyond`: why it does not go on where the last one ended."""
        # What cannot be asked for again is a hole, however short.
        self._hole = HOLE if beyond is None else timedelta(0)
        if host != self._host:
            self._host, self._seq = host, 0
        self._wire, self._is_first = wire, True
        self._beyond = beyond or self._beyond
        self._looked_at, self._lag_then = self._now(), self.lag()

    def is_near(self) -> bool:
        """Tell now and then whether it has caught up with the present."""
        is_due = self._batch.frames % _LOOK_EVERY == 0
        return is_due and not self._ahead and self.lag() < _CAUGHT_UP

    def comes_no_nearer(self) -> bool:
        """Tell now and then whether what comes in comes no faster than time goes by.

        Then it never catches up: the server stands still, or a clock is wrong by some seconds.
        """
        waited = self._now() - self._looked_at
        if timedelta(0) <= waited < _SLOW:
            return False
        lag_then, self._lag_then, self._looked_at = self._lag_then, self.lag(), self._now()
        return lag_then - self._lag_then < waited / 10

    def lag(self) -> timedelta:
        """Tell how far behind the present it is."""
        return self._now() - (self.reached_at or self._now())

    def is_page_due(self) -> bool:
        """Tell whether enough came in, or enough time went by."""
        batch = self._batch
        return (
            len(batch.found) >= _MOST_RECORDS
            or batch.frames >= _MOST_FRAMES
            # Less than none went by: the clock was set back.
            or (
                batch.frames % _LOOK_EVERY == 0
                and not timedelta(0) <= self._now() - self._page_at < _PAGE_EVERY
            )
        )

    def page(self) -> Page:
        """Give what came in since the last page, or only how far the time has come."""
        batch, self._batch = self._batch, _Batch()
        since = self._begins_at()
        self._since_at, self._since = self.reached_at, self._reached
        place = self.place
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
            cursor=None if place is None else str(place),
            beyond=beyond,
        )

    def _begins_at(self) -> datetime | None:
        """Tell from when on the page was heard: where the one before ended, by our clock.

        If that was hours behind then and is right now, the hours between were not heard: where the
        page before ended by the server's clock.
        """
        told, by_server = self._since_at, self._by_now(self._since)
        if told is None or by_server is None or by_server - told <= _SKEW:
            return told
        return by_server

    def take(self, frame: bytes) -> None:
        """Take in one event. Raises `CollectorError`."""
        self._batch.frames += 1
        head = self._wire.head_of(frame)
        is_ahead = head is not None and not self._has_come_to(head)
        if head is not None and not self._candidates.may_matter(head, frame):
            return
        self._batch.received += 1
        try:
            event = self._wire.event_of(decoded(frame))
            if event is None:
                # The server says so itself: what it no longer keeps is a hole, however short.
                self._beyond, self._hole = self._beyond or "too old", timedelta(0)
                return
            if is_ahead:
                event |= {"time_us": micros(self._now())}
            read_event(event, self._interest, self._batch.found)
            self._unreadable = 0
        except NumberUnknownError:
            self.forget_number()
            raise
        except RecordError as error:
            self._set_aside(frame, error)

    def forget_number(self) -> None:
        """Go on by the time only."""
        self._host, self._seq = "", 0

    def _has_come_to(self, head: Head) -> bool:
        """Note how far an event brings us; False if its time is yet to come.

        Then it proves nothing of what was heard, and is no place to go on from.
        """
        moment = head.moment
        if moment > self._latest:  # the clock costs as much as an event: it is looked at seldom
            self._latest = micros(self._now() + _SKEW)
            if moment > self._latest:
                self._ahead += 1
                if self._ahead >= _MOST_UNREADABLE:
                    raise SourceUnavailableError(
                        f"{self._source}: {self._host or 'the server'} tells of "
                        f"{at_micros(moment):%Y-%m-%d %H:%M %Z}, which is yet to come: see whether "
                        "the clock of this machine is right, or set jetstream to another server"
                    )
                return False
        self._ahead = 0
        if self._is_first:
            self._look_where_it_begins(moment)
        if self._reached is None or moment > self._reached:
            self._reached = moment
        self._seq = head.seq
        return True

    def _set_aside(self, frame: bytes, error: RecordError) -> None:
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

    def _look_where_it_begins(self, moment: int) -> None:
        self._is_first, reached = False, self.reached_at
        if reached is None:
            self._since_at, self._since = self._by_now(moment), moment
        elif min(at_micros(moment), self._now()) - reached > self._hole:
            # It begins later than asked: what lies between is not to be had here.
            if self._now() - reached > _KEPT:
                self._beyond = self._beyond or "clamp"
            self._since_at, self._since = self._by_now(moment), moment


def decoded(frame: str | bytes) -> dict[str, Any]:
    """Decode an event. Raises `RecordError`."""
    try:
        event = msgspec.json.decode(frame)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise RecordError(f"broken JSON: {error}") from error
    if not isinstance(event, dict):
        raise RecordError("no event")
    return event
