"""Exports of 4CAT: the items as they came from Zeeschuimer, or the columns that it made of them.

https://github.com/digitalmethodsinitiative/4cat/wiki/Data-sources
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from collectors.errors import RecordError
from collectors.imports import jsonl
from collectors.imports.fourcat_rows import read_row
from collectors.imports.sample import ImportOptions, Provenance, Sample
from collectors.imports.times import counted_at
from collectors.imports.zeeschuimer import pages_of, read_item
from collectors.imports.zeeschuimer_items import Mapped, Seen, decoded
from collectors.page import Page

NAME = "4cat"
_ROW_KEYS = frozenset({"id", "author", "body", "timestamp"})
_MAPPING = [
    ("id", "post_id"),
    ("unix_timestamp, timestamp", "created_at"),
    ("author_id", "author_id"),
    ("author", "author"),
    ("body", "text"),
    ("url, link, tiktok_url", "url"),
    ("language_guess", "lang"),
    ("hashtags", "hashtags"),
    ("urls, link_url", "urls"),
    ("mentions", "mentions"),
    ("retweeted_user", "repost_of_author"),
    ("replied_user", "reply_to_author"),
    ("likes, num_likes, like_count", "like_count"),
    ("reposts, shares, retweet_count", "repost_count"),
    ("replies, comments, num_comments, reply_count", "reply_count"),
    ("quotes, quote_count", "quote_count"),
    ("plays, impression_count", "view_count"),
]


class _Meta(Struct, gc=False):
    """What Zeeschuimer told of an item, which 4CAT keeps beside its fields."""

    source_platform: str | None = None
    timestamp_collected: int | None = None
    last_updated: int | None = None


class _Line(Struct, gc=False):
    import_meta: _Meta | None = msgspec.field(default=None, name="__import_meta")


_DECODER = msgspec.json.Decoder(_Line)


class FourCat:
    """Reads NDJSON of 4CAT."""

    name = NAME
    title = "4CAT, NDJSON"

    def recognizes(self, sample: Sample) -> bool:
        """Tell by what 4CAT puts beside each item, or by the names of its columns."""
        record = jsonl.first_record(sample.head)
        if b'"__import_meta"' in record:
            return True
        try:
            keys = msgspec.json.decode(record, type=dict[str, msgspec.Raw]).keys()
        except jsonl.BROKEN:
            return False
        return keys >= _ROW_KEYS and bool(keys & {"thread_id", "unix_timestamp"})

    def pages(self, path: Path, options: ImportOptions) -> Iterator[Page]:
        """Read the file page by page. Raises `ImportFileError`."""
        return pages_of(path, options, _read)

    def mapping(self, sample: Sample, options: ImportOptions) -> list[tuple[str, str]]:
        """Give the keys that are read, and what they fill."""
        return list(_MAPPING)

    def provenance(self, sample: Sample) -> Provenance:
        """Tell the tool; only items that Zeeschuimer collected say how they were come by."""
        browsed = b'"__import_meta"' in jsonl.first_record(sample.head)
        return Provenance(tool=NAME, capture_mode="browsed" if browsed else "unknown")


def _read(content: bytes, options: ImportOptions) -> tuple[Seen, Mapped]:
    meta = decoded(_DECODER, content).import_meta
    if meta is None:
        seen = Seen(f"import:{NAME}", options.captured_at)
        return seen, read_row(content, seen, options)
    if meta.source_platform is None:
        raise RecordError("not told of which platform it is", field="$.__import_meta")
    written = meta.last_updated or meta.timestamp_collected
    at = counted_at(written, options.captured_at, field="last_updated")
    seen = Seen(f"import:{NAME}", at)
    return seen, read_item(meta.source_platform, content, seen)
