"""`gaung demo`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.progress import progress

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.demo.folder import DemoFolder
    from monitor.demo.records import Campaign
    from monitor.demo.results import Results, ToldRow
    from monitor.report.report import Report
    from monitor.turn import Turn

_SIMULATING = "simulating"
_DEMO = """Run the whole pipe on a synthetic campaign, offline, in a minute or two.

A made-up conversation of two weeks, with a coordinated push, an outage and an organic surge, is
served on this machine and collected, judged and mailed by the real stages in simulated time.
Report, alerts, letters, graph and the table of what was planted and what was found are left in
DIR (demo, if none is given). Nothing leaves this machine.

\b
Examples:
  gaung demo
  gaung demo /tmp/demo --seed 7
"""


@click.command("demo", help=_DEMO)
@click.argument("folder", metavar="[DIR]", default="demo", type=click.Path(path_type=Path))
@click.option(
    "--seed",
    type=int,
    metavar="N",
    help="Write another campaign of the same kind.  [default: 2026]",
)
def demo_command(folder: Path, seed: int | None) -> int:
    """Simulate, write and print."""
    from monitor import clock
    from monitor.demo.campaign import SEED, campaign
    from monitor.demo.folder import DemoFolder
    from monitor.demo.results import write_results
    from monitor.demo.run import simulate, turn_times

    began = clock.monotonic()
    place = DemoFolder(folder)
    place.clear()
    made = campaign(SEED if seed is None else seed)
    _introduce(made)
    with _progress(made, len(list(turn_times(made)))) as on_turn:
        simulated = simulate(made, place, on_turn=on_turn)
    click.echo(f"{simulated.turns} turns, {simulated.requests:,} requests to the server.\n")
    results = write_results(simulated.app, made, place)
    _write_texts(results, place)
    _print(results, place)
    click.echo(f"\nDone in {clock.monotonic() - began:.0f} s. Everything is in {folder}/")
    return 0


def _introduce(made: Campaign) -> None:
    click.echo(
        f"SYNTHETIC: {len(made.accounts)} invented accounts talk about a bridge that does not "
        f"exist, #JembatanRaya,\nfor two weeks up to {made.end:%d %b %Y} (seed {made.seed}): "
        f"{len(made.statuses):,} posts, {len(made.boosts):,} boosts.\n"
        "The server and the mail server are on this machine; collector, store, detection,\n"
        "outbox and delivery are the real ones. Time is simulated, as by `gaung once --at`.\n"
    )


@contextmanager
def _progress(made: Campaign, turns: int) -> Iterator[Callable[[datetime, Turn], None]]:
    """Show how far the simulation is: a bar on a terminal, else a line per simulated day."""
    if sys.stderr.isatty():
        with progress(_SIMULATING) as bar:
            bar.step(_SIMULATING, total=turns, unit="turns")

            def advance(now: datetime, done: Turn) -> None:
                local = now.astimezone(made.start.tzinfo)
                bar.advance()
                bar.say(f"{_SIMULATING} {local:%d %b %H:%M}")

            yield advance
        return
    days: dict[str, int] = {}

    def count(now: datetime, done: Turn) -> None:
        day = f"{now.astimezone(made.start.tzinfo):%d %b}"
        if day not in days and days:
            last, new = days.popitem()
            click.echo(f"simulated {last}: {new} posts collected", err=True)
        days[day] = days.get(day, 0) + sum(run.new for run in done.runs if run.hashtag)

    yield count


def _write_texts(results: Results, place: DemoFolder) -> None:
    from monitor.cli.report_table import print_report
    from monitor.cli.tables import console

    with (place.path / "report.txt").open("w", encoding="utf-8") as file:
        print_report(results.report, file)
    with (place.path / "alerts.txt").open("w", encoding="utf-8") as file:
        console(file).print(_alerts(results.decisions))
    with (place.path / "planted-found.txt").open("w", encoding="utf-8") as file:
        console(file).print(_verdicts(results))


def _print(results: Results, place: DemoFolder) -> None:
    from monitor.cli.report_table import print_report
    from monitor.cli.tables import console

    out = console()
    print_report(_shortened(results.report))
    told = [row for row in results.decisions if row.told]
    out.print(f"\nAlerts: {len(told)} letters were sent", style="bold")
    out.print(_alerts(told))
    out.print("\nPlanted and found", style="bold")
    out.print(_verdicts(results))
    out.print("\nFiles", style="bold")
    for name, what in _files(results, place):
        click.echo(f"  {name:<44} {what}")


def _shortened(report: Report) -> Report:
    """Leave to the file what a first look does without."""
    return replace(
        report,
        top_authors=[],
        top_amplified=[],
        top_hashtags=[],
        top_links=[],
        communities=[],
        indicators=[],
    )


def _alerts(decisions: list[ToldRow]) -> Any:
    from monitor.cli.tables import table
    from monitor.letters import reason_words

    rows = [
        (
            _at(row.decided_at),
            row.kind,
            _at(row.since),
            f"{row.score:.1f} h" if row.kind == "source trouble" else f"{row.score:.1f}",
            "told" if row.told else "not told",
            reason_words(row.reason, "en"),
        )
        for row in decisions
    ]
    return table(("decided", "what", "since", "score", "told?", "why"), rows, right=[3])


def _verdicts(results: Results) -> Any:
    from monitor.cli.tables import table

    # Wrapped here too, so that the table can be read where nothing else wraps it.
    marks = {True: "yes", False: "NO", None: "–"}
    rows = [
        (v.what, fill(v.planted, 32), marks[v.is_found], fill(v.found, 42) + "\n")
        for v in results.verdicts
    ]
    return table(("what", "planted", "found", "as the store has it"), rows)


def _files(results: Results, place: DemoFolder) -> list[tuple[str, str]]:
    report, graph = results.report, results.graph
    last = results.digests[-1].name if results.digests else "–"
    return [
        (
            f"{place.path}/report.txt, .md, .json, .csv",
            f"the whole trend report of {report.target}",
        ),
        (f"{place.path}/alerts.txt", f"all {len(results.decisions)} decisions with their reasons"),
        (f"{place.path}/planted-found.txt", "the table above"),
        (f"{place.path}/mail/{last}", f"the last of {len(results.digests)} digests"),
        (f"{place.path}/mail/alert-*.eml", f"{len(results.alerts)} alerts"),
        (
            f"{place.path}/amplification.gexf",
            f"{graph.nodes.height:,} accounts, {graph.edges.height:,} edges, for Gephi",
        ),
        (f"{place.config}", "look further with it: the first lines say how"),
    ]


def _at(moment: datetime) -> str:
    from zoneinfo import ZoneInfo

    from monitor.demo.records import ZONE

    return f"{moment.astimezone(ZoneInfo(ZONE)):%d %b %H:%M %Z}"
