"""How it began, out of posts and acts: all decisions of `gaung genesis`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from monitor.genesis.cascades import cascades, largest
from monitor.genesis.hours import HOUR, clock_hour, hourly, hours_after
from monitor.genesis.names import Names
from monitor.genesis.notes import notes_of
from monitor.genesis.origin import spread
from monitor.genesis.picked_up import picked_up
from monitor.genesis.records import FirstPost, Genesis
from monitor.genesis.riding import hashtags_of, links_of

POST_COLUMNS = (
    "post_key", "author_key", "handle", "platform", "kind", "sort_at", "text", "hashtags", "urls",
    "repost_of_key", "followers",
)  # fmt: skip
_UNSEEN = 0.2  # of the first reposts pass on posts that are not here: it had begun before
_LEAST_REPOSTS = 10
_PASSED = ("repost", "quote", "reply", "forward")
_DAY = timedelta(hours=24)
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for."""

    target: str
    hashtags: tuple[str, ...] = ()  # those that are asked for, and ride along with nothing
    hours: int = 24
    first: int = 10  # posts to list
    cascades: int = 5  # to list
    zone: ZoneInfo = _UTC  # whose clock hours are told


def genesis(
    posts: pl.DataFrame,
    acts: pl.DataFrame,
    asked: Asked,
    names: Names,
    top: pl.DataFrame | None = None,
) -> Genesis | None:
    """Tell how it began; None without a post. posts: `POST_COLUMNS`, in time; acts: ACTS.

    Cascades are the largest of all acts; the rest is of the first hours. top: what `largest` gives,
    where that is known.
    """
    if posts.is_empty():
        return None
    begun: datetime = posts["sort_at"][0]
    start = clock_hour(begun, asked.zone)
    end = start + asked.hours * HOUR
    early = posts.filter(pl.col("sort_at") < end)
    early_acts = acts.filter(pl.col("acted_at") < end)
    passed = early_acts.filter(pl.col("kind").is_in(_PASSED))
    own = early.filter(pl.col("kind") != "repost").head(asked.first)
    top = largest(acts, asked.cascades) if top is None else top
    found = cascades(posts, top, names)
    where = spread(early_acts, early, begun)
    return Genesis(
        target=asked.target,
        first_at=begun,
        last_at=posts["sort_at"][-1],
        hours=asked.hours,
        posts=early.height,
        authors=early["author_key"].n_unique(),
        already_running=_already(posts, begun),
        first=_firsts(own, passed, names),
        hourly=hourly(early, passed, start, asked.hours, names),
        first_hour_hashtags=hashtags_of(_opening(posts), asked.hashtags),
        first_hour_links=links_of(_opening(posts), names),
        picked_up=picked_up(early, passed, own["post_key"].to_list(), names),
        cascades=found,
        origin=where.origin,
        origin_unknown=where.unknown,
        crossings=where.crossings,
        platforms=_platforms(early),
        notes=notes_of(early, found),
    )


def _opening(posts: pl.DataFrame) -> pl.DataFrame:
    """Give the posts of the first hour, counted from the first one."""
    return posts.filter(pl.col("sort_at") < posts["sort_at"][0] + HOUR)


def _platforms(early: pl.DataFrame) -> dict[str, datetime]:
    first = early.group_by("platform").agg(pl.col("sort_at").min()).sort("sort_at", "platform")
    return dict(first.iter_rows())


def _already(posts: pl.DataFrame, begun: datetime) -> str:
    """Tell from what the first hour shows whether it had begun before."""
    opening = _opening(posts)
    passing = opening.filter(pl.col("kind") == "repost", pl.col("repost_of_key").is_not_null())
    unseen = passing.filter(~pl.col("repost_of_key").is_in(posts["post_key"].implode()))
    if passing.height >= _LEAST_REPOSTS and unseen.height >= _UNSEEN * passing.height:
        return (
            f"{unseen.height} of the {passing.height} reposts of the first hour pass on posts that "
            "are not here"
        )
    day = posts.filter(pl.col("sort_at") < begun + _DAY)
    counts = day.select(hours_after(begun)).group_by("hour").len().sort("hour")
    later = counts.filter(pl.col("hour") > 0)["len"].median()
    if isinstance(later, int | float) and opening.height >= 20 and opening.height >= later:
        return (
            f"the first hour has {opening.height} posts, as many as the hours after it "
            f"(half of them have {later:g} or fewer): a beginning is slower"
        )
    return ""


def _firsts(own: pl.DataFrame, passed: pl.DataFrame, names: Names) -> list[FirstPost]:
    times = dict(passed.drop_nulls("target_post_key").group_by("target_post_key").len().iter_rows())
    return [
        FirstPost(
            at=row["sort_at"],
            account=names.who(row["author_key"]).account,
            handle=names.who(row["author_key"]).handle,
            platform=row["platform"],
            post=names.post(row["post_key"]),
            followers=row["followers"],
            picked_up=times.get(row["post_key"], 0),
            text=names.text(row["text"]),
        )
        for row in own.iter_rows(named=True)
    ]
