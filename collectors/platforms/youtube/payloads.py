"""The parts of the Data API's resources that we read, and how strictly.

A field without a default must be there: one that is renamed must not read as a calm day.
https://developers.google.com/youtube/v3/docs/videos
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, TypeVar

import msgspec

from collectors.errors import PayloadError, RecordError
from collectors.records import Rejected, raw_of

_INT64 = 2**63 - 1
_COUNT = re.compile(r"\d{1,19}", re.ASCII)
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Id = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.-]{1,128}$")]


class Answer(msgspec.Struct, frozen=True, rename="camel"):
    """A page of any kind."""

    items: list[object]
    next_page_token: str | None = None


class ChannelsAnswer(msgspec.Struct, frozen=True):
    """`channels.list` leaves `items` out where it knows none; `kind` says what it is."""

    kind: str
    items: list[object] = []


class FoundId(msgspec.Struct, frozen=True, rename="camel"):
    """What a search result names."""

    video_id: Id


class FoundSnippet(msgspec.Struct, frozen=True, rename="camel"):
    """What a search result says of it."""

    published_at: Moment


class Found(msgspec.Struct, frozen=True):
    """https://developers.google.com/youtube/v3/docs/search#resource"""

    id: FoundId
    snippet: FoundSnippet


class VideoSnippet(msgspec.Struct, frozen=True, rename="camel"):
    """What a video is."""

    published_at: Moment
    channel_id: Id
    title: str
    description: str
    channel_title: str | None = None
    tags: list[str] = []
    default_language: str | None = None
    default_audio_language: str | None = None


class VideoCounts(msgspec.Struct, frozen=True, rename="camel"):
    """Numbers as text; one that its owner hides is left out."""

    view_count: str | None = None
    like_count: str | None = None
    comment_count: str | None = None


class Video(msgspec.Struct, frozen=True):
    """https://developers.google.com/youtube/v3/docs/videos#resource"""

    id: Id
    snippet: VideoSnippet
    statistics: VideoCounts = VideoCounts()


class CountedVideo(msgspec.Struct, frozen=True):
    """A video of which only the counts were asked for."""

    id: Id
    statistics: VideoCounts


class ChannelSnippet(msgspec.Struct, frozen=True, rename="camel"):
    """What a channel is."""

    custom_url: str | None = None
    published_at: Moment | None = None


class ChannelCounts(msgspec.Struct, frozen=True, rename="camel"):
    """Subscribers are rounded to three digits, or hidden."""

    subscriber_count: str | None = None
    hidden_subscriber_count: bool = False
    video_count: str | None = None


class Channel(msgspec.Struct, frozen=True):
    """https://developers.google.com/youtube/v3/docs/channels#resource"""

    id: Id
    snippet: ChannelSnippet = ChannelSnippet()
    statistics: ChannelCounts = ChannelCounts()


class CommentAuthor(msgspec.Struct, frozen=True):
    """The channel of who wrote a comment."""

    value: Id


class CommentSnippet(msgspec.Struct, frozen=True, rename="camel"):
    """What a comment says."""

    text_display: str
    published_at: Moment
    updated_at: Moment | None = None
    author_display_name: str | None = None
    author_channel_id: CommentAuthor | None = None
    like_count: Annotated[int, msgspec.Meta(ge=0, le=_INT64)] | None = None


class Comment(msgspec.Struct, frozen=True):
    """https://developers.google.com/youtube/v3/docs/comments#resource"""

    id: Id
    snippet: CommentSnippet


class ThreadSnippet(msgspec.Struct, frozen=True, rename="camel"):
    """A comment on a video, and how many answers it has."""

    top_level_comment: Comment
    total_reply_count: Annotated[int, msgspec.Meta(ge=0, le=_INT64)] | None = None


class Thread(msgspec.Struct, frozen=True):
    """https://developers.google.com/youtube/v3/docs/commentThreads#resource"""

    snippet: ThreadSnippet


_WHERE = re.compile(r"(?P<what>.*) - at `\$\.?(?P<where>[^`]*)`", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(?P<name>[^`]+)`")
_Shape = TypeVar("_Shape")
_Page = TypeVar("_Page", Answer, ChannelsAnswer)


def answer_of(payload: object, shape: type[_Page], address: str) -> _Page:
    """Read a page without its records. Raises `PayloadError`."""
    try:
        return msgspec.convert(payload, shape)
    except (msgspec.ValidationError, RecursionError) as error:
        raise PayloadError(f"{address}: unknown answer: {error}") from error


def read_all(
    rows: list[object],
    shape: type[_Shape],
    address: str,
    *,
    check: Callable[[_Shape], object] = bool,
) -> tuple[list[_Shape], list[Rejected]]:
    """Read records one by one; `check` raises `RecordError` for what no shape can tell.

    Raises `PayloadError` if none of several can be read.
    """
    found: list[_Shape] = []
    rejected: list[Rejected] = []
    for place, row in enumerate(rows):
        try:
            one = read(row, shape)
            check(one)
            found.append(one)
        except RecordError as error:
            rejected.append(set_aside(row, f"{address}#{place}", error))
    if len(rejected) == len(rows) > 1:
        why = f"{rejected[0].field}: {rejected[0].reason}"
        raise PayloadError(f"{address}: none of {len(rows)} records can be read: {why}")
    return found, rejected


def read(row: object, shape: type[_Shape]) -> _Shape:
    """Read one record. Raises `RecordError` that names the field."""
    try:
        return msgspec.convert(row, shape)
    except (msgspec.ValidationError, RecursionError) as error:
        found = _WHERE.fullmatch(str(error))
        what, where = (found["what"], found["where"]) if found else (str(error), "")
        if missing := _MISSING.fullmatch(what):
            where = f"{where}.{missing['name']}".lstrip(".")
        raise RecordError(what, field=where or None) from error


def set_aside(row: object, locator: str, error: RecordError) -> Rejected:
    """Keep what cannot be read, with the reason."""
    raw = raw_of(row)
    return Rejected(locator=locator, reason=error.reason, raw=raw, field=error.field)


def count_of(written: str | None, field: str) -> int | None:
    """Read a number that comes as text; None where it is hidden. Raises `RecordError`.

    >>> count_of("1204", "viewCount"), count_of(None, "likeCount")
    (1204, None)
    """
    if written is None:
        return None
    if not _COUNT.fullmatch(written) or int(written) > _INT64:
        raise RecordError(f"{written[:40]!r} is no count", field=f"statistics.{field}")
    return int(written)
