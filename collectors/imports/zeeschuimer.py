"""What people browsed, as the browser extension Zeeschuimer writes it: one item per line.

https://github.com/digitalmethodsinitiative/zeeschuimer
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from collectors.errors import RecordError
from collectors.imports import (
    jsonl,
    zeeschuimer_instagram,
    zeeschuimer_threads,
    zeeschuimer_tiktok,
    zeeschuimer_x,
)
from collectors.imports.frames import Gathered
from collectors.imports.sample import ImportOptions, Provenance, Sample
from collectors.imports.times import counted_at
from collectors.imports.zeeschuimer_items import ADVERTISEMENT, Mapped, Seen
from collectors.page import Page

NAME = "zeeschuimer"
_READERS: dict[str, Callable[[bytes, Seen], Mapped]] = {
    "tiktok.com": zeeschuimer_tiktok.read,
    "instagram.com": zeeschuimer_instagram.read,
    "threads.net": zeeschuimer_threads.read,
    "threads.com": zeeschuimer_threads.read,
    "twitter.com": zeeschuimer_x.read,
    "x.com": zeeschuimer_x.read,
}
_MAPPING = [
    ("item_id, data.id, data.code, data.rest_id", "post_id"),
    ("data.createTime, data.taken_at, data.legacy.created_at", "created_at"),
    ("data.author.id, data.user.pk, data.core.user_results.result.rest_id", "author_id"),
    ("data.author.uniqueId, data.user.username, data…screen_name", "author"),
    ("data.desc, data.caption.text, data.legacy.full_text", "text"),
    ("data.challenges[].title, data.legacy.entities.hashtags[].text", "hashtags"),
    ("data.stats.diggCount, data.like_count, data.legacy.favorite_count", "like_count"),
    ("data.stats.shareCount, data…repost_count, data.legacy.retweet_count", "repost_count"),
    ("data.stats.commentCount, data.comment_count, data…reply_count", "reply_count"),
    ("data.text_post_app_info.quote_count, data.legacy.quote_count", "quote_count"),
    ("data.stats.playCount, data.play_count, data.views.count", "view_count"),
]
# It tells who browsed, not what.
_USER_AGENT = re.compile(rb'"user_agent"\s*:\s*"(?:[^"\\]|\\.)*"')


class _Line(Struct, gc=False):
    source_platform: str
    item_id: str | int
    data: msgspec.Raw
    timestamp_collected: int | None = None
    last_updated: int | None = None


_DECODER = msgspec.json.Decoder(_Line)


class Zeeschuimer:
    """Reads NDJSON of Zeeschuimer."""

    name = NAME
    title = "Zeeschuimer, NDJSON"

    def recognizes(self, sample: Sample) -> bool:
        """Tell by the keys around each item."""
        record = jsonl.first_record(sample.head)
        return all(key in record for key in (b'"source_platform"', b'"item_id"', b'"data"'))

    def pages(self, path: Path, options: ImportOptions) -> Iterator[Page]:
        """Read the file page by page. Raises `ImportFileError`."""
        return pages_of(path, options, _read)

    def mapping(self, sample: Sample, options: ImportOptions) -> list[tuple[str, str]]:
        """Give the keys that are read, and what they fill."""
        return list(_MAPPING)

    def provenance(self, sample: Sample) -> Provenance:
        """Tell the tool: what it writes is what a platform chose to show to a person."""
        return Provenance(tool=NAME, capture_mode="browsed")


def pages_of(
    path: Path,
    options: ImportOptions,
    read: Callable[[bytes, ImportOptions], tuple[Seen, Mapped]],
) -> Iterator[Page]:
    """Give the items of an NDJSON file page by page. Raises `ImportFileError`."""
    gathered, items = Gathered(), _Items()
    end = 0
    for number, content, end in jsonl.lines(path):
        gathered.received += 1
        try:
            items.add(read(content, options), gathered)
        except RecordError as error:
            raw = _USER_AGENT.sub(b'"user_agent":""', content)
            gathered.rejected.append(
                jsonl.rejected(path, number, error.reason, raw, field=error.field)
            )
        if gathered.received >= options.page_size:
            yield items.page(gathered, progress=end)
            gathered, items = Gathered(), _Items()
    if gathered.received:
        yield items.page(gathered, progress=end)


class _Items:
    """The items of a page, each once: that which was seen last."""

    def __init__(self) -> None:
        self._latest: dict[str, tuple[Seen, Mapped]] = {}

    def add(self, found: tuple[Seen, Mapped], into: Gathered) -> None:
        """Take an item, and its counts each time that it was seen."""
        seen, mapped = found
        mapped.gather(into)
        known = self._latest.get(mapped.post.post_key)
        if known is None or known[0].at <= seen.at:
            self._latest[mapped.post.post_key] = found

    def page(self, gathered: Gathered, *, progress: int) -> Page:
        """Give all of it as a page."""
        gathered.matched = [mapped.post for _, mapped in self._latest.values()]
        gathered.interactions = list(dict.fromkeys(gathered.interactions))
        return gathered.page(progress=progress)


def read_item(platform: str, raw: bytes, seen: Seen) -> Mapped:
    """Read what a platform's page held. Raises `RecordError`."""
    platform = platform.lower().removeprefix("www.")
    reader = _READERS.get(platform)
    if reader is None:
        raise RecordError(f"platform not read yet: {platform[:40]}", field="source_platform")
    try:
        return reader(raw, seen)
    except RecordError as error:
        if error.reason == ADVERTISEMENT:
            raise
        raise RecordError(
            f"{platform}: unexpected format: {error.reason}", field=error.field
        ) from error


def _read(content: bytes, options: ImportOptions) -> tuple[Seen, Mapped]:
    try:
        line = _DECODER.decode(content)
    except jsonl.BROKEN as error:
        reason, field = jsonl.reason_and_field(str(error))
        raise RecordError(reason, field=field) from error
    written = line.last_updated or line.timestamp_collected
    at = counted_at(written, options.captured_at, field="last_updated")
    seen = Seen(f"import:{NAME}", at)
    return seen, read_item(line.source_platform, bytes(line.data), seen)
