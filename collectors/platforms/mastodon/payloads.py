"""The parts of Mastodon's entities that we read, and how strictly.

A field without a default must be there: one that is renamed must not read as a calm day.
https://docs.joinmastodon.org/entities/Status/
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, TypeVar

import msgspec

from collectors.errors import PayloadError, RecordError

_INT64 = 2**63 - 1
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Count = Annotated[int, msgspec.Meta(ge=0, le=_INT64)]
# glitch-soc writes -1 where an account hides the number of its followers.
HiddenCount = Annotated[int, msgspec.Meta(ge=-1, le=_INT64)]
Key = Annotated[str, msgspec.Meta(min_length=1)]


class Account(msgspec.Struct, frozen=True):
    """https://docs.joinmastodon.org/entities/Account/"""

    id: Key
    acct: Key
    display_name: str
    url: str | None
    created_at: Moment | None
    bot: bool
    followers_count: HiddenCount
    following_count: HiddenCount
    statuses_count: HiddenCount
    uri: str | None = None  # since 4.2


class Mention(msgspec.Struct, frozen=True):
    """An account named in a status. It has no `uri`: so `acct` is what names accounts here."""

    id: Key
    acct: Key


class Tag(msgspec.Struct, frozen=True):
    """A hashtag, in the spelling that the server saw first."""

    name: str


class Card(msgspec.Struct, frozen=True):
    """The preview of a link. The server fetches it later: it may come with the next visit."""

    url: str | None = None


class Quote(msgspec.Struct, frozen=True):
    """A quote, since 4.4. Nothing in it is required: forks put other things here."""

    state: str | None = None
    quoted_status: Status | None = None
    quoted_status_id: str | None = None


class Status(msgspec.Struct, frozen=True):
    """A post. `id` and `in_reply_to_id` mean something on one server only; `uri` everywhere."""

    id: Key
    uri: Key
    created_at: Moment
    visibility: str
    account: Account
    content: str
    tags: list[Tag]
    mentions: list[Mention]
    in_reply_to_id: str | None
    in_reply_to_account_id: str | None
    replies_count: Count
    reblogs_count: Count
    favourites_count: Count
    quotes_count: Count | None = None  # since 4.5
    url: str | None = None
    language: str | None = None
    edited_at: Moment | None = None
    card: Card | None = None
    quote: Quote | None = None
    reblog: Status | None = None

    @property
    def quoted(self) -> Status | None:
        """The quoted status, if its author lets it be quoted."""
        if self.quote is None or self.quote.state in _NOT_QUOTED:
            return None
        return self.quote.quoted_status

    @property
    def quoted_id(self) -> str | None:
        """The local id of the quoted status, where the server does not show more of it."""
        if self.quote is None or self.quote.state in _NOT_QUOTED:
            return None
        return self.quote.quoted_status_id


# https://docs.joinmastodon.org/entities/Quote/#state
_NOT_QUOTED = frozenset({"pending", "rejected", "revoked", "deleted", "unauthorized"})

_WHERE = re.compile(r"(?P<what>.*) - at `\$\.?(?P<where>[^`]*)`", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(?P<name>[^`]+)`")
_Shape = TypeVar("_Shape", Status, Account)


def read(row: object, shape: type[_Shape]) -> _Shape:
    """Read one status or account. Raises `RecordError` that names the field.

    >>> read({"id": "1", "acct": 7}, Account)
    Traceback (most recent call last):
    collectors.errors.RecordError: Expected `str`, got `int`
    """
    try:
        return msgspec.convert(row, shape)
    except (msgspec.ValidationError, RecursionError) as error:
        found = _WHERE.fullmatch(str(error))
        what, where = (found["what"], found["where"]) if found else (str(error), "")
        if missing := _MISSING.fullmatch(what):
            where = f"{where}.{missing['name']}".lstrip(".")
        raise RecordError(what, field=where or None) from error


class _Found(msgspec.Struct, frozen=True):
    id: Key
    uri: Key


class _Search(msgspec.Struct, frozen=True):
    statuses: list[_Found]


def local_id_in(search: object, uri: str, address: str) -> str | None:
    """Give the local id of a status, if a search found it. Raises `PayloadError`."""
    try:
        found = msgspec.convert(search, _Search).statuses
    except msgspec.ValidationError as error:
        raise PayloadError(f"{address}: unknown answer to a search: {error}") from error
    return next((status.id for status in found if status.uri == uri), None)


class _Context(msgspec.Struct, frozen=True):
    descendants: list[object]


def descendants_in(context: object, address: str) -> list[object]:
    """Give the statuses below another. Raises `PayloadError`.

    https://docs.joinmastodon.org/entities/Context/
    """
    try:
        return msgspec.convert(context, _Context).descendants
    except msgspec.ValidationError as error:
        raise PayloadError(f"{address}: unknown answer to a conversation: {error}") from error


class _Known(msgspec.Struct, frozen=True):
    id: Key
    suspended: bool | None = None  # some servers say null of an account that is well


def is_suspended(account: object, address: str) -> bool:
    """Tell whether a server suspended an account. Raises `PayloadError`.

    https://docs.joinmastodon.org/entities/Account/#suspended
    """
    try:
        return msgspec.convert(account, _Known).suspended is True
    except msgspec.ValidationError as error:
        raise PayloadError(f"{address}: unknown answer about an account: {error}") from error
