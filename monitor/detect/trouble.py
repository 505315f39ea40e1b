"""Sources that do not answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from analysis.findings import Finding, FindingKind
from monitor.config import Watch
from monitor.detect.continuing import continued
from monitor.ledger import Gap
from monitor.store import Store

_HOUR = timedelta(hours=1)
_TROUBLES = frozenset({"outage", "refused", "failed", "silent"})


def source_trouble(store: Store, watch: Watch, *, now: datetime) -> list[Finding]:
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
    found = continued(store, found, watch.name)
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
