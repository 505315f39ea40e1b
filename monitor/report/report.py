"""The report: one value, computed once; every format shows its numbers and no others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

SCHEMA = "gaung.report/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRow:
    """One window. Null counts: a gap; null expectation or score: still being learnt, or a gap."""

    start: datetime
    posts: int | None
    authors: int | None
    reposts: int | None
    expected: float | None
    upper: float | None  # up to here it is usual: two standard deviations above
    score: float | None  # surprise, -log10 of the chance
    coverage: float | None  # null: nobody can say
    provisional: bool  # it is read again: posts that arrive late are still added


@dataclass(frozen=True, slots=True, kw_only=True)
class BurstRow:
    """A run of windows far above what the season explains."""

    start: datetime
    end: datetime | None  # null: it goes on
    peak_at: datetime
    posts: int
    expected: float | None
    authors: int
    score: float  # surprise, -log10 of the chance on the model of its usual days
    weight: float  # evidence for three times the usual, in nats
    doubling_hours: float | None  # on the way to its peak, with its 95 % interval
    doubling_low: float | None
    doubling_high: float | None
    half_life_hours: float | None  # null: not yet, or not known
    half_life_low: float | None
    half_life_high: float | None
    attention: str | None  # anticipatory, symmetric, reactive, transient


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRow:
    """A stretch that is missing."""

    source: str | None  # null: found as an improbable silence of imported posts
    hashtag: str | None
    start: datetime
    end: datetime
    reason: str
    detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorRow:
    """One of the most active accounts."""

    author: str
    handle: str | None
    posts: int
    reposts: int
    followers: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AmplifiedRow:
    """One of the accounts that others passed on, answered or named most."""

    author: str
    handle: str | None
    total: int
    reposts: int
    quotes: int
    replies: int
    mentions: int
    forwards: int
    amplifiers: int  # distinct accounts


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    """A hashtag or a link, and who used it."""

    name: str
    posts: int
    authors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadRow:
    """A platform before another, by the hours at which their excesses go together most."""

    leader: str
    follower: str
    lag_hours: float
    low: float
    high: float
    correlation: float
    n: int  # windows


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergingRow:
    """A hashtag that rises along, and that nobody watches."""

    hashtag: str
    posts: int  # in the last 24 hours
    authors: int
    expected: float
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsRow:
    """A news outlet that wrote of it, and when first."""

    outlet: str
    first_at: datetime
    articles: int
    linked_by: int  # posts that link to one of them
    title: str | None  # of the first one
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityRow:
    """A group with more edges inside than out."""

    number: int
    size: int
    share: float  # of all accounts in the graph
    inside: float  # share of its edges' weight that stays inside
    top: list[str]  # the handles (or keys) that the others amplify most


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """Accounts that act together more often than chance explains."""

    group: int  # the largest first
    accounts: int
    q: float  # the share of such ties that may be chance, at its least sure member
    posts: int
    share: float  # of all posts and reposts
    mean_delay: float  # seconds between two posts that share something
    first: str | None  # who comes first in most meetings
    members: list[str]  # the surest of them


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedRow:
    """One thing that a group shared, and the first two posts that did, side by side."""

    group: int
    by: str  # repost, text, near-text, link, hashtags, reply, media
    accounts: int
    posts: int
    first_at: datetime
    first_account: str
    first_text: str | None
    then_at: datetime
    then_account: str
    then_text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorRow:
    """One number with its interval and what it rests on."""

    number: int  # of the eighteen; some have several rows
    name: str
    title: str
    value: float | None
    label: str | None  # where the answer is a word
    low: float | None
    high: float | None
    n: int
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DialRow:
    """How broad a day was (M), or how coordinated it looks (O), beside the target's quiet days."""

    dial: str  # M, O
    title: str
    since: datetime
    until: datetime
    value: float | None  # 0-100: the mean of its components' percentiles; 50: as on a middle day
    rests_on: int  # so many components
    note: str | None  # why there is no value, or how little it rests on


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentRow:
    """One indicator of a dial, and where it stands among the quiet days."""

    dial: str
    name: str  # of the indicator
    title: str
    value: float | None
    percentile: float | None  # null: it does not count
    days: int  # quiet ones that it is known of


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that is said of a target over a time. Times are UTC; windows begin in `timezone`."""

    schema: str
    version: str
    target: str
    hashtags: list[str]
    since: datetime
    until: datetime
    timezone: str
    window: str
    generated_at: datetime
    posts: int
    authors: int
    reposts: int
    interactions: int
    interactions_by_kind: dict[str, int]
    first_post_at: datetime | None
    last_post_at: datetime | None
    coverage: float | None
    dials: list[DialRow]  # two, and never one number
    reading: str  # which of four cases it is, or why nobody can say
    dial_components: list[ComponentRow]
    gaps: list[GapRow]
    series: list[WindowRow]
    bursts: list[BurstRow]
    top_authors: list[AuthorRow]
    top_amplified: list[AmplifiedRow]
    top_hashtags: list[CountRow]
    top_links: list[CountRow]
    emerging: list[EmergingRow]
    leads: list[LeadRow]
    news: list[NewsRow]  # the first to write of it first
    communities: list[CommunityRow]
    graph: dict[str, int]  # how many edges, and communities
    coordination: list[GroupRow]
    coordination_note: str  # what was looked at, or why nothing can be said
    coordination_shared: list[SharedRow]
    indicators: list[IndicatorRow]
    notes: list[str]
