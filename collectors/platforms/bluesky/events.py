"""One event of the network as records: a post, a repost, a removal.

https://github.com/bluesky-social/jetstream#jetstream-events
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from collectors.collector import Interest
from collectors.errors import RecordError
from collectors.platforms.bluesky.posts import (
    PLATFORM,
    Found,
    Written,
    add_post,
    author_named,
    author_of,
    key_of,
    read_post,
    uri_in,
    written_at,
)
from collectors.records import Interaction, Removal, RemovalKind

_POSTS, _REPOSTS = "app.bsky.feed.post", "app.bsky.feed.repost"
# A relay is behind with such an account, or has paused it: its posts are there as before.
_STILL_THERE = frozenset({"throttled", "desynchronized"})


def time_of(event: dict[str, Any]) -> datetime:
    """Give when the server saw an event. Raises `RecordError`."""
    micros = event.get("time_us")
    if not isinstance(micros, int) or not 0 < micros < 4_102_444_800_000_000:
        raise RecordError("no time", field="time_us")
    return datetime.fromtimestamp(micros / 1_000_000, UTC)


def read_event(event: dict[str, Any], interest: Interest | None, found: Found) -> None:
    """Add what of an event is of interest; None: all of it is. Raises `RecordError`."""
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
    account: dict[str, Any], did: str, at: datetime, interest: Interest | None, found: Found
) -> None:
    """Read what an account's server says of it, or a relay: that may end with the next word.

    https://atproto.com/specs/account: only `deleted` is for good.
    """
    key, active, said = f"{PLATFORM}:{did}", account.get("active"), account.get("status")
    status = said if isinstance(said, str) else "deactivated"
    if not isinstance(active, bool) or (interest is not None and key not in interest.authors):
        return
    kind: RemovalKind
    if active:
        kind, reason = "back", "active"
    elif status == "deleted":
        kind, reason = "author", status
    elif status in _STILL_THERE:
        return
    else:
        kind, reason = "away", status
    found.removals.append(Removal(kind=kind, key=key, reason=reason, removed_at=at))


def _read_deletion(
    uri: str, collection: str, at: datetime, interest: Interest | None, found: Found
) -> None:
    key = f"{PLATFORM}:{uri}"
    if collection == _REPOSTS and (interest is None or key in interest.acts):
        found.removals.append(Removal(kind="undone", key=key, reason="deleted", removed_at=at))
    elif collection == _POSTS and (interest is None or key in interest.posts):
        found.removals.append(Removal(kind="post", key=key, reason="deleted", removed_at=at))


def _read_repost(
    record: dict[str, Any],
    uri: str,
    did: str,
    at: datetime,
    interest: Interest | None,
    found: Found,
) -> None:
    target = uri_in(record.get("subject"))
    if target is None:
        raise RecordError("a repost of nothing", field="commit.record.subject")
    if interest is not None and key_of(target) not in interest.posts:
        return
    via = record.get("via")
    via_uri = via.get("uri") if isinstance(via, dict) else None
    author = _author(did, found)
    if interest is not None:
        interest.acts.add(key_of(uri))
    found.interactions.append(
        Interaction(
            kind="repost",
            platform=PLATFORM,
            author_key=author,
            target_author_key=author_of(target),
            target_post_key=f"{PLATFORM}:{target}",
            acted_at=written_at(record.get("createdAt"), at),
            via_key=f"{PLATFORM}:{via_uri}" if isinstance(via_uri, str) else None,
            record_key=f"{PLATFORM}:{uri}",
        )
    )


def _read_post(
    record: dict[str, Any],
    uri: str,
    did: str,
    at: datetime,
    interest: Interest | None,
    found: Found,
) -> None:
    written = read_post(record, seen_at=at)
    matched = interest is None or written.has_any(interest.hashtags)
    if interest is not None and not matched and not _touches(written, key_of(uri), interest):
        return
    author = _author(did, found)
    add_post(found, written, uri, captured_as="matched" if matched else "referenced", seen_at=at)
    if matched and interest is not None:
        interest.posts.add(key_of(uri))
        interest.authors.add(author)


def _touches(written: Written, key: str, interest: Interest) -> bool:
    """Tell whether a post is one that matters, or answers or quotes one."""
    targets = {key_of(target) for target in (written.parent, written.quoted) if target}
    return key in interest.posts or not interest.posts.isdisjoint(targets)


def _author(did: str, found: Found) -> str:
    author = author_named(did)
    found.authors.setdefault(author.author_key, author)
    return author.author_key
