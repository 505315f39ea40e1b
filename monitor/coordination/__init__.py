"""Who acts together more often than chance explains: from an input to tables."""

from __future__ import annotations

from monitor.coordination.found import Found, Group, Pushed
from monitor.coordination.moving import Memory, Moving
from monitor.coordination.run import DEFAULT_WITHIN, STANDING, Asked, coordinated

__all__ = [
    "DEFAULT_WITHIN",
    "STANDING",
    "Asked",
    "Found",
    "Group",
    "Memory",
    "Moving",
    "Pushed",
    "coordinated",
]
