"""How `gaung top` looks. Pure: a value in, lines out."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from monitor.cli.tables import safe, table
from monitor.live import Live, LiveWatch
from monitor.sparkline import GAP, sparkline

_UNKNOWN = "–"


def picture(told: Live, *, note: str = "") -> Any:
    """Give the screen: watches, bursts that go on, sources."""
    from rich.console import Group
    from rich.text import Text

    zone = ZoneInfo(told.timezone)
    parts: list[Any] = [Text(_head(told, zone), style="bold")]
    _add(parts, "Watches", _watches(told), 'none: gaung watch add NAME "#hashtag"')
    _add(parts, "Bursts that go on", _bursts(told, zone), "none")
    _add(parts, "Sources", _sources(told, zone), "none has been asked yet")
    if note:
        parts += [Text(), Text(safe(note), style="dim")]
    return Group(*parts)


def _head(told: Live, zone: ZoneInfo) -> str:
    state = "hangs" if told.daemon_hangs else "runs"
    daemon = (
        f"daemon {state} (process {told.daemon})" if told.daemon is not None else "no daemon runs"
    )
    posts = "no store yet" if told.posts is None else f"{told.posts:,} posts"
    waiting = f" · {told.letters_waiting} letters wait" if told.letters_waiting else ""
    return f"gaung · {told.at.astimezone(zone):%Y-%m-%d %H:%M:%S %Z} · {daemon} · {posts}{waiting}"


def _add(parts: list[Any], title: str, content: Any, otherwise: str) -> None:
    from rich.text import Text

    parts += [Text(), Text(title, style="bold"), content if content is not None else otherwise]


def _watches(told: Live) -> Any:
    rows = [
        (
            one.name,
            _state(one, {burst.watch for burst in told.bursts}),
            _number(one.hour_posts),
            _number(one.hour_expected),
            _number(one.day_posts),
            _number(one.day_expected),
            sparkline([hour.posts for hour in one.hours]) or _UNKNOWN,
            _UNKNOWN if one.coverage is None else f"{one.coverage:.0%}",
        )
        for one in told.watches
    ]
    columns = (
        "watch",
        "state",
        "last hour",
        "usual",
        "last 24 h",
        "usual in 24 h",
        f"hour by hour ({GAP} gap)",
        "observed",
    )
    drop = ("observed", "usual in 24 h", "state")
    return table(columns, rows, right=[2, 3, 4, 5, 6, 7], drop=drop) if rows else None


def _state(one: LiveWatch, bursting: set[str]) -> str:
    if one.paused:
        return "paused"
    if one.name in bursting:
        return "BURST"
    return "not seen" if one.hour_posts is None else "calm"


def _bursts(told: Live, zone: ZoneInfo) -> Any:
    rows = [
        (
            one.watch,
            _at(one.since, told.at, zone),
            _number(one.posts),
            _number(one.expected),
            f"{one.score:.1f}",
        )
        for one in told.bursts
    ]
    columns = ("watch", "since", "posts", "usual", "surprise")
    return table(columns, rows, right=[2, 3, 4]) if rows else None


def _sources(told: Live, zone: ZoneInfo) -> Any:
    rows = [
        (
            one.source,
            one.verdict or "running",
            _at(one.last_run_at, told.at, zone),
            _next(one.next_at, told, zone),
            str(one.open_gaps),
            one.detail or "",
        )
        for one in told.sources
    ]
    columns = ("source", "last run", "when", "next", "gaps", "why")
    drop = ("gaps", "when")
    return table(columns, rows, right=[4], drop=drop, wrap=["why"]) if rows else None


def _next(moment: datetime | None, told: Live, zone: ZoneInfo) -> str:
    if moment is None:
        return _UNKNOWN
    if moment > told.at:
        return _at(moment, told.at, zone)
    return "now" if told.daemon is not None else "when a daemon runs"


def _at(moment: datetime | None, now: datetime, zone: ZoneInfo) -> str:
    """Write a time as a person at the screen needs it: the hour, and the day if it is another."""
    if moment is None:
        return _UNKNOWN
    local = moment.astimezone(zone)
    return (
        f"{local:%H:%M}" if local.date() == now.astimezone(zone).date() else f"{local:%d %b %H:%M}"
    )


def _number(value: float | None) -> str:
    if value is None:
        return _UNKNOWN
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"
