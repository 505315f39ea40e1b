"""Whether those who take part are new, and as many as the posts make one think."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from analysis.frames import ACTIVITY, VOLUME, require
from analysis.trends.burst import scores
from analysis.trends.interval import wilson

_BEFORE = timedelta(days=28)
_LEAST_AUTHORS = 20


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % interval."""

    value: float
    low: float
    high: float
    n: int


def author_scores(
    volume: pl.DataFrame, *, window: timedelta, zone: str, until: datetime | None = None
) -> pl.DataFrame:
    """Score the number of authors of each window as `scores` does the posts: SCORES.

    Volume up and authors flat is amplification: a few write much.

    Weng et al. (2014), Predicting Successful Memes using Network and Community Structure, ICWSM.
    """
    authors = require(volume, VOLUME).with_columns(posts=pl.col("authors"))
    return scores(authors, window=window, zone=zone, until=until)


def first_time_share(
    activity: pl.DataFrame, *, since: datetime, known_from: datetime
) -> Share | None:
    """Give the share of the authors from `since` on who did not act in the 28 days before.

    activity: ACTIVITY of both times. known_from: from when the watch is known; None is given if
    that is less than 28 days before, or if there are fewer than 20 authors: who seems new then
    may only have been missed.
    """
    require(activity, ACTIVITY)
    if since - known_from < _BEFORE:
        return None
    now = activity.filter(pl.col("sort_at") >= since)["author_id"].unique()
    before = activity.filter(pl.col("sort_at") < since, pl.col("sort_at") >= since - _BEFORE)[
        "author_id"
    ].unique()
    if len(now) < _LEAST_AUTHORS:
        return None
    new = int((~now.is_in(before.implode())).sum())
    low, high = wilson(new, len(now))
    return Share(new / len(now), low, high, len(now))
