"""Events into posts, their authors and their interactions.

Threads: https://github.com/nostr-protocol/nips/blob/master/10.md
Reposts and quotes: https://github.com/nostr-protocol/nips/blob/master/18.md
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from collectors import hashtags
from collectors.collector import PostRef
from collectors.errors import PayloadError, RecordError
from collectors.page import Page, page_of
from collectors.platforms.nostr.events import (
    GENERIC_REPOST,
    NOTE,
    PLATFORM,
    REPOST,
    Event,
    Reading,
    is_id,
    moment,
    set_aside,
    verified,
)
from collectors.records import Author, CapturedAs, Interaction, InteractionKind, Post, Rejected

KINDS = (NOTE, REPOST, GENERIC_REPOST)
_LINK = re.compile(r"https?://[^\s<>\"'`]+")
_AFTER_A_LINK = ".,;:!?)]}…"


@dataclass(frozen=True, slots=True)
class _Target:
    """Whom or what an event points to, as far as it says."""

    post_key: str | None
    author_key: str | None


@dataclass(slots=True)
class _Records:
    posts: dict[str, Post] = field(default_factory=dict)
    authors: dict[str, Author] = field(default_factory=dict)
    interactions: dict[Interaction, None] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)

    def add(self, event: Event, captured_as: CapturedAs, carried: Event | None = None) -> None:
        key = author_key(event.pubkey)
        self.authors.setdefault(key, Author(author_key=key, platform=PLATFORM))
        known = self.posts.get(post_key(event.id))
        if known is None or captured_as == "matched":
            self.posts[post_key(event.id)] = _post(event, captured_as, carried)


def post_key(event_id: str) -> str:
    """Give the key of an event: its id is the same on every relay."""
    return f"{PLATFORM}:{event_id}"


def author_key(pubkey: str) -> str:
    """Give the key of an author."""
    return f"{PLATFORM}:{pubkey}"


def page_of_notes(
    reading: Reading,
    hashtag: str,
    *,
    address: str,
    now: datetime,
    cursor: str | None = None,
    reached_at: datetime | None = None,
    beyond: str | None = None,
) -> Page:
    """Make a page of what carries the hashtag. Raises `PayloadError` if nothing can be read."""
    found = _Records(rejected=list(reading.rejected))
    for event in reading.events:
        if event.kind not in KINDS or not _carries(event, hashtag):
            continue
        carried = _carried(event, now)
        try:
            acts = list(_interactions(event, carried))
        except RecordError as error:
            found.rejected.append(_aside(event, address, error))
            continue
        found.add(event, "matched", carried)
        found.interactions.update(dict.fromkeys(acts))
        if carried is not None and carried.kind == NOTE:
            found.add(carried, "referenced")
    refuse_if_unread(found.rejected, reading.received, address)
    return page_of(
        posts=found.posts.values(),
        authors=found.authors.values(),
        interactions=found.interactions,
        rejected=found.rejected,
        received=reading.received,
        cursor=cursor,
        reached_at=reached_at,
        beyond=beyond,
    )


def page_of_acts(reading: Reading, post: PostRef, *, address: str, now: datetime) -> Page:
    """Make a page of the reposts, quotes and replies of one post."""
    found = _Records(rejected=list(reading.rejected))
    for event in reading.events:
        if event.kind not in KINDS:
            continue
        carried = _carried(event, now)
        try:
            acts = [
                act
                for act in _interactions(event, carried, target_author=post.author_key)
                if act.target_post_key == post.post_key
            ]
        except RecordError as error:
            found.rejected.append(_aside(event, address, error))
            continue
        if acts:  # a mere mention of the post, or an answer further down, is none of its own
            found.add(event, "referenced", carried)
            found.interactions.update(dict.fromkeys(acts))
    refuse_if_unread(found.rejected, reading.received, address)
    return page_of(
        posts=[one for one in found.posts.values() if one.post_key != post.post_key],
        authors=found.authors.values(),
        interactions=found.interactions,
        rejected=found.rejected,
        received=reading.received,
    )


def refuse_if_unread(rejected: Sequence[Rejected], received: int, address: str) -> None:
    """Raise `PayloadError` if nothing of an answer can be read: its shape has changed."""
    if len(rejected) == received > 1:
        why = f"{rejected[0].field}: {rejected[0].reason}"
        raise PayloadError(f"{address}: none of {received} events can be read: {why}")


def _aside(event: Event, address: str, error: RecordError) -> Rejected:
    row = {name: getattr(event, name) for name in event.__struct_fields__}
    return set_aside(row, f"{address}#{event.id}", error)


def _carries(event: Event, hashtag: str) -> bool:
    return any(hashtags.normalize(tag[1]) == hashtag for tag in event.tagged("t"))


def _post(event: Event, captured_as: CapturedAs, carried: Event | None) -> Post:
    is_repost = event.kind != NOTE
    quoted = None if is_repost else _quoted(event)
    replied = None if is_repost else _replied(event)
    reposted = _reposted(event, carried) if is_repost else None
    language = (tag[1] for tag in event.tagged("l") if tag[2:3] == ["ISO-639-1"])
    return Post(
        post_key=post_key(event.id),
        platform=PLATFORM,
        author_key=author_key(event.pubkey),
        kind="repost" if reposted else "quote" if quoted else "reply" if replied else "original",
        created_at=moment(event),
        captured_as=captured_as,
        # The content of a repost is the reposted event once more, as JSON.
        text=None if is_repost else event.content,
        lang=next(language, None),
        url=f"https://njump.me/{event.id}",
        hashtags_raw=tuple(tag[1] for tag in event.tagged("t")),
        urls=() if is_repost else _links(event),
        reply_to_key=replied.post_key if replied else None,
        quote_of_key=quoted.post_key if quoted else None,
        repost_of_key=reposted.post_key if reposted else None,
    )


def _links(event: Event) -> tuple[str, ...]:
    named = [tag[1] for tag in event.tagged("r") if _LINK.fullmatch(tag[1])]
    written = [link.rstrip(_AFTER_A_LINK) for link in _LINK.findall(event.content)]
    return tuple(dict.fromkeys((*written, *named)))


def _interactions(
    event: Event, carried: Event | None, *, target_author: str | None = None
) -> Iterator[Interaction]:
    """Give what an event does to others. Raises `RecordError` if it is a repost of nothing."""

    def act(kind: InteractionKind, target: _Target) -> Interaction:
        return Interaction(
            kind=kind,
            platform=PLATFORM,
            author_key=author_key(event.pubkey),
            target_author_key=target_author or target.author_key,
            post_key=post_key(event.id),
            target_post_key=target.post_key,
            acted_at=moment(event),
        )

    if event.kind != NOTE:
        yield act("repost", _reposted(event, carried))
        return
    if (quoted := _quoted(event)) is not None:
        yield act("quote", quoted)
    if (replied := _replied(event)) is not None:
        yield act("reply", replied)
    for tag in event.tagged("p"):
        if is_id(tag[1]):
            yield act("mention", _Target(None, author_key(tag[1])))


def _carried(event: Event, now: datetime) -> Event | None:
    """Give the event that a repost carries, if it is the one that it names."""
    if event.kind == NOTE or not event.content:
        return None
    carried = verified(event.content, now)
    named = [tag[1] for tag in event.tagged("e")]
    return carried if carried is not None and (not named or carried.id == named[-1]) else None


def _reposted(event: Event, carried: Event | None) -> _Target:
    if carried is not None:
        return _Target(post_key(carried.id), author_key(carried.pubkey))
    named = [tag for tag in event.tagged("e") if is_id(tag[1])]
    if not named:
        raise RecordError("a repost that does not name what it passes on", field="tags")
    authors = [tag[1] for tag in event.tagged("p") if is_id(tag[1])]
    # With several names it is not said whose the post is.
    whose = author_key(authors[0]) if len(set(authors)) == 1 else None
    return _Target(post_key(named[-1][1]), whose)


def _quoted(event: Event) -> _Target | None:
    for tag in event.tagged("q"):
        whose = author_key(tag[3]) if is_id("".join(tag[3:4])) else None
        if is_id(tag[1]):
            return _Target(post_key(tag[1]), whose)
        parts = tag[1].split(":", 2)  # an article's address: kind, author, name
        if len(parts) == 3 and is_id(parts[1]):
            return _Target(None, author_key(parts[1]))
    return None


def _replied(event: Event) -> _Target | None:
    """Give what a note answers: by marks, or by place as older clients write it."""
    named = [tag for tag in event.tagged("e") if is_id(tag[1])]
    marks = {mark: tag for tag in reversed(named) for mark in tag[3:4] if mark}
    tag = marks.get("reply") or marks.get("root")
    if tag is None and named and not marks:
        tag = named[-1]
    if tag is None:
        return None
    return _Target(post_key(tag[1]), author_key(tag[4]) if is_id("".join(tag[4:5])) else None)
