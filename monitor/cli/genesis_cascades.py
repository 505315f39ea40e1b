"""The cascades of `gaung genesis` on a terminal."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from monitor.cli.tables import safe, table

if TYPE_CHECKING:
    from monitor.genesis.records import Amplifier, Cascade

_NAME = 20  # letters of a handle in a table
_TEXT = 200  # of a post, over several lines
_DOUBLED = 20  # with fewer reposts nobody can say
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def print_cascades(out: Any, cascades: list[Cascade], zone: ZoneInfo) -> None:
    """Print each: what it was, how fast and far it went, who brought it to whom."""
    if not cascades:
        _say(out, "no post was passed on twice", 2)
    for number, one in enumerate(cascades, start=1):
        if number > 1:
            out.print()
        _say(out, f"{number}. {_head(one, zone)}", 0)
        if one.text:
            _say(out, f"“{one.text[:_TEXT]}”", 3)
        _say(out, _speed(one, zone), 3)
        _say(out, _tree(one), 3)
        _print_amplifiers(out, one, zone)


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
    return (
        f"depth {one.depth}, structural virality {one.structural_virality:.2f}; through whom: "
        f"{told}"
    )


def _print_amplifiers(out: Any, one: Cascade, zone: ZoneInfo) -> None:
    from rich.padding import Padding

    if not one.amplifiers:
        return
    # A column that holds nothing is left out: a narrow terminal has no room for dashes.
    columns = ["passed on by", "time", "followers", "influence", "brought", "from"]
    rows = [_amplifier(row, one, zone) for row in one.amplifiers]
    kept = [n for n in range(len(columns)) if any(row[n] for row in rows)]
    right = [place for place, n in enumerate(kept) if n in (2, 3, 4)]
    shown = [[row[n] or "–" for n in kept] for row in rows]
    out.print(
        Padding(table([columns[n] for n in kept], shown, right=right), (0, 0, 0, 3), expand=False)
    )


def _amplifier(row: Amplifier, one: Cascade, zone: ZoneInfo) -> list[str]:
    origin = one.handle or one.account
    source = "the original" if row.through in (origin, "") else _cut(row.through)
    return [
        _cut(row.handle or row.account),
        _when(row.at, zone),
        "" if row.followers is None else f"{row.followers:,}",
        "" if row.influence is None else f"{row.influence:,.1f}",
        "" if row.brought is None else f"{row.brought:,}",
        f"{source} ({row.through_by})",
    ]


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


def _say(out: Any, text: str, indent: int) -> None:
    from rich.padding import Padding
    from rich.text import Text

    out.print(Padding(Text(safe(text)), (0, 0, 0, indent), expand=False))


def _when(at: datetime, zone: ZoneInfo, how: str = "%m-%d %H:%M") -> str:
    return at.astimezone(zone).strftime(how)


def _cut(text: str) -> str:
    return text if len(text) <= _NAME else text[: _NAME - 1] + "…"
