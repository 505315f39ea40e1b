"""One event of the network as records: a post, a repost, a removal.

https://github.com/bluesky-social/jetstream#jetstream-events
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from collectors import hashtags
from collectors.collector import Interest
from collectors.errors import RecordError
from collectors.records import Author, Interaction, Post, Removal

PLATFORM = "bluesky"
_POSTS, _REPOSTS = "app.bsky.feed.post", "app.bsky.feed.repost"
_FRACTION = re.compile(r"(\.\d{6})\d+")
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_SKEW = timedelta(minutes=5)
_POST_URI = re.compile(r"at://(did:[a-z0-9]+:[^/\s]+)/app\.bsky\.feed\.post/([^/\s]+)")


@dataclass(slots=True)
class Found:
    """What events have brought."""

    posts: list[Post] = field(default_factory=list)
    authors: dict[str, Author] = field(default_factory=dict)
    interactions: list[Interaction] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)

    def __len__(self) -> int:
        """Count the records, but for authors."""
        return len(self.posts) + len(self.interactions) + len(self.removals)


def time_of(event: dict[str, Any]) -> datetime:
    """Give when the server saw an event. Raises `RecordError`."""
    micros = event.get("time_us")
    if not isinstance(micros, int) or not 0 < micros < 4_102_444_800_000_000:
        raise RecordError("no time", field="time_us")
    return datetime.fromtimestamp(micros / 1_000_000, UTC)


def read_event(event: dict[str, Any], interest: Interest, found: Found) -> None:
    """Add what of an event is of interest. Raises `RecordError`."""
    at, did = time_of(event), event.get("did")
    if not isinstance(did, str) or not did.startswith("did:"):
        raise RecordError("no account", field="did")
    if event.get("kind") == "account":
        _read_account(_part(event, "account"), did, at, interest, found)
        return
    if event.get("kind") != "commit":
        return
    commit = _part(event, "commit")
    collection, rkey = commit.get("collection"), commit.get("rkey")
    if collection not in (_POSTS, _REPOSTS):
        return
    if not isinstance(rkey, str) or not rkey:
        raise RecordError("no key of its own", field="commit.rkey")
    uri = f"at://{did}/{collection}/{rkey}"
    if commit.get("operation") == "delete":
        _read_deletion(uri, collection, at, interest, found)
    elif collection == _POSTS:
        _read_post(_part(commit, "record"), uri, did, at, interest, found)
    else:
        _read_repost(_part(commit, "record"), uri, did, at, interest, found)


def _part(event: dict[str, Any], name: str) -> dict[str, Any]:
    part = event.get(name)
    if not isinstance(part, dict):
        raise RecordError("not there", field=name)
    return part


def _read_account(
    account: dict[str, Any], did: str, at: datetime, interest: Interest, found: Found
) -> None:
    key = f"{PLATFORM}:{did}"
    if account.get("active") is False and key in interest.authors:
        status = account.get("status")
        reason = status if isinstance(status, str) else "deactivated"
        found.removals.append(Removal(kind="author", key=key, reason=reason, removed_at=at))


def _read_deletion(
    uri: str, collection: str, at: datetime, interest: Interest, found: Found
) -> None:
    key = f"{PLATFORM}:{uri}"
    if collection == _REPOSTS and key in interest.acts:
        found.removals.append(Removal(kind="undone", key=key, reason="deleted", removed_at=at))
    elif collection == _POSTS and key in interest.posts:
        found.removals.append(Removal(kind="post", key=key, reason="deleted", removed_at=at))


def _read_repost(
    record: dict[str, Any], uri: str, did: str, at: datetime, interest: Interest, found: Found
) -> None:
    target = _uri_in(record.get("subject"))
    if target is None:
        raise RecordError("a repost of nothing", field="commit.record.subject")
    if f"{PLATFORM}:{target}" not in interest.posts:
        return
    via = record.get("via")
    via_uri = via.get("uri") if isinstance(via, dict) else None
    author = _author(did, found)
    interest.acts.add(f"{PLATFORM}:{uri}")
    found.interactions.append(
        Interaction(
            kind="repost",
            platform=PLATFORM,
            author_key=author,
            target_author_key=_author_of(target),
            target_post_key=f"{PLATFORM}:{target}",
            acted_at=_written_at(record.get("createdAt"), at),
            via_key=f"{PLATFORM}:{via_uri}" if isinstance(via_uri, str) else None,
            record_key=f"{PLATFORM}:{uri}",
        )
    )


def _read_post(
    record: dict[str, Any], uri: str, did: str, at: datetime, interest: Interest, found: Found
) -> None:
    text = record.get("text")
    text = text if isinstance(text, str) else None
    facets = _facets(record)
    raw = _hashtags(record, facets, text)
    matched = bool(interest.hashtags & set(hashtags.normalize_all(raw)))
    key = f"{PLATFORM}:{uri}"
    reply = record.get("reply")
    parent = _uri_in(reply.get("parent")) if isinstance(reply, dict) else None
    quoted = _quoted(record.get("embed"))
    targets = {f"{PLATFORM}:{target}" for target in (parent, quoted) if target}
    if not matched and not targets & interest.posts and key not in interest.posts:
        return
    author = _author(did, found)
    langs = record.get("langs")
    found.posts.append(
        Post(
            post_key=key,
            platform=PLATFORM,
            author_key=author,
            kind="quote" if quoted else "reply" if parent else "original",
            created_at=_written_at(record.get("createdAt"), at),
            captured_as="matched" if matched else "referenced",
            text=text,
            lang=langs[0]
            if isinstance(langs, list) and langs and isinstance(langs[0], str)
            else None,
            url=f"https://bsky.app/profile/{did}/post/{uri.rpartition('/')[2]}",
            indexed_at=at,
            hashtags_raw=raw,
            urls=_links(facets, record.get("embed")),
            reply_to_key=f"{PLATFORM}:{parent}" if parent else None,
            quote_of_key=f"{PLATFORM}:{quoted}" if quoted else None,
        )
    )
    if matched:
        interest.posts.add(key)
        interest.authors.add(author)
    _add_acts(found, key, author, parent, quoted, _mentions(facets))


def _add_acts(
    found: Found,
    key: str,
    author: str,
    parent: str | None,
    quoted: str | None,
    mentions: list[str],
) -> None:
    at = found.posts[-1].created_at
    for kind, target in (("reply", parent), ("quote", quoted)):
        if target is not None:
            found.interactions.append(
                Interaction(
                    kind="reply" if kind == "reply" else "quote",
                    platform=PLATFORM,
                    author_key=author,
                    target_author_key=_author_of(target),
                    post_key=key,
                    target_post_key=f"{PLATFORM}:{target}",
                    acted_at=at,
                )
            )
    found.interactions.extend(
        Interaction(
            kind="mention",
            platform=PLATFORM,
            author_key=author,
            target_author_key=f"{PLATFORM}:{did}",
            post_key=key,
            acted_at=at,
        )
        for did in dict.fromkeys(mentions)
    )


def _author(did: str, found: Found) -> str:
    key = f"{PLATFORM}:{did}"
    found.authors.setdefault(
        key,
        Author(author_key=key, platform=PLATFORM, url=f"https://bsky.app/profile/{did}"),
    )
    return key


def _author_of(uri: str) -> str | None:
    match = _POST_URI.fullmatch(uri)
    return f"{PLATFORM}:{match[1]}" if match else None


def _uri_in(reference: object) -> str | None:
    uri = reference.get("uri") if isinstance(reference, dict) else None
    return uri if isinstance(uri, str) and _POST_URI.fullmatch(uri) else None


def _quoted(embed: object) -> str | None:
    """Give the post that is quoted, also beside pictures; other records (lists, feeds) are none."""
    if not isinstance(embed, dict):
        return None
    record = embed.get("record")
    if isinstance(record, dict) and isinstance(record.get("record"), dict):
        record = record["record"]
    return _uri_in(record)


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


def _mentions(facets: list[dict[str, Any]]) -> list[str]:
    return [
        f["did"] for f in facets if isinstance(f.get("did"), str) and f["did"].startswith("did:")
    ]


def _links(facets: list[dict[str, Any]], embed: object) -> tuple[str, ...]:
    links = [f["uri"] for f in facets if isinstance(f.get("uri"), str)]
    external = embed.get("external") if isinstance(embed, dict) else None
    if isinstance(external, dict) and isinstance(external.get("uri"), str):
        links.append(external["uri"])
    return tuple(dict.fromkeys(link for link in links if link.startswith(("http://", "https://"))))


def _written_at(said: object, seen_at: datetime) -> datetime:
    """Give the author's time; the server's where that is absurd: no time, year 0, the future."""
    if not isinstance(said, str):
        return seen_at
    try:
        when = datetime.fromisoformat(_FRACTION.sub(r"\1", said.strip()))
        when = (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return seen_at
    return when if _EARLIEST <= when <= seen_at + _SKEW else seen_at
