"""Posts of Threads as records. The API shows no counts of other people's posts, and no ids of them.

A post's key is the code in its address: so files of the same posts (Zeeschuimer) agree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec

from collectors import hashtags
from collectors.errors import RecordError
from collectors.moments import posted_at
from collectors.records import (
    Author,
    Interaction,
    InteractionKind,
    Post,
    PostKind,
    Rejected,
    raw_of,
)

PLATFORM = "threads"
_CODE = re.compile(r"/(?:post|t)/([A-Za-z0-9_-]+)")
_MENTION = re.compile(r"(?<![\w/@.])@([A-Za-z0-9_](?:[A-Za-z0-9_.]{0,28}[A-Za-z0-9_])?)")
_LINK = re.compile(r"https?://[^\s<>\"]+")


class Other(msgspec.Struct, frozen=True):
    """Another post; its id is Meta's own, and not the code of its address."""

    id: str


class Thread(msgspec.Struct, frozen=True):
    """A post. https://developers.facebook.com/docs/threads/reference/media-retrieval"""

    id: Annotated[str, msgspec.Meta(min_length=1)]
    permalink: str
    timestamp: str
    username: Annotated[str, msgspec.Meta(min_length=1)]
    text: str = ""
    is_quote_post: bool = False
    is_reply: bool = False
    topic_tag: str | None = None
    link_attachment_url: str | None = None
    shortcode: str | None = None
    quoted_post: Other | None = None
    reposted_post: Other | None = None
    replied_to: Other | None = None

    @property
    def code(self) -> str:
        """The code in its address. Raises `RecordError`."""
        found = _CODE.search(self.permalink)
        code = self.shortcode or (found[1] if found else None)
        if code is None:
            raise RecordError(
                f"{self.permalink[:100]!r} holds no code of a post", field="permalink"
            )
        return code

    @property
    def tags(self) -> tuple[str, ...]:
        """The topic, which stands beside the text, and the hashtags within it."""
        topic = (self.topic_tag,) if self.topic_tag else ()
        return tuple(dict.fromkeys((*topic, *hashtags.in_text(self.text))))

    @property
    def at(self) -> datetime:
        """When it was posted. Raises `RecordError`."""
        try:
            when = datetime.fromisoformat(self.timestamp)
        except ValueError:
            raise RecordError(f"{self.timestamp[:60]!r} is no time", field="timestamp") from None
        if when.tzinfo is None:
            raise RecordError(f"{self.timestamp!r} has no time zone", field="timestamp")
        return posted_at(when, field="timestamp", written=self.timestamp)


@dataclass(frozen=True, slots=True)
class Found:
    """One post with its author and what it does."""

    post: Post
    author: Author
    acts: tuple[Interaction, ...]


_WHERE = re.compile(r"(?P<what>.*) - at `\$\.?(?P<where>[^`]*)`", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(?P<name>[^`]+)`")


def read(row: object) -> Thread:
    """Read one post. Raises `RecordError` that names the field."""
    try:
        return msgspec.convert(row, Thread)
    except (msgspec.ValidationError, RecursionError) as error:
        found = _WHERE.fullmatch(str(error))
        what, where = (found["what"], found["where"]) if found else (str(error), "")
        if missing := _MISSING.fullmatch(what):
            where = f"{where}.{missing['name']}".lstrip(".")
        raise RecordError(what, field=where or None) from error


def found_in(thread: Thread) -> Found:
    """Give what a post holds. Raises `RecordError`."""
    who = f"{PLATFORM}:@{thread.username.lower()}"
    targets: Mapping[InteractionKind, Other | None] = {
        "repost": thread.reposted_post,
        "quote": thread.quoted_post,
        "reply": thread.replied_to,
    }
    # Not by its code: an alias stands for it, good for telling posts apart.
    keys = {k: None if o is None else f"{PLATFORM}:id/{o.id}" for k, o in targets.items()}
    links = (*_LINK.findall(thread.text), *filter(None, [thread.link_attachment_url]))
    post = Post(
        post_key=f"{PLATFORM}:{thread.code}",
        platform=PLATFORM,
        author_key=who,
        kind=_kind(thread),
        created_at=thread.at,
        text=thread.text,
        url=thread.permalink,
        hashtags_raw=thread.tags,
        urls=tuple(dict.fromkeys(links)),
        reply_to_key=keys["reply"],
        quote_of_key=keys["quote"],
        repost_of_key=keys["repost"],
    )
    author = Author(
        author_key=who,
        platform=PLATFORM,
        handle=thread.username,
        url=f"https://www.threads.com/@{thread.username}",
    )
    return Found(post, author, tuple(_acts(thread, post, keys)))


def _kind(thread: Thread) -> PostKind:
    if thread.reposted_post is not None:
        return "repost"
    if thread.is_quote_post or thread.quoted_post is not None:
        return "quote"
    return "reply" if thread.is_reply or thread.replied_to is not None else "original"


def _acts(
    thread: Thread, post: Post, keys: Mapping[InteractionKind, str | None]
) -> list[Interaction]:
    def act(kind: InteractionKind, whom: str | None, what: str | None) -> Interaction:
        return Interaction(
            kind=kind,
            platform=PLATFORM,
            author_key=post.author_key,
            target_author_key=whom,
            post_key=post.post_key,
            target_post_key=what,
            acted_at=post.created_at,
        )

    named = dict.fromkeys(f"{PLATFORM}:@{name.lower()}" for name in _MENTION.findall(thread.text))
    return [
        *(act(kind, None, key) for kind, key in keys.items() if key is not None),
        *(act("mention", whom, None) for whom in named if whom != post.author_key),
    ]


def set_aside(row: object, locator: str, error: RecordError) -> Rejected:
    """Keep what could not be read, with the reason."""
    raw = raw_of(row)
    return Rejected(locator=locator, reason=error.reason, raw=raw, field=error.field)
