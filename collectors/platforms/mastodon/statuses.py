"""Statuses into posts, their authors, their interactions and their counts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from collectors.errors import PayloadError, RecordError
from collectors.markup import text_and_links
from collectors.page import Page, page_of
from collectors.platforms.mastodon.accounts import PLATFORM, author_key, author_of, set_aside
from collectors.platforms.mastodon.payloads import Status, read, utc
from collectors.records import (
    Author,
    CapturedAs,
    Engagement,
    Interaction,
    InteractionKind,
    Post,
    PostKind,
    Rejected,
)

_Record = TypeVar("_Record")


@dataclass(frozen=True, slots=True)
class View:
    """What a status does not tell itself: who looks, when, and whom the local ids stand for."""

    source: str
    host: str
    now: datetime
    uris: Mapping[str, str]  # of statuses, by local id
    authors: Mapping[str, str]  # keys of accounts, by local id

    def post_key(self, local_id: str | None) -> str | None:
        """Give the key of a post that is named by its local id.

        The uri of a post that is not on the page is not known: then an alias stands for it, good
        for telling posts apart on this server.
        """
        if local_id is None:
            return None
        return f"{PLATFORM}:{self.uris.get(local_id, f'{self.host}#{local_id}')}"


@dataclass(slots=True)
class _Records:
    posts: list[Post] = field(default_factory=list)
    authors: list[Author] = field(default_factory=list)
    interactions: list[Interaction] = field(default_factory=list)
    engagement: list[Engagement] = field(default_factory=list)

    def extend(self, more: _Records) -> None:
        self.posts += more.posts
        self.authors += more.authors
        self.interactions += more.interactions
        self.engagement += more.engagement


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
            rejected.append(set_aside(row, _locator(address, place), error))
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
    unread = list(rejected)
    found = _Records()
    for place, status in statuses:
        try:
            found.extend(_records_of(status, view))
        except RecordError as error:
            unread.append(set_aside(rows[place], _locator(address, place), error))
    if len(unread) == len(rows) > 1:
        why = f"{unread[0].field}: {unread[0].reason}"
        raise PayloadError(f"{address}: none of {len(rows)} statuses can be read: {why}")
    # A match comes before a mere reference to the same post; a server may repeat either.
    posts = sorted(found.posts, key=lambda post: post.captured_as != "matched")
    return page_of(
        posts=_first(posts, lambda post: post.post_key),
        authors=_first(found.authors, lambda author: author.author_key),
        interactions=dict.fromkeys(found.interactions),
        engagement=_first(found.engagement, lambda counts: counts.post_key),
        rejected=unread,
        received=len(rows),
        cursor=cursor,
    )


def view_of(statuses: Sequence[tuple[int, Status]], *, source: str, now: datetime) -> View:
    """Gather whom the local ids of a page stand for."""
    host = source.removeprefix(f"{PLATFORM}/")
    shown = [one for _, status in statuses for one in (status, *_referenced(status))]
    authors = {status.account.id: author_key(status.account.acct, host) for status in shown}
    for status in shown:
        for mention in status.mentions:
            authors.setdefault(mention.id, author_key(mention.acct, host))
    return View(source, host, now, {status.id: status.uri for status in shown}, authors)


def _first(records: Iterable[_Record], key: Callable[[_Record], str]) -> Collection[_Record]:
    first: dict[str, _Record] = {}
    for record in records:
        first.setdefault(key(record), record)
    return first.values()


def _referenced(status: Status) -> Iterator[Status]:
    if status.reblog is not None:
        yield status.reblog
    if status.quoted is not None:
        yield status.quoted


def _locator(address: str, place: int) -> str:
    return f"{address}#{place}"


def _records_of(status: Status, view: View) -> _Records:
    found = _Records()
    if status.visibility != "public":
        return found
    _add(found, status, "matched", view)
    found.interactions += _interactions(status, view)
    for referenced in _referenced(status):
        # Who quotes an unlisted post shows it to the readers of the quote, not to all.
        if referenced.visibility == "public":
            _add(found, referenced, "referenced", view)
    return found


def _add(found: _Records, status: Status, captured_as: CapturedAs, view: View) -> None:
    found.posts.append(_post(status, captured_as, view))
    found.authors.append(author_of(status.account, view.host))
    if status.reblog is None:  # a boost has no counts of its own
        found.engagement.append(
            Engagement(
                post_key=_key(status),
                observer=view.source,
                taken_at=view.now,
                reposts=status.reblogs_count,
                quotes=status.quotes_count,
                replies=status.replies_count,
                likes=status.favourites_count,
            )
        )


def _post(status: Status, captured_as: CapturedAs, view: View) -> Post:
    text, links = text_and_links(status.content)
    if status.card is not None and status.card.url:
        links = tuple(dict.fromkeys((*links, status.card.url)))
    return Post(
        post_key=_key(status),
        platform=PLATFORM,
        author_key=author_key(status.account.acct, view.host),
        kind=_kind(status, view),
        created_at=utc(status.created_at),
        captured_as=captured_as,
        text=text,
        lang=status.language,
        url=status.url,
        edited_at=None if status.edited_at is None else utc(status.edited_at),
        hashtags_raw=tuple(tag.name for tag in status.tags),
        urls=links,
        reply_to_key=view.post_key(status.in_reply_to_id),
        quote_of_key=_quoted_key(status, view),
        repost_of_key=None if status.reblog is None else _key(status.reblog),
    )


def _key(status: Status) -> str:
    return f"{PLATFORM}:{status.uri}"


def _kind(status: Status, view: View) -> PostKind:
    if status.reblog is not None:
        return "repost"
    if _quoted_key(status, view) is not None:
        return "quote"
    return "original" if status.in_reply_to_id is None else "reply"


def _quoted_key(status: Status, view: View) -> str | None:
    if status.quoted is not None:
        return _key(status.quoted)
    return view.post_key(status.quoted_id)


def _interactions(status: Status, view: View) -> Iterator[Interaction]:
    def act(kind: InteractionKind, author: str | None, post: str | None = None) -> Interaction:
        return Interaction(
            kind=kind,
            platform=PLATFORM,
            author_key=author_key(status.account.acct, view.host),
            target_author_key=author,
            post_key=_key(status),
            target_post_key=post,
            acted_at=utc(status.created_at),
        )

    if status.reblog is not None:
        # What the boosted post mentions is not said by the booster.
        yield act("repost", _author(status.reblog, view), _key(status.reblog))
        return
    if (quoted := _quoted_key(status, view)) is not None:
        author = None if status.quoted is None else _author(status.quoted, view)
        yield act("quote", author, quoted)
    if (replied_to := view.post_key(status.in_reply_to_id)) is not None:
        yield act("reply", view.authors.get(status.in_reply_to_account_id or ""), replied_to)
    for mention in status.mentions:
        yield act("mention", author_key(mention.acct, view.host))


def _author(status: Status, view: View) -> str:
    return author_key(status.account.acct, view.host)
