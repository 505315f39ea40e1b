"""One shape for all sources. None means that the source did not say; it never stands for zero."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import msgspec

PostKind = Literal["original", "reply", "quote", "repost", "article"]
InteractionKind = Literal["repost", "quote", "reply", "mention", "forward", "link"]
# For good: post, author, and undone, a repost taken back (`key`: the `record_key` of the act).
# For a time: hidden, a post that is not shown now; away, an account that is not there now; and
# back, an account that is there again.
RemovalKind = Literal["post", "author", "undone", "hidden", "away", "back"]
# matched: the source gave it for the hashtag; referenced: it came along because a match points to
# it. Only matched posts are counted.
CapturedAs = Literal["matched", "referenced"]
# exact: the source says when; bounded: not later than `acted_at`, which is when we first saw it or
# better; unknown: no bound, `acted_at` is None.
Precision = Literal["exact", "bounded", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """An account as one source showed it."""

    author_key: str  # '{platform}:{native id}', or '{platform}:@{handle}' where only that is known
    platform: str
    handle: str | None = None
    display_name: str | None = None
    url: str | None = None
    created_at: datetime | None = None
    is_bot: bool | None = None  # the account says so of itself
    followers: int | None = None
    following: int | None = None
    posts: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One public message."""

    post_key: str  # '{platform}:{native id}'; on Mastodon the id is the `uri`, the same everywhere
    platform: str
    author_key: str
    kind: PostKind
    created_at: datetime  # its author's clock
    captured_as: CapturedAs = "matched"
    text: str | None = None
    lang: str | None = None
    url: str | None = None
    indexed_at: datetime | None = None  # the platform's clock
    edited_at: datetime | None = None
    hashtags_raw: tuple[str, ...] = ()  # as written; the page normalizes them
    urls: tuple[str, ...] = ()
    reply_to_key: str | None = None
    quote_of_key: str | None = None
    repost_of_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """One repost, quote, reply or mention: an edge from the acting author to another."""

    kind: InteractionKind
    platform: str
    author_key: str
    target_author_key: str | None
    post_key: str | None = None  # the acting post; None for a repost that is no post of its own
    target_post_key: str | None = None
    acted_at: datetime | None = None
    not_before: datetime | None = None  # the lower bound of a bounded time
    precision: Precision = "exact"
    via_key: str | None = None  # the repost through which it was found, where the platform says so
    # The platform's own name of an act that is no post (a Bluesky repost): what an undoing names.
    record_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """Counts of one post as one observer showed them at one time."""

    post_key: str
    observer: str
    taken_at: datetime
    reposts: int | None = None
    quotes: int | None = None
    replies: int | None = None
    likes: int | None = None
    views: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """A post or an account that its platform says is gone, or is not shown for now.

    Only what is gone for good (`deleted`) is a `post` or an `author`: a state that may end, as
    `suspended`, hides, and what was hidden comes back when its source shows it again.
    """

    kind: RemovalKind
    key: str  # post_key or author_key
    reason: str  # deleted; or deactivated, suspended, protected, unavailable, …; active
    removed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A record that could not be read, kept whole."""

    locator: str  # where it stood: 'file.jsonl:17', or the address of the page
    reason: str
    raw: str
    field: str | None = None


def raw_of(row: object) -> str:
    """Write a record as it is kept if it cannot be read.

    One that was nested just as deeply as can be read is too deep to be written further down.
    """
    try:
        return msgspec.json.encode(row).decode()
    except RecursionError:
        return "(nested too deeply to be kept)"
