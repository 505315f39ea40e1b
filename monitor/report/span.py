"""What time a report is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from analysis.trends.calendar import start_of_its_day
from monitor import ledger
from monitor.errors import OperatorError
from monitor.inputs.nothing import nothing_stored
from monitor.store import Store
from monitor.target import Target


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
    first, last = store.queries.span(target.selection(since, until))
    if first is None and store.queries.span(target.selection(None, None))[0] is None:
        raise nothing_stored(store, target.name, target.hashtags)
    streams = store.coverage.streams(hashtags=target.hashtags)
    starts = [s.wanted_from for s in streams] + ([first] if first else [])
    live = ledger.is_live(streams)
    end = until or (now if live or last is None else last + timedelta(microseconds=1))
    begin = since or min(starts, default=end - timedelta(days=7))
    if begin >= end:
        raise OperatorError(
            f"--since {begin:%Y-%m-%d %H:%M} is not before --until {end:%Y-%m-%d %H:%M}"
        )
    width = window or width_of(end - begin)
    return Span(floor(begin, width, zone), end, width)


def width_of(length: timedelta) -> timedelta:
    """Give the windows that suit a time: hours up to two months, then days."""
    return timedelta(hours=1) if length <= timedelta(days=62) else timedelta(days=1)


def floor(moment: datetime, window: timedelta, zone: ZoneInfo) -> datetime:
    """Give the beginning of the window that a moment lies in."""
    start = start_of_its_day(moment, zone)
    return start if window >= timedelta(days=1) else start + (moment - start) // window * window


def window_words(window: timedelta) -> str:
    """Write a window as the command line takes it: 1h, 15m, 1d."""
    seconds = int(window.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
