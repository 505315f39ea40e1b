"""A lake that `gaung export` wrote: told by its manifest, read part by part from beside it.

What a lake does not hold, it cannot give back: counts of likes, languages, addresses of posts,
articles, and what only came along.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from collectors.errors import ImportFileError
from collectors.imports.lake_pages import acts_page, posts_page
from collectors.imports.sample import ImportOptions, Provenance, Sample
from collectors.page import Page

MANIFEST = "gaung-lake.json"
SCHEMA = "gaung.lake/1"
_PAGES = {"posts": posts_page, "acts": acts_page}
# Columns as in `analysis.frames`, of which collectors know nothing.
_POSTS = {
    "post_key": "post", "author_key": "author, with handle, followers, author_created_at",
    "kind": "kind", "sort_at": "created_at", "text": "text", "hashtags": "hashtags", "urls": "urls",
    "mentions": "mentions", "repost_of_key": "repost_of", "reply_to_key": "reply_to",
    "quote_of_key": "quote_of",
}  # fmt: skip


class Lake:
    """Reads all parts of a lake."""

    name = "lake"
    title = "Lake, as gaung export writes it"

    def recognizes(self, sample: Sample) -> bool:
        """Tell by what the manifest says of itself."""
        head = sample.head.lstrip()[:200]
        return head.startswith(b"{") and b'"schema": "gaung.lake/' in head

    def pages(self, path: Path, options: ImportOptions) -> Iterator[Page]:
        """Read posts, then acts. Raises `ImportFileError`, at once if a part is gone."""
        parts = _parts_of(path)
        missing = [name for name in parts if not (path.parent / name).is_file()]
        if missing:
            raise ImportFileError(
                f"{path.parent} lacks {len(missing)} of its files ({missing[0]}): copy it as a "
                "whole, or export again"
            )
        return _pages(path, parts, options.page_size)

    def mapping(self, sample: Sample, options: ImportOptions) -> list[tuple[str, str]]:
        """Give the columns of posts, and what is made of them."""
        _parts_of(sample.path)
        return list(_POSTS.items())

    def provenance(self, sample: Sample) -> Provenance:
        """Tell whether it holds pseudonyms."""
        is_redacted = b'"pseudonyms": "' in sample.head
        return Provenance(tool="gaung export --redact" if is_redacted else "gaung")


def _parts_of(path: Path) -> dict[str, int]:
    """Give the rows of each file of a lake: posts first, by day."""
    try:
        told = json.loads(path.read_bytes())
        parts = {str(name): int(part["rows"]) for name, part in told["parts"].items()}
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ImportFileError(f"{path} is damaged ({error}); export again") from error
    if told.get("schema") != SCHEMA:
        raise ImportFileError(
            f"{path.parent} was written by another gaung ({told.get('schema')}, not {SCHEMA}); "
            "export again"
        )
    strange = [n for n in parts if n.split("/")[0] not in _PAGES or ".." in Path(n).parts]
    if strange:
        raise ImportFileError(f"{path} names {strange[0]}, which is no part of a lake")
    return {name: parts[name] for name in sorted(parts, key=_order)}


def _order(name: str) -> tuple[bool, str, str]:
    return not name.startswith("posts/"), name.split("/")[2], name


def _pages(path: Path, parts: dict[str, int], page_size: int) -> Iterator[Page]:
    size, total, read = path.stat().st_size, max(1, sum(parts.values())), 0
    for table, make in _PAGES.items():
        for rows in _gathered(path.parent, {n: r for n, r in parts.items() if n.startswith(table)}):
            for part in rows.iter_slices(page_size):
                read += part.height
                yield make(part, size * read // total)


def _gathered(folder: Path, parts: dict[str, int]) -> Iterator[pl.DataFrame]:
    """Give the rows of files, of small ones together."""
    held: list[pl.DataFrame] = []
    for name, rows in parts.items():
        try:
            frame = pl.read_parquet(folder / name, hive_partitioning=False)
        except (pl.exceptions.PolarsError, OSError) as error:
            raise ImportFileError(f"{folder / name} is damaged ({error}); export again") from error
        if frame.height != rows:
            raise ImportFileError(
                f"{folder / name} has {frame.height} rows and not {rows}, as its manifest says; "
                "export again"
            )
        held.append(frame)
        if sum(one.height for one in held) >= _TOGETHER:
            yield pl.concat(held)
            held = []
    if held:
        yield pl.concat(held)


_TOGETHER = 50_000
