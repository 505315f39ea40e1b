"""How the answer of `gaung genesis` looks: text for people, JSON, CSV."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from monitor.cli.genesis_cascades import print_cascades, say
from monitor.cli.json_text import json_text
from monitor.cli.tables import console, safe, table

if TYPE_CHECKING:
    from monitor.genesis import Genesis
    from monitor.genesis.records import FirstPost, Hour, Riding

_NAME = 20  # letters of a handle in a table; whole in JSON and CSV
_TEXT = 70  # letters of a text where no terminal says how wide it is
_LEAST_TEXT = 12
_ALONE = 3
_UNKNOWN = "–"
_WIDE = 96  # columns of a terminal, for all of the hours
_NARROW_NAME = 14
_GAP = 3  # columns between two of a table, on a terminal


def as_json(told: Genesis) -> str:
    """Give all of it."""
    return json_text("gaung.genesis/2", asdict(told))


def as_rows(told: Genesis, rows: str) -> str:
    """Give the hours, the cascades, or their amplifiers as CSV."""
    import polars as pl

    from monitor.genesis.records import Amplifier, Cascade, Hour
    from monitor.sheets.columns import csv_of

    if rows == "hours":
        names = [field.name for field in fields(Hour)]
        found = [asdict(hour) for hour in told.hourly]
    elif rows == "cascades":
        names = ["rank", *(field.name for field in fields(Cascade) if field.name != "amplifiers")]
        found = [{"rank": n, **asdict(one)} for n, one in enumerate(told.cascades, 1)]
    else:
        names = ["rank", "post", *(field.name for field in fields(Amplifier))]
        found = [
            {"rank": n, "post": one.post, **asdict(amplifier)}
            for n, one in enumerate(told.cascades, 1)
            for amplifier in one.amplifiers
        ]
    if not found:
        return ",".join(names) + "\n"
    return csv_of(pl.DataFrame(found, infer_schema_length=None).select(names))


def print_genesis(told: Genesis, zone: ZoneInfo) -> None:
    """Print it: the beginning, what it grew to, where it went, what must be known."""
    out = console()
    head = f"{told.target}: first seen here {_when(told.first_at, zone, '%Y-%m-%d %H:%M %Z')}"
    say(
        out,
        f"{head}; {_counted(told.posts, 'post')} by {_counted(told.authors, 'account')} in "
        f"{'the first hour' if told.hours == 1 else f'the first {told.hours} hours'}",
        style="bold",
    )
    if told.already_running:
        say(out, f"This may not be the beginning: {told.already_running}.")
    _title(out, "First posts")
    _print_first(out, told.first, zone)
    _title(out, "Hour by hour")
    _print_hours(out, told.hourly, zone)
    _title(out, "Riding along in the first hour")
    _print_riding(out, "hashtags", told.first_hour_hashtags)
    _print_riding(out, "links", told.first_hour_links)
    _print_picked_up(out, told, zone)
    _title(out, f"Largest cascades, up to {_when(told.last_at, zone, '%Y-%m-%d %H:%M')}")
    print_cascades(out, told.cascades, zone)
    _print_spread(out, told, zone)
    _print_news(out, told, zone)
    out.print()
    for note in told.notes:
        say(out, note, style="dim")


def _print_first(out: Any, first: list[FirstPost], zone: ZoneInfo) -> None:
    several = len({one.platform for one in first}) > 1
    rows = [
        [
            _when(one.at, zone),
            _cut(one.handle or one.account, _NAME) + (f" ({one.platform})" if several else ""),
            _UNKNOWN if one.followers is None else f"{one.followers:,}",
            str(one.picked_up),
        ]
        for one in first
    ]
    columns = ["time", "account", "followers", "passed on"]
    if all(one.text is None for one in first):
        out.print(table(columns, rows, right=[2, 3]))
        return
    wide = [max(len(cell) for cell in column) for column in zip(columns, *rows, strict=True)]
    room = out.width - sum(wide) - _GAP * len(wide) if out.is_terminal else _TEXT
    for row, one in zip(rows, first, strict=True):
        row.append(_cut(one.text or "", max(_LEAST_TEXT, room)))
    out.print(table([*columns, "text"], rows, right=[2, 3]))


def _print_hours(out: Any, hours: list[Hour], zone: ZoneInfo) -> None:
    busy = [hour for hour in hours if hour.posts]
    narrow = out.is_terminal and out.width < _WIDE
    columns = ["hour", "posts", "reposts", "accounts", "new", "most active", "most carried"]
    rows = [_hour(one, zone, _NARROW_NAME if narrow else _NAME) for one in busy]
    left_out = columns.index("accounts") if narrow else None  # names say more
    kept = [n for n in range(len(columns)) if n != left_out]
    numbers = [n for n, place in enumerate(kept) if place in range(1, 5)]
    shown = [[row[n] for n in kept] for row in rows]
    out.print(table([columns[n] for n in kept], shown, right=numbers))
    if len(busy) < len(hours):
        say(out, f"{len(hours) - len(busy)} hours without a post are left out.")
    say(out, "Most carried: of those who came in that hour, who was passed on most in all hours.")


def _hour(one: Hour, zone: ZoneInfo, name: int) -> list[str]:
    share = "" if one.top_share is None else f" {one.top_share:.0%}"
    return [
        _when(one.start, zone),
        f"{one.posts:,}",
        f"{one.reposts:,}",
        f"{one.authors:,}",
        f"{one.new_authors:,}",
        _UNKNOWN if one.top_account is None else _cut(one.top_account, name) + share,
        _UNKNOWN if one.carried_by is None else f"{_cut(one.carried_by, name)} ×{one.carried:,}",
    ]


def _print_riding(out: Any, what: str, riding: list[Riding]) -> None:
    # Of what stands in one post only, a few are enough.
    shown = [one for one in riding if one.posts > 1] or riding[:_ALONE]
    if not shown:
        _line(out, f"no other {what}" if what == "hashtags" else f"no {what}")
    for one in shown:
        counts = f"{_counted(one.posts, 'post')} of {_counted(one.accounts, 'account')}"
        _line(out, f"{one.what}  {counts}")


def _print_picked_up(out: Any, told: Genesis, zone: ZoneInfo) -> None:
    if not told.picked_up:
        return
    _title(out, "Who picked the first posts up")
    for one in told.picked_up:
        about = [] if one.followers is None else [f"{one.followers:,} followers"]
        about += [] if one.influence is None else [f"influence {one.influence:g}"]
        more = f" ({', '.join(about)})" if about else ""
        _line(out, f"{_when(one.at, zone)}  {one.handle or one.account}{more}")


def _print_spread(out: Any, told: Genesis, zone: ZoneInfo) -> None:
    """Say where it began, and where it went."""
    _title(out, "Where it began, and went")
    origin = told.origin
    if origin is None:
        _line(out, f"community of origin: {told.origin_unknown}")
    else:
        _line(
            out,
            f"community of origin: {origin.community}, by {origin.authors} of the "
            f"{origin.first_authors} accounts that wrote first ({origin.tied} of them are in any); "
            f"it has {origin.members:,} accounts, {origin.share:.0%} of all",
        )
        if not told.crossings:
            _line(out, "no other community was seen to pass on what it wrote")
    for crossing in told.crossings or []:
        _line(
            out,
            f"after {crossing.hours:g} h: community {crossing.community} ({crossing.members} "
            f"accounts), {crossing.amplifiers} of them by the end",
        )
    for platform, at in told.platforms.items():
        _line(out, f"{_when(at, zone)}  first on {platform}")


def _print_news(out: Any, told: Genesis, zone: ZoneInfo) -> None:
    _title(out, "News pick-up")
    if told.news is None:
        _line(out, f"{told.news_unknown}")
        return
    if told.news.before:
        _line(out, f"in the week before already: {', '.join(told.news.before)}")
    if not told.news.after:
        _line(out, "no news source that is watched wrote of it after the beginning")
    for one in told.news.after:
        when = f"{_when(one.first_at, zone)}  {one.outlet}, after {one.hours:g} h"
        _line(out, when + (f": {one.title}" if one.title else ""))
        if one.url:
            say(out, one.url, 4)


def _line(out: Any, text: str) -> None:
    say(out, text, 2)


def _title(out: Any, text: str) -> None:
    out.print()
    out.print(safe(text), style="bold", markup=False)


def _when(at: datetime, zone: ZoneInfo, how: str = "%m-%d %H:%M") -> str:
    return at.astimezone(zone).strftime(how)


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")


def _cut(text: str, room: int) -> str:
    """Give a text so that it fits into so many columns, with an ellipsis where it was cut."""
    from rich.cells import cell_len, chop_cells  # some letters are two columns wide

    plain = safe(text)
    return plain if cell_len(plain) <= room else chop_cells(plain, room - 1)[0] + "…"
