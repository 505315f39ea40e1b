"""When a server lets us come back, out of the headers that servers use to say it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from collectors.said import http_date, iso_date

SHORTEST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(hours=1)  # a server that says more is broken or banned us: ask again
UNSAID_WAIT = timedelta(minutes=1)  # a 429 without any header

_NUMBER = re.compile(r"\d{1,12}(\.\d+)?", re.ASCII)
# Mastodon and many others; Bluesky and the IETF's older drafts; X.
_PREFIXES = ("X-RateLimit", "RateLimit", "X-Rate-Limit")
_PARAMETERS = {
    "Remaining": re.compile(r";\s*r=(\d{1,12})", re.ASCII),
    "Reset": re.compile(r";\s*t=(\d{1,12})", re.ASCII),
}
# Seconds left stay far below, seconds since 1970 have been above since 2001.
_EPOCH_FROM = 1_000_000_000


def retry_at(headers: Mapping[str, str], *, now: datetime) -> datetime:
    """Tell by our clock when the server may be asked again.

    Mastodon resets at an ISO time, GoToSocial at seconds since 1970, others after seconds; and
    `Retry-After` is seconds or an HTTP date. A time is read by the server's own clock (`Date`).
    https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/

    >>> from datetime import UTC
    >>> noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    >>> retry_at({"Date": "Sun, 01 Mar 2026 13:00:00 GMT",
    ...           "X-RateLimit-Reset": "2026-03-01T13:02:00.5Z"}, now=noon)
    datetime.datetime(2026, 3, 1, 12, 2, 0, 500000, tzinfo=datetime.timezone.utc)
    """
    server_now = _server_time(headers) or now
    wait = _wait(headers.get("Retry-After"), server_now)
    if wait is None:
        wait = _wait(_said(headers, "Reset"), server_now)
    if wait is None:
        wait = UNSAID_WAIT
    return now + min(max(wait, SHORTEST_WAIT), LONGEST_WAIT)


def is_exhausted(headers: Mapping[str, str]) -> bool:
    """Tell whether the server said that this request was the last of its window.

    >>> is_exhausted({"X-RateLimit-Remaining": "0"}), is_exhausted({})
    (True, False)
    >>> is_exhausted({"RateLimit": '"default";r=0;t=30'})
    True
    """
    return (_said(headers, "Remaining") or "").strip() == "0"


def _said(headers: Mapping[str, str], what: str) -> str | None:
    for prefix in _PREFIXES:
        if (said := headers.get(f"{prefix}-{what}")) is not None:
            return said
    # The newest draft has one header for all: "policy";r=remaining;t=seconds left.
    parameter = _PARAMETERS[what].search(headers.get("RateLimit", ""))
    return parameter[1] if parameter else None


def _wait(said: str | None, server_now: datetime) -> timedelta | None:
    if said is None:
        return None
    said = said.strip()
    if _NUMBER.fullmatch(said):
        seconds = float(said)
        if seconds >= _EPOCH_FROM:
            seconds -= server_now.timestamp()
        return timedelta(seconds=min(seconds, LONGEST_WAIT.total_seconds()))
    until = iso_date(said) or http_date(said)
    return None if until is None else until - server_now


def _server_time(headers: Mapping[str, str]) -> datetime | None:
    date = http_date(headers.get("Date", ""))
    # An answer out of a cache carries the date at which it was made.
    age = headers.get("Age", "").strip()
    if date is not None and _NUMBER.fullmatch(age):
        with contextlib.suppress(OverflowError):  # the year 9999
            date += timedelta(seconds=min(float(age), LONGEST_WAIT.total_seconds()))
    return date
