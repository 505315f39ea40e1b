"""`gaung report` as a page: what it asks of the analysis, and what it says meanwhile."""

from __future__ import annotations

import re
import shlex
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from monitor.inputs import Wanted
    from monitor.naming import Naming
    from monitor.page.story import Story
    from monitor.report.report import Report
    from monitor.wiring import App

_STEPS = {
    "report": "counting",
    "posts": "reading posts",
    "genesis": "looking for the beginning",
    "map": "drawing the map",
    "coordination": "looking for accounts that act together",
    "compare": "counting what it is compared with",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAsked:
    """What a page is asked to show."""

    wanted: Wanted
    window: timedelta | None
    compare: str | None
    naming: Naming | None
    now: datetime


def story_of(app: App, asked: PageAsked) -> Story:
    """Compute the story; on a terminal it is said what is done."""
    from monitor.page.tell import Telling, tell

    with _told() as step:
        other = None
        if asked.compare is not None:
            step("compare")
            other = _other(app, asked, asked.compare)
        return tell(
            app.stores,
            app.config,
            Telling(
                wanted=asked.wanted,
                window=asked.window,
                command=_command(),
                naming=asked.naming,
            ),
            now=asked.now,
            other=other,
            on_step=step,
        )


def page_path(output: Path, target: str) -> Path:
    """Give the file of a page: itself, or one in a folder by the name of the target.

    >>> str(page_path(Path("laporan.html"), "#x")), str(page_path(Path("out"), "#Indonesia Gelap"))
    ('laporan.html', 'out/indonesia-gelap.html')
    """
    if output.suffix.lower() in (".html", ".htm") and not output.is_dir():
        return output
    name = re.sub(r"[^\w]+", "-", target.lower()).strip("-") or "report"
    return output / f"{name}.html"


def _other(app: App, asked: PageAsked, text: str) -> Report:
    """Compute the report of the other side: `previous`, FROM..TO, or another target."""
    from dataclasses import replace

    from monitor.inputs import UnknownTargetError, wanted
    from monitor.report.compute import compute
    from monitor.report.span import span_of

    one, config = asked.wanted, app.config
    with app.stores.open(read_only=True) as store:

        def span(of: Wanted) -> tuple[datetime, datetime, timedelta]:
            found = span_of(
                store, of.target, since=of.since, until=of.until, window=asked.window,
                now=asked.now, zone=config.zone,
            )  # fmt: skip
            return found.since, found.until, found.window

        since, until, _ = span(one)
        if text == "previous":
            other = replace(one, since=since - (until - since), until=since)
        elif ".." in text:
            begin, end = _times(app, text, asked.now)
            other = replace(one, since=begin, until=end)
        else:
            try:
                other = wanted(config, text, since=since, until=until)
            except UnknownTargetError as error:
                raise click.BadParameter(
                    f"{error}; or write `previous`, or FROM..TO", param_hint="--compare"
                ) from None
        chosen = span_of(
            store, other.target, since=other.since, until=other.until, window=asked.window,
            now=asked.now, zone=config.zone,
        )  # fmt: skip
        return compute(
            store, other.target, chosen, config=config, now=asked.now, naming=asked.naming
        )


def _times(app: App, text: str, now: datetime) -> tuple[datetime | None, datetime | None]:
    from monitor.cli.context import read_time

    first, _, last = text.partition("..")
    begin, end = (
        read_time(part, option="--compare", now=now, config=app.config) for part in (first, last)
    )
    return begin, end


def _command() -> str:
    """Give the command as it was typed, to be run again."""
    return shlex.join(["gaung", *sys.argv[1:]])


@contextmanager
def _told() -> Iterator[Callable[[str], None]]:
    """Show what is done while somebody waits, on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=len(_STEPS) - 1)

        def step(name: str) -> None:
            bar.update(task, description=_STEPS[name], advance=0 if name == "report" else 1)

        yield step
