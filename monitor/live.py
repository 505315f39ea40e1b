"""How things stand now, as one value: volumes, bursts that go on, sources, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from analysis.findings import FindingKind
from monitor.config import Config, Watch
from monitor.errors import StoreMissingError
from monitor.lock import DaemonLock, is_old
from monitor.store import Store
from monitor.wiring import App

SCHEMA = "gaung.top/1"
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveHour:
    """One full hour."""

    start: datetime
    posts: int | None  # null: nobody looked
    expected: float | None  # null: still being learnt


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveWatch:
    """A watch, and how much there is of it."""

    name: str
    paused: bool
    hashtags: list[str]
    hour_posts: int | None  # of the last full hour; null: nobody looked
    hour_expected: float | None  # of the same hour; null: still being learnt
    day_posts: int | None  # of the hours that were looked at, of the last 24
    day_expected: float | None  # of the same hours; null: still being learnt
    coverage: float | None  # share of these 24 hours that was observed; null: nobody can say
    hours: list[LiveHour]  # the last 24 full ones, oldest first


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveBurst:
    """A burst that goes on."""

    watch: str
    since: datetime
    posts: int | None
    expected: float | None
    score: float  # surprise, -log10 of the chance


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSource:
    """A source, how it went, and when it is asked again."""

    source: str
    last_run_at: datetime | None
    verdict: str | None  # of the last run; null: it goes on
    detail: str | None  # why, if it went wrong
    open_gaps: int
    next_at: datetime | None  # null: it is listened to, or nothing asks it


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """All of it."""

    schema: str
    at: datetime
    timezone: str
    daemon: int | None  # its process; null: it does not run
    daemon_hangs: bool  # nothing has come of its work for long
    posts: int | None  # in the store; null: there is none yet
    letters_waiting: int
    watches: list[LiveWatch]
    bursts: list[LiveBurst]
    sources: list[LiveSource]


def live(app: App, *, now: datetime) -> Live:
    """Look once. The store is opened, read and given back, so that a daemon need not wait long.

    Raises `StoreError` if another process keeps the store for too long.
    """
    config = app.config
    daemon = DaemonLock(app.stores.path).daemon()
    shortest = min((watch.every for watch in config.followed), default=None)
    told: dict[str, Any] = {
        "schema": SCHEMA,
        "at": now,
        "timezone": config.timezone,
        "daemon": None if daemon is None else daemon.process,
        "daemon_hangs": daemon is not None and is_old(daemon.silent_for, shortest=shortest),
    }
    try:
        with app.stores.open(read_only=True) as store:
            return Live(
                **told,
                posts=store.count_posts(),
                letters_waiting=store.outbox.summary()["waiting"],
                watches=[_watch(store, one, config, now) for one in config.watches],
                bursts=_bursts(store),
                sources=_sources(store, config, now),
            )
    except StoreMissingError:
        empty = [_unknown(watch) for watch in config.watches]
        return Live(**told, posts=None, letters_waiting=0, watches=empty, bursts=[], sources=[])


def _watch(store: Store, watch: Watch, config: Config, now: datetime) -> LiveWatch:
    from monitor.measure import measure
    from monitor.target import Target

    end = now.replace(minute=0, second=0, microsecond=0)
    measured = measure(
        store,
        Target.of(watch),
        since=end - _DAY,
        until=end,
        window=_HOUR,
        zone=config.zone,
        alerts=config.alerts_of(watch.name),
    )
    hours = [
        LiveHour(start=row["window_start"], posts=row["posts"], expected=row["expected"])
        for row in measured.windows.iter_rows(named=True)
        if row["window_start"] >= end - _DAY
    ]
    return _summed(watch, hours, measured.coverage)


def _summed(watch: Watch, hours: list[LiveHour], coverage: float | None) -> LiveWatch:
    known = [hour for hour in hours if hour.posts is not None]
    expected = [hour.expected for hour in known if hour.expected is not None]
    return LiveWatch(
        name=watch.name,
        paused=watch.paused,
        hashtags=list(watch.tags),
        hour_posts=hours[-1].posts if hours else None,
        hour_expected=hours[-1].expected if hours else None,
        day_posts=sum(hour.posts or 0 for hour in known) if known else None,
        # Against fewer hours than were counted, the sum would say too little.
        day_expected=round(sum(expected), 1) if known and len(expected) == len(known) else None,
        coverage=None if coverage is None else round(coverage, 4),
        hours=hours,
    )


def _unknown(watch: Watch) -> LiveWatch:
    return _summed(watch, [], None)


def _bursts(store: Store) -> list[LiveBurst]:
    found = [one for one in store.findings.open() if one.kind is FindingKind.BURST]
    found.sort(key=lambda one: (-one.score, one.watch, one.from_at))
    return [
        LiveBurst(
            watch=one.watch,
            since=one.from_at,
            posts=_number(one.evidence.get("posts"), int),
            expected=_number(one.evidence.get("expected"), float),
            score=one.score,
        )
        for one in found
    ]


def _number(value: object, kind: type[Any]) -> Any:
    return kind(value) if isinstance(value, int | float) else None


def _sources(store: Store, config: Config, now: datetime) -> list[LiveSource]:
    last: dict[str, dict[str, Any]] = {}
    for row in store.latest.last_of_each():
        if row["task"] in ("import", "expand", "check"):
            continue
        known = last.get(row["source"])
        if known is None or row["started_at"] > known["started_at"]:
            last[row["source"]] = row
    gaps = [gap.source for gap in store.coverage.open_gaps()]
    coming = _next_runs(store, config.followed, now)
    return [
        LiveSource(
            source=source,
            last_run_at=row["started_at"],
            verdict=row["verdict"],
            detail=row["detail"],
            open_gaps=gaps.count(source),
            next_at=coming.get(source),
        )
        for source, row in sorted(last.items())
    ]


def _next_runs(store: Store, watches: Sequence[Watch], now: datetime) -> dict[str, datetime]:
    """Give when each source is asked again, by the watches that want it."""
    found: dict[str, datetime] = {}
    for (source, hashtag), attempt in store.runs.last_attempts(now=now).items():
        name = source.split("/", 1)[0]
        rhythm = [one.every for one in watches if name in one.sources and hashtag in one.tags]
        if not rhythm:
            continue
        due = attempt.started_at + min(rhythm)
        due = max(due, attempt.retry_at) if attempt.retry_at is not None else due
        found[source] = min(due, found.get(source, due))
    return found
