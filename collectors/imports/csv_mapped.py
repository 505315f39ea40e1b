"""Any CSV with a header, by the meaning of its columns."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

from collectors import hashtags
from collectors.errors import ImportFileError, RecordError
from collectors.imports import cells, csv_reading, csv_tools, edges, x_words
from collectors.imports.csv_columns import Columns, resolve
from collectors.imports.csv_keys import SAMPLE_ROWS, Repeats, later
from collectors.imports.csv_reading import Row, Table
from collectors.imports.csv_row import CsvRow, account_key, handle_key
from collectors.imports.frames import Gathered
from collectors.imports.sample import ImportOptions, Provenance, Sample
from collectors.imports.times import parse_any
from collectors.page import Page
from collectors.records import Author, Engagement, Post

NAME = "csv"
_PLATFORM = re.compile(r"[a-z][a-z0-9_.\-]*")


class CsvMapped:
    """Reads any CSV whose columns have names; `options.mapping` says what they hold."""

    name = NAME
    title = "CSV with a header line"

    def recognizes(self, sample: Sample) -> bool:
        """Tell whether the first line names several columns."""
        start = sample.head.removeprefix(b"\xef\xbb\xbf").lstrip()
        if start[:1] in (b"{", b"[", b"<") or _is_binary(sample.head):
            return False
        try:
            return len(csv_reading.table_of(sample.path, sample.head).columns) > 1
        except ImportFileError:
            return False

    def pages(self, path: Path, options: ImportOptions) -> Iterator[Page]:
        """Read the file page by page. Raises `ImportFileError`, before the first page."""
        table = csv_reading.open_table(path)
        columns = resolved(path, table, options)
        return csv_reading.pages(table, options, partial(_gather, columns, Repeats()))

    def mapping(self, sample: Sample, options: ImportOptions) -> list[tuple[str, str]]:
        """Give the columns that are read, and what they fill; `=x` is one value for all rows."""
        table = csv_reading.table_of(sample.path, sample.head)
        return told(resolved(sample.path, table, options))

    def provenance(self, sample: Sample) -> Provenance:
        """Tell the tool by its columns."""
        try:
            table = csv_reading.table_of(sample.path, sample.head)
        except ImportFileError:
            return Provenance()
        return csv_tools.tool_of(table.columns).provenance


def told(found: Columns) -> list[tuple[str, str]]:
    """Give columns with the fields that they fill; `=x` is one value for all rows."""
    return [
        *((column, field) for field, column in found.columns.items()),
        *((f"={value}", field) for field, value in found.constants.items()),
    ]


def pages_of_rows(
    path: Path, columns: Columns, rows: Iterable[Row], options: ImportOptions
) -> Iterator[Page]:
    """Read rows that were taken out of a table before, as `CsvMapped` reads them."""
    return csv_reading.pages_of(path, rows, options, partial(_gather, columns, Repeats()))


def resolved(path: Path, table: Table, options: ImportOptions) -> Columns:
    """Find what the columns of a table hold. Raises `ImportFileError`."""
    first = (row.cells for row in table.rows() if isinstance(row, Row))
    return resolve(path, table.columns, _mapping(table, options), list(islice(first, SAMPLE_ROWS)))


def _mapping(table: Table, options: ImportOptions) -> dict[str, str]:
    """Give what the operator says of the columns, before what the tool is known to mean."""
    return {**csv_tools.tool_of(table.columns).mapping, **options.mapping}


def _is_binary(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    # Text in UTF-16 has a zero in every other byte, and a stray NUL is no reason to refuse a file.
    controls = sum(head.count(byte) for byte in range(1, 9))
    return controls > len(head) // 1000


def _gather(
    columns: Columns, repeats: Repeats, row: Row, into: Gathered, options: ImportOptions
) -> None:
    read = CsvRow(columns, row.cells)
    post = _post(read, options)
    # Before anything is taken: a row is taken whole or not at all.
    counts = _counts(read, post, options)
    if (known := into.places.get(post.post_key)) is not None and read.known("shared"):
        # A post that shares two things stands in two rows.
        into.matched[known] = _joined(into.matched[known], post)
        return
    if repeats.is_repeat(post):
        into.repeated += 1
    into.places[post.post_key] = len(into.matched)
    into.matched.append(post)
    _gather_author(read, post, into)
    if post.kind != "repost":  # the counts beside a repost are its original's, or zeros
        into.add_engagement(later(into.counted(counts), counts))
    listed = cells.words(read.reference("mentions") or "")
    names = (name.lstrip("@") for name in listed or x_words.handles_in(post.text or ""))
    into.interactions += edges.edges_of(
        post,
        repost_of=_reposted_author(read, post.platform),
        reply_to=read.account(post.platform, "reply_to_author"),
        mentions=[handle_key(post.platform, name) for name in names if name],
    )


def _counts(read: CsvRow, post: Post, options: ImportOptions) -> Engagement:
    return Engagement(
        post_key=post.post_key,
        observer=f"import:{NAME}",
        taken_at=options.captured_at,
        reposts=read.count("repost_count"),
        quotes=read.count("quote_count"),
        replies=read.count("reply_count"),
        likes=read.count("like_count"),
        views=read.count("view_count"),
    )


def _post(read: CsvRow, options: ImportOptions) -> Post:
    platform = _platform(read)
    text = cells.text(read.columns.cell(read.row, "text"))
    written = read.known("created_at") or ""
    created_at = parse_any(written, field="created_at", zone=options.zone)
    author_key = _author_key(read, platform)
    url = read.known("url")
    native_id = read.place("post_id") or _id_in(url, platform)
    if native_id is None:
        # The same post has the same id in every file that holds it.
        written = "\0".join((author_key, created_at.isoformat(), text or ""))
        native_id = hashlib.sha256(written.encode()).hexdigest()[:20]
    tags = cells.tags(read.columns.cell(read.row, "hashtags"))
    repost_of, reply_to, quote_of = (
        read.place(field) for field in ("repost_of_id", "reply_to_id", "quote_of_id")
    )
    links = read.known("urls")
    shared = read.known("shared")
    if shared is not None:
        tags, links, repost_of = _shared(shared, tags, links, repost_of)
    return Post(
        post_key=f"{platform}:{native_id}",
        platform=platform,
        author_key=author_key,
        kind=edges.kind_of(
            repost=bool(repost_of or _reposted_author(read, platform)),
            quote=read.reference("quote_of_id") is not None,
            reply=bool(read.reference("reply_to_id") or read.reference("reply_to_author")),
        ),
        created_at=created_at,
        text=text,
        lang=x_words.language(read.known("lang")),
        url=url,
        hashtags_raw=tags or hashtags.in_text(text or ""),
        urls=cells.links(links) if links else x_words.links_in(text or ""),
        repost_of_key=_key(platform, repost_of),
        reply_to_key=_key(platform, reply_to),
        quote_of_key=_key(platform, quote_of),
    )


def _shared(
    thing: str, tags: tuple[str, ...], links: str | None, repost_of: str | None
) -> tuple[tuple[str, ...], str | None, str | None]:
    """Say what was shared: a link, a hashtag, or else another post, by its id."""
    if thing.lower().startswith(("http://", "https://")):
        return tags, f"{links or ''} {thing}".strip(), repost_of
    if thing.startswith(("#", "＃")):
        return (*tags, thing), links, repost_of
    return tags, links, repost_of or cells.intact_id(thing)


def _joined(one: Post, other: Post) -> Post:
    return replace(
        one,
        hashtags_raw=tuple(dict.fromkeys((*one.hashtags_raw, *other.hashtags_raw))),
        urls=tuple(dict.fromkeys((*one.urls, *other.urls))),
    )


def _platform(read: CsvRow) -> str:
    platform = (read.known("platform") or "import").lower()
    if platform in x_words.PLATFORM_NAMES:
        return x_words.PLATFORM
    if not _PLATFORM.fullmatch(platform):
        raise RecordError(f"not the name of a platform: {platform!r:.40}", field="platform")
    return platform


def _author_key(read: CsvRow, platform: str) -> str:
    key = account_key(platform, *read.author())
    if key is None:
        raise RecordError("no author", field="author")
    return key


def _gather_author(read: CsvRow, post: Post, into: Gathered) -> None:
    if post.author_key not in into.authors:
        _, handle = read.author()
        into.authors[post.author_key] = Author(
            author_key=post.author_key,
            platform=post.platform,
            handle=handle.removeprefix("@") if handle is not None else None,
        )


def _reposted_author(read: CsvRow, platform: str) -> str | None:
    named = read.account(platform, "repost_of_author")
    if named is None and read.reference("repost_of_id") is None:
        # Many exports mark a retweet by nothing else, some in some of their rows.
        handle = x_words.reposted_handle(read.known("text") or "")
        return None if handle is None else handle_key(platform, handle)
    return named


def _id_in(url: str | None, platform: str) -> str | None:
    found = x_words.handle_and_id(url) if url and platform == x_words.PLATFORM else None
    return found[1] if found is not None else None


def _key(platform: str, native_id: str | None) -> str | None:
    return None if native_id is None else f"{platform}:{native_id}"
