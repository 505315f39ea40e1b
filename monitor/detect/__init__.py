"""Stage 2: frames → findings. Saves what is claimed; what becomes of it is decided later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from analysis.findings import Finding
from monitor.config import Config, Watch
from monitor.coordination import Memory
from monitor.detect.bursts import bursts
from monitor.detect.continuing import continued
from monitor.detect.coordination import coordination
from monitor.detect.events import events
from monitor.detect.trouble import source_trouble
from monitor.store import Store


def detect(
    store: Store,
    config: Config,
    *,
    now: datetime,
    memory: Memory | None = None,
    watches: Sequence[Watch] | None = None,
) -> list[Finding]:
    """Find what there is in all watches, or in some, and save it. Wants a transaction.

    memory: of earlier turns of the same process; without it all is computed anew.
    """
    found: list[Finding] = []
    memory = memory or Memory()
    for watch in config.watches if watches is None else watches:
        burst = continued(store, bursts(store, watch, config, now=now), watch.name)
        found += burst
        found += events(store, watch, config, bursts=burst, now=now)
        together = coordination(store, watch, config, bursts=burst, now=now, memory=memory)
        found += continued(store, together, watch.name)
        found += source_trouble(store, watch, now=now)
    for finding in found:
        store.findings.save(finding, now=now)
    return found


__all__ = ["detect"]
