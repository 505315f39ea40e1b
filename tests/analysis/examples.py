"""Frames for the tests of analysis: name only what matters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from hypothesis import strategies as st

from analysis.frames import ACTIVITY, EDGES, VOLUME

NOON = datetime(2026, 8, 18, 12, tzinfo=UTC)
MONDAY = datetime(2026, 1, 4, 17, tzinfo=UTC)  # midnight in Jakarta
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = 24 * 7  # hours
JAKARTA = "Asia/Jakarta"

_ACT = {"sort_at": NOON, "author_id": 1, "is_post": True, "is_repost": False, "text_id": None}
_EDGE = {"kind": "repost", "count": 1, "first_at": NOON}

# Jakarta's day as in the simulation of the burst score: quiet before dawn, loud after dinner.
_DAY = np.array(
    [.25, .15, .1, .1, .2, .5, .9, 1.2, 1.3, 1.3, 1.2, 1.2, 1.3, 1.2, 1.1, 1.1, 1.2, 1.3, 1.5, 1.7,
     1.7, 1.5, 1.0, .5]
)  # fmt: skip


def make_activity(acts: Iterable[dict[str, Any]]) -> pl.DataFrame:
    """Give ACTIVITY; an act that says nothing is a post at noon by author 1."""
    return pl.DataFrame([_ACT | act for act in acts], schema=ACTIVITY)


def make_edges(edges: Iterable[dict[str, Any]]) -> pl.DataFrame:
    """Give EDGES from `by`, `of` and whatever differs from one repost at noon."""
    rows = [
        _EDGE | {"author_key": edge["by"], "target_author_key": edge["of"]} | edge for edge in edges
    ]
    return pl.DataFrame([{name: row[name] for name in EDGES.names()} for row in rows], schema=EDGES)


def make_volume(
    posts: Sequence[int | None], *, window: timedelta = HOUR, authors: int | None = None
) -> pl.DataFrame:
    """Give VOLUME from a Monday midnight in Jakarta; every post has its own author, or as said."""
    told = [authors if authors is not None and count is not None else count for count in posts]
    columns = {
        "window_start": [MONDAY + place * window for place in range(len(posts))],
        "posts": posts,
        "authors": told,
        "reposts": [None if count is None else 0 for count in posts],
        "coverage": [0.0 if count is None else 1.0 for count in posts],
    }
    return pl.DataFrame(columns, schema=VOLUME)


def calm_counts(rate: float, hours: int, *, seed: int) -> list[int]:
    """Give hourly counts with a day and a weekend, rougher than Poisson and drifting."""
    rng = np.random.default_rng(seed)
    hour = np.arange(hours)
    drift = np.zeros(hours)
    for place in range(1, hours):
        drift[place] = 0.5 * drift[place - 1] + rng.normal(0, 0.3)
    weekend = np.where(hour // 24 % 7 >= 5, 0.75, 1.1)
    mean = rate * _DAY[hour % 24] / _DAY.mean() * weekend * np.exp(drift - 0.06)
    counts: list[int] = rng.negative_binomial(mean / 1.5, 1 / 2.5).tolist()
    return counts


def edges_frames() -> st.SearchStrategy[pl.DataFrame]:
    """Give small EDGES of any shape, self-loops and unknown targets too."""
    edge = st.fixed_dictionaries(
        {
            "by": st.sampled_from("abcdef"),
            "of": st.sampled_from([*"abcdef", None]),
            "kind": st.sampled_from(["repost", "quote", "reply", "mention"]),
            "count": st.integers(1, 9),
            "first_at": st.integers(0, 99).map(lambda hours: NOON + hours * HOUR),
        }
    )
    unique = st.lists(edge, unique_by=lambda e: (e["by"], str(e["of"]), e["kind"]), max_size=40)
    return unique.map(make_edges)
