"""Small frames for worked examples."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from analysis.frames import PARTICIPATION

NOON = datetime(2026, 8, 18, 12, tzinfo=UTC)
_ACT = {
    "sort_at": NOON,
    "author_id": 1,
    "is_post": True,
    "is_repost": False,
    "text_id": None,
    "platform": "mastodon",
    "near_id": None,
    "born_at": None,
}


def participation(**columns: list[Any]) -> pl.DataFrame:
    """Give PARTICIPATION from some of its columns; the rest is a post at noon by author 1.

    >>> participation(author_id=[1, 2])["author_id"].to_list()
    [1, 2]
    """
    rows = max(len(values) for values in columns.values())
    filled = {name: columns.get(name, [usual] * rows) for name, usual in _ACT.items()}
    return pl.DataFrame(filled, schema=PARTICIPATION)


def ago(**length: float) -> datetime:
    """Give a time before noon."""
    return NOON - timedelta(**length)
