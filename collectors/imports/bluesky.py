"""Raw JSON of Bluesky: posts as its API shows them, whole answers of it, or Jetstream's events.

https://docs.bsky.app/docs/category/http-reference, https://github.com/bluesky-social/jetstream
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from collectors.errors import RecordError
from collectors.imports import bluesky_spelling, jsonl
from collectors.imports.sample import ImportOptions, Provenance, Sample
from collectors.page import Page
from collectors.platforms.bluesky.events import read_event
from collectors.platforms.bluesky.posts import PLATFORM, author_of, key_of, time_in
from collectors.platforms.bluesky.views import Shown, View, person_of, quoted_in, view_of
from collectors.records import Interaction, raw_of

NAME = "bluesky"
_PER_PAGE = 10_000  # posts as they are shown take ten times the room of those of a table
_REPOST = "app.bsky.feed.defs#reasonRepost"
_SHOWN = (b'"record"', b'"author"', b"app.bsky.feed.post")
_HEARD = (b'"did"', b'"time_us"', b'"kind"')
# Whole answers, by the key that holds their posts: searchPosts and getQuotes, getAuthorFeed.
_LISTS = ("posts", "feed")
_MAPPING = [
    ("uri, did + commit.rkey", "post_id"),
    ("record.createdAt", "created_at"),
    ("author.did, did", "author_id"),
    ("author.handle", "author"),
    ("author.displayName", "author_name"),
    ("record.text", "text"),
    ("record.langs[0]", "lang"),
    ("record.facets[]…tag, record.tags, #… in record.text", "hashtags"),
    ("record.facets[]…uri, record.embed.external.uri", "urls"),
    ("record.facets[]…did", "mentions"),
    ("record.reply.parent.uri", "reply_to_id"),
    ("record.embed.record.uri", "quote_of_id"),
    ("reason.by.did, commit.record.subject.uri", "repost_of_id"),
    ("likeCount", "like_count"),
    ("repostCount", "repost_count"),
    ("replyCount", "reply_count"),
    ("quoteCount", "quote_count"),
]


class Bluesky:
    """Reads what Bluesky's API or Jetstream gave, one record a line or as lists."""

    name = NAME
    title = "Bluesky, raw JSON"

    def recognizes(self, sample: Sample) -> bool:
        """Tell by the keys of a post, of an answer that holds posts, or of an event."""
        record = jsonl.first_record(sample.head)
        return all(mark in record for mark in _SHOWN) or all(mark in record for mark in _HEARD)

    def pages(self, path: Path, options: ImportOptions) -> Iterator[Page]:
        """Read the file page by page. Raises `ImportFileError`."""
        size = min(options.page_size, _PER_PAGE)
        shown, end = Shown(f"import:{NAME}", options.captured_at), 0
        for number, content, end in jsonl.lines(path):
            for item in _items(content):
                shown.received += 1
                try:
                    _read(item, shown)
                except RecordError as error:
                    raw = content if item is None else raw_of(item).encode()
                    shown.rejected.append(
                        jsonl.rejected(path, number, error.reason, raw, field=error.field)
                    )
            if shown.received >= size:
                yield replace(shown.page(), progress=end)
                shown = Shown(f"import:{NAME}", options.captured_at)
        if shown.received:
            yield replace(shown.page(), progress=end)

    def mapping(self, sample: Sample, options: ImportOptions) -> list[tuple[str, str]]:
        """Give the keys that are read, and what they fill."""
        return list(_MAPPING)

    def provenance(self, sample: Sample) -> Provenance:
        """Tell events, which are all that happened, from posts, which somebody asked for."""
        record = jsonl.first_record(sample.head)
        if all(mark in record for mark in _HEARD):
            return Provenance(tool="jetstream", capture_mode="streamed")
        return Provenance(capture_mode="searched" if b'"posts"' in record[:20] else "unknown")


def _items(content: bytes) -> list[Any]:
    """Give the posts or the event of a record; None stands for what is no JSON."""
    try:
        record = msgspec.json.decode(content)
    except jsonl.BROKEN:
        return [None]
    for name in _LISTS:
        if isinstance(record, dict) and isinstance(record.get(name), list):
            rows: list[Any] = record[name]
            return rows
    return [record]


def _read(item: object, shown: Shown) -> None:
    if item is None:
        raise RecordError("broken JSON")
    if not isinstance(item, dict):
        raise RecordError("no post")
    if "time_us" in item:
        read_event(item, None, shown.found)
        return
    item = bluesky_spelling.as_told(item)
    reason = item.get("reason")
    view = _dated(item.get("post", item), shown)
    # Of a post that somebody passed on, the feed shows the post: it is that somebody's act.
    if isinstance(reason, dict) and reason.get("$type") == _REPOST:
        _add_repost(view, reason, shown)
        shown.add(view, "referenced")
    else:
        shown.add(view, "matched")
    quoted = quoted_in(view, now=shown.now)
    if quoted is not None:
        shown.add(quoted, "referenced")


def _dated(row: object, shown: Shown) -> View:
    """Read a post that says when it was written. Raises `RecordError`.

    A live source's posts are of now. A file's may be of any time, and its own time is nobody's.
    """
    record = row.get("record", row.get("value")) if isinstance(row, dict) else None
    if not isinstance(row, dict) or not isinstance(record, dict):
        return view_of(row, now=shown.now)
    written, indexed = time_in(record.get("createdAt")), time_in(row.get("indexedAt"))
    at = indexed or written
    if at is None:
        raise RecordError("no time at which it was written", field="record.createdAt")
    # What a file holds was there before it was read, whatever the file's own date.
    return view_of(row, now=max(at, shown.now) if indexed else at)


def _add_repost(view: View, reason: dict[str, Any], shown: Shown) -> None:
    person, uri = person_of(reason.get("by"), within="by."), reason.get("uri")
    at = time_in(reason.get("indexedAt"))
    shown.add_author(person)
    shown.found.interactions.append(
        Interaction(
            kind="repost",
            platform=PLATFORM,
            author_key=person.author_key,
            target_author_key=author_of(view.uri),
            target_post_key=key_of(view.uri),
            acted_at=at,
            precision="unknown" if at is None else "exact",
            record_key=key_of(uri) if isinstance(uri, str) else None,
        )
    )
