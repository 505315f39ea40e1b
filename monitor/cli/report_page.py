"""`gaung report` as a page: what it asks of the analysis, and what it says meanwhile."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.books import as_typed
from monitor.cli.progress import Progress, Step, progress
from monitor.cli.searching import SEARCH, Search

if TYPE_CHECKING:
    from monitor.engines import Engine
    from monitor.inputs import Wanted
    from monitor.naming import Naming
    from monitor.report.report import Report
    from monitor.report.span import Span
    from monitor.store import Store
    from monitor.wiring import App

# What a report is computed by; shares as they were measured on 100,000 and 200,000 posts.
REPORT = (
    *SEARCH,
    Step("facts", "counting who took part", 0.3),
    Step("acts", "reading who acted on whom", 0.1),
    Step("measure", "looking for bursts", 0.2),
    Step("tables", "ranking accounts, links and hashtags", 0.3),
    Step("dials", "setting the day against its quiet ones", 4.0),
)
_PAGE = (
    Step("compare", "counting what it is compared with"),
    *REPORT,
    Step("posts", "reading all posts", 0.5),
    Step("genesis", "looking for the beginning", 0.3),
    Step("map", "drawing the map", 1.0),
    Step("coordination", "looking for accounts that act together", 0.7),
    Step("page", "writing the page", 0.6),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAsked:
    """What a page is asked to show."""

    wanted: Wanted
    window: timedelta | None
    compare: str | None
    naming: Naming | None
    now: datetime
    engine: Engine | None = None  # what looks for groups, however many posts there are


def page_of(app: App, asked: PageAsked, language: str) -> str:
    """Give the page as HTML; on a terminal it is said what is done."""
    from monitor.page.render import as_html
    from monitor.page.tell import Telling, tell

    steps = _PAGE if asked.compare is not None else _PAGE[1:]
    with progress(*steps) as bar:
        other = None if asked.compare is None else _other(app, asked, asked.compare)
        story = tell(
            app.stores,
            app.config,
            Telling(
                wanted=asked.wanted,
                window=asked.window,
                command=as_typed(),
                naming=asked.naming,
                engine=asked.engine,
                watcher=Search(bar, scored=False),
            ),
            now=asked.now,
            other=other,
            on_step=bar.step,
        )
        bar.step("page")
        return as_html(story, language=language)


def report_now(app: App, asked: PageAsked) -> Report:
    """Give the report; on a terminal it is said what is done."""
    with progress(*REPORT) as bar:
        return computed(app, asked, bar)


def page_path(output: Path, target: str) -> Path:
    """Give the file of a page: itself, or one in a folder by the name of the target.

    >>> str(page_path(Path("laporan.html"), "#x")), str(page_path(Path("out"), "#Indonesia Gelap"))
    ('laporan.html', 'out/indonesia-gelap.html')
    """
    if output.suffix.lower() in (".html", ".htm") and not output.is_dir():
        return output
    name = re.sub(r"[^\w]+", "-", target.lower()).strip("-") or "report"
    return output / f"{name}.html"


def computed(app: App, asked: PageAsked, bar: Progress | None = None) -> Report:
    """Give the report, as it was kept or computed now. bar: is told how far it is."""
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
        engine=asked.engine,
        on_step=_unheard if bar is None else bar.step,
        watcher=None if bar is None else Search(bar, scored=False),
    )


def _unheard(_step: str) -> None:
    """Tell nobody."""


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
