"""Whether accounts of a watch act together more often than chance explains."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import log10

from analysis.findings import Finding, FindingKind
from monitor.config import Config, Watch
from monitor.coordination import Found, Memory
from monitor.coordination.telling import evidence_of
from monitor.inputs import Wanted
from monitor.store import Store
from monitor.store.queries import Selection

_DAY = timedelta(days=1)
# Who has acted together so recently may do so again; longer ago, it is over.
_GOES_ON = timedelta(hours=6)
# Without a burst it is looked for in these hours of the operator's zone: once in six hours.
_HOURS = frozenset({0, 6, 12, 18})
_MOST_POSTS = 200_000  # in the day; with more, `gaung coordination` is asked by hand


def coordination(
    store: Store,
    watch: Watch,
    config: Config,
    *,
    bursts: Sequence[Finding],
    now: datetime,
    memory: Memory,
) -> list[Finding]:
    """Look at the last day of a watch: during a burst, while it goes on, and every six hours.

    memory: what earlier turns have seen of it, so that this one costs what is new.
    """
    if not _is_due(store, watch, config, bursts=bursts, now=now):
        memory.forget(watch.name)
        return []
    wanted = Wanted(watch.name, watch.tags, watch=watch.name, since=now - _DAY, until=now)
    count = store.queries.posts(
        Selection(hashtags=watch.tags, watch=watch.name, since=wanted.since, until=now)
    )
    if count > _MOST_POSTS:
        memory.forget(watch.name)
        return []
    found = memory.of(watch.name).found(store, wanted)
    return [_finding(watch.name, found, now=now)] if found.groups else []


def _is_due(
    store: Store, watch: Watch, config: Config, *, bursts: Sequence[Finding], now: datetime
) -> bool:
    if any(burst.to_at is None for burst in bursts):
        return True
    known = store.findings.between(watch=watch.name, since=now - _DAY)
    going_on = any(one.kind is FindingKind.COORDINATION and one.to_at is None for one in known)
    return going_on or now.astimezone(config.zone).hour in _HOURS


def _finding(watch: str, found: Found, *, now: datetime) -> Finding:
    """Make one claim of all groups, with the largest of them."""
    groups = found.groups
    last = max(group.last_at for group in groups)
    surest = max(min(group.q for group in groups), 1e-300)
    return Finding(
        watch=watch,
        kind=FindingKind.COORDINATION,
        subject="",
        from_at=min(group.first_at for group in groups),
        to_at=None if now - last < _GOES_ON else last,
        score=round(-log10(surest), 3),
        evidence=evidence_of(found),
    )
