"""The two ways in which Jetstream tells the same events, as one.

Version 1, https://github.com/bluesky-social/jetstream: cursors are times, good at any server.
Version 2, `network.bsky.jetstream.subscribeEvents` in that repository's lexicons: cursors are
numbers, good at the server that gave them, or times, good at any.

Place and time are read where they stand by the format and nowhere else: a record holds what its
author put into it, and an account's own `seq` and `time` are those of a relay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec

from collectors.errors import PayloadError, RecordError, SourceUnavailableError
from collectors.said import iso_date, quoted

_POST, _REPOST = "app.bsky.feed.post", "app.bsky.feed.repost"
_V1 = f"wantedCollections={_POST}&wantedCollections={_REPOST}"
_V2 = f"kinds=commit&kinds=account&collections={_POST}&collections={_REPOST}"
_V2_PATH = "/xrpc/network.bsky.jetstream.subscribeEvents"
_REWIND = timedelta(seconds=5)  # events arrive in order only nearly, and hosts differ
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TIMES_FROM = 10**15  # what version 2 takes for microseconds since 1970, and not for a number
_LATEST = 4_102_444_800_000_000  # 2100: no time of an event


class NumberUnknownError(SourceUnavailableError):
    """The server has other numbers than it had: ask it by the time."""


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


class Head(msgspec.Struct, gc=False):
    """What an event is, without what it holds."""

    moment: int  # the server's time, in microseconds since 1970
    did: str
    kind: str  # commit, account, …
    operation: str = ""  # of a commit
    collection: str = ""
    rkey: str = ""
    seq: int = 0  # what the server calls it; 0: it has no numbers


@dataclass(frozen=True, slots=True)
class Wire:
    """How one version is asked and read."""

    address: Callable[[str, Place | None], str]
    head_of: Callable[[bytes], Head | None]  # None: no event, or none that can be read
    # In the shape of version 1; None where it only says that it no longer keeps what was asked.
    event_of: Callable[[dict[str, Any]], dict[str, Any] | None]
    is_numbered: bool  # its own server knows a place best

    def micros_in(self, frame: bytes) -> int | None:
        """Return the server's time of an event; None if it has none that can be read."""
        head = self.head_of(frame)
        return None if head is None else head.moment

    def seq_in(self, frame: bytes) -> int:
        """Return the server's number of an event; 0 if it has none."""
        head = self.head_of(frame)
        return 0 if head is None else head.seq


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
    return (at - _EPOCH) // _MICROSECOND


def at_micros(value: int) -> datetime:
    """Give the time of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=value)


def _address_1(url: str, since: Place | None) -> str:
    cursor = "" if since is None else f"&cursor={micros(since.at - _REWIND)}"
    return f"{url}?{_V1}{cursor}"


def _address_2(url: str, since: Place | None) -> str:
    if since is None:
        return f"{url}?{_V2}"
    is_its_own = since.host == urlsplit(url).netloc and 0 < since.seq < _TIMES_FROM
    # Another server has other numbers: it is asked by the time.
    cursor = since.seq if is_its_own else micros(since.at - _REWIND)
    return f"{url}?{_V2}&cursor={cursor}"


class _Commit1(msgspec.Struct, gc=False):
    operation: str = ""
    collection: str = ""
    rkey: str = ""


class _Event1(msgspec.Struct, gc=False):
    did: str
    time_us: int
    kind: str = ""
    commit: _Commit1 | None = None


class _Event2(msgspec.Struct, gc=False):
    type_: str = msgspec.field(name="$type")
    time: str
    did: str = ""
    # The time by which a server finds an event again, where `time` was imported from elsewhere.
    witnessed_at: str = msgspec.field(name="witnessedAt", default="")
    seq: int = 0
    operation: str = ""
    collection: str = ""
    rkey: str = ""
    commit: _Commit1 | None = None


class _Message2(msgspec.Struct, gc=False):
    payload: _Event2


_decode_1 = msgspec.json.Decoder(_Event1).decode
_decode_2 = msgspec.json.Decoder(_Message2).decode


def _head_1(frame: bytes) -> Head | None:
    try:
        event = _decode_1(frame)
    except (msgspec.MsgspecError, RecursionError):
        return None
    if not 0 < event.time_us < _LATEST:
        return None
    commit = event.commit
    if commit is None:
        return Head(event.time_us, event.did, event.kind)
    return Head(
        event.time_us, event.did, event.kind, commit.operation, commit.collection, commit.rkey
    )


def _head_2(frame: bytes) -> Head | None:
    try:
        event = _decode_2(frame).payload
    except (msgspec.MsgspecError, RecursionError):
        return None
    moment = _micros_of(event.witnessed_at or event.time)
    if moment is None:
        return None
    kind, part = event.type_.partition("#")[2], event.commit or event
    return Head(moment, event.did, kind, part.operation, part.collection, part.rkey, event.seq)


def _micros_of(said: str) -> int | None:
    at = iso_date(said)
    return None if at is None else micros(at)


def _event_2(message: dict[str, Any]) -> dict[str, Any] | None:
    """Give an event as version 1 tells it. Raises `RecordError`, `SourceUnavailableError`."""
    payload = message.get("payload")
    if message.get("$type") == "error":
        raise SourceUnavailableError(f"Jetstream says {quoted(message.get('error'), 80)}")
    if not isinstance(payload, dict):
        raise RecordError("not there", field="payload")
    kind = str(payload.get("$type")).partition("#")[2]
    if kind == "info":
        if payload.get("name") == "FutureCursor":
            raise NumberUnknownError("Jetstream: has not come to that number yet")
        return None
    said = payload.get("witnessedAt") or payload.get("time")
    moment = _micros_of(said) if isinstance(said, str) else None
    event = {"did": payload.get("did"), "kind": kind, "time_us": moment}
    # An account's state stands beside its name, or in a part of its own as in version 1.
    parts = {name: payload.get(name) for name in ("commit", "account")}
    return event | {name: part if part else payload for name, part in parts.items()}


_VERSION_1 = Wire(_address_1, _head_1, lambda event: event, is_numbered=False)
_VERSION_2 = Wire(_address_2, _head_2, _event_2, is_numbered=True)
