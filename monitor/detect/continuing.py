"""The same finding again: nobody must be told twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from analysis.findings import Finding
from monitor.store import Store

_HOUR = timedelta(hours=1)


def continued(store: Store, found: list[Finding], watch: str) -> list[Finding]:
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
