"""Stage 2: frames → findings. Saves what is claimed; what becomes of it is decided later."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from analysis.findings import Finding, FindingKind
from analysis.trends.burst import Burst, once_in_days
from monitor.config import Config, Watch
from monitor.ledger import Gap
from monitor.measure import Target, measure
from monitor.store import Store

_HOUR = timedelta(hours=1)
# How far back a burst is looked for: what is older was found by the turns of that time.
_LOOK_BACK = timedelta(days=3)
_TROUBLES = frozenset({"outage", "refused", "failed", "silent"})


def detect(store: Store, config: Config, *, now: datetime) -> list[Finding]:
    """Find bursts and source trouble of all watches, and save them. Wants a transaction."""
    found: list[Finding] = []
    for watch in config.watches:
        found += _continued(store, _bursts(store, watch, config, now=now), watch.name)
        found += _source_trouble(store, watch, now=now)
    for finding in found:
        store.findings.save(finding, now=now)
    return found


def _bursts(store: Store, watch: Watch, config: Config, *, now: datetime) -> list[Finding]:
    measured = measure(
        store,
        Target(watch.name, watch.tags, watch=watch.name),
        since=now - _LOOK_BACK,
        until=now,
        window=_HOUR,
        zone=config.zone,
        alerts=config.alerts_of(watch.name),
    )
    return [_burst(watch, burst, measured.coverage) for burst in measured.bursts]


def _burst(watch: Watch, burst: Burst, coverage: float | None) -> Finding:
    return Finding(
        watch=watch.name,
        kind=FindingKind.BURST,
        subject="",
        from_at=burst.onset,
        to_at=burst.end,
        score=round(burst.score, 3),
        evidence={
            "posts": burst.posts,
            "expected": None if burst.expected is None else round(burst.expected, 1),
            "authors": burst.authors,
            "peak_at": burst.peak_at.isoformat(),
            "once_in_days": round(once_in_days(burst.score, 24), 1),
            "coverage": None if coverage is None else round(coverage, 3),
        },
    )


def _continued(store: Store, found: list[Finding], watch: str) -> list[Finding]:
    """Give what was found before the onset that it was first found with.

    Posts that arrive late can move the onset of a burst by a window, and the end of an outage
    shows when it began; it is the same all the same, and nobody must be told twice.
    """
    known = store.findings.between(watch=watch)
    return [
        next(
            (replace(finding, from_at=old.from_at) for old in known if _meet(finding, old)), finding
        )
        for finding in found
    ]


def _meet(one: Finding, other: Finding) -> bool:
    if (one.kind, one.subject) != (other.kind, other.subject):
        return False
    far = max(one.from_at, other.from_at) + _HOUR
    return one.from_at < (other.to_at or far) and other.from_at < (one.to_at or far)


def _source_trouble(store: Store, watch: Watch, *, now: datetime) -> list[Finding]:
    """Give one finding per source that did not answer, and close those that are over."""
    gaps: dict[str, list[Gap]] = defaultdict(list)
    streams = store.coverage.streams(hashtags=watch.tags)
    for stream in streams:
        for gap in stream.gaps:
            if gap.reason in _TROUBLES:
                gaps[gap.source].append(gap)
    newest = {stream.source: stream.covered_to for stream in streams}
    found = [
        _trouble(watch, source, missing, newest.get(source)) for source, missing in gaps.items()
    ]
    found = _continued(store, found, watch.name)
    going_on = {finding.key for finding in found}
    for old in store.findings.open():
        if (
            old.kind is FindingKind.SOURCE_TROUBLE
            and old.watch == watch.name
            and old.key not in going_on
        ):
            found.append(replace(old, to_at=newest.get(old.subject) or now))
    return found


def _trouble(
    watch: Watch, source: str, gaps: Iterable[Gap], covered_to: datetime | None
) -> Finding:
    last = max(gaps, key=lambda gap: gap.to_at)
    over = covered_to is not None and covered_to > last.to_at
    # Since when we know of it: a first run that fails misses a week, and is no week's trouble.
    hours = max(0.0, (last.to_at - (last.detected_at or last.from_at)) / _HOUR)
    return Finding(
        watch=watch.name,
        kind=FindingKind.SOURCE_TROUBLE,
        subject=source,
        from_at=last.from_at,
        to_at=last.to_at if over else None,
        score=round(hours, 2),
        evidence={"reason": last.reason, "detail": last.detail, "hours": round(last.hours, 2)},
    )
