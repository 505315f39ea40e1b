"""What a collection run is while it goes on, and when it has ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor import secrets


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


@dataclass(frozen=True, slots=True)
class End:
    """How a run ended: its verdict, and the reason for what is missing."""

    verdict: str
    missing: str | None = None
    detail: str | None = None
    retry_at: datetime | None = None
