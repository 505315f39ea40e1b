"""The facts of posts that a file or folder gives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl

from analysis.frames import ACTIVITY, PARTICIPATION, require
from analysis.graphs.traces import numbers
from analysis.indicators.facts import DAY, MEMORY, Facts
from analysis.trends.burst import bursts, scores
from analysis.trends.newcomers import author_scores
from analysis.trends.volume import volume
from monitor.config import Config
from monitor.indication.near import MOST_TEXTS, with_near_ids
from monitor.indication.stored import loud_times
from monitor.store.posts import normalized_text

COLUMNS = (
    "post_key",
    "author_key",
    "platform",
    "kind",
    "sort_at",
    "text",
    "hashtags",
    "author_created_at",
)
_BOOSTS = ("boost:", "repost|")  # how the key of a repost that is no post begins
_HOUR = timedelta(hours=1)
_LONG = timedelta(days=62)


def facts_of_posts(
    posts: pl.DataFrame,
    config: Config,
    *,
    since: datetime | None,
    until: datetime | None,
    coordinated: pl.DataFrame | None = None,
) -> Facts:
    """Gather what posts tell of a window: all of them, or what lies between since and until.

    posts: COLUMNS of POSTS, those around the window too. Nobody says what a file leaves out: its
    coverage is unknown, and known it is from its first post on. coordinated: author_key, sort_at.
    """
    acts, texts = participation_of(posts)
    first, last = acts["sort_at"].min(), acts["sort_at"].max()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        first = last = datetime(1970, 1, 1, tzinfo=UTC)
    begin = since.astimezone(UTC) if since is not None else first
    end = until.astimezone(UTC) if until is not None else last + timedelta(microseconds=1)
    near = texts.height <= MOST_TEXTS
    step = _HOUR if end - begin <= _LONG else DAY
    counted = _windows(acts, max(first, begin - MEMORY), end, step, config)
    alerts = config.alerts
    found = bursts(
        counted.select("window_start", "posts", "authors", "reposts", "coverage"),
        counted.select("window_start", "expected", "score", "dispersion"),
        threshold=alerts.least_score,
        min_authors=alerts.min_authors,
    )
    return Facts(
        acts=with_near_ids(acts, texts) if near else acts,
        since=begin,
        until=end,
        known_from=first,
        near=near,
        windows=counted,
        step=step,
        bursts=tuple(found),
        loud=loud_times(found, counted, end),
        hashtags=_hashtags(posts, begin, end),
        coordinated=_numbered(coordinated),
    )


def participation_of(posts: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give posts as PARTICIPATION in order of time, and the texts behind its numbers."""
    is_repost = pl.col("kind") == "repost"
    said = pl.when(~is_repost).then(normalized_text(pl.col("text")))
    prefixes = [pl.col("post_key").str.starts_with(prefix) for prefix in _BOOSTS]
    numbered = posts.with_columns(text_id=said.hash(_SEED), said=said).with_columns(
        text_id=pl.when(pl.col("said").is_not_null()).then(pl.col("text_id"))
    )
    acts = numbered.select(
        "sort_at",
        numbers("author_key").reinterpret(signed=False).alias("author_id"),
        ~(is_repost & pl.any_horizontal(prefixes)).alias("is_post"),
        is_repost.alias("is_repost"),
        "text_id",
        "platform",
        pl.lit(None, pl.UInt64).alias("near_id"),
        pl.col("author_created_at").alias("born_at"),
    )
    known = numbered.drop_nulls("text_id")
    texts = known.group_by("text_id").agg(pl.col("text").min()).sort("text_id")
    return require(acts.sort("sort_at", "author_id"), PARTICIPATION), texts


_SEED = 20_203  # of the numbers of texts; any does, as long as it stays


def _windows(
    acts: pl.DataFrame, since: datetime, until: datetime, step: timedelta, config: Config
) -> pl.DataFrame:
    """Count and score the windows, as `monitor.measure` does those of the store."""
    zone = config.zone.key
    counted = volume(
        acts.select(ACTIVITY.names()),
        since=since,
        until=until,
        window=step,
        zone=zone,
        coverage=None,
    )
    scored = scores(counted, window=step, zone=zone, until=until)
    authors = author_scores(counted, window=step, zone=zone, until=until)
    return pl.concat(
        [
            counted,
            scored.select("expected", "score", "dispersion"),
            authors.select(expected_authors="expected", author_score="score"),
        ],
        how="horizontal",
    )


def _hashtags(posts: pl.DataFrame, since: datetime, until: datetime) -> pl.Series:
    """Count the posts of each hashtag."""
    within = posts.filter(pl.col("sort_at") >= since, pl.col("sort_at") < until)
    used = within["hashtags"].explode(empty_as_null=False).drop_nulls()
    return used.value_counts(name="posts").sort("posts", "hashtags")["posts"]


def _numbered(coordinated: pl.DataFrame | None) -> pl.DataFrame | None:
    if coordinated is None:
        return None
    number = numbers("author_key").reinterpret(signed=False)
    return coordinated.select(author_id=number, sort_at="sort_at")
