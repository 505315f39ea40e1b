"""What the browsed items of all platforms have in common: what comes of one, and how it is read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import msgspec

from collectors import hashtags
from collectors.errors import RecordError
from collectors.imports import cells, jsonl
from collectors.imports.frames import Gathered
from collectors.imports.times import parse_any
from collectors.records import Author, Engagement, Interaction, Post

# A count as web pages have it: a number, or one that is written as text.
Count = int | str | None
ADVERTISEMENT = "an advertisement"
_MOST = 2**63 - 1
# Instagram and Threads allow dots in handles, but not as the last character.
_HANDLE = re.compile(r"(?<![\w@./])@([A-Za-z0-9_](?:[A-Za-z0-9_.]{0,28}[A-Za-z0-9_])?)")
_Given = TypeVar("_Given")
_Shape = TypeVar("_Shape")


@dataclass(frozen=True, slots=True)
class Seen:
    """Through which tool an item was seen, and when."""

    observer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Mapped:
    """All that one item holds: it is taken whole, or not at all."""

    post: Post
    authors: list[Author] = field(default_factory=list)
    counts: list[Engagement] = field(default_factory=list)
    edges: list[Interaction] = field(default_factory=list)
    referenced: list[Post] = field(default_factory=list)

    def gather(self, into: Gathered) -> None:
        """Take all but the post itself, which may be there already."""
        for author in self.authors:
            into.authors.setdefault(author.author_key, author)
        for post in self.referenced:
            into.referenced.setdefault(post.post_key, post)
        for counts in self.counts:
            into.add_engagement(counts)
        into.interactions += self.edges


def decoded(decoder: msgspec.json.Decoder[_Shape], raw: bytes) -> _Shape:
    """Read an item. Raises `RecordError`, which names the field."""
    try:
        return decoder.decode(raw)
    except jsonl.BROKEN as error:
        reason, where = jsonl.reason_and_field(str(error))
        raise RecordError(reason, field=where) from error


def given(value: _Given | None, name: str) -> _Given:
    """Give what must be there. Raises `RecordError`."""
    if value is None or value == "":
        raise RecordError(f"Object missing required field `{name}`", field=f"$.{name}")
    return value


def count(value: Count, name: str) -> int | None:
    """Read a count; one below zero stands for a hidden one. Raises `RecordError`.

    >>> count("12", "likes"), count(-1, "likes"), count("", "likes"), count(None, "likes")
    (12, None, None, None)
    """
    if value is None or (isinstance(value, str) and cells.known(value) is None):
        return None
    if isinstance(value, str):
        value = value.strip()
        if value.startswith("-") and value[1:].isdecimal():
            return None
        if not (value.isascii() and value.isdecimal() and len(value) < len(str(_MOST))):
            raise RecordError(f"not a count: {value!r:.40}", field=f"$.{name}")
        value = int(value)
    if value > _MOST:
        raise RecordError(f"not a count: {value!r:.40}", field=f"$.{name}")
    return None if value < 0 else value


def moment(value: int | str | None, name: str) -> datetime:
    """Read seconds or milliseconds since 1970. Raises `RecordError`."""
    return parse_any(str(given(value, name)), field=f"$.{name}")


def key_of(platform: str, native_id: str | int | None, handle: str | None) -> str | None:
    """Give the key of an account by its id, or by its handle where only that is known.

    >>> key_of("threads", 12, "Warga"), key_of("threads", None, "Warga")
    ('threads:12', 'threads:@warga')
    """
    if native_id:
        return f"{platform}:{native_id}"
    return f"{platform}:@{handle.lower()}" if handle else None


def handles_in(text: str) -> list[str]:
    """Find the handles that a text names.

    >>> handles_in("oleh @warga.kota. dan @Ibu_B (surat@contoh.example)")
    ['warga.kota', 'Ibu_B']
    """
    return list(dict.fromkeys(_HANDLE.findall(text)))


def tags_of(text: str, told: Iterable[str | None] = ()) -> tuple[str, ...]:
    """Give the hashtags that a platform tells, and those that are only written in the text."""
    raw = [tag.strip().lstrip("#") for tag in told if tag]
    known = {tag.casefold() for tag in raw}
    raw += [tag for tag in hashtags.in_text(text) if tag.casefold() not in known]
    return tuple(dict.fromkeys(tag for tag in raw if tag))
