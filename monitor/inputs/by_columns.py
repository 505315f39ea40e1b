"""Brings a plain table into a store by columns, many times as fast as row by row.

For a store that is gone afterwards: how hashtags were spelled and what a rejected line said is not
kept. What the importer would find in another way (an account with two handles, a post twice, a
column of counts) is left to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from analysis.frames import POSTS as KNOWN
from analysis.graphs.acts import TARGETS, acts_in
from collectors import moments
from collectors.imports.sample import Importer, ImportOptions, Provenance, Sample
from collectors.page import AUTHORS, INTERACTIONS, POSTS, Page
from monitor.inputs.plain import READ
from monitor.inputs.tables import PlainTable, plain_table

_COLUMNS = frozenset(
    {
        "post_key", "author_key", "handle", "platform", "kind", "sort_at", "text", "hashtags",
        "urls", "mentions", "repost_of_key", "reply_to_key", "quote_of_key", *TARGETS,
    }
)  # fmt: skip
_AT_ONCE = 250_000  # posts: a store takes many at once in less time than a few at a time


class ByColumns:
    """Reads by columns what the importer of a file would read by rows, and else asks it."""

    def __init__(self, importer: Importer) -> None:
        self.name, self.title = importer.name, importer.title
        self._importer = importer

    def recognizes(self, sample: Sample) -> bool:
        """Tell what the importer tells."""
        return self._importer.recognizes(sample)

    def mapping(self, sample: Sample, options: ImportOptions) -> list[tuple[str, str]]:
        """Give what the importer gives."""
        return self._importer.mapping(sample, options)

    def provenance(self, sample: Sample) -> Provenance:
        """Tell what the importer tells."""
        return self._importer.provenance(sample)

    def pages(self, path: Path, options: ImportOptions) -> Iterator[Page]:
        """Read the file page by page: what is plain first, then the rows that are odd."""
        table = plain_table(path)
        read = None if table is None else _read(table, options)
        if read is None:
            yield from self._importer.pages(path, options)
            return
        posts, odd = read
        size = path.stat().st_size
        done = 0
        for some in posts.iter_slices(_AT_ONCE):
            done += some.height
            yield page_of(some, progress=size * done // max(posts.height, 1))
        yield from odd


def _read(table: PlainTable, options: ImportOptions) -> tuple[pl.DataFrame, list[Page]] | None:
    """Give the posts of a table and pages of its odd rows; None: the importer must read it."""
    if not table.known.fields() <= (READ - {"shared"}) | {"platform"}:
        return None
    read = table.read(_COLUMNS, options, once=False)
    if read is None:
        return None
    slices, odd = read
    posts = pl.concat([KNOWN.to_frame().select([n for n in KNOWN if n in _COLUMNS]), *slices],
                      how="diagonal")  # fmt: skip
    named = posts.select("author_key", "handle").unique()
    if posts["post_key"].n_unique() < posts.height or named["author_key"].is_duplicated().any():
        return None
    return posts, odd


def page_of(posts: pl.DataFrame, *, progress: int) -> Page:
    """Make a page of posts. posts: the columns of POSTS and TARGETS that are read."""
    acts = acts_in(posts)
    people = posts.unique("author_key", keep="first", maintain_order=True)
    told = posts.with_columns(
        created_at="sort_at", captured_as=pl.lit("matched"), hashtags_raw="hashtags"
    )
    platform = posts["platform"].first()
    dated = posts.filter(moments.possible("sort_at"))["sort_at"]
    acts = acts.with_columns(platform=pl.lit(platform), precision=pl.lit("exact"))
    return Page(
        posts=_filled(told, POSTS),
        authors=_filled(people, AUTHORS),
        interactions=_filled(acts, INTERACTIONS),
        received=posts.height,
        oldest_at=dated.min(),  # type: ignore[arg-type]  # a time: so is the column
        newest_at=dated.max(),  # type: ignore[arg-type]
        progress=progress,
    )


def _filled(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Give the columns of a schema; unknown are those that the frame does not have."""
    columns = [
        pl.col(name) if name in frame.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in schema.items()
    ]
    return frame.select(columns).cast(schema)
