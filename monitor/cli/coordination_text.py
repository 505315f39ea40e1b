"""How the answers of `gaung coordination` look: tables, CSV, JSON."""

from __future__ import annotations

import io
from dataclasses import asdict
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any

import polars as pl

from monitor.cli.json_text import json_text
from monitor.cli.tables import console, flowed, safe, table
from monitor.sheets.columns import csv_of

if TYPE_CHECKING:
    from monitor.coordination import Found, Group

_ACCOUNT_COLUMNS = ("account", "handle", "score", "q", "group")
_EDGE_COLUMNS = ("source", "target", "weight", "q", "first_at", "last_at", "posts")
_ROWS = 40  # of a table for people


def rendered(found: Found, view: str, format_name: str, zone: tzinfo) -> str:
    """Give the whole answer as text; zone: of times in tables, which people read."""
    frame = {
        "groups": groups_frame(found),
        "accounts": found.account_table,
        "edges": found.edge_table,
        "evidence": found.evidence_table,
    }[view]
    if format_name == "json":
        return _json(found, view, frame)
    if format_name == "csv":
        chosen = {"accounts": _ACCOUNT_COLUMNS, "edges": _EDGE_COLUMNS}.get(view, frame.columns)
        return csv_of(frame.select(chosen))
    return _table(found, view, frame, zone)


def rendered_frame(frame: pl.DataFrame, format_name: str, like: str) -> str:
    """Give a network of another tool as text."""
    if format_name == "json":
        return json_text(f"gaung.{like}/1", {"rows": frame.to_dicts()})
    if format_name == "csv":
        shown = frame.select(_EDGE_COLUMNS) if set(_EDGE_COLUMNS) <= set(frame.columns) else frame
        return csv_of(shown)
    return _printed(frame.drop("posts", "by", strict=False), [])


def groups_frame(found: Found) -> pl.DataFrame:
    """Give a row per group."""
    rows = [
        {
            "group": g.number,
            "accounts": len(g.accounts),
            "q": g.q,
            "posts": g.posts,
            "share": round(g.share, 4),
            "together": g.together,
            "first_at": g.first_at,
            "last_at": g.last_at,
            "median_delay": g.median_delay,
            "leader": g.leader,
            "by": max(g.by, key=lambda kind: g.by[kind]),
            "pushed": g.pushed[0].what if g.pushed else "",
            "members": g.accounts,
        }
        for g in found.groups
    ]
    utc = pl.Datetime("us", "UTC")
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "group": pl.Int64, "accounts": pl.Int64, "q": pl.Float64, "posts": pl.Int64,
        "share": pl.Float64, "together": pl.Int64, "first_at": utc, "last_at": utc,
        "median_delay": pl.Float64, "leader": pl.String, "by": pl.String, "pushed": pl.String,
        "members": pl.List(pl.String),
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema)


def _json(found: Found, view: str, frame: pl.DataFrame) -> str:
    head = {
        "target": found.target,
        "within_seconds": found.within,
        "by": list(found.by),
        "fdr": found.fdr,
        "posts": found.posts,
        "accounts": found.accounts,
        "pairs_tested": found.tested,
        "insufficient": found.insufficient or None,
        "notes": found.notes,
    }
    if view == "groups":
        rows: list[dict[str, Any]] = [asdict(group) for group in found.groups]
    else:
        rows = frame.to_dicts()
    return json_text("gaung.coordination/1", {**head, view: rows})


def _table(found: Found, view: str, frame: pl.DataFrame, zone: tzinfo) -> str:
    head = [
        f"{found.target}: {found.posts:,} posts by {found.accounts:,} accounts; "
        f"looked at {', '.join(found.by) or 'nothing'} within {found.within} s",
    ]
    if found.insufficient:
        return flowed("\n".join([*head, "", found.insufficient, "", *found.notes])) + "\n"
    if view == "groups":
        body = _group_lines(found, zone)
        return flowed("\n".join([*head, *body, "", *found.notes])) + "\n"
    more = max(frame.height - _ROWS, 0)
    tail = [f"… and {more:,} more: --format csv shows all"] if more else []
    hidden = [
        name for name in ("posts", "then_post", "first_post") if view in ("edges", "evidence")
    ]
    if view == "accounts" and frame["account"].equals(frame["handle"]):
        hidden.append("handle")  # it says the same
    shown = frame.head(_ROWS).drop(hidden, strict=False)
    return _printed(shown, [*tail, "", *map(flowed, found.notes)], [*map(flowed, head), ""], zone)


def _group_lines(found: Found, zone: tzinfo) -> list[str]:
    if not found.groups:
        pairs = found.edge_table.height // 2
        return [
            "",
            f"No group: of {found.tested:,} pairs, {pairs} act together more than chance explains "
            f"(q ≤ {found.fdr:g}), and no three accounts hang together by them.",
        ]
    members = sum(len(g.accounts) for g in found.groups)
    one = len(found.groups) == 1
    lines = [
        "",
        f"{len(found.groups)} {'group' if one else 'groups'} of {members} accounts "
        f"{'acts' if one else 'act'} together more than chance explains "
        f"(q ≤ {found.fdr:g} of {found.tested:,} pairs).",
    ]
    for group in found.groups:
        lines += ["", *_portrait(group, zone)]
    return lines


def _portrait(group: Group, zone: tzinfo) -> list[str]:
    kinds = ", ".join(f"{kind} {times:,}" for kind, times in group.by.items())
    first, last = group.first_at.astimezone(zone), group.last_at.astimezone(zone)
    shown = ", ".join(group.accounts[:8]) + (" …" if len(group.accounts) > 8 else "")
    lines = [
        f"Group {group.number}: {len(group.accounts)} accounts, {group.posts:,} posts "
        f"({_share(group.share)} of all), {group.together:,} of them together; q = {group.q:.2g}",
        f"  {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M %Z}; half of the "
        f"meetings within {group.median_delay:g} s; meetings by {kinds}",
        f"  accounts: {shown}" + (f"; mostly first: {group.leader}" if group.leader else ""),
    ]
    for thing in group.pushed[:3]:
        what = safe(thing.what.replace("\n", " "))[:90]
        lines.append(f"  {thing.by}: {thing.accounts} accounts, {thing.posts} posts: {what}")
    return lines


def _share(share: float) -> str:
    """Write a share; what is little is not nothing.

    >>> _share(0.0823), _share(0.000318), _share(1.0)
    ('8.2%', '0.032%', '100.0%')
    """
    return f"{share * 100:.2g}%" if 0 < share < 0.001 else f"{share:.1%}"


def _printed(
    frame: pl.DataFrame, tail: list[str], head: list[str] | None = None, zone: tzinfo = UTC
) -> str:
    out = io.StringIO()
    numeric = [i for i, dtype in enumerate(frame.dtypes) if dtype.is_numeric()]
    rows = [[_cell(value, zone) for value in row] for row in frame.head(_ROWS).iter_rows()]
    for line in head or []:
        out.write(line + "\n")
    console(out).print(table(frame.columns, rows, right=numeric))
    out.write("\n".join(tail) + ("\n" if tail else ""))
    return out.getvalue()


def _cell(value: object, zone: tzinfo) -> str:
    if value is None:
        return "–"
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"
    if isinstance(value, float):
        return f"{value:.3g}"
    return str(value).replace("\n", " ")[:80]
