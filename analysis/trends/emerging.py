"""Hashtags that rise along with a watch, and that nobody watches: proposals to add."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log10

import numpy as np
import polars as pl

from analysis.frames import TAGS, require
from analysis.trends.tail import surprise

_WINDOW = timedelta(hours=24)
_HISTORY = timedelta(days=28)
_LEAST_HISTORY = timedelta(days=3)
_DISPERSION = 3.0  # posts with one hashtag come in threads and campaigns
_PRIOR_POSTS = 0.5  # a hashtag without a past is expected now and then
_LEAST_AUTHORS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Emerging:
    """A hashtag of the last 24 hours."""

    hashtag: str
    posts: int
    authors: int
    expected: float  # posts a day, by its past and by its share of the watch
    score: float  # surprise, -log10 of the chance, after Bonferroni
    first_at: datetime  # its first post of the 24 hours


def emerging(
    tags: pl.DataFrame,
    *,
    watched: Collection[str],
    until: datetime,
    since: datetime,
    threshold: float,
    min_authors: int = _LEAST_AUTHORS,
) -> list[Emerging]:
    r"""Find hashtags that are more frequent in the last 24 hours than their past explains.

    tags: TAGS, one row per post of the watch and hashtag on it. since: from when the watch is
    known, at most 28 days are used, and with less than 3 nothing is said.

    Of a hashtag, :math:`\max(a, b)` posts are expected: a is its daily mean, b its share of the
    watch's past posts times the posts of the watch now. So one that only rides the watch's own
    volume is not surprising. The surprise is the negative binomial tail with dispersion 3, less
    :math:`\log_{10}` of the number of candidates (Bonferroni).

    >>> from datetime import UTC
    >>> emerging(pl.DataFrame(schema=TAGS), watched=[], until=datetime(2026, 8, 18, tzinfo=UTC),
    ...          since=datetime(2026, 8, 1, tzinfo=UTC), threshold=4.1)
    []
    """
    require(tags, TAGS)
    begin = max(since, until - _WINDOW - _HISTORY)
    recent_from = until - _WINDOW
    if recent_from - begin < _LEAST_HISTORY:
        return []
    known = tags.filter(pl.col("sort_at") >= begin, pl.col("sort_at") < until)
    posts = known.select("sort_at", "post_id").unique("post_id")
    posts_now = posts.filter(pl.col("sort_at") >= recent_from).height
    posts_before = posts.height - posts_now
    days = (recent_from - begin) / timedelta(days=1)
    is_recent = pl.col("sort_at") >= recent_from
    counted = (
        known.filter(~pl.col("hashtag").is_in(list(watched)))
        .group_by("hashtag")
        .agg(
            posts=is_recent.sum(),
            before=(~is_recent).sum(),
            authors=pl.col("author_id").filter(is_recent).n_unique(),
            first_at=pl.col("sort_at").filter(is_recent).min(),
        )
        .filter(pl.col("authors") >= min_authors)
    )
    if counted.is_empty():
        return []
    daily = counted["before"].to_numpy() / days
    riding = counted["before"].to_numpy() / max(posts_before, 1) * posts_now
    expected = np.maximum(np.maximum(daily, riding), _PRIOR_POSTS)
    now = counted["posts"].to_numpy().astype(np.float64)
    score = surprise(now, expected, np.full(len(now), _DISPERSION)) - log10(counted.height)
    found = counted.with_columns(expected=expected, score=score)
    chosen = found.filter(pl.col("score") >= threshold).sort(
        "score", "hashtag", descending=[True, False]
    )
    return [
        Emerging(**row)
        for row in chosen.select(
            "hashtag", "posts", "authors", "expected", "score", "first_at"
        ).to_dicts()
    ]
