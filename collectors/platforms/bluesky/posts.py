"""The record of a post, which its author wrote, as gaung's: the same wherever it is met.

https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/post.json

Nothing checks these records but the app that wrote them: what is not as it should be is left out,
and what is left stays. Whom a post answers or quotes stands in the record, also where the other
post is gone, blocked or detached: those who show it then say `not found`, which is not `none`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from collectors import hashtags
from collectors.errors import RecordError
from collectors.moments import known_at
from collectors.records import (
    Author,
    CapturedAs,
    Interaction,
    InteractionKind,
    Post,
    PostKind,
    Removal,
)

PLATFORM = "bluesky"
_FRACTION = re.compile(r"(\.\d{6})\d+")
_SKEW = timedelta(minutes=5)
_POST_URI = re.compile(r"at://(did:[a-z0-9]+:[^/\s]+)/app\.bsky\.feed\.post/([^/\s]+)")


@dataclass(slots=True)
class Found:
    """What has been read so far."""

    posts: list[Post] = field(default_factory=list)
    authors: dict[str, Author] = field(default_factory=dict)
    interactions: list[Interaction] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)

    def __len__(self) -> int:
        """Count the records, but for authors."""
        return len(self.posts) + len(self.interactions) + len(self.removals)


@dataclass(frozen=True, slots=True)
class Written:
    """What an author wrote into the record of a post. Uris and dids as the network has them."""

    text: str | None
    lang: str | None
    created_at: datetime
    hashtags_raw: tuple[str, ...]
    links: tuple[str, ...]
    mentions: tuple[str, ...]
    parent: str | None
    quoted: str | None

    @property
    def kind(self) -> PostKind:
        """Name what it is: a quote that is also an answer is a quote."""
        return "quote" if self.quoted else "reply" if self.parent else "original"

    def has_any(self, tags: frozenset[str]) -> bool:
        """Tell whether it carries one of some hashtags, in their one spelling."""
        return not tags.isdisjoint(hashtags.normalize_all(self.hashtags_raw))


def read_post(record: dict[str, Any], *, seen_at: datetime) -> Written:
    """Read the record of a post. seen_at: when the network first saw it."""
    text = record.get("text")
    text = text if isinstance(text, str) else None
    facets = _facets(record)
    reply, langs = record.get("reply"), record.get("langs")
    lang = langs[0] if isinstance(langs, list) and langs else None
    return Written(
        text=text,
        lang=lang if isinstance(lang, str) else None,
        created_at=written_at(record.get("createdAt"), seen_at),
        hashtags_raw=_hashtags(record, facets, text),
        links=_links(facets, record.get("embed")),
        mentions=_mentions(facets),
        parent=uri_in(reply.get("parent")) if isinstance(reply, dict) else None,
        quoted=_quoted(record.get("embed")),
    )


def add_post(
    found: Found, written: Written, uri: str, *, captured_as: CapturedAs, seen_at: datetime
) -> Post:
    """Add a post and what it does to others; its author is for the caller to add.

    Raises `RecordError`.
    """
    author = author_of(uri)
    if author is None:
        raise RecordError("not the address of a post", field="uri")
    did, rkey = author.removeprefix(f"{PLATFORM}:"), uri.rpartition("/")[2]
    post = Post(
        post_key=key_of(uri),
        platform=PLATFORM,
        author_key=author,
        kind=written.kind,
        created_at=written.created_at,
        captured_as=captured_as,
        text=written.text,
        lang=written.lang,
        url=f"https://bsky.app/profile/{did}/post/{rkey}",
        indexed_at=seen_at,
        hashtags_raw=written.hashtags_raw,
        urls=written.links,
        reply_to_key=key_of(written.parent) if written.parent else None,
        quote_of_key=key_of(written.quoted) if written.quoted else None,
    )
    found.posts.append(post)
    found.interactions += acts_of(post, written)
    return post


def acts_of(post: Post, written: Written) -> list[Interaction]:
    """Give what a post does to others: an answer, a quote, mentions."""
    targets: tuple[tuple[InteractionKind, str | None], ...] = (
        ("reply", written.parent),
        ("quote", written.quoted),
    )
    acts = [
        Interaction(
            kind=kind,
            platform=PLATFORM,
            author_key=post.author_key,
            target_author_key=author_of(target),
            post_key=post.post_key,
            target_post_key=key_of(target),
            acted_at=post.created_at,
        )
        for kind, target in targets
        if target is not None
    ]
    return acts + [
        Interaction(
            kind="mention",
            platform=PLATFORM,
            author_key=post.author_key,
            target_author_key=f"{PLATFORM}:{did}",
            post_key=post.post_key,
            acted_at=post.created_at,
        )
        for did in written.mentions
    ]


def author_named(did: str) -> Author:
    """Give what is known of an account by its identifier alone."""
    return Author(
        author_key=f"{PLATFORM}:{did}", platform=PLATFORM, url=f"https://bsky.app/profile/{did}"
    )


def key_of(uri: str) -> str:
    """Give the key of a post by its address.

    >>> key_of("at://did:plc:a/app.bsky.feed.post/1")
    'bluesky:at://did:plc:a/app.bsky.feed.post/1'
    """
    return f"{PLATFORM}:{uri}"


def author_of(uri: str) -> str | None:
    """Give the key of a post's author by its address; None if it is none of a post.

    >>> author_of("at://did:plc:a/app.bsky.feed.post/1")
    'bluesky:did:plc:a'
    """
    match = _POST_URI.fullmatch(uri)
    return f"{PLATFORM}:{match[1]}" if match else None


def uri_in(reference: object) -> str | None:
    """Give the post that something refers to; None where that is a list, a feed or nothing."""
    uri = reference.get("uri") if isinstance(reference, dict) else None
    return uri if isinstance(uri, str) and _POST_URI.fullmatch(uri) else None


def written_at(said: object, seen_at: datetime) -> datetime:
    """Give the author's time; the server's where that is absurd: no time, year 0, the future."""
    when = time_in(said)
    return seen_at if when is None or when - _SKEW > seen_at else when


def time_in(said: object) -> datetime | None:
    """Read a time, of any zone and with any number of decimals."""
    if not isinstance(said, str):
        return None
    try:
        when = datetime.fromisoformat(_FRACTION.sub(r"\1", said.strip()))
    except ValueError:
        return None
    return known_at(when if when.tzinfo else when.replace(tzinfo=UTC))


def _quoted(embed: object) -> str | None:
    """Give the post that is quoted, also beside pictures; other records (lists, feeds) are none."""
    if not isinstance(embed, dict):
        return None
    record = embed.get("record")
    if isinstance(record, dict) and isinstance(record.get("record"), dict):
        record = record["record"]
    return uri_in(record)


def _facets(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the features of all facets. Where they point to is not asked: many point wrongly."""
    facets = record.get("facets")
    found: list[dict[str, Any]] = []
    for facet in facets if isinstance(facets, list) else ():
        features = facet.get("features") if isinstance(facet, dict) else None
        if isinstance(features, list):
            found += [feature for feature in features if isinstance(feature, dict)]
    return found


def _hashtags(
    record: dict[str, Any], facets: list[dict[str, Any]], text: str | None
) -> tuple[str, ...]:
    raw = [f["tag"] for f in facets if isinstance(f.get("tag"), str)]
    tags = record.get("tags")
    raw += [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    raw += hashtags.in_text(text or "")
    return tuple(dict.fromkeys(tag.strip().lstrip("#") for tag in raw))


def _mentions(facets: list[dict[str, Any]]) -> tuple[str, ...]:
    dids = (f.get("did") for f in facets)
    return tuple(dict.fromkeys(d for d in dids if isinstance(d, str) and d.startswith("did:")))


def _links(facets: list[dict[str, Any]], embed: object) -> tuple[str, ...]:
    links = [f["uri"] for f in facets if isinstance(f.get("uri"), str)]
    external = embed.get("external") if isinstance(embed, dict) else None
    if isinstance(external, dict) and isinstance(external.get("uri"), str):
        links.append(external["uri"])
    return tuple(dict.fromkeys(link for link in links if link.startswith(("http://", "https://"))))
