"""Computes a report from the store."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

import polars as pl

from analysis.frames import ACTIVITY
from analysis.graphs.ranking import KINDS
from analysis.indicators.facts import Facts
from analysis.indicators.told import LEAST_COMPARED, indicators
from analysis.trends.capture import missed
from monitor import __version__
from monitor.config import Config
from monitor.coordination.found import Found
from monitor.coordination.stored import Watcher
from monitor.coordination.telling import outside
from monitor.engines import Engine
from monitor.indication.indicate import Indication
from monitor.indication.stored import facts_of_store
from monitor.measure import Measured, measure
from monitor.naming import Naming
from monitor.report.course import burst_rows, emerging_rows, lead_rows, window_rows
from monitor.report.dials import component_rows, dial_day, dial_rows, indication_of
from monitor.report.redact import redacted, redacted_gaps
from monitor.report.report import SCHEMA, BurstRow, CommunityRow, IndicatorRow, Report
from monitor.report.rows import (
    Ranked,
    community_rows,
    gap_rows,
    grouped_acts,
    news_rows,
    ranked_rows,
    rounded,
)
from monitor.report.span import Span, window_words
from monitor.report.together import Together, group_rows, together
from monitor.store import Store
from monitor.store.queries import Selection
from monitor.target import Target

_DIGITS = 6  # a chance of 0.00002 is not 0
_LIMITS = (
    "Coordination is no proof of bots, payment or falsehood. Numbers hold for the sources named "
    "here, not for everything that was said."
)


@dataclass(frozen=True, slots=True)
class Computed:
    """A report, and what was looked at on the way."""

    report: Report
    indication: Indication  # of the day that its dials are of
    found: Found | None  # the groups; None: it is too much to look at while somebody waits


@dataclass(frozen=True, slots=True)
class _Asked:
    store: Store
    target: Target
    span: Span
    config: Config
    naming: Naming | None

    @property
    def selection(self) -> Selection:
        return self.target.selection(self.span.since, self.span.until)

    def label(self, keys: list[str]) -> dict[str, str]:
        """Name accounts, for publication where that is asked for."""
        if self.naming is None:
            return self.store.queries.handles(keys)
        return outside(self.store, self.naming, keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What takes time: a report is put together from it."""

    seen: Together
    kinds: dict[str, int]
    measured: Measured
    indicators: list[IndicatorRow]
    ranked: Ranked
    communities: list[CommunityRow]
    graph: dict[str, int]
    bursts: list[BurstRow]
    indication: Indication


def compute(
    store: Store,
    target: Target,
    span: Span,
    *,
    config: Config,
    now: datetime,
    naming: Naming | None = None,
    engine: Engine | None = None,
    on_step: Callable[[str], None] = lambda _: None,
    watcher: Watcher | None = None,
) -> Computed:
    """Compute the report of a target over a span.

    naming: name accounts so, for publication. engine: what looks for groups, where one is named;
    then any number of posts is waited for. on_step: is told what is done next, for people who
    wait; watcher: how far the search is.
    """
    asked = _Asked(store, target, span, config, naming)
    parts = _parts(asked, engine, on_step, watcher)
    return Computed(_report(asked, parts, now), parts.indication, parts.seen.found)


def _parts(
    asked: _Asked, engine: Engine | None, on_step: Callable[[str], None], watcher: Watcher | None
) -> _Parts:
    store, target, span, config = asked.store, asked.target, asked.span, asked.config
    with ThreadPoolExecutor(max_workers=1) as pool:
        # The graph is Python, the questions are DuckDB: two cores work at once.
        prepared = pool.submit(import_module, "networkit")
        # Before acts are chosen: the communities of earlier weeks choose others.
        seen = together(store, target, span, engine, watcher=watcher)
        on_step("facts")
        times = {"since": span.since, "until": span.until}
        facts = facts_of_store(store, config, target, **times, coordinated=seen.acts, at_once=True)
        on_step("acts")
        acts = store.acts.choose(asked.selection)
        edges = acts.edges()
        prepared.result()
        groups = pool.submit(grouped_acts, edges)
        kinds = acts.by_kind()
        on_step("measure")
        measured = _measured(asked, facts)
        told = _indicator_rows(facts, config)
        on_step("tables")
        ranked = ranked_rows(store, target, span, edges)
        communities, graph = community_rows(edges, groups.result(), asked.label)
    bursts = burst_rows(measured, span)
    on_step("dials")
    day = dial_day(span.until, bursts)
    return _Parts(
        seen=seen,
        kinds={kind: kinds.get(kind, 0) for kind in KINDS},
        measured=measured,
        indicators=told,
        ranked=ranked if asked.naming is None else redacted(ranked, store, asked.naming),
        communities=communities,
        graph=graph,
        bursts=bursts,
        indication=indication_of(store, config, target, day, seen=seen, engine=engine),
    )


def _measured(asked: _Asked, facts: Facts) -> Measured:
    return measure(
        asked.store,
        asked.target,
        since=asked.span.since,
        until=asked.span.until,
        window=asked.span.window,
        zone=asked.config.zone,
        alerts=asked.config.alerts_of(asked.target.watch),
        activity=facts.acts.select(ACTIVITY.names()),
    )


def _report(asked: _Asked, parts: _Parts, now: datetime) -> Report:
    store, target, span, config = asked.store, asked.target, asked.span, asked.config
    groups = group_rows(store, parts.seen.found, asked.label, masked=asked.naming is not None)
    series = window_rows(parts.measured, span, config=config, now=now)
    gaps = gap_rows(store, target, span, series)
    browsed = store.runs.browsed(store.queries.sources(asked.selection))
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
        **_counts(parts.measured, parts.kinds),
        dials=dial_rows(parts.indication),
        reading=parts.indication.reading,
        dial_components=component_rows(parts.indication),
        gaps=gaps if asked.naming is None else redacted_gaps(gaps, asked.naming),
        series=series,
        bursts=parts.bursts,
        **_ranks(parts.ranked),
        emerging=emerging_rows(store, target, span, config),
        leads=lead_rows(store, target, span, parts.measured),
        news=news_rows(store, target, span),
        communities=parts.communities,
        graph=parts.graph,
        coordination=groups.groups,
        coordination_note=parts.seen.note,
        coordination_shared=groups.shared,
        indicators=[*parts.indicators, _missed_row(store, target, span)],
        notes=_notes(parts.measured, browsed),
    )


def _counts(measured: Measured, kinds: dict[str, int]) -> dict[str, Any]:
    posts = measured.activity.filter(pl.col("is_post"))
    return {
        "posts": posts.height,
        "authors": posts["author_id"].n_unique(),
        "reposts": int(measured.activity["is_repost"].sum()),
        "interactions": sum(kinds.values()),
        "interactions_by_kind": kinds,
        "first_post_at": _time(posts["sort_at"].min()),
        "last_post_at": _time(posts["sort_at"].max()),
        "coverage": None if measured.coverage is None else round(measured.coverage, 4),
    }


def _ranks(ranked: Ranked) -> dict[str, Any]:
    return {
        "top_authors": ranked.authors,
        "top_amplified": ranked.amplified,
        "top_hashtags": ranked.hashtags,
        "top_links": ranked.links,
    }


def _indicator_rows(facts: Facts, config: Config) -> list[IndicatorRow]:
    return [
        IndicatorRow(
            number=found.number,
            name=found.name,
            title=found.title,
            value=rounded(found.value, _DIGITS),
            label=found.label,
            low=rounded(found.low, _DIGITS),
            high=rounded(found.high, _DIGITS),
            n=found.n,
            note=found.note,
        )
        for found in indicators(facts, zone=config.zone.key)
    ]


def _missed_row(store: Store, target: Target, span: Span) -> IndicatorRow:
    """Estimate what no server of the fediverse has shown, from how much their views overlap."""
    seen_by = store.queries.seen_by(target.selection(span.since, span.until))
    found = missed(seen_by)
    few = "needs two servers of the fediverse, and ten posts that both have shown"
    return IndicatorRow(
        number=18,
        name="missed_posts",
        title="Fediverse posts that no server asked has shown, at least",
        value=None if found is None else rounded(found.estimate, 1),
        label=None,
        low=None if found is None else rounded(found.low, 1),
        high=None if found is None else rounded(found.high, 1),
        n=sum(seen_by),
        note=few if found is None else f"{len(seen_by)} servers; a lower bound (Chao 1987)",
    )


def _notes(measured: Measured, browsed: list[str]) -> list[str]:
    notes = []
    if browsed:
        notes.append(
            f"Posts of {', '.join(browsed)} are what a platform chose to show to a person, or a "
            "part of what there was: nothing can be concluded from how many there are, or when."
        )
    if measured.coverage is None:
        notes.append(
            "Coverage is unknown: these posts were imported, and nobody says what the file "
            "leaves out (`gaung import --covers` can)."
        )
    elif measured.coverage < LEAST_COMPARED:
        notes.append(
            f"Only {measured.coverage:.0%} of this time was observed: compare nothing with it."
        )
    if measured.learning:
        notes.append(
            f"Not counted in bursts yet: {', '.join(measured.learning)}. What is usual there is "
            "known after two days that were observed."
        )
    return [*notes, _LIMITS]


def _time(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None
