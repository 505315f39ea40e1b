"""A report for publication: no handle, no key, no link to anybody's post, but of public figures."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar
from urllib.parse import urlsplit

from monitor.naming import Known, Naming
from monitor.report.report import AmplifiedRow, AuthorRow, CountRow
from monitor.report.rows import Ranked
from monitor.store import Store

_Row = TypeVar("_Row", AuthorRow, AmplifiedRow)

# Where an address leads to somebody's post or page.
_SOCIAL = frozenset(
    {
        "bsky.app",
        "facebook.com",
        "fb.com",
        "fb.watch",
        "instagram.com",
        "linkedin.com",
        "njump.me",
        "t.co",
        "t.me",
        "telegram.me",
        "threads.com",
        "threads.net",
        "tiktok.com",
        "twitter.com",
        "x.com",
        "youtu.be",
        "youtube.com",
    }
)


def redacted(ranked: Ranked, store: Store, naming: Naming) -> Ranked:
    """Give the rankings with the names that accounts have outside."""
    keys = [row.author for row in ranked.authors] + [row.author for row in ranked.amplified]
    known = store.privacy.known_as(keys)
    return Ranked(
        authors=[_row(row, known, naming) for row in ranked.authors],
        amplified=[_row(row, known, naming) for row in ranked.amplified],
        hashtags=ranked.hashtags,
        links=_links(ranked.links),
    )


def names(store: Store, naming: Naming, keys: list[str]) -> dict[str, str]:
    """Give the names that accounts have outside."""
    known = store.privacy.known_as(keys)
    return {key: naming.name(key, known.get(key)) for key in keys}


def _row(row: _Row, known: dict[str, Known], naming: Naming) -> _Row:
    about = known.get(row.author) or Known(row.handle)
    if naming.is_public(row.author, about):
        return row
    return replace(row, author=naming.pseudonym(row.author), handle=None)


def _links(rows: list[CountRow]) -> list[CountRow]:
    """Leave out which page of a social platform it was: the address names its owner."""
    kept = []
    for row in rows:
        parts = urlsplit(row.name)
        host = (parts.hostname or "").removeprefix("www.")
        is_personal = host in _SOCIAL or "@" in parts.path or "/users/" in parts.path
        kept.append(replace(row, name=f"{host}/…") if is_personal else row)
    return kept
