"""`gaung backfill`."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import click

from monitor.cli.context import Given, read_time
from monitor.cli.progress import Progress, progress
from monitor.nearest import one_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectors.collector import Collector
    from monitor.collect import Backfill, Filled, RunResult
    from monitor.schedule import Wish
    from monitor.target import Target
    from monitor.wiring import App

_BACKFILL = """Fill what is missing of TARGET (a watch or a #hashtag) since a time, now.

Reads back, newest first, and saves page by page: interrupt it at any time with Ctrl-C, and run the
same command to go on. While a daemon runs, the daemon does the work; this shows how far it is.
Sources that can only be listened to (`gaung sources`) are not asked: they tell no past.

\b
Examples:
  gaung backfill demokrasi --since 30d
  gaung backfill "#IndonesiaGelap" --since 2025-02-17 --source mastodon
"""
_READING = "reading back"
_FOLLOW_EVERY = 2.0  # seconds between looks at what the daemon has done


@click.command("backfill", help=_BACKFILL)
@click.argument("target")
@click.option("--since", required=True, metavar="TIME", help="From when: 30d, 36h, 2026-11-01.")
@click.option(
    "--source", "sources", multiple=True, metavar="NAME", help="Only this source.  [default: all]"
)
@click.pass_obj
def backfill_command(given: Given, target: str, since: str, sources: tuple[str, ...]) -> int:
    """Fill gaps."""
    from monitor import clock
    from monitor.cli.targets import target_of
    from monitor.collect import Backfill
    from monitor.lock import DaemonLock

    app = given.app(required=True)
    now = clock.now()
    start = read_time(since, option="--since", now=now, config=app.config)
    if start is None or start >= now:
        raise click.BadParameter(f"{since!r} lies not in the past", param_hint="--since")
    chosen = target_of(app, target)
    collectors = app.collectors()
    stop = threading.Event()
    try:
        with progress(_READING) as bar:
            bar.step(_READING, total=1.0)
            show = partial(_show, bar)
            asked = Backfill(
                stores=app.stores,
                collectors=collectors,
                wishes=_wishes(app, collectors, chosen, sources),
                since=start,
                settings=app.config.collect,
                now=clock.now,
                stop=stop,
                on_progress=show,
            )
            holder = DaemonLock(app.stores.path).holder()
            if holder is not None:
                return _follow(asked, holder, show)
            results = _until_interrupted(asked, collectors, stop)
    finally:
        for collector in collectors.values():
            collector.close()
    return _told(results, asked.filled(), start, app)


def _wishes(
    app: App, collectors: Mapping[str, Collector], target: Target, names: tuple[str, ...]
) -> list[Wish]:
    from monitor.schedule import Wish
    from monitor.turn import pagers, wishes_of

    asked = pagers(collectors)
    known = sorted({source.split("/", 1)[0] for source in collectors})
    for name in names:
        if name not in known and name not in collectors:
            raise click.BadParameter(
                f"there is no source {name!r} in any watch{one_of(name, known)}",
                param_hint="--source",
            )
    chosen = [s for s in asked if not names or s in names or s.split("/", 1)[0] in names]
    if not chosen:
        raise click.UsageError(
            "none of these sources can be asked for the past; `gaung sources` tells which can"
        )
    watched = {(w.source, w.hashtag): w for w in wishes_of(app, asked)}
    plain = timedelta(minutes=10)
    return [
        watched.get((source, hashtag), Wish(source, hashtag, plain, plain))
        for source in chosen
        for hashtag in target.hashtags
    ]


def _until_interrupted(
    asked: Backfill, collectors: Mapping[str, Collector], stop: threading.Event
) -> list[RunResult]:
    """Fill; at Ctrl-C end the requests under way, so that threads come to their end."""
    from concurrent.futures import ThreadPoolExecutor, wait

    with ThreadPoolExecutor(max_workers=1) as pool:
        work = pool.submit(asked.run)
        try:
            while wait([work], timeout=0.2).not_done:
                pass
        except KeyboardInterrupt:
            stop.set()
            for collector in collectors.values():
                collector.close()
            raise
        return work.result()


def _follow(asked: Backfill, holder: int, show: Callable[[Filled], None]) -> int:
    """Leave the work to the daemon, and show how far it is, on a terminal."""
    filled = asked.ask()
    show(filled)
    click.echo(
        f"noted; the running daemon (process {holder}) fills it, gap after gap: {filled.share:.0%} "
        f"is there, {filled.gaps} gaps are open" + ("" if filled.gaps else ": nothing to fill"),
        err=True,
    )
    while sys.stderr.isatty() and filled.gaps:
        asked.stop.wait(_FOLLOW_EVERY)
        filled = asked.filled()
        show(filled)
    return 0


def _told(results: list[RunResult], filled: Filled, since: datetime, app: App) -> int:
    for run in results:
        line = f"{run.task} {run.source} #{run.hashtag}: {run.verdict}, {run.new:,} new"
        click.echo(line + (f" ({run.detail})" if run.detail else ""))
    start = f"{since.astimezone(app.config.zone):%Y-%m-%d %H:%M %Z}"
    click.echo(
        f"{filled.share:.0%} of the time since {start} is there"
        + (f"; {filled.gaps} gaps are left: run this again later" if filled.gaps else "")
    )
    return 1 if filled.gaps else 0


def _show(bar: Progress, filled: Filled) -> None:
    """Tell how much of the time is there."""
    bar.to(filled.share)
    bar.say(filled.waiting or f"{filled.gaps} gaps, {filled.new:,} new posts")
