"""`gaung graph`."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.books import noted
from monitor.cli.context import Given
from monitor.cli.options import (
    Share,
    WindowType,
    engine_by,
    engine_option,
    input_option,
    memory_limit_option,
)
from monitor.cli.progress import Step, progress
from monitor.cli.searching import READ, SEARCH, Search
from monitor.cli.tables import tell
from monitor.cli.targets import source_by

if TYPE_CHECKING:
    from monitor.drawing.drawing import Drawing
    from monitor.engines import Engine
    from monitor.inputs import Input
    from monitor.wiring import App

_KINDS = ("amplification", "coordination", "hashtags", "links")
_OF_TWARC = ("amplification", "hashtags")
_DRAW = Step("draw", "drawing the graph", 2.0)
_WRITE = Step("write", "writing", 0.5)
_ENDINGS = (".gexf", ".graphml", ".csv", ".json")
_GRAPH = """Write a graph of TARGET (a watch, a #hashtag, or `all`) to FILE.

\b
amplification  who amplified whom: from amplifier to amplified, with acts of
               each kind, roles, PageRank, betweenness, communities
coordination   who acts together more often than chance explains, as `gaung
               coordination` finds it
hashtags       which hashtags stand in the same posts
links          which links are shared by the same accounts

Formats by the ending of FILE: .gexf (Gephi, with the days on which each edge was there), .graphml,
.csv (edges), .json. Edges say p, the disparity filter's: below 0.05 an edge is heavier than its
ends' other ties explain.

\b
Examples:
  gaung graph "#IndonesiaGelap" -o gelap.gexf
  gaung graph air-bersih --since 7d --backbone 0.05 -o edges.csv
  gaung graph --input tweets.csv --kind hashtags -o tags.graphml
  gaung graph air-bersih --every 7d -o weeks.gexf
"""


@click.command("graph", help=_GRAPH)
@click.argument("target", required=False)
@click.option(
    "--kind",
    type=click.Choice(_KINDS),
    default="amplification",
    show_default=True,
    help="Which of the graphs above.",
)
@click.option(
    "--backbone",
    type=Share(0, 1, min_open=True),
    is_flag=False,
    flag_value=0.05,
    metavar="P",
    help="Only edges with p below this.  [without P: 0.05]",
)
@click.option(
    "--as",
    "like",
    type=click.Choice(["twarc"]),
    help="As twarc-network and twarc-hashtags draw it, of --input with tweets of API v2.",
)
@click.option(
    "--every",
    type=WindowType(),
    metavar="DAYS",
    help="Follow communities in steps, such as 7d; in .gexf and .json.",
)
@input_option
@engine_option("counts the edges", "polars; of coordination, duckdb")
@memory_limit_option
@click.option(
    "--since",
    "--from",
    "since",
    metavar="TIME",
    help="From when: 7d, 36h, 2026-11-23 or an ISO time.",
)
@click.option("--until", "--to", "until", metavar="TIME", help="Up to when (not included).")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write here.",
)
@click.option(
    "--redact", is_flag=True, help="For publication: pseudonyms but for public figures, no links."
)
@click.pass_obj
def graph_command(
    given: Given,
    target: str | None,
    kind: str,
    backbone: float | None,
    like: str | None,
    every: timedelta | None,
    path: Path | None,
    engine_name: str | None,
    memory_limit: str | None,
    since: str | None,
    until: str | None,
    output: Path,
    redact: bool,
) -> int:
    """Write the graph."""
    _check(kind, output, every=every, has_source=(target, path) != (None, None))
    if like is not None:
        _check_twarc(kind, path, backbone, every, since, until, engine_name)
    app = given.app()
    from monitor.drawing.draw import on_backbone
    from monitor.drawing.write import opened_with, write

    with progress(*(SEARCH if kind == "coordination" else (READ,)), _DRAW, _WRITE) as bar:
        search = Search(bar)
        source = source_by(app, target or "all", since, until, path, search.on_read)
        if like is not None:
            drawing = _as_twarc(path, kind)
        else:
            name = engine_name or ("duckdb" if kind == "coordination" else "polars")
            drawing = _drawn(source, kind, every, engine_by(name, memory_limit), search)
        if backbone is not None:
            drawing = on_backbone(drawing, backbone)
        if redact:
            drawing = _redacted(app, drawing, source, from_store=path is None)
        bar.step(_WRITE.name)
        write(drawing, output)
    noted(app, f"graph {source.wanted.name}", output, from_store=path is None, redacted=redact)
    tell(f"{output}: {_counted(drawing)}; opens with {opened_with(output)}")
    for line in drawing.lines:
        tell(f"  {line}")
    return 0


def _check(kind: str, output: Path, *, every: timedelta | None, has_source: bool) -> None:
    """Raise a usage error where options do not go together."""
    if output.suffix.lower() not in _ENDINGS:
        raise click.BadParameter(
            f"{output.name}: write one of {', '.join(_ENDINGS)}", param_hint="-o"
        )
    if not has_source:
        raise click.UsageError(
            'name a TARGET: a watch, "#hashtag" in quotes, `all`, or a file with --input'
        )
    if every is not None and (kind != "amplification" or every < timedelta(days=1)):
        raise click.BadParameter(
            "steps of whole days, of --kind amplification", param_hint="--every"
        )


def _check_twarc(kind: str, path: Path | None, *others: object) -> None:
    """Raise a usage error where --as does not go with the other options."""
    if path is None or kind not in _OF_TWARC or any(one is not None for one in others):
        raise click.BadParameter(
            f"goes with --input FILE, --kind {' or '.join(_OF_TWARC)} and -o alone",
            param_hint="--as",
        )


def _drawn(
    source: Input,
    kind: str,
    every: timedelta | None,
    chosen: AbstractContextManager[Engine],
    search: Search,
) -> Drawing:
    from monitor.drawing.draw import checked, draw

    def begun() -> None:
        search.bar.step(_DRAW.name)

    if kind != "coordination":
        with chosen as engine:
            return draw(source, kind, every=every, engine=engine, on_read=begun)
    from monitor.coordination import Asked, coordinated
    from monitor.drawing.coordination import coordination

    with chosen as engine:
        found = coordinated(source, Asked(), search.counted(engine), on_kinds=search.on_kinds)
    begun()
    tables = (found.account_table, found.edge_table, found.evidence_table)
    drawing = coordination(*tables, source.wanted.name)
    told = [note for note in found.notes if note not in source.notes]
    drawing = drawing.but(lines=(*drawing.lines, *told))
    return checked(drawing, source, why=found.insufficient)


def _as_twarc(path: Path | None, kind: str) -> Drawing:
    from monitor.drawing.twarc import hashtags_network, users_network

    assert path is not None  # noqa: S101 - was asked before; for the type checker
    return {"amplification": users_network, "hashtags": hashtags_network}[kind](path)


def _redacted(app: App, drawing: Drawing, source: Input, *, from_store: bool) -> Drawing:
    from monitor.drawing.draw import renamed
    from monitor.drawing.redact import link_names, names

    keys = drawing.nodes["key"].to_list()
    if drawing.what == "links":
        return renamed(drawing, link_names(keys))
    if drawing.what != "accounts":
        return drawing
    authors = {key: key for key in keys}
    if drawing.kind == "coordination":
        from analysis.graphs.accounts import account_of

        # Its accounts are called as their platform does; names outside are made of our keys.
        known = {account_of(key): key for key in source.posts("author_key")["author_key"].unique()}
        authors = {key: known[key] for key in keys}
    handles = dict(drawing.nodes.select("key", "label").iter_rows())
    stores = app.stores if from_store else None
    return renamed(drawing, names(app.naming(), authors, handles, stores))


def _counted(drawing: Drawing) -> str:
    way = f" from {drawing.ends[0]} to {drawing.ends[1]}" if drawing.directed else ""
    found = "" if drawing.communities is None else f"; {drawing.communities:,} communities"
    return (
        f"{drawing.nodes.height:,} {drawing.what}, {drawing.edges.height:,} edges{way} "
        f"({drawing.kind}){found}"
    )
