"""Makes text safe to show, and writes numbers, times and series for people."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

Series = Sequence[float | None]

_BARS = "▁▂▃▄▅▆▇█"
_GAP = "·"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# CSI, OSC (titles, links) and two-byte sequences, with all that they carry
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-_]")
_JOINERS = "\u200c\u200d"  # format characters that emoji and some scripts are spelt with
_LINK = re.compile(r"(?:\b[a-z][a-z0-9+.-]*://|\bwww\.)\S+|\b[\w-]+(?:\.[\w-]+)+/\S*", re.I)
_ADDRESS = re.compile(r"[\w.+-]*[@＠][\w.-]*\w(?:[@＠][\w.-]*\w)?")


def clean(text: str, *, limit: int = 200) -> str:
    """Give text as one harmless line: no control, escape or direction characters, cut at `limit`.

    >>> clean("calm\\r\\nBcc: x@y \\x1b[31mred\\x1b[0m \\u202egnp.exe")
    'calm Bcc: x@y red gnp.exe'
    """
    text = _ESCAPES.sub("", text)
    line = " ".join("".join(_harmless(character) for character in text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _harmless(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Zl", "Zp") or character in "\t\n\r\v\f\x85":
        return " "
    if category.startswith("C") and character not in _JOINERS:
        return ""
    return character


def masked(text: str, *, limit: int = 200) -> str:
    """Give the text of a post without naming anybody: no handle, no address, no link.

    >>> masked("@ana@mastodon.social see https://x.com/ana/status/1 or write to ana@x.id")
    '@… see [link] or write to @…'
    """
    line = clean(text, limit=10 * limit)  # first, or a hidden character would split a handle
    return clean(_ADDRESS.sub("@…", _LINK.sub("[link]", line)), limit=limit)


def number(value: float) -> str:
    """Write a count, or an expected count.

    >>> number(12345), number(41.7), number(2.46), number(3.0)
    ('12,345', '42', '2.5', '3')
    """
    if not math.isfinite(value):
        return "∞" if value > 0 else "?"
    if abs(value) >= 10 or float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:.1f}".removesuffix(".0")


def percent(share: float) -> str:
    """Write a share. What is not all is never rounded to 100%, what is not nothing never to 0%.

    >>> percent(0.973), percent(0.9999), percent(0.0001), percent(1.0)
    ('97%', '99%', '1%', '100%')
    """
    whole = round(100 * share)
    if share < 1:
        whole = min(whole, 99)
    return f"{max(whole, 1) if share > 0 else 0}%"


def day(moment: datetime, zone: ZoneInfo) -> str:
    """Write a date in a zone: `18 Aug 2026 WIB`."""
    local = moment.astimezone(zone)
    return f"{_date(local)} {local.tzname()}"


def at(moment: datetime, zone: ZoneInfo) -> str:
    """Write a time in a zone: `18 Aug 2026 07:00 WIB`."""
    local = moment.astimezone(zone)
    return f"{_date(local)} {local:%H:%M} {local.tzname()}"


def stretch(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """Write from when to when, with the date once if it is one day."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    if first.date() == last.date() and first.tzname() == last.tzname():
        return f"{_date(first)} {first:%H:%M}–{last:%H:%M} {last.tzname()}"
    if first.tzname() == last.tzname():
        return f"{_date(first)} {first:%H:%M} – {at(end, zone)}"
    return f"{at(start, zone)} – {at(end, zone)}"


def iso(moment: datetime, zone: ZoneInfo) -> str:
    """Write a time as commands take it, in a zone."""
    return moment.astimezone(zone).isoformat(timespec="minutes")


def _date(local: datetime) -> str:
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"


def hours(length: timedelta) -> float:
    """Give a length in hours."""
    return length / timedelta(hours=1)


def shorten(series: Series, *, cells: int = 24) -> tuple[float | None, ...]:
    """Average a series down to at most `cells` values; a cell that is mostly gap is a gap.

    >>> shorten([1, 3, None, None, None, 8], cells=3)
    (2.0, None, 8.0)
    """
    width = max(1, math.ceil(len(series) / cells))
    groups = (series[start : start + width] for start in range(0, len(series), width))
    return tuple(_mean(group) for group in groups)


def _mean(group: Series) -> float | None:
    known = [value for value in group if value is not None]
    return sum(known) / len(known) if known and 2 * len(known) >= len(group) else None


def levels(series: Series) -> tuple[int | None, ...]:
    """Scale a series to steps 0 to 7, where only nothing is 0, and a gap stays a gap.

    >>> levels([0, 1, 50, 100, None])
    (0, 1, 4, 7, None)
    """
    top = max((value for value in series if value is not None), default=0)
    return tuple(
        None if value is None else math.ceil(7 * value / top) if top > 0 else 0 for value in series
    )


def sparkline(series: Series) -> str:
    """Draw a series in one line of text.

    >>> sparkline([0, 1, 50, 100, None])
    '▁▂▅█·'
    """
    return "".join(_GAP if level is None else _BARS[level] for level in levels(series))
