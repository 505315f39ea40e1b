"""One block of a channel's page: a message, or several sent as an album.

There is no description of this page but the page itself: https://t.me/s/telegram
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

from selectolax.lexbor import LexborNode

from collectors import hashtags
from collectors.errors import RecordError
from collectors.markup import text_and_links
from collectors.moments import posted_at
from collectors.platforms.telegram.links import Place, is_telegram, place_of

_POST = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9_]{2,31})/(?P<number>[1-9][0-9]{0,15})", re.ASCII)
_COUNT = re.compile(r"(?P<digits>\d{1,9}(?:\.\d{1,3})?)(?P<unit>[KMB]?)", re.ASCII)
_UNITS = {"": 1, "K": 1_000, "M": 1_000_000, "B": 1_000_000_000}
_NO_TEXT = frozenset({"\x00", "\ufffd"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What the page shows of a message. The oldest of an album names the block."""

    place: Place
    numbers: frozenset[int]  # all messages of the block
    is_service: bool  # 'channel created', 'photo changed': nobody's message
    created_at: datetime
    text: str | None
    tags: tuple[str, ...]
    links: tuple[str, ...]
    mentions: tuple[Place, ...]
    is_forward: bool
    forwarded_from: Place | None  # None also where the origin is hidden
    reply_to: Place | None
    views: int | None
    reactions: int | None


def numbers_of(node: LexborNode) -> frozenset[int]:
    """Give the numbers of the messages in a block, none if it does not tell."""
    own = _POST.fullmatch(node.attributes.get("data-post") or "")
    if own is None:
        return frozenset()
    numbers = {int(own["number"])}
    for part in node.css(".tgme_widget_message_grouped a[href], .grouped_media_wrap"):
        place = place_of(part.attributes.get("href"))
        if place and place.name.lower() == own["name"].lower() and place.message is not None:
            numbers.add(place.message)
    return frozenset(numbers)


def block_of(node: LexborNode) -> Block:
    """Read a block. Raises `RecordError` that names the part of the page."""
    own = _POST.fullmatch(node.attributes.get("data-post") or "")
    if own is None:
        raise RecordError("names no message", field="data-post")
    origin = node.css_first(".tgme_widget_message_forwarded_from_name")
    is_forward = origin is not None or _has(node, ".tgme_widget_message_forwarded_from")
    text, links = _text(node)
    tags = tuple(tag for link in links if (tag := _tag(link)) is not None)
    places = [place for link in links if (place := place_of(link)) is not None]
    return Block(
        place=Place(own["name"], int(own["number"])),
        numbers=numbers_of(node),
        is_service="service_message" in (node.attributes.get("class") or "").split(),
        created_at=_time(node),
        text=text,
        tags=tuple(dict.fromkeys((*tags, *hashtags.in_text(text or "")))),
        links=tuple(dict.fromkeys(link for link in links if _is_shared(link))),
        mentions=tuple(dict.fromkeys(places)),
        is_forward=is_forward,
        forwarded_from=None if origin is None else place_of(origin.attributes.get("href")),
        reply_to=_reply(node),
        views=_views(node),
        reactions=_reactions(node),
    )


def count_of(written: str) -> int:
    """Read a count as the page rounds it. Raises `RecordError`.

    >>> count_of("12.3K"), count_of("847"), count_of("1.05M")
    (12300, 847, 1050000)
    """
    found = _COUNT.fullmatch(written.strip().replace(" ", "").replace(",", ""))
    if found is None:
        raise RecordError(f"{written[:40]!r} is no count")
    return int(Decimal(found["digits"]) * _UNITS[found["unit"]])


def _text(node: LexborNode) -> tuple[str | None, list[str]]:
    # What a reply answers to is shown above it, with another class.
    shown = node.css_first(".js-message_text") or node.css_first(
        ".tgme_widget_message_poll_question"
    )
    preview = node.css_first("a.tgme_widget_message_link_preview")
    more = [] if preview is None else [preview.attributes.get("href") or ""]
    if shown is None:
        return None, more
    text, links = text_and_links(shown.html or "")
    text = "".join(c for c in text if c not in _NO_TEXT)
    return text or None, [*links, *more]


def _tag(link: str) -> str | None:
    # '#tag@channel' links to the hashtag within that channel.
    if not link.startswith("?q=%23"):
        return None
    return parse_qs(link[1:]).get("q", ["#"])[0][1:].partition("@")[0] or None


def _is_shared(link: str) -> bool:
    """Tell whether a link leads to content; a bare account is a mention, and no link."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    place = place_of(link)
    if is_telegram(link) and place is not None and place.message is None:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _time(node: LexborNode) -> datetime:
    shown = node.css_first("a.tgme_widget_message_date time[datetime], time.time[datetime]")
    if shown is None:
        raise RecordError("has no time", field="time[datetime]")
    written = shown.attributes.get("datetime") or ""
    try:
        when = datetime.fromisoformat(written)
    except ValueError as error:
        raise RecordError(f"{written[:40]!r} is no time", field="time[datetime]") from error
    if when.tzinfo is None:
        raise RecordError(f"{written[:40]!r} has no offset", field="time[datetime]")
    return posted_at(when, field="time[datetime]", written=written)


def _reply(node: LexborNode) -> Place | None:
    shown = node.css_first("a.tgme_widget_message_reply")
    return None if shown is None else place_of(shown.attributes.get("href"))


def _views(node: LexborNode) -> int | None:
    shown = node.css_first(".tgme_widget_message_views")
    return None if shown is None else _count(shown.text(), "views")


def _reactions(node: LexborNode) -> int | None:
    """Sum the reactions. None where none are shown: the channel may have switched them off."""
    if not _has(node, ".tgme_widget_message_reactions"):
        return None
    return sum(_counts(node), 0) if _has(node, ".tgme_reaction") else None


def _counts(node: LexborNode) -> Iterator[int]:
    for one in node.css(".tgme_reaction"):
        # The emoji stands in an element of its own; keycap emojis hold digits.
        yield _count(one.text(deep=False), "reactions")


def _count(written: str, field: str) -> int:
    try:
        return count_of(written)
    except RecordError as error:
        raise RecordError(error.reason, field=field) from error


def _has(node: LexborNode, selector: str) -> bool:
    return node.css_first(selector) is not None
