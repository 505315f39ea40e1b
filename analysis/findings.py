"""What analysis claims: one claim about one watch and one stretch of time, with its evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class FindingKind(StrEnum):
    """What is claimed."""

    BURST = "burst"  # more posts than the season explains
    COORDINATION = "coordination"  # accounts act together more often than chance explains
    PLATFORM = "new platform"  # it has reached a platform where it was not seen before
    COMMUNITY = "new community"  # it has reached accounts that had no part in it before
    NEWS = "news pick-up"  # several outlets write of it
    EMERGING = "emerging hashtag"  # a hashtag that nobody watches rises along with it
    SOURCE_TROUBLE = "source trouble"  # a source has not answered; what it would have shown is lost


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One claim. The same claim about the same onset has the same key, whenever it is made."""

    watch: str
    kind: FindingKind
    subject: str  # what it is about within the watch: '' for all of it, a source, platform, hashtag
    from_at: datetime
    to_at: datetime | None  # None while it goes on
    score: float  # surprise, -log10 of the chance; source trouble: hours missing
    # Plain values; of coordination also `told`, a list of its largest groups.
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Name the claim: watch, kind, subject and onset."""
        onset = self.from_at.isoformat()
        text = "\x1f".join((self.watch, self.kind, self.subject, onset))
        return hashlib.sha256(text.encode()).hexdigest()[:24]
