"""Runs gaung as if it were another time, which goes on from there: `at.py MOMENT report …`.

What is told of "now" and "the last day" is then told of made-up or old posts, too.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from monitor import clock
from monitor.cli import main

_BEGUN = datetime.now(UTC)


def begin_at(moment: datetime) -> None:
    """Let the clock of this process go on from a moment."""
    clock.now = lambda: moment + (datetime.now(UTC) - _BEGUN)


if __name__ == "__main__":
    begin_at(datetime.fromisoformat(sys.argv[1]))
    sys.argv = ["gaung", *sys.argv[2:]]
    main()
