"""What an error means for the run that it ends."""

from __future__ import annotations

from collectors.errors import (
    AccessRefusedError,
    CollectorError,
    DefectError,
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
    DefectError: "failed",
}


def end_of(error: CollectorError, *, started: bool) -> End:
    """Give the end of a run; `started`: it had read some pages before."""
    verdict = "partial" if started else "failed"
    if isinstance(error, AccessRefusedError):
        verdict = "refused"
    elif isinstance(error, DefectError):
        verdict = "failed"  # also after some pages: somebody must hear of it
    return End(
        verdict=verdict,
        missing=next((why for kind, why in _REASONS.items() if isinstance(error, kind)), "failed"),
        detail=str(error),
        retry_at=error.retry_at if isinstance(error, RateLimitedError) else None,
    )
