"""The only reader of the clock. `now` enters once per turn here and is passed on as a value."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now() -> datetime:
    """Give the present time, in UTC."""
    return datetime.now(UTC)


def sleep(seconds: float) -> None:
    """Wait."""
    time.sleep(seconds)


def monotonic() -> float:
    """Give seconds that never go back, for measuring how long something takes."""
    return time.monotonic()
