"""Computes a report from the store."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from analysis.trends.burst import once_in_days
from analysis.trends.participation import indicators
from monitor import __version__
from monitor.config import Config
from monitor.errors import OperatorError
from monitor.measure import Measured, Target, measure
from monitor.report.report import (
    SCHEMA,
    AmplifiedRow,
    AuthorRow,
    BurstRow,
    CommunityRow,
    CountRow,
    GapRow,
    IndicatorRow,
    Report,
    WindowRow,
)
from monitor.store import Store

if TYPE_CHECKING:
    from analysis.graphs.community import Community

TOP = 10
# Louvain in NetworkX takes 40 µs an edge: the strongest edges hold the communities together, and
# a report must not keep anybody waiting. `gaung graph` writes all of them.
MOST_EDGES = 5_000
MOST_COMMUNITIES = 10
_LIMITS = (
    "Coordination is no proof of bots, payment or falsehood. Numbers hold for the sources named "
    "here, not for everything that was said."
)


class UnknownTargetError(OperatorError):
    """There is no such watch and no such hashtag."""


@dataclass(frozen=True, slots=True)
class Span:
    """What time a report is about."""

    since: datetime
    until: datetime
    window: timedelta


def span_of(
    store: Store,
    target: Target,
    *,
    since: datetime | None,
    until: datetime | None,
    window: timedelta | None,
    now: datetime,
    zone: ZoneInfo,
) -> Span:
    """Give the time of a report: as asked, else from the first stored post to the last.

    A target that is being collected is reported up to now, and from when it was wanted.
    """
    found = store.queries.summary(target.selection(since, until))
    if (
        found["first_post_at"] is None
        and store.queries.summary(target.selection(None, None))["first_post_at"] is None
    ):
        raise UnknownTargetError(
            f"{target.name}: there is no such post in the store yet: collect with `gaung once` "
            "or bring in a file with `gaung import`"
        )
    streams = store.coverage.streams(hashtags=target.hashtags)
    first, last = found["first_post_at"], found["last_post_at"]
    starts = [s.wanted_from for s in streams] + ([first] if first else [])
    live = any(s.covered_to and not s.source.startswith("import/") for s in streams)
    end = until or (now if live or last is None else last + timedelta(microseconds=1))
    begin = since or min(starts, default=end - timedelta(days=7))
    if begin >= end:
        raise OperatorError(
            f"--since {begin:%Y-%m-%d %H:%M} is not before --until {end:%Y-%m-%d %H:%M}"
        )
    width = window or (
        timedelta(hours=1) if end - begin <= timedelta(days=62) else timedelta(days=1)
    )
    return Span(_floor(begin, width, zone), end, width)


def _floor(moment: datetime, window: timedelta, zone: ZoneInfo) -> datetime:
    local = moment.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight.astimezone(UTC)
    return start if window >= timedelta(days=1) else start + (moment - start) // window * window


def compute(store: Store, target: Target, span: Span, *, config: Config, now: datetime) -> Report:
    """Compute the report of a target over a span."""
    selection = target.selection(span.since, span.until)
    edges = store.queries.edges(selection)
    with ThreadPoolExecutor(max_workers=1) as pool:
        # The graph is Python, the questions are DuckDB: two cores work at once.
        grouped = pool.submit(_communities, edges)
        summary = store.queries.summary(selection)
        kinds = store.queries.interaction_counts(selection)
        measured = measure(
            store,
            target,
            since=span.since,
            until=span.until,
            window=span.window,
            zone=config.zone,
            alerts=config.alerts,
        )
        ranked = _ranked(store, target, span, edges)
        communities, graph = _community_rows(store, edges, grouped)
    series = _series(measured)
    boosts = kinds.pop("boost")
    return Report(
        schema=SCHEMA,
        version=__version__,
        target=target.name,
        hashtags=list(target.hashtags),
        since=span.since,
        until=span.until,
        timezone=config.timezone,
        window=window_words(span.window),
        generated_at=now,
        posts=summary["posts"],
        authors=summary["authors"],
        reposts=summary["reposts"] + boosts,
        interactions=sum(kinds.values()),
        interactions_by_kind={k: kinds.get(k, 0) for k in ("repost", "quote", "reply", "mention")},
        first_post_at=summary["first_post_at"],
        last_post_at=summary["last_post_at"],
        coverage=None if measured.coverage is None else round(measured.coverage, 4),
        gaps=_gaps(store, target, span, series),
        series=series,
        bursts=_bursts(measured, span.window),
        top_authors=ranked.authors,
        top_amplified=ranked.amplified,
        top_hashtags=ranked.hashtags,
        top_links=ranked.links,
        communities=communities,
        graph=graph,
        indicators=[
            IndicatorRow(
                name=i.name,
                title=i.title,
                value=_rounded(i.value),
                low=_rounded(i.low),
                high=_rounded(i.high),
                n=i.n,
                note=i.note,
            )
            for i in indicators(measured.activity, coverage=measured.coverage)
        ],
        notes=_notes(measured, graph),
    )


@dataclass(frozen=True, slots=True)
class _Ranked:
    authors: list[AuthorRow]
    amplified: list[AmplifiedRow]
    hashtags: list[CountRow]
    links: list[CountRow]


def _ranked(store: Store, target: Target, span: Span, edges: pl.DataFrame) -> _Ranked:
    from analysis.graphs.ranking import top_amplified

    selection = target.selection(span.since, span.until)
    amplified = top_amplified(edges, TOP).to_dicts()
    handles = store.queries.handles([row["author_key"] for row in amplified])
    own = set(target.hashtags)
    return _Ranked(
        authors=[
            AuthorRow(
                author=row["author_key"],
                handle=row["handle"],
                posts=row["posts"],
                reposts=row["reposts"],
                followers=row["followers"],
            )
            for row in store.queries.top_authors(selection, TOP)
        ],
        amplified=[
            AmplifiedRow(
                author=row["author_key"],
                handle=handles.get(row["author_key"]),
                total=row["total"],
                reposts=row["repost"],
                quotes=row["quote"],
                replies=row["reply"],
                mentions=row["mention"],
                amplifiers=row["counterparties"],
            )
            for row in amplified
        ],
        hashtags=[
            _count(row)
            for row in store.queries.top_hashtags(selection, TOP + len(own))
            if row["value"] not in own
        ][:TOP],
        links=[_count(row) for row in store.queries.top_links(selection, TOP)],
    )


def _count(row: dict[str, object]) -> CountRow:
    return CountRow(
        name=str(row["value"]), posts=int(str(row["posts"])), authors=int(str(row["authors"]))
    )


def _communities(edges: pl.DataFrame) -> tuple[list[Community], pl.DataFrame]:
    from analysis.graphs.amplification import amplification_graph, strongest
    from analysis.graphs.community import communities

    kept = strongest(edges, MOST_EDGES)
    return communities(amplification_graph(kept)), kept


def _community_rows(
    store: Store, edges: pl.DataFrame, grouped: Future[tuple[list[Community], pl.DataFrame]]
) -> tuple[list[CommunityRow], dict[str, int]]:
    found, kept = grouped.result()
    pairs = ["author_key", "target_author_key"]
    graph = {
        "edges": edges.select(pairs).unique().height,
        "edges_used": kept.select(pairs).unique().height,
        "communities": len(found),
    }
    amplified = kept.group_by("target_author_key").agg(pl.col("count").sum().alias("total"))
    totals = dict(amplified.iter_rows())
    shown = found[:MOST_COMMUNITIES]
    top = {
        c.number: sorted(c.members, key=lambda key: (-totals.get(key, 0), key))[:5] for c in shown
    }
    handles = store.queries.handles([key for keys in top.values() for key in keys])
    rows = [
        CommunityRow(
            number=c.number,
            size=c.size,
            share=round(c.share, 4),
            inside=round(c.inside, 4),
            top=[handles.get(key, key) for key in top[c.number]],
        )
        for c in shown
    ]
    return rows, graph


def _series(measured: Measured) -> list[WindowRow]:
    return [
        WindowRow(
            start=row["window_start"],
            posts=row["posts"],
            authors=row["authors"],
            reposts=row["reposts"],
            expected=_rounded(row["expected"], 2),
            score=_rounded(row["score"], 2),
            coverage=_rounded(row["coverage"]),
        )
        for row in measured.windows.iter_rows(named=True)
    ]


def _bursts(measured: Measured, window: timedelta) -> list[BurstRow]:
    per_day = timedelta(days=1) / window
    return [
        BurstRow(
            start=burst.onset,
            end=burst.end,
            peak_at=burst.peak_at,
            posts=burst.posts,
            expected=_rounded(burst.expected, 1),
            authors=burst.authors,
            score=round(burst.score, 2),
            once_in_days=round(once_in_days(burst.score, per_day), 1),
        )
        for burst in measured.bursts
    ]


def _gaps(store: Store, target: Target, span: Span, series: list[WindowRow]) -> list[GapRow]:
    rows = [
        GapRow(
            source=gap.source,
            hashtag=gap.hashtag,
            start=gap.from_at,
            end=gap.to_at,
            reason=gap.reason,
            detail=gap.detail,
        )
        for gap in store.coverage.gaps_between(target.hashtags, span.since, span.until)
    ]
    silent: list[GapRow] = []
    for row in series:
        if row.posts is not None or row.coverage is not None:
            continue
        end = row.start + span.window
        if silent and silent[-1].end == row.start:
            start = silent.pop().start
        else:
            start = row.start
        silent.append(
            GapRow(
                source=None,
                hashtag=None,
                start=start,
                end=end,
                reason="improbable silence",
                detail="imported posts, and none where their rate makes that unlikely",
            )
        )
    return sorted([*rows, *silent], key=lambda gap: gap.start)


def _notes(measured: Measured, graph: dict[str, int]) -> list[str]:
    notes = []
    if measured.coverage is None:
        notes.append(
            "Coverage is unknown: these posts were imported, and nobody says what the file "
            "leaves out (`gaung import --covers` can)."
        )
    elif measured.coverage < 0.8:
        notes.append(
            f"Only {measured.coverage:.0%} of this time was observed: compare nothing with it."
        )
    if graph["edges_used"] < graph["edges"]:
        notes.append(
            f"Communities rest on the {graph['edges_used']:,} strongest of {graph['edges']:,} edges."
        )
    return [*notes, _LIMITS]


def window_words(window: timedelta) -> str:
    """Write a window as the command line takes it: 1h, 15m, 1d."""
    seconds = int(window.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _rounded(value: float | None, digits: int = 4) -> float | None:
    return None if value is None else round(value, digits)
