"""Gives a report at once where it has been computed and still holds, else computes and keeps it.

A report rests on posts (the store throws kept reports away when any changes), on what was observed
and when, on the settings, on this program, and on the time that is asked for. All but the posts
are in the name that it is kept by. What depends on the present moment alone is said anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from monitor import __version__, clock, ledger
from monitor.config import Config
from monitor.errors import StoreError
from monitor.naming import Naming
from monitor.report.report import Report, WindowRow
from monitor.report.span import Span, floor, span_of, width_of
from monitor.store import Store, StoreFile
from monitor.target import Target

if TYPE_CHECKING:  # slow to import, and not needed for a report that is kept
    from monitor.coordination.stored import Watcher
    from monitor.engines import Engine

# "Up to now" may be so long ago, if nothing was stored since: the report says until when it goes.
FRESH = timedelta(minutes=5)
QUICK = 0.3  # seconds: what takes less is not worth a write
_AT_ONCE = timedelta(milliseconds=200)  # who reads does not wait for a daemon to be able to keep


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAsked:
    """What is asked for; None: all that is stored, and windows that suit the time."""

    target: Target
    since: datetime | None = None
    until: datetime | None = None
    window: timedelta | None = None


class _About(msgspec.Struct, frozen=True):
    """What tells whether a kept report answers a question, without reading the report."""

    span: Span
    is_live: bool


class _Entry(msgspec.Struct, frozen=True):
    """What is kept: a report, and the time that it is about."""

    report: Report
    span: Span
    is_live: bool


def report_of(
    stores: StoreFile,
    asked: ReportAsked,
    *,
    config: Config,
    now: datetime,
    naming: Naming | None = None,
    engine: Engine | None = None,
    anew: bool = False,
    on_step: Callable[[str], None] = lambda _: None,
    watcher: Watcher | None = None,
) -> Report:
    """Give the report. Raises `StoreError`, and an error if there is no such post.

    naming: name accounts so, for publication; such a report is not kept. engine: as of `compute`;
    nor is one that was asked of an engine, and of a kept one groups may be left out. anew: compute
    and keep it, whatever is kept. on_step, watcher: as of `compute`.
    """
    is_usual = naming is None and engine is None
    started = clock.monotonic()
    with stores.open(read_only=True) as store:
        name = _name(store, asked, config)
        if is_usual and not anew and (found := _found(store, name, asked, config=config, now=now)):
            return found
        revision = store.kept.revision()
        span = span_of(
            store,
            asked.target,
            since=asked.since,
            until=asked.until,
            window=asked.window,
            now=now,
            zone=config.zone,
        )
        from monitor.report.compute import compute

        report = compute(
            store, asked.target, span, config=config, now=now, naming=naming, engine=engine,
            on_step=on_step, watcher=watcher,
        ).report  # fmt: skip
        streams = store.coverage.streams(hashtags=asked.target.hashtags)
        entry = _Entry(report, span, ledger.is_live(streams))
    if is_usual and clock.monotonic() - started > QUICK:
        text = msgspec.json.encode(entry).decode()
        # A store that is busy, full or not ours to write is no reason to withhold the report.
        with (
            suppress(StoreError),
            replace(stores, patience=_AT_ONCE).open() as store,
            store.transaction(),
        ):
            store.kept.keep(name, text, revision=revision, now=now)
    return report


def is_kept(store: Store, asked: ReportAsked, *, config: Config, now: datetime) -> bool:
    """Tell whether the report would be there at once."""
    name = _name(store, asked, config)
    return _holding(store, name, asked, config=config, now=now) is not None


def _found(
    store: Store, name: str, asked: ReportAsked, *, config: Config, now: datetime
) -> Report | None:
    text = _holding(store, name, asked, config=config, now=now)
    if text is None:
        return None
    entry = msgspec.json.decode(text, type=_Entry)
    settled = now - config.collect.rescan
    return replace(
        entry.report,
        generated_at=now,
        series=[_as_of(row, entry.span.window, settled) for row in entry.report.series],
    )


def _holding(
    store: Store, name: str, asked: ReportAsked, *, config: Config, now: datetime
) -> str | None:
    text = store.kept.find(name)
    if text is None:
        return None
    about = msgspec.json.decode(text, type=_About)
    answers = holds(about.span, asked, is_live=about.is_live, config=config, now=now)
    return text if answers else None


def holds(span: Span, asked: ReportAsked, *, is_live: bool, config: Config, now: datetime) -> bool:
    """Tell whether a report over a span answers a question, if the posts are the same."""
    if asked.until is not None:
        if asked.until != span.until:
            return False
    elif is_live and not timedelta(0) <= now - span.until <= FRESH:
        return False
    if asked.since is None:
        return True
    # Asked for as `7d`, the beginning is another one each time, but in the same window.
    width = asked.window or width_of(span.until - asked.since)
    return width == span.window and floor(asked.since, width, config.zone) == span.since


def _as_of(row: WindowRow, window: timedelta, settled: datetime) -> WindowRow:
    provisional = row.coverage is not None and row.start + window > settled
    return row if row.provisional == provisional else replace(row, provisional=provisional)


def _name(store: Store, asked: ReportAsked, config: Config) -> str:
    """Name all that a report rests on beside the posts."""
    target = asked.target
    facts = (
        target,
        asked.since is None,
        asked.until.astimezone(UTC) if asked.until else None,
        asked.window,
        store.coverage.streams(hashtags=target.hashtags),
        store.coverage.open_gaps(),
        store.runs.all_browsed(),
        config.timezone,
        config.watches,
        config.alerts,
        config.collect,
        _program(),
    )
    return hashlib.sha256(repr(facts).encode()).hexdigest()


@cache
def _program() -> str:
    """Name this program, as it is on disk: numbers of yesterday's code are not those of today's."""
    package = Path(__file__).parents[1]
    seen = hashlib.sha256(__version__.encode())
    for folder in (package, package.parent / "analysis"):
        for path, size, changed in sorted(_files(folder)):
            seen.update(f"{path}|{size}|{changed}".encode())
    return seen.hexdigest()


def _files(folder: Path) -> Iterator[tuple[str, int, int]]:
    import os

    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(Path(entry.path))
            elif entry.name.endswith(".py"):
                stat = entry.stat()
                yield entry.path, stat.st_size, stat.st_mtime_ns
