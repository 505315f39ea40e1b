"""The parts of API v2's answers that we read, and how strictly.

https://docs.x.com/x-api/fundamentals/data-dictionary
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import msgspec

from collectors.errors import PayloadError, RecordError

_INT64 = 2**63 - 1
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Count = Annotated[int, msgspec.Meta(ge=0, le=_INT64)]
Key = Annotated[str, msgspec.Meta(pattern="^[0-9]+$")]


class Tag(msgspec.Struct, frozen=True):
    """A hashtag in a text."""

    tag: str


class Link(msgspec.Struct, frozen=True):
    """A link in a text."""

    url: str
    expanded_url: str | None = None


class Mention(msgspec.Struct, frozen=True):
    """An account named in a text."""

    username: str
    id: Key | None = None


class Entities(msgspec.Struct, frozen=True):
    """What the API found in a text."""

    hashtags: list[Tag] = []
    urls: list[Link] = []
    mentions: list[Mention] = []


class Long(msgspec.Struct, frozen=True):
    """The whole text of a post of more than 280 characters."""

    text: str
    entities: Entities | None = None


class Reference(msgspec.Struct, frozen=True):
    """Another post: retweeted, quoted, replied_to."""

    type: str
    id: Key


class Metrics(msgspec.Struct, frozen=True):
    """The counts of a post."""

    retweet_count: Count | None = None
    reply_count: Count | None = None
    like_count: Count | None = None
    quote_count: Count | None = None
    impression_count: Count | None = None


class Tweet(msgspec.Struct, frozen=True):
    """A post."""

    id: Key
    text: str
    author_id: Key
    created_at: Moment
    lang: str | None = None
    in_reply_to_user_id: Key | None = None
    entities: Entities | None = None
    note_tweet: Long | None = None
    public_metrics: Metrics | None = None
    referenced_tweets: list[Reference] = []

    def reference(self, kind: str) -> str | None:
        """Give the id of the post that it repeats, quotes or answers."""
        return next((r.id for r in self.referenced_tweets if r.type == kind), None)

    @property
    def all_entities(self) -> list[Entities]:
        """What the API found in the text, and in the rest of a long one."""
        note = self.note_tweet.entities if self.note_tweet is not None else None
        return [entities for entities in (self.entities, note) if entities is not None]


class UserMetrics(msgspec.Struct, frozen=True):
    """The counts of an account."""

    followers_count: Count | None = None
    following_count: Count | None = None
    tweet_count: Count | None = None


class User(msgspec.Struct, frozen=True):
    """An account."""

    id: Key
    username: str
    name: str | None = None
    created_at: Moment | None = None
    public_metrics: UserMetrics | None = None


class Meta(msgspec.Struct, frozen=True):
    """What an answer says about itself."""

    result_count: Count
    next_token: str | None = None


class Includes(msgspec.Struct, frozen=True):
    """What came along."""

    users: list[object] = []


class Listing(msgspec.Struct, frozen=True):
    """An answer with records; they are read one by one, lest a page is lost with one of them."""

    meta: Meta
    data: list[object] = []
    includes: Includes = Includes()


_Record = TypeVar("_Record", Tweet, User)
_WHERE = re.compile(r"(?P<what>.*) - at `\$\.?(?P<where>[^`]*)`", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(?P<name>[^`]+)`")


def read(row: object, shape: type[_Record]) -> _Record:
    """Read one record. Raises `RecordError` that names the field."""
    try:
        return msgspec.convert(row, shape)
    except (msgspec.ValidationError, RecursionError) as error:
        found = _WHERE.fullmatch(str(error))
        what, where = (found["what"], found["where"]) if found else (str(error), "")
        if missing := _MISSING.fullmatch(what):
            where = f"{where}.{missing['name']}".lstrip(".")
        raise RecordError(what, field=where or None) from error


def listing_of(payload: object, address: str) -> Listing:
    """Read an answer. Raises `PayloadError`."""
    try:
        return msgspec.convert(payload, Listing)
    except msgspec.ValidationError as error:
        raise PayloadError(f"{address}: an answer of an unknown shape: {error}") from error


class _Counted(msgspec.Struct, frozen=True):
    total_tweet_count: Count


class _Counts(msgspec.Struct, frozen=True):
    meta: _Counted


def counted(payload: object, address: str) -> int:
    """Read how many posts there are. Raises `PayloadError`."""
    try:
        return msgspec.convert(payload, _Counts).meta.total_tweet_count
    except msgspec.ValidationError as error:
        raise PayloadError(f"{address}: an answer of an unknown shape: {error}") from error


class _DayUsage(msgspec.Struct, frozen=True):
    date: Moment
    usage: Count


class _DailyUsage(msgspec.Struct, frozen=True):
    usage: list[_DayUsage] = []


class _UsageData(msgspec.Struct, frozen=True):
    daily_project_usage: _DailyUsage = _DailyUsage()


class _Usage(msgspec.Struct, frozen=True):
    data: _UsageData


def utc(moment: datetime) -> datetime:
    """Return a moment in UTC. Raises `RecordError` at the edges of the calendar."""
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise RecordError(f"{moment} is outside of the calendar", field="created_at") from error


def used_on(payload: object, now: datetime, address: str) -> int:
    """Read how many posts the project has been charged for today. Raises `PayloadError`.

    https://docs.x.com/x-api/usage/get-usage
    """
    try:
        # Numbers come as texts there.
        days = msgspec.convert(payload, _Usage, strict=False).data.daily_project_usage.usage
    except msgspec.ValidationError as error:
        raise PayloadError(f"{address}: an answer of an unknown shape: {error}") from error
    return sum(day.usage for day in days if day.date.date() == now.date())
