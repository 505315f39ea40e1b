"""What a source or a file gives at a time: frames of declared columns, and where to go on.

Live sources hand over records, big files columns; both become the same `Page` here, so that the
store has one door.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from collectors import moments
from collectors.columns import AUTHORS as AUTHORS
from collectors.columns import ENGAGEMENT as ENGAGEMENT
from collectors.columns import INTERACTIONS as INTERACTIONS
from collectors.columns import LOCAL_IDS as LOCAL_IDS
from collectors.columns import POSTS as POSTS
from collectors.columns import REJECTED as REJECTED
from collectors.columns import REMOVALS as REMOVALS
from collectors.columns import UTC
from collectors.columns import frame_of as frame_of
from collectors.columns import nothing as nothing
from collectors.records import Author, Engagement, Interaction, Post, Rejected, Removal

# Characters. Fediverse servers allow up to 65,535, and blogs send whole articles as posts.
LONGEST_TEXT = 100_000
_CUT = " […]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """A stretch within what was read that the source did not give, and where to ask for it."""

    from_at: datetime
    to_at: datetime
    detail: str
    cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One unit of saving: all of it is stored with its cursor in one transaction, or none.

    Whatever makes it, no page holds a time at which nothing can have been posted: such a post is
    set aside with what it brought, and any other such time is unknown. A text that is longer than
    any post is cut, and says so.
    """

    posts: pl.DataFrame = field(default_factory=lambda: nothing(POSTS))
    authors: pl.DataFrame = field(default_factory=lambda: nothing(AUTHORS))
    interactions: pl.DataFrame = field(default_factory=lambda: nothing(INTERACTIONS))
    engagement: pl.DataFrame = field(default_factory=lambda: nothing(ENGAGEMENT))
    rejected: pl.DataFrame = field(default_factory=lambda: nothing(REJECTED))
    removals: pl.DataFrame = field(default_factory=lambda: nothing(REMOVALS))
    # What the source calls the posts, where their keys do not say it; a `PostRef` gives it back.
    local_ids: pl.DataFrame = field(default_factory=lambda: nothing(LOCAL_IDS))
    received: int = 0  # records that the source gave, the rejected among them
    repeated: int = 0  # of these, records of a post that the same file had before
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

    def __post_init__(self) -> None:
        """Hold the promises about times, and about the length of texts."""
        if (self.posts["text"].str.len_bytes() > LONGEST_TEXT).any():
            object.__setattr__(self, "posts", _with_texts_cut(self.posts))
        frames = (self.posts, self.authors, self.interactions, self.engagement)
        if any(_has_odd_time(frame) for frame in frames):
            for name, frame in _with_possible_times(self).items():
                object.__setattr__(self, name, frame)


def _with_texts_cut(posts: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("text")
    cut = pl.concat_str(text.str.slice(0, LONGEST_TEXT), pl.lit(_CUT))
    is_long = text.str.len_chars() > LONGEST_TEXT + len(_CUT)  # what was cut is not cut again
    return posts.with_columns(text=pl.when(is_long).then(cut).otherwise(text))


def _has_odd_time(frame: pl.DataFrame) -> bool:
    if frame.is_empty():
        return False
    odd = [(~moments.possible(n)).any() for n, dtype in frame.schema.items() if dtype == UTC]
    return any(frame.select(pl.any_horizontal(odd)).row(0))


def _with_possible_times(page: Page) -> dict[str, pl.DataFrame]:
    """Set the posts aside whose time is impossible, and take other such times for unknown."""
    reason = moments.why_impossible("created_at")
    odd = page.posts.filter(reason.is_not_null())
    posts = _without_odd(page.posts.filter(reason.is_null()), "indexed_at", "edited_at")
    # A post is set aside whole: with its acts and counts, and its author if it brought nobody else.
    gone = odd["post_key"].unique().implode()
    lost = ~pl.col("post_key").is_in(posts["post_key"].unique().implode())
    lost &= pl.col("post_key").is_in(gone)
    acts = page.interactions.filter(~lost.fill_null(value=False))
    named = {*posts["author_key"], *acts["author_key"], *acts["target_author_key"]}
    left = (set(odd["author_key"]) - named) if odd.height else set()
    return {
        "posts": posts,
        "authors": _without_odd(
            page.authors.filter(~pl.col("author_key").is_in(list(left))), "created_at"
        ),
        "interactions": _acts_without_odd(acts),
        "engagement": page.engagement.filter(~lost, moments.possible("taken_at")),
        "local_ids": page.local_ids.filter(~lost),
        "rejected": pl.concat([page.rejected, _set_aside(odd, reason)]),
    }


def _without_odd(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    return frame.with_columns(pl.when(moments.possible(c)).then(c).alias(c) for c in columns)


def _acts_without_odd(acts: pl.DataFrame) -> pl.DataFrame:
    """Keep an act that is no post, such as a boost: who passed on what is known, but not when."""
    is_odd = (~moments.possible("acted_at")).fill_null(value=False)
    marked = acts.with_columns(
        precision=pl.when(is_odd).then(pl.lit("unknown")).otherwise("precision")
    )
    return _without_odd(marked, "acted_at", "not_before")


def _set_aside(odd: pl.DataFrame, reason: pl.Expr) -> pl.DataFrame:
    told = ("post_key", "url", "author_key", "kind", "text")
    raw = pl.struct(moments.written("created_at").alias("created_at"), *told)
    return odd.select(
        pl.coalesce("url", "post_key").alias("locator"),
        reason.alias("reason"),
        raw.struct.json_encode().alias("raw"),
        pl.lit("created_at").alias("field"),
    ).cast(REJECTED)


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
    times = [
        post.created_at
        for post in posts
        if post.captured_as == "matched" and moments.is_possible(post.created_at)
    ]
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
