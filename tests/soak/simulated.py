"""A clock that runs faster than the real one, the same in every process that is told of it.

`python -m tests.soak.simulated ARGUMENTS…` is `gaung ARGUMENTS…` on that clock: an hour of a daemon
passes in minutes. Only what it calls now is quicker; sockets, timeouts and pauses between requests
stay real, and ticks come as much more often as the clock is faster.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime

_SINCE, _SPEED = "GAUNG_SOAK_SINCE", "GAUNG_SOAK_SPEED"


def environment(speed: float) -> dict[str, str]:
    """Return what processes must be told to share a clock that begins now."""
    return {_SINCE: str(time.time_ns()), _SPEED: str(speed)}


def nanoseconds() -> int:
    """Return the time since 1970, by the clock that the environment names, else the real one."""
    real = time.time_ns()
    since = int(os.environ.get(_SINCE, real))
    return since + int((real - since) * float(os.environ.get(_SPEED, "1")))


def now() -> datetime:
    """Return the simulated time."""
    return datetime.fromtimestamp(nanoseconds() / 1e9, UTC)


def main() -> None:
    """Run gaung on the simulated clock."""
    # The scheduler waits by the real clock: what asks it to tick is loaded before the other is set.
    from monitor import clock, ticking  # noqa: F401

    clock.now = now
    from monitor import daemon

    speed = float(os.environ[_SPEED])
    for name in ("_COLLECT_TICK", "_DELIVER_TICK", "_RELISTEN_AFTER", "_RELISTEN_AT_LATEST"):
        setattr(daemon, name, getattr(daemon, name) / speed)
    from monitor.cli import main as gaung

    sys.exit(gaung())


if __name__ == "__main__":
    main()
