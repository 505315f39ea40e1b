"""How it began, out of posts and acts: all decisions of `gaung genesis`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from analysis.frames import EDGES
from analysis.graphs.accounts import account_of
from analysis.graphs.cascade.influence import influence
from analysis.graphs.partition import partition_of
from analysis.graphs.spread import crossings

POST_COLUMNS = (
    "post_key", "author_key", "handle", "platform", "kind", "sort_at", "text", "repost_of_key",
    "followers",
)  # fmt: skip
_HOUR = timedelta(hours=1)
_SHOWN = 200  # letters of a text
_UNSEEN = 0.2  # of the first reposts pass on posts that are not here: it had begun before
_LEAST_REPOSTS = 10
_KNOWN = 0.5  # of the followers, or nobody can say who mattered
_LEAST_MEMBERS = 5  # of a community


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPost:
    """One of the first posts."""

    at: datetime
    account: str
    handle: str | None
    platform: str
    post: str
    followers: int | None
    picked_up: int  # acts on it within the time looked at
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """One hour from the first post on."""

    start: datetime
    posts: int
    reposts: int
    authors: int
    new_authors: int
    top_account: str | None
    top_share: float | None  # of the posts of the hour
    carried_by: str | None  # who entered in this hour and was passed on most
    carried: int  # how often
    new_platforms: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PickedUp:
    """Who passed the first posts on."""

    account: str
    handle: str | None
    at: datetime
    followers: int | None
    influence: float | None  # posts that came through it, as far as followers tell; else null


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """Another community that took it up."""

    community: int
    members: int
    first_at: datetime
    amplifiers: int
    hours: float  # after the first post


@dataclass(frozen=True, slots=True, kw_only=True)
class Genesis:
    """How it began."""

    target: str
    first_at: datetime
    hours: int
    posts: int  # within the hours
    authors: int
    already_running: str  # why it must have begun before; '' if nothing says so
    first: list[FirstPost]
    hourly: list[Hour]
    picked_up: list[PickedUp]
    crossings: list[Crossing] | None  # None: too few acts to tell communities
    platforms: dict[str, datetime]
    notes: list[str]


def genesis(
    posts: pl.DataFrame, acts: pl.DataFrame, target: str, *, hours: int, first: int
) -> Genesis | None:
    """Tell how it began; None without a post. posts: `POST_COLUMNS`, in time; acts: ACTS."""
    if posts.is_empty():
        return None
    begun: datetime = posts["sort_at"][0]
    end = begun + hours * _HOUR
    early = posts.filter(pl.col("sort_at") < end)
    early_acts = acts.filter(pl.col("acted_at") < end)
    passed = early_acts.filter(pl.col("kind").is_in(["repost", "quote", "reply", "forward"]))
    handles = dict(posts.select("author_key", "handle").drop_nulls().unique("author_key").rows())
    firsts = _firsts(early, passed, first)
    return Genesis(
        target=target,
        first_at=begun,
        hours=hours,
        posts=early.height,
        authors=early["author_key"].n_unique(),
        already_running=_already(posts, begun),
        first=firsts,
        hourly=_hourly(early, passed, begun, hours, handles),
        picked_up=_picked_up(early, passed, [one.post for one in firsts], handles),
        crossings=_crossed(early_acts, early, begun),
        platforms=dict(
            early.group_by("platform").agg(pl.col("sort_at").min()).sort("sort_at").iter_rows()
        ),
        notes=_notes(early),
    )


def _already(posts: pl.DataFrame, begun: datetime) -> str:
    """Tell from what the first hour shows whether it had begun before."""
    opening = posts.filter(pl.col("sort_at") < begun + _HOUR)
    passing = opening.filter(pl.col("kind") == "repost", pl.col("repost_of_key").is_not_null())
    unseen = passing.filter(~pl.col("repost_of_key").is_in(posts["post_key"].implode()))
    if passing.height >= _LEAST_REPOSTS and unseen.height >= _UNSEEN * passing.height:
        return (
            f"{unseen.height} of the {passing.height} reposts of the first hour pass on posts that "
            "are not here"
        )
    since = _hours_after(begun)
    counts = posts.select(since).filter(pl.col("hour") < 24).group_by("hour").len().sort("hour")
    later = counts.filter(pl.col("hour") > 0)["len"].median()
    if isinstance(later, int | float) and opening.height >= 20 and opening.height >= later:
        return (
            f"the first hour has {opening.height} posts, as many as the hours after it "
            f"(half of them have {later:g} or fewer): a beginning is slower"
        )
    return ""


def _hours_after(begun: datetime) -> pl.Expr:
    whole = (pl.col("sort_at") - begun).dt.total_microseconds() // 3_600_000_000
    return whole.alias("hour")


def _firsts(early: pl.DataFrame, passed: pl.DataFrame, first: int) -> list[FirstPost]:
    own = early.filter(pl.col("kind") != "repost").head(first)
    times = dict(passed.drop_nulls("target_post_key").group_by("target_post_key").len().iter_rows())
    return [
        FirstPost(
            at=row["sort_at"],
            account=account_of(row["author_key"]),
            handle=row["handle"],
            platform=row["platform"],
            post=row["post_key"],
            followers=row["followers"],
            picked_up=times.get(row["post_key"], 0),
            text=" ".join((row["text"] or "").split())[:_SHOWN],
        )
        for row in own.iter_rows(named=True)
    ]


def _hourly(
    early: pl.DataFrame,
    passed: pl.DataFrame,
    begun: datetime,
    hours: int,
    handles: dict[str, str],
) -> list[Hour]:
    def named(key: str) -> str:
        return handles.get(key) or account_of(key)

    hour = _hours_after(begun)
    entered = early.group_by("author_key").agg(hour.min().alias("entered"))
    carried = passed.drop_nulls("target_author_key").group_by("target_author_key").len()
    reach = entered.join(carried, left_on="author_key", right_on="target_author_key")
    placed = early.with_columns(hour)
    seen: set[str] = set()
    told = []
    for number in range(hours):
        some = placed.filter(pl.col("hour") == number)
        busiest = (
            some["author_key"]
            .value_counts(sort=True)
            .sort("count", "author_key", descending=[True, False])
        )
        best = reach.filter(pl.col("entered") == number).sort(
            "len", "author_key", descending=[True, False]
        )
        platforms = [one for one in some["platform"].unique().sort() if one not in seen]
        seen.update(platforms)
        told.append(
            Hour(
                start=begun + number * _HOUR,
                posts=some.height,
                reposts=int((some["kind"] == "repost").sum()),
                authors=some["author_key"].n_unique(),
                new_authors=entered.filter(pl.col("entered") == number).height,
                top_account=named(busiest["author_key"][0]) if busiest.height else None,
                top_share=busiest["count"][0] / some.height if some.height else None,
                carried_by=named(best["author_key"][0]) if best.height else None,
                carried=int(best["len"][0]) if best.height else 0,
                new_platforms=platforms,
            )
        )
    return told


def _picked_up(
    early: pl.DataFrame, passed: pl.DataFrame, firsts: list[str], handles: dict[str, str]
) -> list[PickedUp]:
    """Rank who passed the first posts on: by influence where followers are known, else by time."""
    fans = dict(early.select("author_key", "followers").drop_nulls().unique("author_key").rows())
    taken = passed.filter(pl.col("target_post_key").is_in(firsts)).sort("acted_at", "author_key")
    if taken.is_empty():
        return []
    known = sum(key in fans for key in taken["author_key"]) / taken.height
    weight: dict[str, float] = {}
    for cascade in taken.partition_by("target_post_key", maintain_order=True):
        at = cascade["acted_at"].dt.epoch("s").to_numpy().astype(float)
        followers = np.array([fans.get(key, np.nan) for key in cascade["author_key"]], float)
        # The original stands before them, as strong as the strongest of them.
        strongest = np.nanmax(followers) if np.isfinite(followers).any() else np.nan
        through = influence(np.r_[at[0], at], np.r_[strongest, followers])[1:]
        for key, value in zip(cascade["author_key"], through, strict=True):
            weight[key] = weight.get(key, 0.0) + float(value)
    when = dict(taken.group_by("author_key").agg(pl.col("acted_at").min()).iter_rows())
    order = sorted(weight, key=lambda key: (-weight[key] if known >= _KNOWN else 0, when[key], key))
    return [
        PickedUp(
            account=account_of(key),
            handle=handles.get(key),
            at=when[key],
            followers=fans.get(key),
            influence=round(weight[key], 2) if known >= _KNOWN else None,
        )
        for key in order[:10]
    ]


def _crossed(acts: pl.DataFrame, early: pl.DataFrame, begun: datetime) -> list[Crossing] | None:
    edges = (
        acts.filter(pl.col("target_author_key") != pl.col("author_key"))
        .group_by("author_key", "target_author_key", "kind")
        .agg(count=pl.len().cast(pl.Int64), first_at=pl.col("acted_at").min())
        .select(EDGES.names())
        .cast(EDGES)
    )
    if edges.height < 2 * _LEAST_MEMBERS:
        return None
    weighed = edges.select(source="author_key", target="target_author_key", weight="count")
    parts = partition_of(weighed)
    sizes = dict(parts.group_by("community").len().iter_rows())
    of = dict(parts.select("account", "community").iter_rows())
    origin = next((of[key] for key in early["author_key"] if key in of), None)
    # Of so few accounts hardly anybody can be seen to pass anything on.
    if origin is None or sizes[origin] < _LEAST_MEMBERS:
        return None
    return [
        Crossing(
            community=row["community"],
            members=sizes[row["community"]],
            first_at=row["first_at"],
            amplifiers=row["amplifiers"],
            hours=round((row["first_at"] - begun) / _HOUR, 2),
        )
        for row in crossings(edges, of, origin).iter_rows(named=True)
        if sizes[row["community"]] >= _LEAST_MEMBERS
    ]


def _notes(early: pl.DataFrame) -> list[str]:
    notes = [
        "First seen here means: of what was collected or is in the file; others may be earlier."
    ]
    if early["followers"].null_count() > (1 - _KNOWN) * early.height:
        notes.append(
            "Followers are not known for most accounts: who picked it up is in the order of time, "
            "and not by influence."
        )
    return notes
