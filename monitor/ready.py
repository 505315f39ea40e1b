"""Has the reports of the watches ready before anybody asks for them."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor import clock
from monitor.inputs import ALL, wanted
from monitor.report.kept import QUICK, ReportAsked, is_kept, report_of
from monitor.target import Target
from monitor.wiring import App

_SHARE = 0.1  # of a daemon's time, at most: who waits for a report waits less than all the others
_AHEAD = timedelta(seconds=30)  # up to now: until the next look at it
_QUIET = 3_600.0  # seconds until a watch is looked at again whose report takes no time


@dataclass(slots=True)
class Readiness:
    """When each watch's report may be computed again, by how long it took."""

    _not_before: dict[str, float] = field(default_factory=dict)  # monotonic seconds

    def prepare(self, app: App, *, now: datetime, stop: threading.Event) -> list[str]:
        """Compute what is not ready, and give the names of its watches."""
        done = []
        for watch in app.config.followed:
            if stop.is_set() or clock.monotonic() < self._not_before.get(watch.name, 0.0):
                continue
            asked = ReportAsked(target=Target.of(watch))
            if not _is_missing(app, asked, now=now + _AHEAD):
                continue
            started = clock.monotonic()
            report_of(app.stores, asked, config=app.config, now=now, anew=True)
            taken = clock.monotonic() - started
            rest = _QUIET if taken <= QUICK else taken / _SHARE
            self._not_before[watch.name] = clock.monotonic() + rest
            done.append(watch.name)
        return done


def prepare_all(app: App, *, now: datetime) -> None:
    """Compute the reports that are likely to be asked for after much was brought in at once."""
    everything = wanted(app.config, ALL, since=None, until=None).target
    targets = [everything, *(Target.of(watch) for watch in app.config.followed)]
    for target in targets:
        asked = ReportAsked(target=target)
        if _is_missing(app, asked, now=now):
            report_of(app.stores, asked, config=app.config, now=now)


def _is_missing(app: App, asked: ReportAsked, *, now: datetime) -> bool:
    with app.stores.open(read_only=True) as store:
        has_posts = store.tags.has_any(asked.target.selection(None, None))
        return has_posts and not is_kept(store, asked, config=app.config, now=now)
