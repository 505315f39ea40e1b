"""Makes text safe to show, and writes numbers, times and series for people."""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.letters.masking import unnamed
from monitor.sparkline import Series

# CSI, OSC (titles, links) and two-byte sequences, with all that they carry
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-_]")
_JOINERS = "\u200c\u200d"  # format characters that emoji and some scripts are spelt with


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
    """Return the text of a post without naming anybody: no handle, address, number or link.

    >>> masked("@ana@mastodon.social see https://x.com/ana/status/1 or write to ana@x.id")
    '@… see [link] or write to @…'
    """
    line = clean(text, limit=10 * limit)  # first, or a hidden character would split a handle
    return clean(unnamed(line), limit=limit)


def safe_name(text: str) -> str:
    """Give a short ASCII name that is the same for the same text."""
    return f"chart-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def iso(moment: datetime, zone: ZoneInfo) -> str:
    """Write a time as commands take it, in a zone."""
    return moment.astimezone(zone).isoformat(timespec="minutes")


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
