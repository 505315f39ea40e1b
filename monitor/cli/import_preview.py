"""What `gaung import --dry-run` shows."""

from __future__ import annotations

from typing import Any

import click
import polars as pl

from monitor.cli.json_text import json_text
from monitor.importing import Preview

_SHOWN = ("created_at", "author_key", "kind", "text", "hashtags")
_LONGEST = 60


def show_preview(preview: Preview, *, as_json: bool) -> None:
    """Print the format, the mapping, the first posts and what would be set aside."""
    if as_json:
        click.echo(json_text("gaung.import-preview/1", _value(preview)), nl=False)
        return
    from monitor.cli.tables import console, table

    out = console()
    made = preview.provenance
    out.print(f"{preview.path.name}: {preview.importer.title}", markup=False)
    out.print(
        f"  made with {made.tool or 'an unknown tool'}; posts {made.capture_mode}", markup=False
    )
    out.print(f"  sha256 {preview.sha256}", markup=False)
    aside = preview.set_aside.height
    out.print(
        f"  {preview.read:,} records: {preview.posts:,} posts, {aside:,} would be set aside",
        markup=False,
    )
    out.print()
    out.print(table(("in the file", "becomes"), preview.mapping))
    out.print()
    rows = [[_cell(row[name]) for name in _SHOWN] for row in preview.rows.iter_rows(named=True)]
    out.print(table(_SHOWN, rows))
    if aside:
        out.print()
        counted = _counted(preview.set_aside)
        out.print(
            table(
                ("would be set aside", "field", "records", "such as"),
                [(r["reason"], r["field"] or "", str(r["records"]), r["such_as"]) for r in counted],
            )
        )
    out.print("\nnothing was stored")


def _counted(aside: pl.DataFrame) -> list[dict[str, Any]]:
    return (
        aside.group_by("reason", "field")
        .agg(pl.len().alias("records"), pl.col("locator").first().alias("such_as"))
        .sort("records", "reason", descending=[True, False])
        .head(10)
        .to_dicts()
    )


def _cell(value: object) -> str:
    if isinstance(value, list):
        return " ".join(f"#{tag}" for tag in value)
    text = " ".join(str(value if value is not None else "").split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _value(preview: Preview) -> dict[str, Any]:
    return {
        "file": preview.path.name,
        "sha256": preview.sha256,
        "format": preview.importer.name,
        "tool": preview.provenance.tool,
        "capture_mode": preview.provenance.capture_mode,
        "records": preview.read,
        "posts": preview.posts,
        "set_aside": preview.set_aside.height,
        "set_aside_by_reason": _counted(preview.set_aside),
        "mapping": [{"from": column, "to": field} for column, field in preview.mapping],
        "rows": preview.rows.to_dicts(),
    }
