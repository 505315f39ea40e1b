"""Raw JSON of Mastodon and servers that speak its API: statuses, or whole answers with statuses.

https://docs.joinmastodon.org/entities/Status/. An account without a host is one of the server that
was asked, which the file does not name: the address of the account does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from collectors import moments
from collectors.errors import RecordError
from collectors.imports import jsonl
from collectors.imports.sample import ImportOptions, Provenance, Sample
from collectors.page import Page
from collectors.platforms.mastodon.accounts import account_key, author_of
from collectors.platforms.mastodon.payloads import Status, read
from collectors.platforms.mastodon.statuses import Records, add, records_of
from collectors.platforms.mastodon.view import View, post_key, view_of
from collectors.records import Interaction, Rejected, raw_of

NAME = "mastodon"
_PER_PAGE = 5_000
_KEYS = (b'"account"', b'"acct"', b'"content"', b'"visibility"', b'"reblogs_count"')
# Whole answers, by the key that holds their statuses: a search, a conversation.
_LISTS = ("statuses", "descendants")
_NOT_PUBLIC = RecordError("not public: left out", field="visibility")
_MAPPING = [
    ("uri", "post_id"),
    ("created_at", "created_at"),
    ("account.acct", "author_id"),
    ("account.acct", "author"),
    ("account.display_name", "author_name"),
    ("account.followers_count", "followers"),
    ("content", "text"),
    ("language", "lang"),
    ("tags[].name", "hashtags"),
    ("card.url, links in content", "urls"),
    ("mentions[].acct", "mentions"),
    ("in_reply_to_id", "reply_to_id"),
    ("quote.quoted_status.uri", "quote_of_id"),
    ("reblog.uri", "repost_of_id"),
    ("favourites_count", "like_count"),
    ("reblogs_count", "repost_count"),
    ("replies_count", "reply_count"),
    ("quotes_count", "quote_count"),
]


class Mastodon:
    """Reads what Mastodon's API gave, one record a line or as lists."""

    name = NAME
    title = "Mastodon, raw JSON"

    def recognizes(self, sample: Sample) -> bool:
        """Tell by the keys of a status."""
        record = jsonl.first_record(sample.head)
        return all(key in record for key in _KEYS)

    def pages(self, path: Path, options: ImportOptions) -> Iterator[Page]:
        """Read the file page by page. Raises `ImportFileError`."""
        size = min(options.page_size, _PER_PAGE)
        part, known = _Part(), dict[str, str]()
        for number, content, end in jsonl.lines(path):
            part.take(path, number, content)
            part.end = end
            if part.received >= size:
                yield part.page(path, options, known)
                part = _Part()
        if part.received:
            yield part.page(path, options, known)

    def mapping(self, sample: Sample, options: ImportOptions) -> list[tuple[str, str]]:
        """Give the keys that are read, and what they fill."""
        return list(_MAPPING)

    def provenance(self, sample: Sample) -> Provenance:
        """Tell nothing: an answer does not say what was asked."""
        return Provenance()


class _Part:
    """The statuses of one page. They are read together: ids in them stand for each other."""

    def __init__(self) -> None:
        self.received = 0
        self.end = 0
        self._statuses: list[tuple[int, Status]] = []
        self._host = ""
        self._rejected: list[Rejected] = []

    def take(self, path: Path, number: int, content: bytes) -> None:
        """Read the statuses of a record; what cannot be read is set aside."""
        for item in _items(content):
            self.received += 1
            try:
                self._host = _name_hosts(item) or self._host
                self._statuses.append((number, read(item, Status)))
            except RecordError as error:
                raw = content if item is None else raw_of(item).encode()
                self._set_aside(path, number, error, raw)

    def page(self, path: Path, options: ImportOptions, known: dict[str, str]) -> Page:
        """Make the page. known: keys of posts by local id, of all pages so far."""
        found = Records()
        source = f"mastodon/{self._host or 'unknown.invalid'}"
        view = view_of(self._statuses, source=source, now=options.captured_at, known=known)
        known.update(view.keys)
        view = replace(view, source=f"import:{NAME}")
        for number, status in self._statuses:
            if not _is_public(status):
                # Told that it is there; what it says was not meant for all, and is not kept.
                self._set_aside(path, number, _NOT_PUBLIC, b"")
                continue
            try:
                moments.posted_at(status.created_at, field="created_at")
                found.extend(_records_of(status, view))
            except RecordError as error:
                self._set_aside(path, number, error, msgspec.json.encode(status))
        return replace(found.page(self._rejected, received=self.received), progress=self.end)

    def _set_aside(self, path: Path, number: int, error: RecordError, raw: bytes) -> None:
        self._rejected.append(jsonl.rejected(path, number, error.reason, raw, field=error.field))


def _is_public(status: Status) -> bool:
    """Tell whether a status, and what it passes on, was written for all to read."""
    shown = (status, *([status.reblog] if status.reblog is not None else []))
    return all(one.visibility == "public" for one in shown)


def _records_of(status: Status, view: View) -> Records:
    """Give what a status holds; a boost is an act, as where the server is asked for it."""
    if status.reblog is None:
        return records_of(status, view)
    found = Records()
    add(found, status.reblog, "referenced", view)
    booster = author_of(status.account, view.host)
    found.authors.append(booster)
    found.interactions.append(
        Interaction(
            kind="repost",
            platform=booster.platform,
            author_key=booster.author_key,
            target_author_key=account_key(status.reblog.account, view.host),
            target_post_key=post_key(status.reblog),
            acted_at=moments.utc(status.created_at),
        )
    )
    return found


def _items(content: bytes) -> list[Any]:
    """Give the statuses of a record; None stands for what is no JSON."""
    try:
        record = msgspec.json.decode(content)
    except jsonl.BROKEN:
        return [None]
    for name in _LISTS:
        if isinstance(record, dict) and isinstance(record.get(name), list):
            rows: list[Any] = record[name]
            return rows
    return [record]


def _name_hosts(item: object) -> str | None:
    """Give accounts of the server that was asked their host; gives that host if there was one.

    Raises `RecordError` where there is nothing to read.
    """
    if item is None:
        raise RecordError("broken JSON")
    if not isinstance(item, dict):
        raise RecordError("no status")
    host = None
    quote = item.get("quote")
    shown = [
        item,
        item.get("reblog"),
        quote.get("quoted_status") if isinstance(quote, dict) else None,
    ]
    for status in (one for one in shown if isinstance(one, dict)):
        mentions = status.get("mentions")
        people = [status.get("account"), *(mentions if isinstance(mentions, list) else [])]
        for person in (one for one in people if isinstance(one, dict)):
            host = _name_host(person) or host
    return host


def _name_host(person: dict[str, Any]) -> str | None:
    acct, url = person.get("acct"), person.get("url") or person.get("uri")
    if not isinstance(acct, str) or "@" in acct or not isinstance(url, str):
        return None
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    if host:
        person["acct"] = f"{acct}@{host}"
    return host
