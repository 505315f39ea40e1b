"""Notes into posts, their authors, their counts and what they do to other posts."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from collectors import hashtags, moments
from collectors.errors import PayloadError, RecordError
from collectors.page import Page, page_of
from collectors.platforms.misskey.keys import (
    PLATFORM,
    author_key,
    handle,
    key_of,
    platform_of,
    post_key,
    uri_of,
)
from collectors.platforms.misskey.payloads import Note, User, read, set_aside
from collectors.records import (
    Author,
    CapturedAs,
    Engagement,
    Interaction,
    InteractionKind,
    Post,
    PostKind,
    Rejected,
    Removal,
)

_LINK = re.compile(r"https?://[^\s<>\"]+")
# https://misskey-hub.net/en/docs/for-users/features/mfm/ : @name of this server, @name@server
_MENTION = re.compile(r"(?<![\w/@.])@([\w-]+)(?:@([\w.-]+\w))?", re.ASCII)
_Record = TypeVar("_Record")


@dataclass(frozen=True, slots=True)
class View:
    """What a note does not tell itself: who looked, and when."""

    source: str
    host: str
    now: datetime


@dataclass(slots=True)
class Records:
    """What notes hold."""

    posts: list[Post] = field(default_factory=list)
    authors: list[Author] = field(default_factory=list)
    interactions: list[Interaction] = field(default_factory=list)
    engagement: list[Engagement] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)
    received: int = 0

    def page(self, cursor: str | None = None) -> Page:
        """Make a page, with each post, author and count once."""
        # A match comes before a mere reference to the same post; a server may repeat either.
        posts = sorted(self.posts, key=lambda post: post.captured_as != "matched")
        return page_of(
            posts=_first(posts, lambda post: post.post_key),
            authors=_first(self.authors, lambda author: author.author_key),
            interactions=dict.fromkeys(self.interactions),
            engagement=_first(self.engagement, lambda counts: counts.post_key),
            rejected=self.rejected,
            removals=self.removals,
            received=self.received,
            cursor=cursor,
        )

    def add(self, note: Note, captured_as: CapturedAs, view: View) -> None:
        """Take a note with its author and counts."""
        self.posts.append(_post(note, captured_as, view))
        self.authors.append(author_of(note.user, view.host))
        self.engagement.append(
            Engagement(
                post_key=post_key(note, view.host),
                observer=view.source,
                taken_at=view.now,
                # Misskey counts quotes among the renotes, and leaves out bots and the author.
                reposts=note.renote_count,
                replies=note.replies_count,
                likes=sum(note.reactions.values()),
            )
        )


def read_notes(rows: Sequence[object], address: str) -> tuple[list[tuple[int, Note]], Records]:
    """Give the notes that can be read, with their places, and records with those that cannot."""
    notes: list[tuple[int, Note]] = []
    found = Records(received=len(rows))
    for place, row in enumerate(rows):
        try:
            notes.append((place, read(row)))
        except RecordError as error:
            found.rejected.append(set_aside(row, f"{address}#{place}", error))
    return notes, found


def page_of_notes(
    rows: Sequence[object], hashtag: str, *, address: str, view: View, cursor: str | None
) -> Page:
    """Make a page of what a server gave for a hashtag.

    Raises `PayloadError` if nothing on it can be read: the shape has changed.
    """
    notes, found = read_notes(rows, address)
    users = {
        one.user.id: key_of(one.user, view.host)
        for _, note in notes
        for one in (note, note.reply, note.renote)
        if one is not None
    }
    undated = []
    for place, note in notes:
        if not note.is_public:
            continue
        if (odd := moments.odd(note.created_at, "createdAt")) is not None:
            undated.append(set_aside(rows[place], f"{address}#{place}", odd))
            continue
        try:
            _take(found, note, hashtag, users, view)
        except RecordError as error:
            found.rejected.append(set_aside(rows[place], f"{address}#{place}", error))
    if len(found.rejected) == len(rows) > 1:
        why = f"{found.rejected[0].field}: {found.rejected[0].reason}"
        raise PayloadError(f"{address}: none of {len(rows)} notes can be read: {why}")
    found.rejected += undated
    return found.page(cursor)


def acts_of(note: Note, view: View) -> Iterator[Interaction]:
    """Give whom a note passes on, quotes and answers."""
    acting = key_of(note.user, view.host)

    def act(kind: InteractionKind, target: Note | None, key: str) -> Interaction:
        return Interaction(
            kind=kind,
            platform=platform_of(acting),
            author_key=acting,
            target_author_key=None if target is None else key_of(target.user, view.host),
            # A renote is no post of its own: servers of other software name it in other ways.
            post_key=None if kind == "repost" else post_key(note, view.host),
            target_post_key=key,
            acted_at=moments.utc(note.created_at),
        )

    if (renoted := _key_of(note.renote, note.renote_id, view)) is not None:
        yield act("repost" if note.is_renote else "quote", note.renote, renoted)
    if (answered := _key_of(note.reply, note.reply_id, view)) is not None:
        yield act("reply", note.reply, answered)


def author_of(user: User, host: str) -> Author:
    """Read an account into a record."""
    key = key_of(user, host)
    at = user.host or host
    is_here = platform_of(key) == PLATFORM
    return Author(
        author_key=key,
        platform=platform_of(key),
        handle=handle(user.username, at),
        display_name=user.name,
        url=f"https://{at}/@{user.username}" if is_here else None,
        is_bot=user.is_bot if is_here else None,
    )


def _take(found: Records, note: Note, hashtag: str, users: Mapping[str, str], view: View) -> None:
    if hashtag not in hashtags.normalize_all(note.tags):
        raise RecordError(f"given for {hashtag}, and does not carry it", field="tags")
    found.add(note, "matched", view)
    found.interactions += acts_of(note, view)
    found.interactions += _mentions(note, users, view)
    for shown in (note.renote, note.reply):
        # Who quotes a note that is not public shows it to the readers of the quote, not to all.
        if shown is not None and shown.is_public and not shown.is_renote:
            found.add(shown, "referenced", view)


def _mentions(note: Note, users: Mapping[str, str], view: View) -> Iterator[Interaction]:
    """Give whom a note names. It tells their ids; only its text tells their handles."""
    acting = key_of(note.user, view.host)
    home = note.user.host or view.host
    written = dict.fromkeys(
        author_key(name, at or home) for name, at in _MENTION.findall(note.text or "")
    )
    if len(written) != len(set(note.mentions)):
        # Names in the text that are no accounts, or accounts that the text does not name.
        written = dict.fromkeys(users[one] for one in note.mentions if one in users)
    for named in written:
        yield Interaction(
            kind="mention",
            platform=platform_of(acting),
            author_key=acting,
            target_author_key=named,
            post_key=post_key(note, view.host),
            acted_at=moments.utc(note.created_at),
        )


def _post(note: Note, captured_as: CapturedAs, view: View) -> Post:
    key = post_key(note, view.host)
    # A warning stands before the text, and is often all that is read of it.
    text = "\n".join(part for part in (note.cw, note.text) if part)
    tags = hashtags.normalize_all(note.tags)
    written = [tag for tag in hashtags.in_text(text) if hashtags.normalize(tag) in tags]
    shown = set(hashtags.normalize_all(written))
    links = (link.rstrip(".,;:!?)]}'") for link in _LINK.findall(text))
    return Post(
        post_key=key,
        platform=platform_of(key),
        author_key=key_of(note.user, view.host),
        kind=_kind(note),
        created_at=moments.utc(note.created_at),
        captured_as=captured_as,
        text=text,
        url=note.url or uri_of(note, view.host),
        edited_at=moments.known_at(note.updated_at),
        # The server folds upper and lower case; the text has them as they were written.
        hashtags_raw=tuple(
            dict.fromkeys((*written, *(t for t in note.tags if hashtags.normalize(t) not in shown)))
        ),
        urls=tuple(dict.fromkeys(links)),
        reply_to_key=_key_of(note.reply, note.reply_id, view),
        quote_of_key=None if note.is_renote else _key_of(note.renote, note.renote_id, view),
    )


def _kind(note: Note) -> PostKind:
    if note.renote_id is not None:
        return "quote"
    return "original" if note.reply_id is None else "reply"


def _key_of(shown: Note | None, local_id: str | None, view: View) -> str | None:
    """Give the key of a note that another points to.

    What is not shown is not known by its uri: then an alias stands for it, good for telling posts
    apart on this server.
    """
    if local_id is None:
        return None
    return f"{PLATFORM}:{view.host}#{local_id}" if shown is None else post_key(shown, view.host)


def _first(records: Iterable[_Record], key: Callable[[_Record], str]) -> Collection[_Record]:
    first: dict[str, _Record] = {}
    for record in records:
        first.setdefault(key(record), record)
    return first.values()
