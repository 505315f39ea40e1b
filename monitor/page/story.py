"""What the page tells: the report, and all that explains it, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.coordination.found import Found
from monitor.genesis import Genesis
from monitor.indication.indicate import Indication
from monitor.report.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """Where posts came from."""

    name: str  # a platform
    posts: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PostShown:
    """A post as the page shows it."""

    at: datetime
    account: str
    platform: str
    text: str | None  # None: left out, for publication


@dataclass(frozen=True, slots=True, kw_only=True)
class BurstStory:
    """What a burst was about, and who was in it; in the order of `Report.bursts`."""

    words: list[str]  # that mark its posts among all
    busiest: str | None  # the account with most posts in it
    busiest_posts: int
    post: PostShown | None  # the one that was passed on most in it
    passed_on: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MapNode:
    """An account on the map. x and y lie between 0 and 1, from the upper left."""

    name: str
    x: float
    y: float
    size: float  # 0-1
    community: int  # the place among `Map.communities`; -1: in a smaller one
    amplified: int  # times others passed it on, answered or named it
    amplified_by: int  # distinct accounts
    amplifies: int
    is_bridge: bool
    step: int  # the first of `Map.steps` in which it takes part


@dataclass(frozen=True, slots=True, kw_only=True)
class MapEdge:
    """Who amplified whom, by their places among the nodes."""

    source: int
    target: int
    weight: int
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MapCommunity:
    """A group that amplifies itself more than others."""

    letter: str
    accounts: int  # in the whole graph, not only on the map
    share: float  # of all accounts in the graph
    words: list[str]  # that mark its posts among all
    around: str | None  # the account that names it where no word does; None: for publication
    platform: str | None  # where all of its accounts are; None: on several
    top: list[str]  # accounts that are amplified most
    posts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """What is shown of the amplification graph, laid out."""

    nodes: list[MapNode]
    edges: list[MapEdge]
    communities: list[MapCommunity]
    steps: list[datetime]  # begins of equal stretches of the time
    accounts: int  # in the whole graph
    ties: int
    acts: int
    acts_on_shown: int  # on the accounts of the map, by whomever
    acts_drawn: int  # that the ties on the map stand for
    bridges: list[str]
    bridges_known: bool  # whether there is enough to tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Who amplified whom most."""

    amplifier: str
    amplified: str
    times: int
    reposts: int
    quotes: int
    replies: int
    mentions: int
    first_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Amplifier:
    """One of the accounts that passed on most."""

    account: str
    times: int
    whom: int  # distinct accounts
    mostly: str | None  # whom by far most, if anybody


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Two posts of one group side by side."""

    group: int
    by: str  # what they share: the name of a trace
    what: str | None  # None: left out
    first: PostShown
    then: PostShown
    delay: int  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All that the page tells."""

    report: Report
    command: str  # that makes this page again
    data_hash: str  # of the posts that it rests on
    sources: list[SourceLine]
    bursts: list[BurstStory]
    indication: Indication
    genesis: Genesis | None  # None: no post
    map: Map | None  # None: nobody acted on anybody
    found: Found | None  # None: too many posts to be tested while a page is made
    proofs: list[Proof]
    pairs: list[Pair]
    amplifiers: list[Amplifier]
    other: Report | None = None  # to be compared with
    redacted: bool = False
