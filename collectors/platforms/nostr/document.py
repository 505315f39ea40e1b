"""What a relay says of itself, and what to do where it does not answer."""

from __future__ import annotations

import msgspec

from collectors.collector import SourceReport
from collectors.errors import (
    AccessRefusedError,
    CollectorError,
    PayloadError,
    RateLimitedError,
)
from collectors.http import PoliteClient

_MOST_LETTERS = 60


class _Document(msgspec.Struct, frozen=True):
    """https://github.com/nostr-protocol/nips/blob/master/11.md"""

    name: str | None = None
    software: str | None = None
    version: str | None = None


def summary_of(client: PoliteClient) -> str:
    """Say in a few words what answers here. No relay has to introduce itself."""
    try:
        answer = client.get_document("", headers={"Accept": "application/nostr+json"})
        said = msgspec.json.decode(answer.body, type=_Document)
    except (CollectorError, msgspec.DecodeError, UnicodeError, RecursionError):
        return "a relay; shows notes; does not say what it is"
    software = (said.software or "").rstrip("/").rpartition("/")[2].removesuffix(".git")
    words = " ".join(filter(None, (software, said.version)))
    return f"{_plain(said.name or 'a relay')} ({_plain(words or 'unknown software')}); shows notes"


def report_of_error(source: str, error: CollectorError) -> SourceReport:
    """Say what to do about an error."""
    match error:
        case RateLimitedError():
            remedy = "wait, and raise seconds_between_requests"
        case AccessRefusedError():
            remedy = "this relay wants a login or a payment: name another one in relays"
        case PayloadError():
            remedy = "see whether the address is that of a relay, as 'wss://nos.lol'"
        case _:
            remedy = "try again later; if it stays away, name another one in relays"
    return SourceReport(source, " ".join(str(error).split()), remedy)


def _plain(words: str) -> str:
    # The words go to terminals: no escape sequences, no second line.
    return "".join(c if c.isprintable() else " " for c in words)[:_MOST_LETTERS].strip()
