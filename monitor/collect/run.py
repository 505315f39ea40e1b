"""What a collection run is while it goes on, and when it has ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


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


@dataclass(frozen=True, slots=True)
class End:
    """How a run ended: its verdict, and the reason for what is missing."""

    verdict: str
    missing: str | None = None
    detail: str | None = None
    retry_at: datetime | None = None
