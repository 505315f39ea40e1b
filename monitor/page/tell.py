"""From the store to the story: each part is asked for once, and says why if it is missing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import polars as pl

from monitor.config import Config
from monitor.coordination.stored import Watcher, looked
from monitor.drawing.amplification import amplification
from monitor.drawing.drawing import Drawing
from monitor.engines import Engine
from monitor.genesis import Asked as GenesisAsked
from monitor.genesis import told_of
from monitor.genesis.begun import POST_COLUMNS
from monitor.inputs import Wanted, opened
from monitor.inputs.lake import BOOST
from monitor.naming import Naming
from monitor.page.atlas import atlas
from monitor.page.bursts import burst_stories
from monitor.page.names import Shown
from monitor.page.proofs import MOST_PROOFS, post_keys, proofs, renamed
from monitor.page.story import Amplifier, Map, Pair, SourceLine, Story
from monitor.report.compute import Computed, compute
from monitor.report.report import Report
from monitor.report.span import span_of
from monitor.store import StoreFile

_COLUMNS = ("post_key", "author_key", "platform", "kind", "sort_at", "text")
_TOP = 12
# Looking for coordination in more takes longer than anybody waits for a page.
MOST_TESTED = 500_000
Step = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What is told of, and how."""

    wanted: Wanted
    window: timedelta | None  # of the report; None: hours or days, by how long it is
    command: str
    naming: Naming | None = None
    engine: Engine | None = None  # what looks for groups, in any number of posts
    watcher: Watcher | None = None  # is told how far that is


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What several parts rest on, read once."""

    posts: pl.DataFrame
    acts: pl.DataFrame
    shown: Shown


def tell(
    stores: StoreFile,
    config: Config,
    asked: Telling,
    *,
    now: datetime,
    other: Report | None = None,
    on_step: Step = lambda _: None,
) -> Story:
    """Compute the story of a target. on_step: is told what is done next, for people who wait."""
    on_step("report")
    computed = _computed(stores, config, asked, now, on_step)
    report, found = computed.report, computed.found
    wanted = replace(asked.wanted, since=report.since, until=report.until)
    on_step("posts")
    source = opened(stores, wanted)
    posts = source.posts(*dict.fromkeys((*_COLUMNS, *POST_COLUMNS)))
    read = _read(stores, posts.select(_COLUMNS), source.acts(), asked.naming)
    on_step("genesis")
    begun = told_of(
        source,
        GenesisAsked(target=wanted.name, hashtags=wanted.hashtags, zone=config.zone),
        stores=stores,
        naming=asked.naming,
        acts=read.acts,
        posts=posts,
    )
    on_step("map")
    drawing = _drawing(read.acts, wanted.name)
    on_step("coordination")
    if found is None:
        with stores.open(read_only=True) as store:
            # More than a report looks at while somebody waits: a page takes longer anyway.
            asked_for = (wanted.target, report.since, report.until)
            found = looked(store, *asked_for, most=MOST_TESTED).found
    by_key = _posts_by_key(read.posts, [] if found is None else post_keys(found))
    return Story(
        report=report,
        command=asked.command,
        data_hash=hashed(read.posts),
        sources=_sources(read.posts),
        bursts=burst_stories(report.bursts, read.posts, read.acts, read.shown),
        indication=computed.indication,
        genesis=begun,
        map=None if drawing is None else _map(drawing, read),
        found=None if found is None else renamed(found, by_key, read.shown),
        proofs=[] if found is None else proofs(found, by_key, read.shown)[:MOST_PROOFS],
        pairs=[] if drawing is None else _pairs(drawing, read.shown),
        amplifiers=[] if drawing is None else _amplifiers(drawing, read.shown),
        other=other,
        redacted=asked.naming is not None,
    )


def _computed(
    stores: StoreFile, config: Config, asked: Telling, now: datetime, on_step: Step
) -> Computed:
    wanted = asked.wanted
    target = wanted.target
    with stores.open(read_only=True) as store:
        span = span_of(
            store, target, since=wanted.since, until=wanted.until, window=asked.window,
            now=now, zone=config.zone,
        )  # fmt: skip
        return compute(
            store, target, span, config=config, now=now, naming=asked.naming, engine=asked.engine,
            on_step=on_step, watcher=asked.watcher,
        )  # fmt: skip


def _read(
    stores: StoreFile, posts: pl.DataFrame, acts: pl.DataFrame, naming: Naming | None
) -> _Read:
    # Boosts that are no posts are acts, and counted there.
    posts = posts.filter(~pl.col("post_key").str.starts_with(BOOST))
    keys = pl.concat([posts["author_key"], acts["author_key"], acts["target_author_key"]])
    with stores.open(read_only=True) as store:
        known = store.privacy.known_as(keys.drop_nulls().unique().sort().to_list())
    return _Read(posts=posts, acts=acts, shown=Shown(known, naming))


def _drawing(acts: pl.DataFrame, name: str) -> Drawing | None:
    known = acts.filter(pl.col("author_key") != pl.col("target_author_key"))
    return None if known.is_empty() else amplification(acts, name)


def _map(drawing: Drawing, read: _Read) -> Map:
    names = read.shown.accounts(drawing.nodes["key"])
    words = read.shown.naming is None
    return atlas(drawing, read.posts.select("author_key", "text"), names, words=words)


def _pairs(drawing: Drawing, shown: Shown) -> list[Pair]:
    # To sort a million ties takes longer than to look for the heaviest.
    heavy = drawing.edges.filter(pl.col("weight") >= pl.col("weight").top_k(_TOP).min())
    top = heavy.sort("weight", "source", "target", descending=[True, False, False])
    return [
        Pair(
            amplifier=shown.account(row["source"]),
            amplified=shown.account(row["target"]),
            times=row["weight"],
            reposts=row["repost"] + row["forward"],
            quotes=row["quote"],
            replies=row["reply"],
            mentions=row["mention"],
            first_at=row["first_at"],
        )
        for row in top.head(_TOP).iter_rows(named=True)
    ]


def _amplifiers(drawing: Drawing, shown: Shown) -> list[Amplifier]:
    does = drawing.edges.group_by("source").agg(times=pl.col("weight").sum())
    most = does.sort("times", "source", descending=[True, False])["source"].head(_TOP)
    theirs = drawing.edges.filter(pl.col("source").is_in(most.implode()))
    strongest = theirs.sort("weight", "target", descending=[True, False])
    told = (
        strongest.group_by("source", maintain_order=True)
        .agg(
            times=pl.col("weight").sum(),
            whom=pl.len(),
            first=pl.col("target").first(),
            most=pl.col("weight").first(),
        )
        .sort("times", "source", descending=[True, False])
        .head(_TOP)
    )
    return [
        Amplifier(
            account=shown.account(row["source"]),
            times=row["times"],
            whom=row["whom"],
            mostly=shown.account(row["first"]) if 2 * row["most"] > row["times"] else None,
        )
        for row in told.iter_rows(named=True)
    ]


def _sources(posts: pl.DataFrame) -> list[SourceLine]:
    told = posts.group_by("platform").agg(
        posts=pl.len(), first_at=pl.col("sort_at").min(), last_at=pl.col("sort_at").max()
    )
    ordered = told.sort("posts", "platform", descending=[True, False])
    return [
        SourceLine(
            name=row["platform"],
            posts=row["posts"],
            first_at=row["first_at"],
            last_at=row["last_at"],
        )
        for row in ordered.iter_rows(named=True)
    ]


def hashed(posts: pl.DataFrame) -> str:
    """Give SHA-256 of which posts there are, and when they were: the same for the same data."""
    lines = posts.select(
        pl.col("post_key") + "\t" + pl.col("sort_at").dt.epoch("us").cast(pl.String)
    ).to_series()
    return hashlib.sha256("\n".join(lines.sort()).encode()).hexdigest()


def _posts_by_key(posts: pl.DataFrame, keys: list[str]) -> dict[str, dict[str, object]]:
    some = posts.filter(pl.col("post_key").is_in(keys))
    return {row["post_key"]: row for row in some.iter_rows(named=True)}
