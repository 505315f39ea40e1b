"""Statuses into posts, their authors and their counts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from collectors import moments
from collectors.errors import PayloadError, RecordError
from collectors.markup import text_and_links
from collectors.page import Page, page_of
from collectors.platforms.mastodon.accounts import account_key, author_of, platform_of, set_aside
from collectors.platforms.mastodon.acts import acts_of
from collectors.platforms.mastodon.bridges import original_page
from collectors.platforms.mastodon.payloads import Status, read
from collectors.platforms.mastodon.view import View, post_key, quoted_key, referenced
from collectors.records import (
    Author,
    CapturedAs,
    Engagement,
    Interaction,
    Post,
    PostKind,
    Rejected,
    Removal,
)

_Record = TypeVar("_Record")


@dataclass(slots=True)
class Records:
    """What statuses hold."""

    posts: list[Post] = field(default_factory=list)
    authors: list[Author] = field(default_factory=list)
    interactions: list[Interaction] = field(default_factory=list)
    engagement: list[Engagement] = field(default_factory=list)

    def extend(self, more: Records) -> None:
        """Take in what another status holds."""
        self.posts += more.posts
        self.authors += more.authors
        self.interactions += more.interactions
        self.engagement += more.engagement

    def page(
        self,
        rejected: Iterable[Rejected],
        *,
        received: int,
        cursor: str | None = None,
        removals: Iterable[Removal] = (),
        local_ids: Mapping[str, str] | None = None,
    ) -> Page:
        """Make a page, with each post, author and count once."""
        # A match comes before a mere reference to the same post; a server may repeat either.
        posts = sorted(self.posts, key=lambda post: post.captured_as != "matched")
        return page_of(
            posts=_first(posts, lambda post: post.post_key),
            authors=_first(self.authors, lambda author: author.author_key),
            interactions=dict.fromkeys(self.interactions),
            engagement=_first(self.engagement, lambda counts: counts.post_key),
            rejected=rejected,
            removals=removals,
            local_ids=local_ids,
            received=received,
            cursor=cursor,
        )


def read_statuses(
    rows: Sequence[object], address: str
) -> tuple[list[tuple[int, Status]], list[Rejected]]:
    """Give the statuses that can be read, with their places, and those that cannot."""
    statuses: list[tuple[int, Status]] = []
    rejected: list[Rejected] = []
    for place, row in enumerate(rows):
        try:
            statuses.append((place, read(row, Status)))
        except RecordError as error:
            rejected.append(set_aside(row, locator(address, place), error))
    return statuses, rejected


def page_of_statuses(
    rows: Sequence[object],
    statuses: Sequence[tuple[int, Status]],
    rejected: Sequence[Rejected],
    *,
    address: str,
    view: View,
    cursor: str | None,
) -> Page:
    """Make the page. Raises `PayloadError` if nothing on it can be read: the shape has changed."""
    unread, undated = list(rejected), []
    found = Records()
    for place, status in statuses:
        if (odd := moments.odd(status.created_at, "created_at")) is not None:
            undated.append(set_aside(rows[place], locator(address, place), odd))
            continue
        try:
            found.extend(records_of(status, view))
        except RecordError as error:
            unread.append(set_aside(rows[place], locator(address, place), error))
    if len(unread) == len(rows) > 1:
        why = f"{unread[0].field}: {unread[0].reason}"
        raise PayloadError(f"{address}: none of {len(rows)} statuses can be read: {why}")
    local_ids = {key: local_id for local_id, key in view.keys.items()}
    return found.page(unread + undated, received=len(rows), cursor=cursor, local_ids=local_ids)


def _first(records: Iterable[_Record], key: Callable[[_Record], str]) -> Collection[_Record]:
    first: dict[str, _Record] = {}
    for record in records:
        first.setdefault(key(record), record)
    return first.values()


def locator(address: str, place: int) -> str:
    """Say where a record stood."""
    return f"{address}#{place}"


def records_of(status: Status, view: View) -> Records:
    """Give what a status that is a match holds. Raises `RecordError`."""
    found = Records()
    if status.visibility != "public":
        return found
    add(found, status, "matched", view)
    found.interactions += acts_of(status, view)
    for shown in referenced(status):
        # Who quotes an unlisted post shows it to the readers of the quote, not to all.
        if shown.visibility == "public":
            add(found, shown, "referenced", view)
    return found


def add(found: Records, status: Status, captured_as: CapturedAs, view: View) -> None:
    """Add a post, its author and its counts. Raises `RecordError`."""
    post, author = _post(status, captured_as, view), author_of(status.account, view.host)
    found.posts.append(post)
    found.authors.append(author)
    if status.reblog is None:  # a boost has no counts of its own
        found.engagement.append(
            Engagement(
                post_key=post_key(status),
                observer=view.source,
                taken_at=view.now,
                reposts=status.reblogs_count,
                quotes=status.quotes_count,
                replies=status.replies_count,
                likes=status.favourites_count,
            )
        )


def _post(status: Status, captured_as: CapturedAs, view: View) -> Post:
    key = post_key(status)
    text, links = text_and_links(status.content)
    if status.card is not None and status.card.url:
        links = tuple(dict.fromkeys((*links, status.card.url)))
    return Post(
        post_key=key,
        platform=platform_of(key),
        author_key=account_key(status.account, view.host),
        kind=_kind(status, view),
        created_at=moments.utc(status.created_at),
        captured_as=captured_as,
        text=text,
        lang=status.language,
        url=original_page(status.url),
        edited_at=moments.known_at(status.edited_at),
        hashtags_raw=tuple(tag.name for tag in status.tags),
        urls=links,
        reply_to_key=view.post_key(status.in_reply_to_id),
        quote_of_key=quoted_key(status, view),
        repost_of_key=None if status.reblog is None else post_key(status.reblog),
    )


def _kind(status: Status, view: View) -> PostKind:
    if status.reblog is not None:
        return "repost"
    if quoted_key(status, view) is not None:
        return "quote"
    return "original" if status.in_reply_to_id is None else "reply"
