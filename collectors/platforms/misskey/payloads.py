"""The parts of Misskey's notes that we read, and how strictly.

A field without a default must be there: one that is renamed must not read as a calm day.
https://github.com/misskey-dev/misskey/blob/develop/packages/backend/src/models/json-schema/note.ts
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

import msgspec

from collectors.errors import RecordError
from collectors.records import Rejected, raw_of

_INT64 = 2**63 - 1
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Count = Annotated[int, msgspec.Meta(ge=0, le=_INT64)]
Key = Annotated[str, msgspec.Meta(min_length=1)]


class User(msgspec.Struct, frozen=True, rename="camel"):
    """An account as notes show it; without its numbers."""

    id: Key
    username: Annotated[str, msgspec.Meta(pattern=r"^[\w.-]+$")]
    host: str | None  # None: of the server that was asked
    name: str | None = None
    is_bot: bool | None = None


class Note(msgspec.Struct, frozen=True, rename="camel"):
    """A post. Ids mean something on one server only; `uri` everywhere."""

    id: Key
    created_at: Moment
    user: User
    text: str | None
    visibility: str
    reply_id: str | None
    renote_id: str | None
    renote_count: Count
    replies_count: Count
    reactions: dict[str, Count]
    uri: str | None = None  # of other servers' notes
    url: str | None = None
    cw: str | None = None
    tags: list[str] = []
    mentions: list[str] = []  # ids of accounts
    file_ids: list[str] = []
    poll: object = None
    is_hidden: bool = False  # its author shows it to members only: the text is left out
    updated_at: Moment | None = None  # forks only
    reply: Note | None = None
    renote: Note | None = None

    @property
    def is_renote(self) -> bool:
        """Whether it only passes another note on, without words of its own."""
        words = self.text, self.cw, self.poll, self.reply_id
        return self.renote_id is not None and not self.file_ids and words == (None,) * 4

    @property
    def is_public(self) -> bool:
        """Whether all may read it, and it is meant for all ('home' is not)."""
        return self.visibility == "public" and not self.is_hidden


_WHERE = re.compile(r"(?P<what>.*) - at `\$\.?(?P<where>[^`]*)`", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(?P<name>[^`]+)`")


def read(row: object) -> Note:
    """Read one note. Raises `RecordError` that names the field.

    >>> read({"id": ""})
    Traceback (most recent call last):
    collectors.errors.RecordError: Expected `str` of length >= 1
    """
    try:
        note = msgspec.convert(row, Note)
    except (msgspec.ValidationError, RecursionError) as error:
        found = _WHERE.fullmatch(str(error))
        what, where = (found["what"], found["where"]) if found else (str(error), "")
        if missing := _MISSING.fullmatch(what):
            where = f"{where}.{missing['name']}".lstrip(".")
        raise RecordError(what, field=where or None) from error
    return note


def set_aside(row: object, locator: str, error: RecordError) -> Rejected:
    """Keep what cannot be read, with the reason."""
    raw = raw_of(row)
    return Rejected(locator=locator, reason=error.reason, raw=raw, field=error.field)
