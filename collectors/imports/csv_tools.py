"""Which tool wrote a table, told by its columns, and what they hold beyond their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from collectors.imports.sample import Provenance

# coordination-network-toolkit's input, often without a header: the order is what counts.
# https://github.com/QUT-Digital-Observatory/coordination-network-toolkit
TOOLKIT_COLUMNS = (
    "message_id",
    "user_id",
    "username",
    "repost_id",
    "reply_id",
    "message",
    "timestamp",
    "urls",
)


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool, and how to read its tables where names do not tell. `=x`: one value for all rows."""

    provenance: Provenance
    mapping: Mapping[str, str] = field(default_factory=dict)


_X = {"platform": "=x"}
_UNKNOWN = Tool(Provenance())


def tool_of(columns: tuple[str, ...]) -> Tool:
    """Tell the tool by the columns that it alone writes.

    >>> tool_of(TOOLKIT_COLUMNS).provenance.tool
    'coordination-network-toolkit'
    """
    has = frozenset(columns)
    if any(column.startswith("__twarc.") for column in columns) or "author.username" in has:
        # https://github.com/DocNow/twarc-csv
        return Tool(Provenance(tool="twarc", capture_mode="searched"), _X)
    if {"uri", "user_did", "timestamp_utc"} <= has:
        # https://github.com/medialab/twitwi: Bluesky, as minet writes it
        bluesky = {"platform": "=bluesky", "post_id": "uri"}
        return Tool(Provenance(tool="minet", capture_mode="searched"), bluesky)
    if {"timestamp_utc", "local_time"} <= has or {"collected_via", "match_query"} & has:
        return Tool(Provenance(tool="minet", capture_mode="searched"), _X)
    if {"from_user_name", "from_user_id"} & has and {"to_user_name", "filter_level"} & has:
        # https://github.com/digitalmethodsinitiative/dmi-tcat/wiki
        return Tool(Provenance(tool="dmi-tcat", capture_mode="streamed"), _X)
    if set(TOOLKIT_COLUMNS) <= has:
        return Tool(Provenance(tool="coordination-network-toolkit"))
    if {"object_id", "account_id", "content_id", "timestamp_share"} <= has:
        # https://github.com/nicolarighetti/CooRTweet
        return Tool(Provenance(tool="coortweet", capture_mode="edges only"))
    if {"thread_id", "author", "body"} <= has and {"unix_timestamp", "timestamp"} & has:
        # https://github.com/digitalmethodsinitiative/4cat/wiki
        return Tool(Provenance(tool="4cat"))
    return _UNKNOWN


def is_toolkit_row(cells: list[str]) -> bool:
    """Tell whether a first line is no header, but a record of the coordination toolkit."""
    stamp = cells[6].strip() if len(cells) == len(TOOLKIT_COLUMNS) else ""
    return stamp.removesuffix(".0").isdecimal() and len(stamp) >= 9
