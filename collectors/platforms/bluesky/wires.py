"""The two ways in which Jetstream tells the same events, as one.

Version 1, https://github.com/bluesky-social/jetstream: cursors are times, good at any server.
Version 2, `network.bsky.jetstream.subscribeEvents`: cursors are numbers, good at the server that
gave them; what another server heard before it was asked cannot be asked of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from collectors.errors import PayloadError, RecordError, SourceUnavailableError
from collectors.said import iso_date, quoted

_POST, _REPOST = "app.bsky.feed.post", "app.bsky.feed.repost"
_V1 = f"wantedCollections={_POST}&wantedCollections={_REPOST}"
_V2 = f"kinds=commit&kinds=account&collections={_POST}&collections={_REPOST}"
_V2_PATH = "/xrpc/network.bsky.jetstream.subscribeEvents"
_REWIND = timedelta(seconds=5)  # events arrive in order only nearly, and hosts differ
_V2_TIME = re.compile(rb'"time"\s*:\s*"([0-9T:.+-]{19,35}Z?)"')
_V2_SEQ = re.compile(rb'"seq"\s*:\s*([0-9]{1,18})')


@dataclass(frozen=True, slots=True)
class Place:
    """How far the network was heard: the time, and what a server of version 2 calls it.

    As a cursor: `micros` or `micros/host/seq`.
    """

    at: datetime
    host: str = ""
    seq: int = 0

    def __str__(self) -> str:
        """Write it as a cursor."""
        return f"{micros(self.at)}/{self.host}/{self.seq}" if self.host else str(micros(self.at))


@dataclass(frozen=True, slots=True)
class Wire:
    """How one version is asked and read."""

    address: Callable[[str, Place | None], str]
    micros_in: Callable[[bytes], int | None]  # the server's time of an event, from its bytes
    seq_in: Callable[[bytes], int]
    # In the shape of version 1; None where it only says that it no longer keeps what was asked.
    event_of: Callable[[dict[str, Any]], dict[str, Any] | None]
    is_portable: bool  # a place is good at any server


def wire_of(url: str) -> Wire:
    """Tell the version by the address."""
    return _VERSION_2 if urlsplit(url).path == _V2_PATH else _VERSION_1


def place_of(cursor: str | None) -> Place | None:
    """Read a cursor. Raises `PayloadError`."""
    if cursor is None:
        return None
    time, _, rest = cursor.partition("/")
    host, _, seq = rest.partition("/")
    if not time.isdigit() or (rest and not (host and seq.isdigit())):
        raise PayloadError(f"the cursor {cursor!r} is none of Jetstream's")
    return Place(at_micros(int(time)), host, int(seq or 0))


def micros(at: datetime) -> int:
    """Give microseconds since 1970."""
    return int(at.timestamp() * 1_000_000)


def at_micros(value: int) -> datetime:
    """Give the time of microseconds since 1970."""
    return datetime.fromtimestamp(value / 1_000_000, UTC)


def _address_1(url: str, since: Place | None) -> str:
    cursor = "" if since is None else f"&cursor={micros(since.at - _REWIND)}"
    return f"{url}?{_V1}{cursor}"


def _address_2(url: str, since: Place | None) -> str:
    is_its_own = since is not None and since.host == urlsplit(url).netloc
    return f"{url}?{_V2}" + (f"&cursor={since.seq}" if since and is_its_own else "")


def _micros_1(frame: bytes) -> int | None:
    start = frame.find(b'"time_us":') + 10
    digits = frame[start : start + 16]
    return int(digits) if start >= 10 and len(digits) == 16 and digits.isdigit() else None


def _micros_2(frame: bytes) -> int | None:
    found = _V2_TIME.search(frame)
    if found is None:
        return None
    at = iso_date(found[1].decode())
    return None if at is None else micros(at)


def _seq_2(frame: bytes) -> int:
    found = _V2_SEQ.search(frame)
    return 0 if found is None else int(found[1])


def _event_2(message: dict[str, Any]) -> dict[str, Any] | None:
    """Give an event as version 1 tells it. Raises `RecordError`, `SourceUnavailableError`."""
    payload = message.get("payload")
    if message.get("$type") == "error":
        raise SourceUnavailableError(f"Jetstream says {quoted(message.get('error'), 80)}")
    if not isinstance(payload, dict):
        raise RecordError("not there", field="payload")
    kind = str(payload.get("$type")).partition("#")[2]
    if kind == "info":
        return None
    event = {"did": payload.get("did"), "kind": kind, "time_us": _time_us(payload.get("time"))}
    # An account's state stands beside its name, or in a part of its own as in version 1.
    parts = {name: payload.get(name) for name in ("commit", "account")}
    return event | {name: part if part else payload for name, part in parts.items()}


def _time_us(said: object) -> int | None:
    return (
        None
        if not isinstance(said, str)
        else _micros_2(f'"time":"{said}"'.encode(errors="replace"))
    )


_VERSION_1 = Wire(_address_1, _micros_1, lambda _: 0, lambda event: event, is_portable=True)
_VERSION_2 = Wire(_address_2, _micros_2, _seq_2, _event_2, is_portable=False)
