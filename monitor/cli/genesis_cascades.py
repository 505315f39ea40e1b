"""The cascades of `gaung genesis` on a terminal."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from monitor.cli.tables import safe

if TYPE_CHECKING:
    from monitor.genesis.records import Amplifier, Cascade

_TEXT = 200  # of a post, over several lines
_DOUBLED = 20  # with fewer reposts nobody can say
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def print_cascades(out: Any, cascades: list[Cascade], zone: ZoneInfo) -> None:
    """Print each: what it was, how fast and far it went, who brought it to whom."""
    if not cascades:
        say(out, "no post was passed on twice", 2)
    for number, one in enumerate(cascades, start=1):
        if number > 1:
            out.print()
        say(out, f"{number}. {_head(one, zone)}", 0)
        if one.text:
            say(out, f"“{one.text[:_TEXT]}”", 3)
        say(out, _speed(one, zone), 3)
        say(out, _tree(one), 3)
        if one.amplifiers:
            say(out, _ranked(one), 3)
        for row in one.amplifiers:
            say(out, _amplifier(row, one, zone), 5)


def _head(one: Cascade, zone: ZoneInfo) -> str:
    who = one.handle or one.account or "an account that is not known"
    when = "a post that is not here" if one.at is None else _when(one.at, zone, "%Y-%m-%d %H:%M")
    passed = [f"{one.reposts:,} reposts"] if one.reposts else []
    passed += [f"{one.quotes:,} quotes"] if one.quotes else []
    return (
        f"{who} on {one.platform}, {when}: size {one.size:,} ({' and '.join(passed)} by "
        f"{one.accounts:,} accounts)"
    )


def _speed(one: Cascade, zone: ZoneInfo) -> str:
    half, double = one.half_life_seconds, one.doubling_time_seconds
    if half is None:
        return f"too few to say how fast; the last {_when(one.last_passed_at, zone)}"
    since = "" if one.at is not None else " of the first repost"
    told = f"half-life {span(half)}{since}, "
    if double is not None:
        told += f"doubled every {span(double)} until then"
    else:
        told += "too few to tell a doubling time" if one.size <= _DOUBLED else "doubled at once"
    return f"{told}; the last {_when(one.last_passed_at, zone)}"


def _tree(one: Cascade) -> str:
    parts = {
        "given (via)": one.parents_given,
        "inferred": one.parents_inferred,
        "assumed: the original": one.parents_assumed,
    }
    told = ", ".join(f"{count:,} {how}" for how, count in parts.items() if count)
    star = ", all from the original" if one.depth == 1 and one.parents_inferred else ""
    return (
        f"depth {one.depth}, structural virality {one.structural_virality:.2f}; through whom: "
        f"{told}{star}"
    )


def _ranked(one: Cascade) -> str:
    if one.amplifiers[0].influence is not None:
        return "top amplifiers by influence (reposts that came through each, its own too):"
    return "top amplifiers by what they brought:" if one.parents_given else "first passed on by:"


def _amplifier(row: Amplifier, one: Cascade, zone: ZoneInfo) -> str:
    about = [] if row.followers is None else [f"{row.followers:,} followers"]
    about += [] if row.influence is None else [f"influence {row.influence:,.1f}"]
    about += [] if row.brought is None else [f"brought {row.brought:,}"]
    # Who is thought to have had it from the original is counted above.
    if row.through_by == "via" or row.through not in (one.handle or one.account, ""):
        about.append(f"from {row.through} ({row.through_by})")
    told = f"{_when(row.at, zone)}  {row.handle or row.account}"
    return f"{told}: {', '.join(about)}" if about else told


def span(seconds: float) -> str:
    """Give a time with its two greatest units.

    >>> span(7.4), span(8_100), span(200_000)
    ('7 s', '2 h 15 min', '2 d 7 h')
    """
    rest, parts = round(seconds), list[str]()
    for size, name in _UNITS:
        number, rest = divmod(rest, size)
        if number or parts:
            parts.append(f"{number} {name}" if number else "")
        if len(parts) == 2:
            break
    return " ".join(part for part in parts if part) or "less than 1 s"


def say(out: Any, text: str, indent: int = 0, style: str = "") -> None:
    """Print a text; where it goes on in another line, that begins below it."""
    from rich.padding import Padding
    from rich.text import Text

    out.print(Padding(Text(safe(text), style=style), (0, 0, 0, indent), expand=False))


def _when(at: datetime, zone: ZoneInfo, how: str = "%m-%d %H:%M") -> str:
    return at.astimezone(zone).strftime(how)
