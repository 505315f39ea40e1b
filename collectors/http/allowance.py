"""Whether a host may be asked now, by its pace."""

from __future__ import annotations

from datetime import datetime

from collectors.errors import RateLimitedError, SourceUnavailableError
from collectors.paces import Pace

_WORTH_WAITING = 5.0  # seconds: rather than end a run for the rest of a rate limit's window


def allowance(pace: Pace, *, host: str, asked: str, now: datetime) -> float:
    """Return in how many seconds a host may be asked, where that is soon.

    Raises `SourceUnavailableError` while it is left alone, and `RateLimitedError`.
    """
    if rest := pace.breaker.rests_until(now):
        raise SourceUnavailableError(
            f"{asked}: not asked, {host} has failed {pace.breaker.failures} times "
            f"in a row; it is asked again from {rest:%H:%M:%S %Z}".rstrip()
        )
    until = pace.blocked_until(now)
    if until is None:
        return 0.0
    wait = (until - now).total_seconds()
    if wait > _WORTH_WAITING:
        raise RateLimitedError(
            f"{asked}: not asked, the rate limit is used up until {until:%H:%M:%S %Z}",
            retry_at=until,
        )
    return wait
