"""Pages out of many records, fast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
import pyarrow as pa

from collectors import hashtags
from collectors.page import AUTHORS, ENGAGEMENT, INTERACTIONS, POSTS, REJECTED, Page
from collectors.records import Author, Engagement, Interaction, Post, Rejected

_ARROW_LISTS = pa.large_list(pa.large_string())
_ARROW_TIMES = pa.timestamp("us", "UTC")


def _series(name: str, values: list[Any], dtype: pl.DataType) -> pl.Series:
    # Polars walks lists and times in Python, Arrow does not: it takes a fortieth and a fifth.
    if isinstance(dtype, pl.List):
        return pl.Series(name, pa.array(values, _ARROW_LISTS), dtype=dtype)
    if isinstance(dtype, pl.Datetime):
        return pl.Series(name, pa.array(values, _ARROW_TIMES), dtype=dtype)
    return pl.Series(name, values, dtype=dtype, strict=False)


def frame_of(records: Sequence[object], schema: pl.Schema) -> pl.DataFrame:
    """Give the frame of records that have the schema's columns as attributes."""
    if not records:
        return schema.to_frame()
    columns = {
        name: [getattr(record, name) for record in records] for name in schema if name != "hashtags"
    }
    if "hashtags" in schema:
        columns["hashtags"] = [hashtags.normalize_all(raw) for raw in columns["hashtags_raw"]]
    return pl.DataFrame([_series(name, columns[name], dtype) for name, dtype in schema.items()])


class Gathered:
    """What the records read so far hold, until it is made a page."""

    def __init__(self) -> None:
        self.received = 0
        self.matched: list[Post] = []
        self.places: dict[str, int] = {}  # in `matched`, where a format joins records
        self.referenced: dict[str, Post] = {}
        # An author or an original comes along again with each of its reposts: once is enough.
        self.authors: dict[str, Author] = {}
        self.interactions: list[Interaction] = []
        self.engagement: dict[tuple[str, object], Engagement] = {}
        self.rejected: list[Rejected] = []

    def add_engagement(self, engagement: Engagement) -> None:
        """Keep the counts, if there are any, unless the same observation is here already."""
        e = engagement
        if not (e.reposts is e.quotes is e.replies is e.likes is e.views is None):
            self.engagement.setdefault((e.post_key, e.taken_at), e)

    def page(self, *, progress: int) -> Page:
        """Give all of it as a page."""
        matched = {post.post_key for post in self.matched}
        referenced = [post for key, post in self.referenced.items() if key not in matched]
        times = [post.created_at for post in self.matched]
        return Page(
            posts=frame_of(self.matched + referenced, POSTS),
            authors=frame_of(list(self.authors.values()), AUTHORS),
            interactions=frame_of(self.interactions, INTERACTIONS),
            engagement=frame_of(list(self.engagement.values()), ENGAGEMENT),
            rejected=frame_of(self.rejected, REJECTED),
            received=self.received,
            oldest_at=min(times, default=None),
            newest_at=max(times, default=None),
            progress=progress,
        )
