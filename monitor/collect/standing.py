"""When a source that answers stands still, and when its silence was a calm after all.

A server whose queue is stuck shows a timeline that looks like any other, and ends hours ago. So
does one with a hashtag that has fallen silent: what else is seen tells the two apart.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from analysis.trends.silence import improbable_silence
from monitor.collect.run import Progress
from monitor.ledger import Gap
from monitor.schedule import Task
from monitor.store import Store

Count = Callable[[datetime, datetime], int]
STALE = "stale"  # the source stands still
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_SOME = 3
_FADED = 4  # so many times fewer posts than usual elsewhere: the issue has gone quiet


def still_since(store: Store, task: Task, progress: Progress, *, now: datetime) -> datetime | None:
    """Return the time of a source's newest post, if it is older than can be by chance.

    The usual number is that of the calmest of the seven days before, at these hours, or of the
    hours just before: an issue that fades does not stand still. Nor does a source that shows newer
    posts of other hashtags, and an issue that has gone quiet at other sources too is quiet.
    """
    if task.kind == "backfill" or progress.new:
        return None
    newest = store.shown.newest_shown(task.source, task.hashtag, now)
    if newest is None or not is_odd(_counter(store, task), newest, now):
        return None
    if store.shown.is_alive(task.source, newest, now):
        return None
    elsewhere = _counter(store, task, elsewhere=True)
    if is_odd(elsewhere, newest, now) and (
        elsewhere(newest, now) * _FADED < _usual(elsewhere, newest, now)
    ):
        return None
    return newest


def is_odd(count: Count, newest: datetime, now: datetime) -> bool:
    """Return whether so long a silence as there is since the newest post is no calm.

    count: tells how many posts there were from one time to another.
    """
    if not _HOUR < now - newest < _DAY:
        return False
    hours = (now - newest) / _HOUR
    return improbable_silence(_usual(count, newest, now) / hours, hours)


def is_contradicted(store: Store, gap: Gap, *, now: datetime) -> bool:
    """Tell whether other sources went on with a hashtag while this one stood still, as it does yet.

    A queue is worked off in order: what shows newer posts has shown those before. One that has
    shown none for a day may be that of a hashtag that has ended, unless others contradict.
    """
    if store.shown.is_alive(gap.source, gap.to_at, now):
        return False
    return store.shown.shown_elsewhere(gap.source, gap.hashtag, gap.from_at, gap.to_at) >= _SOME


def _usual(count: Count, newest: datetime, now: datetime) -> int:
    """Return the least there was in as long a time just before, or at these hours of a day."""
    days = [(newest - n * _DAY, now - n * _DAY) for n in range(1, 8)]
    return min(count(*span) for span in [(newest - (now - newest), newest), *days])


def _counter(store: Store, task: Task, *, elsewhere: bool = False) -> Count:
    count = store.shown.shown_elsewhere if elsewhere else store.shown.shown_between
    return lambda since, until: count(task.source, task.hashtag, since, until)
