"""What was found, by the names that people know: accounts, posts, texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

_UTC = pl.Datetime("us", "UTC")

# One row per account seen, most coordinated first.
ACCOUNTS = pl.Schema(
    {
        "account": pl.String(),
        "handle": pl.String(),
        "score": pl.Float64(),  # mean surprise of the two accounts it most acts together with
        "q": pl.Float64(),  # of its surest tie within its group; null: in none
        "group": pl.Int64(),  # null: in none that survives the test
        "posts": pl.Int64(),
    }
)
# Directed; both ways of a pair.
EDGES = pl.Schema(
    {
        "source": pl.String(),
        "target": pl.String(),
        "weight": pl.Int64(),  # posts of the source that have one of the target beside them
        "q": pl.Float64(),  # null: not tested
        "first_at": _UTC,
        "last_at": _UTC,
        "posts": pl.List(pl.String()),  # ids of all posts behind the edge, the earliest first
        "by": pl.String(),  # what they share most surprisingly
        "shared": pl.Int64(),  # how much of it
        "expected": pl.Float64(),  # how much of it chance would have them share
        "first": pl.Int64(),  # meetings in which the source came first
        "mean_delay": pl.Float64(),  # seconds
        "group": pl.Int64(),
    }
)
# One row per meeting of two posts.
EVIDENCE = pl.Schema(
    {
        "group": pl.Int64(),
        "by": pl.String(),
        "what": pl.String(),  # the text, link or hashtags
        "first_account": pl.String(),
        "first_post": pl.String(),
        "first_at": _UTC,
        "then_account": pl.String(),
        "then_post": pl.String(),
        "then_at": _UTC,
        "delay": pl.Int64(),  # seconds
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """Two posts that share something, to be looked at side by side."""

    first_account: str
    first_post: str
    first_at: datetime
    then_account: str
    then_post: str
    then_at: datetime
    delay: int  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """One thing that a group shared."""

    by: str
    what: str
    accounts: int
    posts: int
    first_at: datetime
    shown: Meeting  # the first one


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Accounts that act together more often than chance explains."""

    number: int
    accounts: list[str]  # the surest first
    q: float  # of its least sure member
    posts: int  # all that its members posted
    share: float  # of all posts
    together: int  # of their posts, those that have one of another member beside them
    first_at: datetime
    last_at: datetime
    median_delay: float  # seconds between two posts that meet
    mean_delay: float
    leader: str | None  # who came first in most meetings, if in most it was in
    by: dict[str, int]  # meetings by kind
    pushed: list[Pushed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The answer of `gaung coordination`."""

    target: str
    within: int  # seconds
    by: tuple[str, ...]  # kinds of objects that were there
    fdr: float
    posts: int
    accounts: int
    tested: int  # pairs of accounts
    insufficient: str  # why nothing can be said; '' where it can
    groups: list[Group]
    account_table: pl.DataFrame  # ACCOUNTS
    edge_table: pl.DataFrame  # EDGES
    evidence_table: pl.DataFrame  # EVIDENCE
    together: pl.DataFrame  # author_key, sort_at of each act that a group did together
    notes: list[str]
