"""Events as relays give them: their shape, and whether they are what they say.

https://github.com/nostr-protocol/nips/blob/master/01.md#events-and-signatures
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated

import coincurve
import msgspec

from collectors.errors import RecordError
from collectors.moments import posted_at
from collectors.records import Rejected, raw_of

PLATFORM = "nostr"
NOTE, DELETION, REPOST, GENERIC_REPOST = 1, 5, 6, 16

_Hex32 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
_Hex64 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{128}\Z")]
_HEX32 = re.compile(r"[0-9a-f]{64}")
AHEAD = timedelta(hours=1)  # clocks that go wrong; what is later than that is set aside
_LATEST_SECOND = 253_402_300_799
_WHERE = re.compile(r"(?P<what>.*) - at `\$\.?(?P<where>[^`]*)`", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(?P<name>[^`]+)`")


class Event(msgspec.Struct, frozen=True):
    """A signed event. Every field belongs to its id, so each must be there."""

    id: _Hex32
    pubkey: _Hex32
    created_at: Annotated[int, msgspec.Meta(ge=0, le=_LATEST_SECOND)]
    kind: Annotated[int, msgspec.Meta(ge=0, le=65_535)]
    tags: list[list[str]]
    content: str
    sig: _Hex64

    def tagged(self, name: str) -> list[list[str]]:
        """Give the tags of a name that say anything."""
        return [tag for tag in self.tags if len(tag) > 1 and tag[0] == name]


@dataclass(slots=True)
class Reading:
    """The events of one answer that can be read and trusted, and what else was there."""

    events: list[Event] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    # Of all that have an id and a time, also of those set aside: where the answer ends.
    ends: list[tuple[int, str]] = field(default_factory=list)
    received: int = 0  # without those that were given before


def read_events(
    rows: Sequence[object], address: str, *, now: datetime, before: frozenset[str] = frozenset()
) -> Reading:
    """Read an answer; events in `before` were given on the page before."""
    found = Reading()
    given = set(before)
    for place, row in enumerate(rows):
        try:
            event = _shaped(row)
        except RecordError as error:
            found.received += 1
            found.rejected.append(set_aside(row, f"{address}#{place}", error))
            continue
        found.ends.append((event.created_at, event.id))
        if event.id in given:
            continue
        found.received += 1
        try:
            _refuse_forged(event)
            _refuse_odd_time(event, now)
        except RecordError as error:
            found.rejected.append(set_aside(row, f"{address}#{event.id}", error))
        else:
            # Only the true one takes the id: a forgery must not hide it.
            given.add(event.id)
            found.events.append(event)
    return found


def verified(text: str, now: datetime) -> Event | None:
    """Read an event that is carried within another; None if it is none or not to be trusted."""
    try:
        event = _shaped(msgspec.json.decode(text))
        _refuse_forged(event)
        _refuse_odd_time(event, now)
    except (msgspec.DecodeError, UnicodeError, RecursionError, RecordError):
        return None
    return event


def moment(event: Event) -> datetime:
    """Give when its author says that it was made."""
    return datetime.fromtimestamp(event.created_at, UTC)


def is_id(text: str) -> bool:
    """Tell whether a text can be the id of an event or the key of an author.

    >>> is_id("ab" * 32), is_id("30023:ab:artikel")
    (True, False)
    """
    return _HEX32.fullmatch(text) is not None


def id_of(event: Event) -> str:
    """Give the id that an event must have. Raises `RecordError` where it can have none."""
    signed = [0, event.pubkey, event.created_at, event.kind, event.tags, event.content]
    try:
        return hashlib.sha256(msgspec.json.encode(signed)).hexdigest()
    except UnicodeError as error:
        raise RecordError("no text of Unicode", field="content") from error


def set_aside(row: object, locator: str, error: RecordError) -> Rejected:
    """Keep what could not be read, with the reason."""
    try:
        raw = raw_of(row)
    except UnicodeError:
        raw = ascii(row)
    return Rejected(locator=locator, reason=error.reason, raw=raw, field=error.field)


def _shaped(row: object) -> Event:
    try:
        return msgspec.convert(row, Event)
    except msgspec.ValidationError as error:
        found = _WHERE.fullmatch(str(error))
        what, where = (found["what"], found["where"]) if found else (str(error), "")
        if missing := _MISSING.fullmatch(what):
            where = f"{where}.{missing['name']}".lstrip(".")
        raise RecordError(what, field=where or None) from error
    except UnicodeError as error:
        raise RecordError("no text of Unicode") from error


def _refuse_forged(event: Event) -> None:
    if id_of(event) != event.id:
        raise RecordError("bad signature: the id is not that of the content", field="id")
    try:
        key = coincurve.PublicKeyXOnly(bytes.fromhex(event.pubkey))
    except ValueError as error:
        raise RecordError("bad signature: no key", field="pubkey") from error
    if not key.verify(bytes.fromhex(event.sig), bytes.fromhex(event.id)):
        raise RecordError("bad signature", field="sig")


def _refuse_odd_time(event: Event, now: datetime) -> None:
    when = moment(event)
    if when > now + AHEAD:
        raise RecordError(f"{when:%Y-%m-%d %H:%M:%S} lies in the future", field="created_at")
    posted_at(when, field="created_at")
