"""How the rows of a report are called and written for people: columns in words, shares in per cent.

CSV, JSON and the rest have the names of the fields and their plain numbers; the numbers are equal.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from monitor.report.formats import words
from monitor.report.sections import Section

# By section and field, or by field alone; what is not here is called as its field is.
_HEADINGS = {
    ("series", "upper"): "usual up to",
    ("series", "start"): "from",
    ("gaps", "start"): "from",
    ("gaps", "end"): "to",
    ("bursts", "start"): "from",
    ("bursts", "end"): "to",
    ("top_authors", "author"): "key",
    ("top_amplified", "author"): "key",
    ("top_amplified", "total"): "passed on",
    ("top_hashtags", "name"): "hashtag",
    ("top_links", "name"): "link",
    ("communities", "number"): "no.",
    ("communities", "size"): "accounts",
    ("communities", "share"): "of all",
    ("communities", "top"): "most amplified",
    ("indicators", "number"): "no.",
    ("indicators", "title"): "indicator",
    ("indicators", "n"): "rests on",
    ("leads", "n"): "windows",
    ("dials", "title"): "it tells",
    ("dials", "since"): "from",
    ("dials", "until"): "to",
    ("dials", "value"): "of 100",
    ("dials", "rests_on"): "rests on",
    ("dial_components", "title"): "indicator",
    ("dial_components", "days"): "quiet days",
    ("coordination", "q"): "chance (q)",
    ("coordination", "share"): "of all posts",
    "handle": "account",
    "authors": "accounts",
    "score": "surprise",
    "expected": "expected",
    "coverage": "observed",
    "first_post_at": "first post",
    "last_post_at": "last post",
    "provisional": "still read",
    "first_at": "first at",
}
_SHARES = frozenset({"coverage", "share", "inside"})
_SHARE_TITLES = ("Share of", "Coverage")
# Whole numbers that count; what else is whole, as the number of a row, is written as it is.
_COUNTED = frozenset(
    {"value", "posts", "authors", "reposts", "followers", "total", "amplifiers", "n", "size"}
)
_YES = {True: "yes", False: "no"}
# What may be left out on a narrow terminal, the least important first.
DROPPED = {
    "series": ("still read", "reposts", "usual up to", "accounts", "observed"),
    "bursts": (
        "half life low", "half life high", "doubling low", "doubling high", "weight",
        "half life hours", "doubling hours", "attention", "peak at", "accounts", "expected",
    ),
    "dials": ("rests on", "to", "note"),
    "gaps": ("hashtag", "detail"),
    "top_authors": ("followers",),
    "top_amplified": ("forwards", "mentions", "quotes", "replies", "amplifiers"),
    "communities": ("inside", "of all"),
    "coordination": ("mean delay", "first", "of all posts", "chance (q)"),
    "coordination_shared": (
        "then text", "then account", "then at", "accounts", "first account", "first at",
    ),
    "emerging": ("expected",),
    "leads": ("windows", "correlation"),
    "news": ("url", "linked by"),
    "indicators": ("no.", "rests on", "note"),
}  # fmt: skip
WRAPPED = (
    "indicator", "detail", "note", "most amplified", "members", "first text", "then text", "title",
    "it tells",
)  # fmt: skip
# The name is of the machine, and its title says the same; a label stands in the place of its value.
_ALWAYS_OUT = {"indicators": ("name", "label"), "dial_components": ("name",)}


def heading(section: str, field: str) -> str:
    """Give the name of a column.

    >>> heading("communities", "size"), heading("bursts", "peak_at")
    ('accounts', 'peak at')
    """
    return _HEADINGS.get((section, field)) or _HEADINGS.get(field) or field.replace("_", " ")


def percent(share: float) -> str:
    """Write a share.

    >>> [percent(share) for share in (0.2451, 1.0, 0.0049, 0.135912)]
    ['24.51 %', '100 %', '0.49 %', '13.5912 %']
    """
    return f"{share * 100:.6g} %"


def shown(section: Section, zone: ZoneInfo, *, narrow: bool) -> tuple[list[str], list[list[str]]]:
    """Give columns and rows for people. narrow: without what only repeats what stands beside."""
    fields = list(section.columns)
    kept = [f for f in fields if not (narrow and _repeats(section, f))]
    columns = [heading(section.name, field) for field in kept]
    rows = [
        [_cell(section, f, dict(zip(fields, row, strict=True)), zone, narrow) for f in kept]
        for row in section.rows
    ]
    return columns, rows


def _repeats(section: Section, field: str) -> bool:
    if field in _ALWAYS_OUT.get(section.name, ()):
        return True
    if field != "author" or "handle" not in section.columns:
        return False
    at = section.columns.index("handle")
    return all(row[at] for row in section.rows)


def _cell(section: Section, field: str, row: dict[str, Any], zone: ZoneInfo, narrow: bool) -> str:
    value = row[field]
    if isinstance(value, bool):
        return _YES[value]
    if section.name == "summary":
        if field == "what":
            return heading("summary", str(value))
        is_share = row["what"] in _SHARES
    elif section.name == "indicators":
        if narrow and field == "value" and row["label"]:
            return str(row["label"])
        is_share = field in {"value", "low", "high"} and str(row["title"]).startswith(_SHARE_TITLES)
    else:
        is_share = field in _SHARES
    if is_share and isinstance(value, int | float):
        return _short_share(value) if narrow else percent(value)
    if narrow and isinstance(value, float):
        return _short(value)
    if narrow and isinstance(value, int) and field in _COUNTED:
        return f"{value:,}"
    return words(value, zone)


def _short_share(share: float) -> str:
    """Write as much of a share as one reads.

    >>> [_short_share(share) for share in (0.2451, 1.0, 0.0049, 0.00002, 0.0)]
    ['24.5 %', '100.0 %', '0.5 %', '0.002 %', '0.0 %']
    """
    return f"{share * 100:.2g} %" if 0 < share < 0.001 else f"{share * 100:.1f} %"


def _short(value: float) -> str:
    """Write as much of a number as one reads, with equal decimals where numbers stand below others.

    >>> [_short(value) for value in (0.0, 12.0, 14.05, 1234.5, 4.233e-10, 0.0033)]
    ['0.00', '12.00', '14.05', '1,234', '4.2e-10', '0.0033']
    """
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value == 0 or abs(value) >= 0.01 else f"{value:.2g}"
