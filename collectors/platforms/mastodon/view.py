"""What a status does not tell itself: whom the ids in it stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from collectors.platforms.mastodon.accounts import PLATFORM, account_key, author_key
from collectors.platforms.mastodon.bridges import original_post
from collectors.platforms.mastodon.payloads import Status
from collectors.said import address_of


@dataclass(frozen=True, slots=True)
class View:
    """What a status does not tell itself: who looks, when, and whom the local ids stand for."""

    source: str
    host: str
    now: datetime
    keys: Mapping[str, str]  # of posts, by local id
    authors: Mapping[str, str]  # keys of accounts, by local id

    def post_key(self, local_id: str | None) -> str | None:
        """Give the key of a post that is named by its local id.

        What is not on the page is not known by its uri: then an alias stands for it, good for
        telling posts apart on this server.
        """
        if local_id is None:
            return None
        return self.keys.get(local_id, f"{PLATFORM}:{self.host}#{local_id}")


def view_of(
    statuses: Sequence[tuple[int, Status]],
    *,
    source: str,
    now: datetime,
    known: Mapping[str, str] | None = None,
) -> View:
    """Gather what the local ids of a page stand for; `known`: keys of posts that are not on it."""
    host = source.removeprefix(f"{PLATFORM}/")
    shown = [one for _, status in statuses for one in (status, *referenced(status))]
    authors = {status.account.id: account_key(status.account, host) for status in shown}
    for status in shown:
        for mention in status.mentions:
            authors.setdefault(mention.id, author_key(mention.acct, host))
    keys = {status.id: post_key(status) for status in shown}
    return View(source, host, now, {**(known or {}), **keys}, authors)


def referenced(status: Status) -> Iterator[Status]:
    """Give the statuses that come along with a status."""
    if status.reblog is not None:
        yield status.reblog
    if status.quoted is not None:
        yield status.quoted


def post_key(status: Status) -> str:
    """Give the key of a post: its uri, the same on all servers, or the key of what it copies."""
    return original_post(status.uri) or f"{PLATFORM}:{status.uri}"


def is_own(key: str, host: str) -> bool:
    """Tell whether a post was written on a server, by its key.

    >>> is_own("mastodon:https://a.example/users/akun_a/statuses/1", "a.example")
    True
    """
    address = address_of(key.removeprefix(f"{PLATFORM}:"))
    return address is not None and address.place == host


def quoted_key(status: Status, view: View) -> str | None:
    """Give the key of the quoted post, if there is one."""
    if status.quoted is not None:
        return post_key(status.quoted)
    return view.post_key(status.quoted_id)
