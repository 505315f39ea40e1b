"""`gaung report` as a page: what it asks of the analysis, and what it says meanwhile."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.books import as_typed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from monitor.inputs import Wanted
    from monitor.naming import Naming
    from monitor.page.story import Story
    from monitor.report.report import Report
    from monitor.report.span import Span
    from monitor.store import Store
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
                command=as_typed(),
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


def computed(app: App, asked: PageAsked) -> Report:
    """Give the report, as it was kept or computed now."""
    from monitor.report.kept import ReportAsked, report_of

    wanted = asked.wanted
    return report_of(
        app.stores,
        ReportAsked(
            target=wanted.target, since=wanted.since, until=wanted.until, window=asked.window
        ),
        config=app.config,
        now=asked.now,
        naming=asked.naming,
    )


def _span(store: Store, app: App, asked: PageAsked) -> Span:
    from monitor.report.span import span_of

    one = asked.wanted
    return span_of(
        store, one.target, since=one.since, until=one.until, window=asked.window, now=asked.now,
        zone=app.config.zone,
    )  # fmt: skip


def _other(app: App, asked: PageAsked, text: str) -> Report:
    """Compute the report of the other side: `previous`, FROM..TO, or another target."""
    from monitor.inputs import UnknownTargetError, wanted

    with app.stores.open(read_only=True) as store:
        span = _span(store, app, asked)
    since, until = span.since, span.until
    if text == "previous":
        other = replace(asked.wanted, since=since - (until - since), until=since)
    elif ".." in text:
        begin, end = _times(app, text, asked.now)
        other = replace(asked.wanted, since=begin, until=end)
    else:
        try:
            other = wanted(app.config, text, since=since, until=until)
        except UnknownTargetError as error:
            raise click.BadParameter(
                f"{error}; or write `previous`, or FROM..TO", param_hint="--compare"
            ) from None
    return computed(app, replace(asked, wanted=other))


def _times(app: App, text: str, now: datetime) -> tuple[datetime | None, datetime | None]:
    from monitor.cli.context import read_time

    first, _, last = text.partition("..")
    begin, end = (
        read_time(part, option="--compare", now=now, config=app.config) for part in (first, last)
    )
    return begin, end


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
