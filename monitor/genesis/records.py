"""What `gaung genesis` tells, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Told = Literal["via", "inferred", "assumed"]  # how it is known through whom: said, guessed, nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPost:
    """One of the first posts."""

    at: datetime
    account: str
    handle: str | None
    platform: str
    post: str | None  # null: redacted
    followers: int | None
    picked_up: int  # acts on it within the time looked at
    text: str | None  # null: redacted


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """One hour of the clock."""

    start: datetime
    posts: int
    reposts: int
    authors: int
    new_authors: int
    top_account: str | None  # as it is shown: its handle, else the platform's id, or a pseudonym
    top_handle: str | None
    top_share: float | None  # of the posts of the hour
    carried_by: str | None  # who entered in this hour and was passed on most, as it is shown
    carried_by_handle: str | None
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
class Origin:
    """The community of most of those who wrote first."""

    community: int
    members: int
    share: float  # of all accounts that are in a community
    authors: int  # of those who wrote first: in this community
    tied: int  # in any
    first_authors: int  # all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """Another community that took it up."""

    community: int
    members: int
    first_at: datetime
    amplifiers: int
    hours: float  # after the first post


@dataclass(frozen=True, slots=True, kw_only=True)
class Amplifier:
    """Who passed a post on, and from whom it was taken."""

    account: str
    handle: str | None
    at: datetime
    followers: int | None
    influence: float | None  # reposts that came through it, itself too; null: nobody can say
    brought: int | None  # of those, as the platform says; null: it says so of none
    through: str  # whom it had it from
    through_by: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Cascade:
    """One post and all that passed it on."""

    post: str | None  # null: redacted
    account: str | None  # null: nobody says whose it is
    handle: str | None
    platform: str
    at: datetime | None  # null: the post is not here
    text: str | None
    size: int  # the post, and each time that it was passed on
    reposts: int
    quotes: int
    accounts: int  # distinct ones that passed it on
    first_passed_at: datetime
    last_passed_at: datetime
    depth: int
    structural_virality: float
    doubling_time_seconds: float | None  # null: fewer than 20
    half_life_seconds: float | None  # since the post, else since the first repost; null: too few
    parents_given: int
    parents_inferred: int
    parents_assumed: int
    amplifiers: list[Amplifier]


@dataclass(frozen=True, slots=True, kw_only=True)
class Riding:
    """A hashtag or link of the first hour."""

    what: str
    posts: int
    accounts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsSource:
    """A news source's first article after the beginning."""

    outlet: str
    first_at: datetime
    hours: float  # after the first post
    articles: int
    linked_by: int  # posts that link to one of them
    title: str | None
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What news sources made of it."""

    before: list[str]  # who wrote of it in the week before, and may have been first
    after: list[NewsSource]


@dataclass(frozen=True, slots=True, kw_only=True)
class Genesis:
    """How it began."""

    target: str
    first_at: datetime
    last_at: datetime  # of what is here: cascades are followed so far
    hours: int
    posts: int  # within the hours
    authors: int
    already_running: str  # why it must have begun before; '' if nothing says so
    first: list[FirstPost]
    hourly: list[Hour]
    first_hour_hashtags: list[Riding]
    first_hour_links: list[Riding]
    picked_up: list[PickedUp]
    cascades: list[Cascade]
    origin: Origin | None  # None: see `origin_unknown`
    origin_unknown: str
    crossings: list[Crossing] | None  # None: without an origin there is nothing to cross from
    platforms: dict[str, datetime]
    news: News | None = None  # None: see `news_unknown`
    news_unknown: str = ""
    notes: list[str]
