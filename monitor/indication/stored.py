"""The facts of a target, from the store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl

from analysis.frames import ACTIVITY
from analysis.indicators.facts import DAY, MEMORY, Facts, Partition, Stretch
from analysis.trends.burst import Burst
from monitor.config import Config
from monitor.indication.near import MOST_AT_ONCE, MOST_TEXTS, with_near_ids
from monitor.indication.partition import community_of, partition_times
from monitor.measure import Measured, measure
from monitor.store import Store
from monitor.store.queries import Selection
from monitor.target import Target

_HOUR = timedelta(hours=1)
_LEAST_COVERED = 0.8  # of a quiet day: one that was seen by half is no measure of anything
_LONG = timedelta(days=62)  # beyond, windows are days, as in a report


def facts_of_store(
    store: Store,
    config: Config,
    target: Target,
    *,
    since: datetime,
    until: datetime,
    coordinated: pl.DataFrame | None = None,
    at_once: bool = False,
) -> Facts:
    """Gather what the store knows of a target in a window, and of the time before it.

    A day's number of new authors and communities wants the 28 days before it, and it is compared
    with the 28 days before: so eight weeks are read. coordinated: author_key and sort_at.
    at_once: leave near texts out where there are so many that it would take seconds.
    """
    since, until = since.astimezone(UTC), until.astimezone(UTC)
    begin = since - 2 * MEMORY
    selection = target.selection(begin, until)
    acts = store.participation.acts(selection)
    texts = store.participation.texts(selection, MOST_AT_ONCE if at_once else MOST_TEXTS)
    known_from = _known_from(store, target)
    step = _HOUR if until - since <= _LONG else DAY
    measured = _measured(store, config, target, acts, since - MEMORY, until, step)
    return Facts(
        acts=acts if texts is None else with_near_ids(acts, texts),
        since=since,
        until=until,
        known_from=known_from,
        coverage=_coverage(store, target, since, until),
        near=texts is not None,
        deferred=texts is None and at_once,
        windows=measured.windows,
        step=step,
        bursts=tuple(measured.bursts),
        loud=loud_times(measured.bursts, measured.windows, until),
        all_posts=_all_posts(store, config, target, begin, until),
        hashtags=store.participation.hashtags(target.selection(since, until)),
        coordinated=_numbered(store, coordinated),
        partitions=_partitions(store, target, since, known_from),
        checked=store.participation.checked(target.selection(since - MEMORY, until)),
        articles=_articles(store, target, since, until),
    )


def _measured(
    store: Store,
    config: Config,
    target: Target,
    acts: pl.DataFrame,
    since: datetime,
    until: datetime,
    step: timedelta,
) -> Measured:
    return measure(
        store,
        target,
        since=since,
        until=until,
        window=step,
        zone=config.zone,
        alerts=config.alerts_of(target.watch),
        activity=acts.select(ACTIVITY.names()),
    )


def _known_from(store: Store, target: Target) -> datetime | None:
    """Give from when the target is known: from when it was wanted, or its first post."""
    first, _ = store.queries.span(target.selection(None, None))
    wanted = [one.wanted_from for one in store.coverage.streams(hashtags=target.hashtags)]
    times = [*wanted, *([first] if first is not None else [])]
    return min(times, default=None)


def _coverage(store: Store, target: Target, since: datetime, until: datetime) -> float | None:
    from monitor import ledger

    return ledger.coverage(store.coverage.streams(hashtags=target.hashtags), since, until)


def loud_times(bursts: list[Burst], windows: pl.DataFrame, until: datetime) -> tuple[Stretch, ...]:
    """Give what is no quiet time: bursts, and days that were hardly observed."""
    found = [(burst.onset, burst.end or until) for burst in bursts]
    back = ((pl.lit(until) - pl.col("window_start")).dt.total_seconds() - 1) // 86_400
    seen = windows.group_by(back.alias("back")).agg(pl.col("coverage").mean())
    unseen = seen.filter(pl.col("coverage") < _LEAST_COVERED)["back"].sort().to_list()
    return (*found, *((until - (day + 1) * DAY, until - day * DAY) for day in unseen))


def _all_posts(
    store: Store, config: Config, target: Target, since: datetime, until: datetime
) -> pl.DataFrame | None:
    """Give when and where all watches had posts; None where there is but one to speak of."""
    tags = tuple(dict.fromkeys(tag for one in config.watches for tag in one.tags))
    if not set(tags) - set(target.hashtags):
        return None
    everything = Selection(
        hashtags=tuple(dict.fromkeys((*tags, *target.hashtags))), since=since, until=until
    )
    return store.spread.platforms(everything).select("sort_at", "platform").sort("sort_at")


def _numbered(store: Store, coordinated: pl.DataFrame | None) -> pl.DataFrame | None:
    if coordinated is None:
        return None
    numbers = store.participation.numbers(coordinated["author_key"].unique().sort())
    schema = {"author_key": pl.String, "author_id": pl.UInt64}
    known = pl.DataFrame(list(numbers.items()), schema=schema, orient="row")
    return coordinated.join(known, on="author_key").select("author_id", "sort_at")


def _partitions(
    store: Store, target: Target, since: datetime, known_from: datetime | None
) -> tuple[Partition, ...]:
    """Group who passed on whom in the 28 days before the window, and before each week before it."""
    found = []
    for at in partition_times(since, known_from):
        acts = store.acts.choose(target.selection(at - MEMORY, at))
        communities = community_of(acts.edges())
        numbers = store.participation.numbers(sorted(communities))
        found.append(Partition(at, {numbers[key]: place for key, place in communities.items()}))
    return tuple(found)


def _articles(
    store: Store, target: Target, since: datetime, until: datetime
) -> tuple[datetime, ...] | None:
    """Give the first article of each outlet, also of the week before; None if no news are read."""
    selection = target.selection(since - 7 * DAY, until)
    if store.participation.has_articles(selection):
        return tuple(row["first_at"] for row in store.queries.pick_up(selection, 1_000))
    streams = store.coverage.streams(hashtags=target.hashtags)
    return () if any(one.source.startswith("news") for one in streams) else None
