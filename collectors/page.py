"""What a source or a file gives at a time: frames of declared columns, and where to go on.

Live sources hand over records, big files columns; both become the same `Page` here, so that the
store has one door.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl
import pyarrow as pa

from collectors import hashtags
from collectors.records import Author, Engagement, Interaction, Post, Rejected, Removal

_UTC = pl.Datetime("us", "UTC")
_TAGS = pl.List(pl.String)

POSTS = pl.Schema(
    {
        "post_key": pl.String(),
        "platform": pl.String(),
        "author_key": pl.String(),
        "kind": pl.String(),
        "created_at": _UTC,
        "captured_as": pl.String(),
        "text": pl.String(),
        "lang": pl.String(),
        "url": pl.String(),
        "indexed_at": _UTC,
        "edited_at": _UTC,
        "hashtags_raw": _TAGS,
        "urls": pl.List(pl.String),
        "reply_to_key": pl.String(),
        "quote_of_key": pl.String(),
        "repost_of_key": pl.String(),
        "hashtags": _TAGS,
    }
)
AUTHORS = pl.Schema(
    {
        "author_key": pl.String(),
        "platform": pl.String(),
        "handle": pl.String(),
        "display_name": pl.String(),
        "url": pl.String(),
        "created_at": _UTC,
        "is_bot": pl.Boolean(),
        "followers": pl.Int64(),
        "following": pl.Int64(),
        "posts": pl.Int64(),
    }
)
INTERACTIONS = pl.Schema(
    {
        "kind": pl.String(),
        "platform": pl.String(),
        "author_key": pl.String(),
        "target_author_key": pl.String(),
        "post_key": pl.String(),
        "target_post_key": pl.String(),
        "acted_at": _UTC,
        "not_before": _UTC,
        "precision": pl.String(),
        "via_key": pl.String(),
        "record_key": pl.String(),
    }
)
ENGAGEMENT = pl.Schema(
    {
        "post_key": pl.String(),
        "observer": pl.String(),
        "taken_at": _UTC,
        "reposts": pl.Int64(),
        "quotes": pl.Int64(),
        "replies": pl.Int64(),
        "likes": pl.Int64(),
        "views": pl.Int64(),
    }
)
REMOVALS = pl.Schema(
    {
        "kind": pl.String(),
        "key": pl.String(),
        "reason": pl.String(),
        "removed_at": _UTC,
    }
)
LOCAL_IDS = pl.Schema({"post_key": pl.String(), "local_id": pl.String()})
REJECTED = pl.Schema(
    {
        "locator": pl.String(),
        "reason": pl.String(),
        "raw": pl.String(),
        "field": pl.String(),
    }
)


# Most pages have several frames without rows, and to make one takes a hundred times its copy.
_EMPTY = {
    id(schema): schema.to_frame()
    for schema in (POSTS, AUTHORS, INTERACTIONS, ENGAGEMENT, REMOVALS, LOCAL_IDS, REJECTED)
}


def nothing(schema: pl.Schema) -> pl.DataFrame:
    """Give a frame without rows."""
    known = _EMPTY.get(id(schema))
    return schema.to_frame() if known is None else known.clone()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """A stretch within what was read that the source did not give, and where to ask for it."""

    from_at: datetime
    to_at: datetime
    detail: str
    cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One unit of saving: all of it is stored with its cursor in one transaction, or none."""

    posts: pl.DataFrame = field(default_factory=lambda: nothing(POSTS))
    authors: pl.DataFrame = field(default_factory=lambda: nothing(AUTHORS))
    interactions: pl.DataFrame = field(default_factory=lambda: nothing(INTERACTIONS))
    engagement: pl.DataFrame = field(default_factory=lambda: nothing(ENGAGEMENT))
    rejected: pl.DataFrame = field(default_factory=lambda: nothing(REJECTED))
    removals: pl.DataFrame = field(default_factory=lambda: nothing(REMOVALS))
    # What the source calls the posts, where their keys do not say it; a `PostRef` gives it back.
    local_ids: pl.DataFrame = field(default_factory=lambda: nothing(LOCAL_IDS))
    received: int = 0  # records that the source gave, the rejected among them
    cursor: str | None = None  # where the next page starts; None: there is none
    oldest_at: datetime | None = None  # how far back the page reaches, in created_at
    newest_at: datetime | None = None
    # All that the source has since then has been read with this page, whether it matched or not;
    # None: the matched posts tell. Of a stream's page: up to when all has been read.
    reached_at: datetime | None = None
    since_at: datetime | None = None  # of a stream's page: from when on all has been read
    # Up to when the source proves that it has shown all; None: it says nothing of it.
    shown_to: datetime | None = None
    holes: tuple[Hole, ...] = ()
    # Why the source gives nothing older than `reached_at`, though there may be: 'clamp', 'too old';
    # or 'cut short' with a cursor, where it stopped in the midst and may give it another time.
    beyond: str | None = None
    progress: int = 0  # bytes of the file read so far, for a progress bar


_ARROW_TYPES: dict[type[pl.DataType], pa.DataType] = {
    pl.Boolean: pa.bool_(),
    pl.Datetime: pa.timestamp("us", "UTC"),
    pl.Int64: pa.int64(),
    pl.List: pa.large_list(pa.large_string()),
    pl.String: pa.large_string(),
}


def frame_of(records: Iterable[object], schema: pl.Schema) -> pl.DataFrame:
    """Give the frame of records that have the schema's columns as attributes."""
    rows = list(records)
    if not rows:
        return nothing(schema)
    # Columns, not dicts: 100k dicts cost seconds, columns do not. And through Arrow: Polars walks
    # lists and times in Python.
    columns = {name: [getattr(row, name) for row in rows] for name in schema if name != "hashtags"}
    if "hashtags" in schema:
        columns["hashtags"] = [hashtags.normalize_all(raw) for raw in columns["hashtags_raw"]]
    try:
        table = {
            name: pa.array(columns[name], _ARROW_TYPES[type(dtype)])
            for name, dtype in schema.items()
        }
        return pl.DataFrame(pa.table(table), schema=schema)
    except (pa.ArrowException, OverflowError, UnicodeEncodeError):
        # A number beyond 64 bits is no count: unknown, and the rest of the page stays.
        return pl.DataFrame(columns, schema=schema, strict=False)


def page_of(
    *,
    posts: Iterable[Post] = (),
    authors: Iterable[Author] = (),
    interactions: Iterable[Interaction] = (),
    engagement: Iterable[Engagement] = (),
    rejected: Iterable[Rejected] = (),
    removals: Iterable[Removal] = (),
    local_ids: Mapping[str, str] | None = None,
    received: int = 0,
    cursor: str | None = None,
    reached_at: datetime | None = None,
    since_at: datetime | None = None,
    beyond: str | None = None,
    shown_to: datetime | None = None,
    holes: Iterable[Hole] = (),
    progress: int = 0,
) -> Page:
    """Make a page of records. `oldest_at` and `newest_at` are taken from the matched posts.

    local_ids: by post key.
    """
    posts = list(posts)
    times = [post.created_at for post in posts if post.captured_as == "matched"]
    return Page(
        posts=frame_of(posts, POSTS),
        authors=frame_of(authors, AUTHORS),
        interactions=frame_of(interactions, INTERACTIONS),
        engagement=frame_of(engagement, ENGAGEMENT),
        rejected=frame_of(rejected, REJECTED),
        removals=frame_of(removals, REMOVALS),
        local_ids=pl.DataFrame(list(local_ids.items()), schema=LOCAL_IDS, orient="row")
        if local_ids
        else nothing(LOCAL_IDS),
        received=received,
        cursor=cursor,
        oldest_at=min(times, default=None),
        newest_at=max(times, default=None),
        reached_at=reached_at,
        since_at=since_at,
        shown_to=shown_to,
        holes=tuple(holes),
        beyond=beyond,
        progress=progress,
    )
