"""What a collection run is while it goes on, and when it has ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from monitor import secrets
from monitor.ledger import Stretch


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """One run, as it is logged and shown."""

    task: str
    source: str
    hashtag: str | None
    verdict: str
    pages: int = 0
    received: int = 0
    new: int = 0
    updated: int = 0
    rejected: int = 0
    detail: str | None = None
    retry_at: datetime | None = None  # not before this, says the source

    def __post_init__(self) -> None:
        """Blank secrets in the words of a source, which may repeat what it was sent."""
        object.__setattr__(self, "detail", self.detail and secrets.redact(self.detail))


@dataclass(slots=True)
class Progress:
    """How far a run has come."""

    pages: int = 0
    received: int = 0
    new: int = 0
    updated: int = 0
    rejected: int = 0
    reached: datetime | None = None  # all that was posted since then has been read
    cursor: str | None = None
    beyond: str | None = None  # why the source gives nothing older
    asked_since: datetime | None = None  # None: the source was asked for all that it has
    shown_to: datetime | None = None  # the source proves that it has shown all till then
    holes: list[Stretch] = field(default_factory=list)  # what it did not give of what was read
    is_blind: bool = False  # nothing of the last page could be read: how far it reached is unknown

    def top(self, until: datetime) -> datetime:
        """Return up to when all was read, of what was to be read until then."""
        return until if self.shown_to is None else min(until, self.shown_to)


@dataclass(frozen=True, slots=True)
class End:
    """How a run ended: its verdict, and the reason for what is missing."""

    verdict: str
    missing: str | None = None
    detail: str | None = None
    retry_at: datetime | None = None
