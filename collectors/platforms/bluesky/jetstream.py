"""Listens to Jetstream: everything that happens on Bluesky, of which it keeps what matters.

https://github.com/bluesky-social/jetstream
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from collectors.collector import Interest, SourceReport
from collectors.errors import CollectorError, PayloadError, RecordError, SourceUnavailableError
from collectors.http import Connect, Socket, give_up
from collectors.page import Page
from collectors.platforms.bluesky.events import time_of
from collectors.platforms.bluesky.heard import HOLE, Heard, decoded
from collectors.platforms.bluesky.posts import PLATFORM
from collectors.platforms.bluesky.wires import Place, place_of, wire_of

_SILENCE = 5.0
_TRIES = 3
# What version 2 says of a number that it no longer keeps.
_TOO_OLD = "CursorTooOld"


class StandsStillError(SourceUnavailableError):
    """What a server tells comes no nearer to now, however long one listens."""


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
        give_up(self._connect)
        if self._socket is not None:
            self._socket.close()

    def cursor_at(self, when: datetime) -> str:
        """Give the cursor to hear everything since a time; the server keeps 36 hours."""
        return str(Place(when))

    def check(self) -> SourceReport:
        """Wait for one event."""
        try:
            socket = self._connect_to(None)
            try:
                frame = socket.recv(_SILENCE)
            finally:
                socket.close()
            if frame is None:
                raise SourceUnavailableError(f"{self._urls[0]}: not one event in {_SILENCE:g} s")
            at = time_of(wire_of(self._urls[0]).event_of(decoded(frame)) or {})
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
        heard = Heard(interest, self.source, place_of(cursor), now)
        failures = standing = 0
        while not stop.is_set():
            try:
                for page in self._listen(heard, stop=stop, live=live):
                    failures = 0
                    yield page
            except SourceUnavailableError as error:
                failures += 1
                standing += isinstance(
                    error, StandsStillError
                )  # it tells much, and so on without end
                if max(failures, standing) >= _TRIES or self._is_closed:
                    raise
                if failures > 1 or not wire_of(self._urls[0]).is_numbered:
                    self._urls.append(self._urls.pop(0))  # another server
                self._sleep(float(2 ** (failures - 1)))
                continue
            if heard.must_hear_again:
                # Servers lose events where a replay becomes live: these seconds are heard again.
                heard.must_hear_again = False
                continue
            return

    def _connect_to(self, since: Place | None) -> Socket:
        url = self._urls[0]
        self._socket = self._connect(wire_of(url).address(url, since))
        return self._socket

    def _open(self, heard: Heard) -> Socket:
        """Connect where hearing ended, or where the server begins if it keeps no more."""
        wire, host = wire_of(self._urls[0]), urlsplit(self._urls[0]).netloc
        try:
            socket = self._connect_to(heard.place)
        except PayloadError as error:
            if _TOO_OLD not in str(error):
                raise
            # By the time it gives what it keeps, and says so.
            heard.forget_number()
            socket = self._connect_to(heard.place)
            heard.begin(wire, host, beyond="too old")
        else:
            heard.begin(wire, host)
        return socket

    def _near_enough(self, heard: Heard) -> bool:
        """Take seconds that no waiting makes up for the present. Raises `StandsStillError`."""
        if heard.lag() > HOLE:
            raise StandsStillError(
                f"{self._urls[0]}: tells of {heard.reached_at:%Y-%m-%d %H:%M %Z}, and comes no "
                "nearer to now: see whether the clock of this machine is right, or set jetstream "
                "to another server"
            )
        return True

    def _listen(self, heard: Heard, *, stop: threading.Event, live: bool) -> Iterator[Page]:
        behind = heard.reached_at is not None and heard.lag() > HOLE
        socket, silences = self._open(heard), 0
        try:
            while not stop.is_set():
                frame = socket.recv(_SILENCE)
                silences = silences + 1 if frame is None else 0
                if silences * _SILENCE >= HOLE.total_seconds():
                    # It answers pings, perhaps; that is no sign that it tells anything.
                    raise SourceUnavailableError(f"{self._urls[0]}: not one event in a minute")
                if frame is not None:
                    heard.take(frame.encode() if isinstance(frame, str) else frame)
                caught_up = heard.lag() <= HOLE if frame is None else heard.is_near()
                if not live and not caught_up and heard.comes_no_nearer():
                    caught_up = self._near_enough(heard)
                if heard.is_page_due() or (caught_up and (behind or not live)):
                    yield heard.page()
                if caught_up and behind:
                    heard.must_hear_again = True
                    return
                if caught_up and not live:
                    return
        finally:
            socket.close()
