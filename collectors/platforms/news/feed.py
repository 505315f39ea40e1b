"""What a feed holds: its articles, and what of it could not be read."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import feedparser

from collectors.errors import PayloadError, RecordError
from collectors.markup import text_and_links
from collectors.moments import is_possible
from collectors.platforms.news.dates import published_at
from collectors.platforms.news.links import canonical
from collectors.platforms.news.matching import Word, words_of
from collectors.records import Rejected

_LONGEST_TITLE = 300
_LONGEST_SUMMARY = 500
_LONGEST_RAW = 4_000
_ENOUGH = 5  # articles, to know how often there is one
_NIGHT = timedelta(hours=5)
_MOST_EXPECTED = 7.0  # articles: silence where 7 are expected has a chance of e^-7 = 0.0009
_LARGEST = 5_000_000  # bytes; feeds of a hundred articles have half a million
_MOST_ATTRIBUTES = 100
_TAG = re.compile(rb"""<[^<>"']*+(?:(?:"[^"<]*+"|'[^'<]*+')[^<>"']*+)*+""")
_SET = re.compile(rb"[\w:.-]\s*+=\s*+[\"']")


@dataclass(frozen=True, slots=True)
class Article:
    """One article, as its outlet announces it."""

    key: str  # its one address
    url: str
    title: str
    summary: str
    published_at: datetime
    labels: tuple[str, ...]
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Issue:
    """What a feed held at one time."""

    title: str | None
    language: str | None
    articles: tuple[Article, ...]
    rejected: tuple[Rejected, ...]
    received: int

    def reaches(self, now: datetime) -> datetime | None:
        """Return since when everything is here; None if no date can be right.

        An article that is pinned, or of which the date was touched, must not pass for the depth of
        the feed: a tenth of the oldest, and at least one of five, is left out. Nor must a date that
        cannot be: forms without a date say the year 1 or 1970.
        """
        times = self._times(now)
        if not times:
            return None
        return times[max(len(times) // 10, min(len(times) // 5, 1))]

    def shown_to(self, now: datetime) -> datetime | None:
        """Return since when a feed stands still that used to bring more; None if it does not.

        The silence must be long, longer than any between its articles, and improbable at their
        rate: an outlet that sleeps at night, or writes once a week, does not stand still.
        """
        times = self._times(now)
        if len(times) < _ENOUGH or times[-1] <= times[0]:
            return None
        silence = now - times[-1]
        longest = max(later - earlier for earlier, later in pairwise(times))
        expected = silence / ((times[-1] - times[0]) / (len(times) - 1))
        stands_still = silence > max(_NIGHT, 2 * longest) and expected > _MOST_EXPECTED
        return times[-1] if stands_still else None

    def _times(self, now: datetime) -> list[datetime]:
        """Return the dates that can be, oldest first."""
        dates = sorted(article.published_at for article in self.articles)
        return [date for date in dates if is_possible(date) and date <= now]


def issue_of(body: bytes, *, content_type: str, place: str, zone: ZoneInfo) -> Issue:
    """Read a feed: RSS, Atom or RDF. Raises `PayloadError` if it is none, or holds nothing.

    https://feedparser.readthedocs.io/en/latest/
    """
    _refuse_unbounded(body, place)
    try:
        found: Any = feedparser.parse(
            io.BytesIO(body),
            response_headers={"content-type": content_type},
            # Only text is taken, and by `_text`: its own passes over HTML take minutes for some.
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # its parsers raise what theirs do
        raise PayloadError(f"{place}: cannot be read as a feed: {error}") from error
    if not found.get("version"):
        raise PayloadError(f"{place}: is no RSS or Atom feed, but {_looks_like(body)}")
    if not found.entries:
        raise PayloadError(f"{place}: the feed holds no article at all: see whether it has moved")
    articles: dict[str, Article] = {}
    rejected = []
    for number, entry in enumerate(found.entries, start=1):
        try:
            article = _article(entry, zone)
        except RecordError as error:
            rejected.append(
                Rejected(
                    locator=f"{place}:{number}",
                    reason=error.reason,
                    raw=_raw(entry),
                    field=error.field,
                )
            )
        else:
            articles.setdefault(article.key, article)
    if not articles:
        raise PayloadError(f"{place}: not one article could be read: {rejected[0].reason}")
    return Issue(
        title=_text(found.feed.get("title"))[:200] or None,
        language=_text(found.feed.get("language"))[:2].lower() or None,
        articles=tuple(articles.values()),
        rejected=tuple(rejected),
        # The same article twice is one article: what was given is what there is of it.
        received=len(articles) + len(rejected),
    )


def _refuse_unbounded(body: bytes, place: str) -> None:
    """Raise `PayloadError` for what would take a processor for long.

    The parser takes two seconds for a megabyte, but for the attributes of one element a time that
    grows as the square of their number.
    """
    if len(body) > _LARGEST:
        raise PayloadError(f"{place}: has {len(body):,} bytes, too many for a feed")
    # Without zeros: a feed may be in UTF-16.
    for tag in _TAG.finditer(body.replace(b"\0", b"")):
        if tag[0].count(b"=") > _MOST_ATTRIBUTES and len(_SET.findall(tag[0])) > _MOST_ATTRIBUTES:
            raise PayloadError(
                f"{place}: an element has more than {_MOST_ATTRIBUTES} attributes: is no feed"
            )


def _looks_like(body: bytes) -> str:
    start = body[:500].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")) or b"<html" in start:
        return "a web page"
    return "JSON" if start.startswith((b"{", b"[")) else "something else"


def _article(entry: Any, zone: ZoneInfo) -> Article:
    link = _text(entry.get("link"))
    key = canonical(link)
    if key is None:
        raise RecordError(f"{link[:100]!r} is no address of an article", field="link")
    title = _text(entry.get("title"))[:_LONGEST_TITLE]
    if not title:
        raise RecordError("there is no title", field="title")
    # Past its own `get`, which warns of how it fills one in for the other.
    said = _text(dict.get(entry, "published")) or _text(dict.get(entry, "updated"))
    when = published_at(said, zone=zone)
    if when is None:
        raise RecordError(f"{said[:60]!r} is no date", field="published")
    summary = _text(entry.get("summary"))[:_LONGEST_SUMMARY]
    tags = entry.get("tags")
    labels = [_text(tag.get("term")) for tag in tags if hasattr(tag, "get")] if tags else []
    return Article(
        key=key,
        url=link,
        title=title,
        summary=summary,
        published_at=when,
        labels=tuple(label for label in labels if label),
        # A full stop keeps a name from beginning in the title and ending in the summary.
        words=tuple(words_of(f"{title}. {summary}")),
    )


def _text(value: object) -> str:
    """Give a field as plain text, on one line; feeds put HTML into any of them."""
    if not isinstance(value, str):
        return ""
    plain = text_and_links(value)[0] if "<" in value or "&" in value else value
    clean = "".join(c if c.isprintable() else " " for c in plain)
    return " ".join(clean.encode("utf-8", "replace").decode("utf-8").split())


def _raw(entry: Any) -> str:
    return json.dumps(dict(entry), default=str, ensure_ascii=True)[:_LONGEST_RAW]
