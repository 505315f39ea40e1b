"""Asks one relay questions, over one websocket.

https://github.com/nostr-protocol/nips/blob/master/01.md#communication-between-clients-and-relays
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from collectors.errors import (
    AccessRefusedError,
    CollectorError,
    PayloadError,
    RateLimitedError,
    SourceUnavailableError,
)
from collectors.http import Connect, Socket, give_up
from collectors.http.rate_limits import retry_at
from collectors.said import one_line, quoted

Filter = Mapping[str, Any]
_TOTAL_TIMEOUT = 30.0
_MOST_EVENTS = 5_000  # ten times what is asked for at most: a relay that sends more is broken
_MOST_CHARACTERS = 50_000_000
# What a relay says for itself, and what a relay says of us.
# https://github.com/nostr-protocol/nips/blob/master/01.md#from-relay-to-client-sending-events-and-notices
_REFUSED = ("auth-required", "restricted", "blocked", "pow", "payment-required")
_IDLE = frozenset({"AUTH", "OK", "COUNT"})  # of no meaning for a question


@dataclass(frozen=True, slots=True)
class Given:
    """What a relay gave to one question."""

    rows: list[object]
    is_all: bool  # the relay says that it has nothing more (NIP-67)


class Relay:
    """Holds the connection to one relay. One thread asks; any thread may close."""

    def __init__(
        self,
        url: str,
        connect: Connect,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        monotonic: Callable[[], float] = time.monotonic,
        min_interval: float = 1.0,
        total_timeout: float = _TOTAL_TIMEOUT,
    ) -> None:
        self.url = url
        self._connect, self._now, self._sleep = connect, now, sleep
        self._monotonic, self._min_interval = monotonic, min_interval
        self._total_timeout = total_timeout
        self._socket: Socket | None = None
        self._numbers = itertools.count(1)
        self._last_question: float | None = None
        self._lock = threading.Lock()
        self._is_closed = False

    def ask(self, *filters: Filter) -> Given:
        """Ask for the stored events that pass any of the filters. Raises `CollectorError`."""
        self._keep_distance()
        deadline = self._monotonic() + self._total_timeout
        for is_old in (self._socket is not None, False):
            try:
                return self._exchange(filters, deadline)
            except SourceUnavailableError:
                self._drop()
                # A relay closes a line that was idle for long: that is no outage.
                if not is_old:
                    raise
            except CollectorError:
                self._drop()
                raise
        raise SourceUnavailableError(f"{self.url}: not connected")

    def close(self) -> None:
        """Let go of the connection; a question in another thread ends at once."""
        with self._lock:
            self._is_closed = True
            socket, self._socket = self._socket, None
        give_up(self._connect)
        if socket is not None:
            socket.close()

    def _drop(self) -> None:
        with self._lock:
            socket, self._socket = self._socket, None
        if socket is not None:
            socket.close()

    def _opened(self) -> Socket:
        self._refuse_when_closed()
        if self._socket is not None:
            return self._socket
        socket = self._connect(self.url)
        with self._lock:
            if not self._is_closed:
                self._socket = socket
        if self._is_closed:
            socket.close()
        self._refuse_when_closed()
        return socket

    def _refuse_when_closed(self) -> None:
        if self._is_closed:
            raise SourceUnavailableError(f"{self.url}: stopped, because gaung is stopping")

    def _keep_distance(self) -> None:
        if self._last_question is not None:
            wait = self._last_question + self._min_interval - self._monotonic()
            if wait > 0:
                self._sleep(wait)
        self._last_question = self._monotonic()

    def _exchange(self, filters: tuple[Filter, ...], deadline: float) -> Given:
        socket = self._opened()
        name = f"gaung{next(self._numbers)}"
        socket.send(msgspec.json.encode(["REQ", name, *filters]).decode())
        rows: list[object] = []
        size, notice = 0, ""
        while True:
            text = self._received(socket, deadline, notice)
            size += len(text)
            message = _message(text, self.url)
            match message:
                case ["EVENT", str(to), row]:
                    if to == name:  # the rest of an earlier question may still come in
                        rows.append(row)
                case ["EOSE", str(to), *hints]:
                    if to == name:
                        socket.send(msgspec.json.encode(["CLOSE", name]).decode())
                        return Given(rows, is_all=hints == [["finish"]])
                case ["CLOSED", str(to), *words]:
                    if to == name:
                        raise self._refusal(_words(words))
                case ["NOTICE", *words]:
                    notice = _words(words)
                    if (error := self._told_by(notice)) is not None:
                        raise error
                case [str(verb), *_] if verb in _IDLE:
                    pass
                case _:
                    raise PayloadError(f"{self.url}: unknown message: {quoted(text, 80)}")
            if len(rows) > _MOST_EVENTS or size > _MOST_CHARACTERS:
                raise PayloadError(f"{self.url}: sends more than it was asked for")

    def _received(self, socket: Socket, deadline: float, notice: str) -> str:
        left = deadline - self._monotonic()
        text = socket.recv(left) if left > 0 else None
        self._refuse_when_closed()
        if text is None:
            said = f"; it said {quoted(notice)}" if notice else ""
            raise SourceUnavailableError(
                f"{self.url}: no whole answer within {self._total_timeout:g} s{said}"
            )
        if isinstance(text, bytes):
            raise PayloadError(f"{self.url}: text was expected, bytes came")
        return text

    def _refusal(self, words: str) -> CollectorError:
        known = self._told_by(words)
        return known or PayloadError(f"{self.url}: closed the question: {quoted(words)}")

    def _told_by(self, words: str) -> CollectorError | None:
        """Give the error that the words of a relay mean; None if they are no error."""
        prefix = words.partition(":")[0].strip().lower()
        told = f"{self.url}: the relay says {quoted(words)}"
        if prefix == "rate-limited":
            when = retry_at({}, now=self._now())
            return RateLimitedError(told, retry_at=when)
        if prefix in _REFUSED:
            return AccessRefusedError(told)
        # strfry says 'ERROR: bad req: …' where others say 'invalid: …'.
        if prefix in ("invalid", "unsupported") or "bad req" in words.lower():
            return PayloadError(told)
        return SourceUnavailableError(told) if prefix == "error" else None


def _message(text: str, url: str) -> list[object]:
    try:
        message = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise PayloadError(f"{url}: broken JSON: {error}") from error
    if not isinstance(message, list):
        raise PayloadError(f"{url}: a list was expected, {type(message).__name__} came")
    return message


def _words(said: list[Any]) -> str:
    return one_line(" ".join(one for one in said if isinstance(one, str)))
