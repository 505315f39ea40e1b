"""`gaung status`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click

from monitor.cli.context import Given
from monitor.cli.json_text import json_text

_STATUS = """Show watches, the last run of each source, coverage and gaps, outbox and daemon.

Observed is the share of the last 7 days in which sources were read; the time of a paused watch is
unknown, not zero. Exit code 1 if a source's last run failed, mail waits for an hour or was given
up, or the daemon hangs or is not running though there is something to watch. What is still running
is no failure.

\b
Examples:
  gaung status
  gaung status --json
"""
_WEEK = timedelta(days=7)
_MOST_REASONS = 5


@click.command("status", help=_STATUS)
@click.option("--json", "as_json", is_flag=True, help="As JSON, times in UTC.")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["table", "json"]),
    default="table",
    help="json is the same as --json.",
)
@click.pass_obj
def status_command(given: Given, as_json: bool, format_name: str) -> int:
    """Show the state."""
    from monitor import clock
    from monitor.status import status_of

    app = given.app()
    state = status_of(app, now=clock.now())
    if as_json or format_name == "json":
        click.echo(json_text("gaung.status/1", state), nl=False)
    else:
        _print(state, app.config.zone)
    return 1 if state["problems"] else 0


def _print(state: dict[str, Any], zone: ZoneInfo) -> None:
    from monitor.cli.tables import console, safe

    out = console()

    def at(moment: datetime | None) -> str:
        return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}" if moment else "never"

    daemon = state["daemon"]
    running = f"running, process {daemon['pid']}" if daemon["running"] else "not running"
    out.print(f"daemon  {running}")
    posts = "none yet" if state["posts"] is None else f"{state['posts']:,} posts"
    out.print(safe(f"store   {posts}: {state['store']}"), markup=False)
    mail = state["outbox"]
    out.print(
        f"outbox  {mail['waiting']} waiting, "
        f"{mail['sent']} sent (last {at(mail['last_sent_at'])}), "
        f"{mail['dead']} given up" + ("" if state["mail"] else "; mail is not set up")
    )
    for one in mail["troubles"][:_MOST_REASONS]:
        when = "given up" if one["next_at"] is None else f"tried again {at(one['next_at'])}"
        out.print(safe(f"        {one['letters']} × {one['reason']} ({when})"), markup=False)
    _section(out, "Watches", _watches(state["watches"]) if state["watches"] else None)
    _section(out, "Last runs", _runs(state["runs"], at) if state["runs"] else None)
    _section(out, "Open gaps", _gaps(state["gaps"], at) if state["gaps"] else None)
    unanswered = state["unanswered"]
    _section(
        out, "Posts that cannot be asked about", _unanswered(unanswered, at) if unanswered else None
    )
    for problem in state["problems"]:
        out.print(safe(f"! {problem}"), style="bold red", markup=False)


def _watches(watches: list[dict[str, Any]]) -> Any:
    from monitor.cli.tables import table

    return table(
        ("watch", "state", "hashtags", "posts in 7 days", "observed in 7 days"),
        [
            (
                w["name"],
                "paused" if w["paused"] else "followed",
                " ".join(f"#{h}" for h in w["hashtags"]),
                _number(w["posts"]),
                _share(w["coverage"]),
            )
            for w in watches
        ],
        right=[3, 4],
        drop=("observed in 7 days", "state"),
        wrap=("hashtags",),
    )


def _runs(runs: list[dict[str, Any]], at: Callable[[datetime | None], str]) -> Any:
    from monitor.cli.tables import table
    from monitor.schedule import LOOKS

    return table(
        ("source", "of", "when", "verdict", "new", "set aside", "why"),
        [
            (
                r["source"],
                f"#{r['hashtag']}" if r["hashtag"] else LOOKS.get(r["task"]) or r["locator"] or "",
                at(r["started_at"]),
                r["verdict"] or "running",
                f"{r['new']:,}",
                f"{r['rejected']:,}",
                r["detail"] or "",
            )
            for r in runs
        ],
        right=[4, 5],
        drop=("set aside", "of", "new"),
        wrap=("why",),
    )


def _unanswered(rows: list[dict[str, Any]], at: Callable[[datetime | None], str]) -> Any:
    from monitor.cli.tables import table
    from monitor.schedule import LOOKS

    return table(
        ("source", "question", "posts", "asked again", "why"),
        [
            (
                r["source"],
                LOOKS[r["task"]],
                f"{r['posts']:,}",
                f"from {at(r['next_at'])}",
                r["why"] or "",
            )
            for r in rows
        ],
        right=[2],
        drop=("asked again", "question"),
        wrap=("why",),
    )


def _gaps(gaps: list[dict[str, Any]], at: Callable[[datetime | None], str]) -> Any:
    from monitor.cli.tables import table

    return table(
        ("source", "hashtag", "from", "to", "reason", "detail"),
        [
            (
                g["source"],
                f"#{g['hashtag']}",
                at(g["from"]),
                at(g["to"]),
                g["reason"],
                g["detail"] or "",
            )
            for g in gaps
        ],
        drop=("hashtag",),
        wrap=("detail",),
    )


def _section(out: Any, title: str, content: Any) -> None:
    if content is not None:
        out.print()
        out.print(title, style="bold")
        out.print(content)


def _number(value: int | None) -> str:
    return "unknown" if value is None else f"{value:,}"


def _share(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.0%}"
