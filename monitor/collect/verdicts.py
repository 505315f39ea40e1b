"""What an error means for the run that it ends."""

from __future__ import annotations

from collectors.errors import (
    AccessRefusedError,
    CollectorError,
    PayloadError,
    RateLimitedError,
    SourceUnavailableError,
)
from monitor.collect.run import End

_REASONS: dict[type[CollectorError], str] = {
    AccessRefusedError: "refused",
    RateLimitedError: "rate limit",
    SourceUnavailableError: "outage",
    PayloadError: "failed",
}


def end_of(error: CollectorError, *, started: bool) -> End:
    """Give the end of a run; `started`: it had read some pages before."""
    return End(
        verdict="refused"
        if isinstance(error, AccessRefusedError)
        else ("partial" if started else "failed"),
        missing=_REASONS[type(error)],
        detail=str(error),
        retry_at=error.retry_at if isinstance(error, RateLimitedError) else None,
    )
