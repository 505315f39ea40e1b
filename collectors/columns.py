"""The columns of what pages hold, and frames of records with them."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl
import pyarrow as pa

from collectors import hashtags

UTC = pl.Datetime("us", "UTC")
_TAGS = pl.List(pl.String)

POSTS = pl.Schema(
    {
        "post_key": pl.String(),
        "platform": pl.String(),
        "author_key": pl.String(),
        "kind": pl.String(),
        "created_at": UTC,
        "captured_as": pl.String(),
        "text": pl.String(),
        "lang": pl.String(),
        "url": pl.String(),
        "indexed_at": UTC,
        "edited_at": UTC,
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
        "created_at": UTC,
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
        "acted_at": UTC,
        "not_before": UTC,
        "precision": pl.String(),
        "via_key": pl.String(),
        "record_key": pl.String(),
    }
)
ENGAGEMENT = pl.Schema(
    {
        "post_key": pl.String(),
        "observer": pl.String(),
        "taken_at": UTC,
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
        "removed_at": UTC,
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
    """Return a frame without rows."""
    known = _EMPTY.get(id(schema))
    return schema.to_frame() if known is None else known.clone()


_ARROW_TYPES: dict[type[pl.DataType], pa.DataType] = {
    pl.Boolean: pa.bool_(),
    pl.Datetime: pa.timestamp("us", "UTC"),
    pl.Int64: pa.int64(),
    pl.List: pa.large_list(pa.large_string()),
    pl.String: pa.large_string(),
}


def frame_of(records: Iterable[object], schema: pl.Schema) -> pl.DataFrame:
    """Return the frame of records that have the schema's columns as attributes."""
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
