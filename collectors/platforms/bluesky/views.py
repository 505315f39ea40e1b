"""Posts and people as the AppView shows them: the author's record, and what others made of it.

https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/defs.json

Read as they come and not against a schema: one record that another app wrote badly must not cost
the page that it stands on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from collectors.errors import PayloadError, RecordError
from collectors.page import Page, page_of
from collectors.platforms.bluesky.posts import (
    Found,
    Written,
    add_post,
    author_named,
    author_of,
    key_of,
    read_post,
    time_in,
    uri_in,
    written_at,
)
from collectors.records import Author, CapturedAs, Engagement, Rejected, raw_of


@dataclass(frozen=True, slots=True)
class View:
    """One post as it is shown."""

    uri: str
    author: Author
    written: Written
    indexed_at: datetime
    row: dict[str, Any]

    @property
    def sort_at(self) -> datetime:
        """The time by which the AppView sorts, and by which it takes `since` and `until`."""
        return min(self.written.created_at, self.indexed_at)


@dataclass(slots=True)
class Shown:
    """What was shown so far, as records."""

    observer: str
    now: datetime
    found: Found = field(default_factory=Found)
    engagement: list[Engagement] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    received: int = 0

    def add(self, view: View, captured_as: CapturedAs) -> None:
        """Add a post, its author, and its counts."""
        add_post(
            self.found, view.written, view.uri, captured_as=captured_as, seen_at=view.indexed_at
        )
        self.add_author(view.author)
        self.engagement.append(self._counts(view))

    def add_author(self, author: Author) -> None:
        """Add an account; who is known already is not made poorer."""
        known = self.found.authors.get(author.author_key)
        if known is None or known.followers is None or author.followers is not None:
            self.found.authors[author.author_key] = author

    def _counts(self, view: View) -> Engagement:
        return Engagement(
            post_key=key_of(view.uri),
            observer=self.observer,
            taken_at=self.now,
            reposts=_count(view.row.get("repostCount")),
            quotes=_count(view.row.get("quoteCount")),
            replies=_count(view.row.get("replyCount")),
            likes=_count(view.row.get("likeCount")),
        )

    def read(self, rows: list[Any], address: str) -> list[View]:
        """Read posts; what cannot be read is set aside. Raises `PayloadError` if nothing can."""
        views, aside = [], []
        for place, row in enumerate(rows):
            try:
                views.append(view_of(row, now=self.now))
            except RecordError as error:
                aside.append(_set_aside(row, f"{address}#{place}", error))
        self._count_read(len(rows), aside, address)
        return views

    def read_people(self, rows: list[Any], address: str) -> list[Author]:
        """Read accounts, as `read` does posts."""
        people, aside = [], []
        for place, row in enumerate(rows):
            try:
                people.append(person_of(row))
            except RecordError as error:
                aside.append(_set_aside(row, f"{address}#{place}", error))
        self._count_read(len(rows), aside, address)
        return people

    def _count_read(self, given: int, aside: list[Rejected], address: str) -> None:
        if len(aside) == given > 1:
            why = f"{aside[0].field}: {aside[0].reason}"
            raise PayloadError(f"{address}: none of {given} records can be read: {why}")
        self.rejected += aside
        self.received += given

    def page(
        self, *, cursor: str | None = None, reached_at: datetime | None = None, beyond: str = ""
    ) -> Page:
        """Give all of it as a page."""
        # A post may stand on a page twice, as itself and within another: matched goes first.
        ranked = sorted(self.found.posts, key=lambda post: post.captured_as)
        posts = {post.post_key: post for post in reversed(ranked)}
        return page_of(
            posts=reversed(posts.values()),
            authors=self.found.authors.values(),
            interactions=dict.fromkeys(self.found.interactions),
            engagement={count.post_key: count for count in self.engagement}.values(),
            removals=self.found.removals,
            rejected=self.rejected,
            received=self.received,
            cursor=cursor,
            reached_at=reached_at,
            beyond=beyond or None,
        )


def view_of(row: object, *, now: datetime) -> View:
    """Read one post as it is shown. Raises `RecordError`."""
    if not isinstance(row, dict):
        raise RecordError("no post")
    uri = uri_in(row)
    if uri is None:
        raise RecordError("not the address of a post", field="uri")
    # A quoted post has its record as `value`: app.bsky.embed.record#viewRecord.
    record = row.get("record", row.get("value"))
    if not isinstance(record, dict):
        raise RecordError("not there", field="record")
    author = person_of(row.get("author"), within="author.")
    if author.author_key != author_of(uri):
        raise RecordError("another account than the post's address names", field="author.did")
    indexed_at = written_at(row.get("indexedAt"), now)
    return View(uri, author, read_post(record, seen_at=indexed_at), indexed_at, row)


def quoted_in(view: View, *, now: datetime) -> View | None:
    """Give the post that a post quotes, if it is shown within.

    None where it is gone, blocked or detached: that it is quoted says the record all the same.
    """
    embed = view.row.get("embed")
    record = embed.get("record") if isinstance(embed, dict) else None
    if isinstance(record, dict) and isinstance(record.get("record"), dict):
        record = record["record"]
    if view.written.quoted is None or uri_in(record) != view.written.quoted:
        return None
    try:
        return view_of(record, now=now)
    except RecordError:
        return None


def person_of(row: object, *, within: str = "") -> Author:
    """Read an account as it is shown. Raises `RecordError`."""
    if not isinstance(row, dict):
        raise RecordError("no account", field=within.rstrip(".") or None)
    did, handle = row.get("did"), row.get("handle")
    if not isinstance(did, str) or not did.startswith("did:"):
        raise RecordError("no account", field=f"{within}did")
    # An account whose name no longer leads to it is shown by this word.
    known = isinstance(handle, str) and handle not in ("", "handle.invalid")
    name = row.get("displayName")
    return replace(
        author_named(did),
        handle=handle if known else None,
        display_name=name if isinstance(name, str) and name else None,
        created_at=time_in(row.get("createdAt")),
        is_bot=_says_bot(row.get("labels"), did),
        followers=_count(row.get("followersCount")),
        following=_count(row.get("followsCount")),
        posts=_count(row.get("postsCount")),
    )


def keys(views: Iterable[View]) -> set[str]:
    """Give the keys of posts."""
    return {key_of(view.uri) for view in views}


def _says_bot(labels: object, did: str) -> bool | None:
    """Tell whether an account labels itself a bot; what others call it is not asked."""
    for label in labels if isinstance(labels, list) else ():
        if isinstance(label, dict) and label.get("val") == "bot" and label.get("src") == did:
            return label.get("neg") is not True
    return None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _set_aside(row: object, locator: str, error: RecordError) -> Rejected:
    raw = raw_of(row)
    return Rejected(locator=locator, reason=error.reason, raw=raw, field=error.field)
