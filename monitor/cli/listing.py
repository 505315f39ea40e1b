"""`gaung sources`."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.context import Given
from monitor.cli.json_text import json_text
from monitor.cli.tables import flowed
from monitor.nearest import one_of

if TYPE_CHECKING:
    from monitor.wiring import App

_SOURCES = """List what each source can see, what it needs, and who uses it.

Nothing is asked: `gaung check` tries the sources that are in use. docs/sources.md says more of
each, and what none of them shows.

\b
Examples:
  gaung sources
  gaung sources bluesky news
  gaung sources --json
"""


@click.command("sources", help=_SOURCES)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def sources_command(given: Given, names: tuple[str, ...], as_json: bool) -> int:
    """List them."""
    app = given.app()
    found = listed(app)
    known = [row["name"] for row in found]
    if unknown := [name for name in names if name not in known]:
        raise click.BadParameter(
            f"there is no source {unknown[0]!r}{one_of(unknown[0], known)}", param_hint="NAME"
        )
    chosen = [row for row in found if not names or row["name"] in names]
    if as_json:
        click.echo(json_text("gaung.sources/1", {"sources": chosen}), nl=False)
        return 0
    for row in chosen:
        _print(row)
    return 0


def listed(app: App) -> list[dict[str, Any]]:
    """Give each source with its abilities, the watches that use it, and what is missing."""
    from collectors.abilities import ABILITIES
    from collectors.registry import SOURCES

    rows = []
    for name in ABILITIES:
        if name not in SOURCES:
            continue
        sees = ABILITIES[name]
        used = [watch.name for watch in app.config.watches if name in watch.sources]
        settings = getattr(app.config.collectors, name)
        lacks = sees.key is not None and not getattr(settings, sees.key, None)
        rows.append(
            {"name": name}
            | {k: None if v == "-" else v for k, v in dataclasses.asdict(sees).items()}
            | {
                "used_by": used,
                "missing": f"collectors.{name}.{sees.key}" if lacks else None,
            }
        )
        del rows[-1]["key"]
    return rows


_LINES = (
    ("needs", "needs"),
    ("finds posts by", "finds"),
    ("goes back", "past"),
    ("reposts", "reposts"),
    ("answers", "replies"),
    ("counts", "counts"),
    ("deletions", "removals"),
    ("limits", "limits"),
)


def _print(row: dict[str, Any]) -> None:
    if row["used_by"]:
        use = f"used by {', '.join(row['used_by'])}"
        if row["missing"]:
            use += f", but not asked: set {row['missing']}"
    else:
        use = "not used: add it to a watch's `sources`"
        if row["missing"]:
            use += f" and set {row['missing']}"
    click.echo(f"{click.style(row['name'], bold=True)}: {row['title']}")
    for said, told in (
        ("", use),
        *((said, row[field] or "not shown to anybody outside") for said, field in _LINES),
    ):
        click.echo(flowed(f"  {said:<15} {told}", below=18))
    click.echo()
