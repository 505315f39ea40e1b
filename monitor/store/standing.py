"""Whose word counts: of a post and an account that of its home, and of all others what they saw.

A server tells what it likes of the posts and accounts of other servers: that they are gone, that
they say something else, that millions follow them. It need not even mean harm: a moderator of one
server hides what stands elsewhere. So each word has a standing, and the decisions that rest on
it are here, as functions of values.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

FILE = 0  # somebody gave it
OBSERVER = 1  # a server that shows what is another's
HOME = 2  # the server of the post or account; of a network that is one, whoever asks the network

# Networks of many servers, whose posts and accounts have one home each.
_FEDERATED = ("mastodon", "misskey")
_DAY = timedelta(days=1)


def of_posts(
    source: pl.Expr, *, key: str = "post_key", author: str | None = "author_key"
) -> pl.Expr:
    """Return the standing of what a source says of posts. key, author: the columns of their keys.

    A post whose address is of one server and whose author is of another is nobody's own: a
    server that writes such an address would else speak for whom it likes.
    """
    host = source.str.extract(r"^\w+/(.+)$").str.to_lowercase()
    is_home = pl.col(key).str.extract(r"^mastodon:\w+://([^/]+)/").str.to_lowercase() == host
    if author is not None:
        is_home &= _server(author) == host
    return _standing(source, key, is_home)


def of_accounts(source: pl.Expr, *, key: str = "author_key") -> pl.Expr:
    """Return the standing of what a source says of accounts."""
    host = source.str.extract(r"^\w+/(.+)$").str.to_lowercase()
    return _standing(source, key, _server(key) == host)


def _server(key: str) -> pl.Expr:
    return pl.col(key).str.extract(r"^mastodon:@.*@([^@]+)$").str.to_lowercase()


def _standing(source: pl.Expr, key: str, is_home: pl.Expr) -> pl.Expr:
    network = source.str.extract(r"^(\w+)")
    is_own = pl.col(key).str.extract(r"^(\w+):") == network
    return (
        pl.when(source.str.starts_with("import/"))
        .then(FILE)
        .when(network.is_in(_FEDERATED))
        .then(pl.when(is_home).then(HOME).otherwise(OBSERVER))
        .when(is_own)
        .then(HOME)
        .otherwise(OBSERVER)
        .cast(pl.Int16)
        .alias("standing")
    )


@dataclass(frozen=True, slots=True)
class Saying:
    """What a source said of a post: that it is gone, or by showing it that it is there."""

    source: str
    standing: int
    at: datetime
    is_gone: bool


def is_gone(sayings: Iterable[Saying]) -> bool:
    """Return whether a post is gone: its home says so, or all who showed it and none shows it now.

    Once its home has said so, it stays gone. A file that showed it does not hold it where servers
    did: it cannot be asked again. The order of what is given does not matter.
    """
    said = list(sayings)
    home = [one.is_gone for one in said if one.standing == HOME]
    if home:
        return any(home)
    last: dict[str, Saying] = {}
    # Of two that say so at the same time, the one that hides goes last: that is the safe side.
    for one in sorted(said, key=lambda one: (one.at, one.is_gone)):
        last["" if one.standing == FILE else one.source] = one  # files are one voice
    most = max((one.standing for one in last.values()), default=FILE)
    return bool(last) and all(one.is_gone for one in last.values() if one.standing == most)


@dataclass(frozen=True, slots=True)
class Followers:
    """How many follow an account, as its home said: what it says now, and what has proven true."""

    watched: int
    since: datetime
    proven: int


def followers_seen(known: Followers | None, number: int, *, now: datetime) -> Followers:
    """Take in what an account's home says now.

    What it says first is believed, and less than that at once; more has proven true when it was
    said a day before and is said still. So nobody becomes a public figure by a jump.
    """
    if known is None:
        return Followers(number, now, number)
    if now - known.since >= _DAY:
        return Followers(number, now, min(known.watched, number))
    return Followers(min(known.watched, number), known.since, min(known.proven, number))
