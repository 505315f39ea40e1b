"""`gaung coordination`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.books import format_of, noted, output_option, put
from monitor.cli.context import Given
from monitor.cli.options import (
    Share,
    Whole,
    engine_by,
    engine_option,
    input_option,
    memory_limit_option,
    since_option,
    until_option,
)
from monitor.cli.progress import progress
from monitor.cli.searching import SEARCH, Search
from monitor.cli.targets import source_by

if TYPE_CHECKING:
    from monitor.coordination import Found
    from monitor.engines import Engine
    from monitor.inputs import Input
    from monitor.wiring import App

_HELP = """Tell who acts together more often than chance explains, with the posts that prove it.

TARGET is a watch, a "#hashtag" in quotes, or `all`. Two accounts act together when they share the
same thing within --within. How often chance would have it follows from how active both are and how
popular each thing is; of all pairs those are told that keep the rate of false ones below --fdr, and
three or more accounts that hang together by them are a group. `insufficient data` is an answer.

Acting together is no proof of bots, payment or falsehood.

Views: --groups (default), --accounts (all of them, most coordinated first), --edges, --evidence.
With --as, the exact networks of other tools, untested: cnt (coordination-network-toolkit; --by
repost, text, link or reply) and coortweet (CooRTweet; with --min-participation, --edge-weight).

\b
Examples:
  gaung coordination "#IndonesiaGelap"
  gaung coordination air-bersih --since 7d --by repost --within 30s --edges
  gaung coordination --input tweets.csv --accounts --format csv > accounts.csv
  gaung coordination air-bersih --since 7d -o groups.xlsx
  gaung coordination all --input posts.csv --as cnt --by link --edges
"""
_KINDS = ("repost", "text", "near-text", "link", "hashtags", "reply", "media", "all")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "": 1}
_LONGEST = 366 * 86_400
_WITHIN = re.compile(r"(\d+)([smh]?)")


class WithinType(click.ParamType[int]):
    """A window such as 60s, 5m or auto (-1)."""

    name = "within"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Read it, in seconds."""
        if isinstance(value, int):
            return value
        if value == "auto":
            return -1
        match = _WITHIN.fullmatch(str(value))
        if match is None:
            self.fail(f"{value!r} is no window: write 60s, 5m, 1h or auto", param, ctx)
        # A number of many digits is none that can be counted with.
        seconds = int(match[1].lstrip("0")[:12] or "0") * _SECONDS[match[2]]
        if seconds > _LONGEST:
            self.fail(f"{value!r} is longer than a year: write 60s, 5m, 1h or auto", param, ctx)
        return seconds


@click.command("coordination", help=_HELP)
@click.argument("target", required=False)
@click.option(
    "--by",
    type=click.Choice(_KINDS),
    help="What is shared.  [default: all; with --as: repost]",
)
@click.option(
    "--within",
    type=WithinType(),
    metavar="60s|auto",
    help="How soon after another.  [default: 60s; coortweet: 10s]",
)
@click.option(
    "--min-weight",
    type=Whole(1),
    metavar="N",
    help="Least that two share.  [default: 2 things; cnt: 1 post]",
)
@click.option(
    "--fdr",
    type=Share(0, 1, min_open=True),
    default=0.01,
    metavar="SHARE",
    show_default=True,
    help="Share of false pairs that is borne.",
)
@click.option(
    "--as", "like", type=click.Choice(["cnt", "coortweet"]), help="As another tool finds it."
)
@click.option("--loops", is_flag=True, help="With --as: also an account with itself.")
@click.option(
    "--min-participation",
    type=Whole(1),
    default=2,
    metavar="N",
    show_default=True,
    help="For coortweet: fewest actions of an account.",
)
@click.option(
    "--edge-weight",
    type=Share(0, 1),
    metavar="QUANTILE",
    help="For coortweet: only edges heavier than this quantile (its subgraph).",
)
@input_option
@engine_option("computes it", "duckdb, within 700MB")
@memory_limit_option
@since_option
@until_option
@click.option("--groups", "view", flag_value="groups", default="groups", help="The groups.")
@click.option("--accounts", "view", flag_value="accounts", help="Every account, ranked.")
@click.option("--edges", "view", flag_value="edges", help="Who with whom, both ways.")
@click.option("--evidence", "view", flag_value="evidence", help="The posts behind the edges.")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["table", "json", "csv", "xlsx"]),
    help="How to write it.  [default: by the ending of -o, else table]",
)
@output_option
@click.option(
    "--redact", is_flag=True, help="For publication: pseudonyms but for public figures, no texts."
)
@click.pass_obj
def coordination_command(given: Given, /, target: str | None, **options: Any) -> int:
    """Find coordination once and render it."""
    if target is None and options["path"] is None:
        raise click.UsageError(
            'name a TARGET: a watch, "#hashtag" in quotes, `all`, or a file with --input'
        )
    app, output = given.app(), options["output"]
    options["format_name"] = format_of(output, options["format_name"], ("table", "json", "csv"))
    chosen = engine_by(options["engine_name"] or "duckdb", options["memory_limit"])
    with progress(*SEARCH) as bar, chosen as engine:
        search = Search(bar)
        source = source_by(
            app, target or "all", options["since"], options["until"], options["path"],
            search.on_read,
        )  # fmt: skip
        if options["like"] is not None:
            text = _like(source, engine, options)
        else:
            text = _own(app, source, engine, search, options)
    _say_aside(source)
    if text:
        put(text, output)
    noted(app, f"coordination {source.wanted.name}", output, from_store=options["path"] is None,
          redacted=options["redact"])  # fmt: skip
    return 0


def _own(app: App, source: Input, engine: Engine, search: Search, options: dict[str, Any]) -> str:
    from analysis.graphs.traces import TRACE_NAMES
    from monitor.cli.coordination_text import rendered
    from monitor.coordination import DEFAULT_WITHIN, Asked, coordinated

    within = DEFAULT_WITHIN if options["within"] is None else options["within"]
    asked = Asked(
        by=TRACE_NAMES if options["by"] in (None, "all") else (options["by"],),
        within=None if within < 0 else within,
        min_weight=options["min_weight"] or 2,
        fdr=options["fdr"],
        keyed=options["redact"],
    )
    found = coordinated(source, asked, search.counted(engine), on_kinds=search.on_kinds)
    if options["redact"]:
        found = _redacted(app, found, from_store=options["path"] is None)
    if options["format_name"] == "xlsx":
        from monitor.cli.coordination_book import write_coordination_book

        write_coordination_book(found, options["output"], zone=app.config.zone)
        return ""
    return rendered(found, options["view"], options["format_name"], app.config.zone)


def _redacted(app: App, found: Found, *, from_store: bool) -> Found:
    """Name nobody; in a file, which is not asked for followers, but the figures that are listed."""
    from monitor.coordination.redact import accounts_in, redacted
    from monitor.naming import Known

    if from_store:
        with app.stores.open(read_only=True) as store:
            known = store.privacy.known_as(accounts_in(found))
    else:
        handles = found.account_table.select("account", "handle").iter_rows()
        known = {key: Known(handle) for key, handle in handles}
    return redacted(found, app.naming(), known)


def _like(source: Input, engine: Engine, options: dict[str, Any]) -> str:
    from monitor.cli.coordination_text import rendered_frame
    from monitor.coordination.compat import coortweet_network, toolkit_edges

    by, within = _of_others(options)
    if options["like"] == "cnt":
        edges, notes = toolkit_edges(
            source,
            by,
            engine,
            within=60 if within is None else within,
            min_weight=options["min_weight"] or 1,
            loops=options["loops"],
        )
        for note in notes:
            click.echo(f"note: {note}", err=True)
        return rendered_frame(edges, options["format_name"], "cnt")
    network, pairs = coortweet_network(
        source,
        by,
        engine,
        within=10 if within is None else within,
        min_participation=options["min_participation"],
        quantile=0.5 if options["edge_weight"] is None else options["edge_weight"],
        loops=options["loops"],
    )
    if options["edge_weight"] is not None:
        network = network.filter(network["above"])
    shown = pairs if options["view"] == "evidence" else network
    return rendered_frame(shown, options["format_name"], "coortweet")


def _of_others(options: dict[str, Any]) -> tuple[str, int | None]:
    """Give what is shared and within how many seconds; refuse what other tools have not."""
    from monitor.coordination.compat import OBJECTS

    if options["format_name"] == "xlsx":
        raise click.BadParameter("with --as: csv, which these tools read", param_hint="--format")
    if options["redact"]:
        raise click.BadParameter(
            "not with --as: `gaung export --format cnt --redact` first, then --input",
            param_hint="--redact",
        )
    by, within = options["by"] or "repost", options["within"]
    if by not in OBJECTS:
        raise click.BadParameter(
            f"with --as, choose one of {', '.join(OBJECTS)}", param_hint="--by"
        )
    if within is not None and within < 0:
        raise click.BadParameter("auto is not for --as: say the seconds", param_hint="--within")
    return by, within


def _say_aside(source: Input) -> None:
    for aside in source.set_aside[:3]:
        click.echo(f"set aside: {aside.place}: {aside.reason}", err=True)
    count = getattr(source, "aside", len(source.set_aside))  # files keep the first thousand only
    if count > 3:
        click.echo(f"set aside: {count:,} records in all", err=True)
