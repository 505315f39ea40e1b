"""gaung in Python: frames and graphs of a watch, of a hashtag or of files, in three lines.

Frames are Polars', and have the columns that `analysis.frames` declares; graphs are NetworkX's own
kind, on columns, so that anything of NetworkX takes them. Nothing here writes to the store.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import polars as pl

from collectors.moments import EARLIEST
from monitor import clock, config, wiring
from monitor.config import parse_duration, parse_time
from monitor.errors import OperatorError
from monitor.inputs import Input, UnknownTargetError, Wanted, opened, wanted

if TYPE_CHECKING:
    from analysis.graphs.csr.graph import CSRDiGraph, CSRGraph
    from monitor.coordination import Found
    from monitor.report.report import Report
    from monitor.wiring import App

Time = str | datetime | None  # "7d", "2026-03-01", an ISO time, or a time with its zone
Kind = Literal["amplification", "hashtags", "links"]
_HOUR = timedelta(hours=1)


def open(path: str | PathLike[str] = "config.toml", *, redact: bool = False) -> Folder:
    """Open what a config.toml describes: its watches and its store. Raises `ConfigError`.

    redact: puts pseudonyms for accounts and leaves out handles, texts and links, as exports with
    `--redact` do, in everything that is given.
    """
    return Folder(wiring.build(config.load(Path(path)), path=Path(path)), redact=redact)


def read(
    path: str | PathLike[str],
    *,
    hashtag: str | None = None,
    since: Time = None,
    until: Time = None,
    timezone: str = "Asia/Jakarta",
) -> Selected:
    """Read a file, a folder or a lake that gaung can import, without importing it.

    hashtag: only posts with it. Raises `OperatorError` where there is nothing that can be read.
    """
    if not Path(path).exists():
        raise OperatorError(f"{path}: there is no such file or folder")
    app = wiring.build(config.parse({"timezone": timezone}, name="monitor.read"))
    text = "all" if hashtag is None else f"#{hashtag.lstrip('#')}"
    return _selected(app, text, since, until, path=Path(path), redact=False)


@dataclass(frozen=True)
class Folder:
    """A configuration with its store."""

    app: App
    redact: bool = False

    @property
    def watches(self) -> list[str]:
        """The names of the watches."""
        return [watch.name for watch in self.app.config.watches]

    def watch(self, name: str, *, since: Time = None, until: Time = None) -> Selected:
        """Choose the posts of a watch. Raises `OperatorError` with the watches that there are."""
        return _selected(self.app, name, since, until, redact=self.redact)

    def hashtag(self, tag: str, *, since: Time = None, until: Time = None) -> Selected:
        """Choose the posts with a hashtag, with or without its #."""
        return _selected(self.app, f"#{tag.lstrip('#')}", since, until, redact=self.redact)

    def all(self, *, since: Time = None, until: Time = None) -> Selected:
        """Choose all posts."""
        return _selected(self.app, "all", since, until, redact=self.redact)

    def sql(self, question: str, *, timeout: float = 10, memory: str = "500MB") -> pl.DataFrame:
        """Answer one SELECT over the views of `gaung sql`, reading only. Raises `QuestionError`.

        timeout: seconds.
        """
        from monitor.store.asking import Bounds, answer

        naming = self.app.naming() if self.redact else None
        bounds = Bounds(timeout=timedelta(seconds=timeout), memory=memory)
        with self.app.stores.open(read_only=True) as store:
            return answer(store.database, question, bounds=bounds, naming=naming)


@dataclass(frozen=True)
class Selected:
    """Some posts, and what gaung can say of them. Each method reads anew."""

    source: Input
    app: App
    path: Path | None = None  # of files; None: the store, whose coverage and past are known
    redact: bool = False

    @property
    def notes(self) -> list[str]:
        """What a reader of the numbers must know."""
        return list(self.source.notes)

    def between(self, since: Time = None, until: Time = None) -> Selected:
        """Choose another time of the same."""
        asked = self.source.wanted
        chosen = replace(asked, since=_at(self.app, since), until=_at(self.app, until))
        return replace(self, source=_source(self.app, chosen, self.path, redact=self.redact))

    def posts(self, *columns: str) -> pl.DataFrame:
        """Give POSTS, or these columns of it, by time; reposts that are no posts are among them."""
        return self.source.posts(*columns)

    def acts(self) -> pl.DataFrame:
        """Give who reposted, quoted, answered or named whom: ACTS, by time."""
        return self.source.acts()

    def series(self, window: str | timedelta = _HOUR) -> pl.DataFrame:
        """Count windows: window_start, posts, authors, reposts, coverage, expected, score, ….

        Null posts are a gap, not zero; expected and score are null while they are learnt. score
        is surprise, -log10 of the chance. Times are UTC, days begin in the configured zone.
        """
        width = parse_duration(window) if isinstance(window, str) else window
        return self._measured(width) if self.path is None else self._counted(width)

    def graph(self) -> CSRDiGraph:
        """Give who amplified whom, from amplifier to amplified: `weight` is how many acts."""
        from analysis.graphs.csr.graph import digraph_of

        return digraph_of(self.edges().select("source", "target", "weight"))

    def network(self, kind: Kind) -> CSRDiGraph | CSRGraph:
        """Give a graph that `gaung graph --kind` draws. Raises `OperatorError` if it is empty."""
        from analysis.graphs.csr.graph import digraph_of, graph_of
        from monitor.drawing.draw import draw

        drawn = draw(self.source, kind)
        edges = drawn.edges.select("source", "target", "weight")
        return digraph_of(edges) if drawn.directed else graph_of(edges)

    def edges(self) -> pl.DataFrame:
        """Give the edges of `graph`: source, target, weight, each kind of act, and times."""
        from monitor.drawing.amplification import edges_of

        return edges_of(self.source.acts())

    def coordination(self, *, fdr: float = 0.01, within: int | None = 60) -> Found:
        """Find who acts together more often than chance explains; no proof of bots or payment.

        Gives groups, account_table, edge_table and evidence_table, or `insufficient`, why nothing
        can be said. fdr: the share of false pairs that is borne. within: seconds.
        """
        from contextlib import closing

        from monitor.coordination import Asked, coordinated
        from monitor.engines import ENGINES, engine_of

        with closing(engine_of(ENGINES[0])) as engine:
            return coordinated(self.source, Asked(fdr=fdr, within=within), engine)

    def report(self, window: str | timedelta | None = None) -> Report:
        """Give the report of `gaung report`, as a value. Only of what is in the store."""
        from monitor.report.kept import ReportAsked, report_of

        if self.path is not None:
            raise OperatorError("a report needs a store: bring the file in with `gaung import`")
        wanted = self.source.wanted
        width = parse_duration(window) if isinstance(window, str) else window
        return report_of(
            self.app.stores,
            ReportAsked(target=wanted.target, since=wanted.since, until=wanted.until, window=width),
            config=self.app.config,
            now=clock.now(),
            naming=self.app.naming() if self.redact else None,
        )

    def _measured(self, window: timedelta) -> pl.DataFrame:
        from monitor.measure import measure
        from monitor.report.span import span_of

        asked, settings = self.source.wanted, self.app.config
        with self.app.stores.open(read_only=True) as store:
            span = span_of(
                store, asked.target, since=asked.since, until=asked.until, window=window,
                now=clock.now(), zone=settings.zone,
            )  # fmt: skip
            measured = measure(
                store, asked.target, since=span.since, until=span.until, window=span.window,
                zone=settings.zone, alerts=settings.alerts_of(asked.watch),
            )  # fmt: skip
        return measured.windows

    def _counted(self, window: timedelta) -> pl.DataFrame:
        from analysis.frames import ACTIVITY
        from analysis.trends.burst import scores
        from analysis.trends.volume import volume
        from monitor.indication.given import participation_of

        posts = self.source.posts()
        if posts.is_empty():
            raise OperatorError(f"{self.source.wanted.name}: there is no such post here")
        activity = participation_of(posts)[0].select(ACTIVITY.names())
        asked, zone = self.source.wanted, self.app.config.zone.key
        first, last = posts.select(a=pl.col("sort_at").min(), b=pl.col("sort_at").max()).row(0)
        since, until = asked.since or first, asked.until or last + timedelta(microseconds=1)
        counted = volume(
            activity, since=since.astimezone(UTC), until=until.astimezone(UTC), window=window,
            zone=zone, coverage=None,
        )  # fmt: skip
        return counted.join(
            scores(counted, window=window, zone=zone), on="window_start", how="left"
        )


def _selected(
    app: App, text: str, since: Time, until: Time, *, path: Path | None = None, redact: bool
) -> Selected:
    try:
        asked = wanted(app.config, text, since=_at(app, since), until=_at(app, until))
    except UnknownTargetError as error:
        raise OperatorError(str(error)) from None
    source = _source(app, asked, path, redact=redact)
    return Selected(source, app, path=path, redact=redact)


def _source(app: App, asked: Wanted, path: Path | None, *, redact: bool) -> Input:
    source = opened(app.stores, asked, path=path)
    if not redact:
        return source
    from monitor.exporting.redact import RedactedInput

    return RedactedInput(source, app.naming())


def _at(app: App, time: Time) -> datetime | None:
    if time is None:
        return None
    if isinstance(time, datetime):
        if time.tzinfo is None:
            raise OperatorError(f"{time}: name its zone, such as tzinfo=ZoneInfo('Asia/Jakarta')")
        return max(time, EARLIEST)
    try:
        return parse_time(time, now=clock.now(), zone=app.config.zone)
    except ValueError as error:
        raise OperatorError(str(error)) from None
