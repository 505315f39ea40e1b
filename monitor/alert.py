"""Decides which findings someone is told about now, and why now. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from analysis.findings import Finding, FindingKind
from monitor.config import AlertSettings


class Reason(StrEnum):
    """Why someone is told, or is not."""

    FIRST = "first"
    GREW = "grew"
    REPEAT = "repeat interval elapsed"
    RESOLVED = "resolved"
    BELOW = "below the threshold"
    FEW_AUTHORS = "too few authors"
    TOLD_ALREADY = "told already"
    TOO_OLD = "found too late: digest only"

    @property
    def tells(self) -> bool:
        """Whether a letter is written for this reason."""
        return self in _TELLING

    @property
    def sentence(self) -> str:
        """Say it to a person."""
        return _SENTENCES[self]


_TELLING = frozenset({Reason.FIRST, Reason.GREW, Reason.REPEAT, Reason.RESOLVED})

_SENTENCES = {
    Reason.FIRST: "It is new; nobody was told of it before.",
    Reason.GREW: "It has grown a good deal since the last letter about it.",
    Reason.REPEAT: "It still goes on, and the last letter about it was some time ago.",
    Reason.RESOLVED: "It is over.",
    Reason.BELOW: "It is not unusual enough for a letter.",
    Reason.FEW_AUTHORS: "Too few accounts take part for a letter.",
    Reason.TOLD_ALREADY: "A letter about it was sent, and little has changed since.",
    Reason.TOO_OLD: "It was over before it was found, so it stands in the digest only.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The last time that someone was told of a finding."""

    finding_key: str
    told_at: datetime
    score: float
    resolved: bool  # they were told that it is over
    posts: float | None = None  # how many posts they were told of


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether someone is told of a finding, and why now."""

    finding: Finding
    told: bool
    reason: Reason
    decided_at: datetime


def decide(
    finding: Finding, *, last: Told | None, settings: AlertSettings, now: datetime
) -> Decision:
    """Decide whether a finding is worth a letter. `last`: when someone was last told of it.

    What was told of another finding counts as nothing told.
    """
    if last is not None and last.finding_key != finding.key:
        last = None
    if finding.kind is FindingKind.SOURCE_TROUBLE and finding.to_at is not None:
        reason = _reason_at_the_end(last)
    else:
        reason = _obstacle(finding, settings, now) or _occasion(finding, last, settings, now)
        known = last is not None and not _grew(finding, last, by=settings.grew_by)
        if reason is Reason.TOO_OLD and known:
            reason = Reason.TOLD_ALREADY  # it was found in time, and has ended since
    return Decision(finding=finding, told=reason.tells, reason=reason, decided_at=now)


def _reason_at_the_end(last: Told | None) -> Reason:
    """Source trouble that is over: those who know of it are told once; the digest names it."""
    if last is None:
        return Reason.TOO_OLD
    return Reason.TOLD_ALREADY if last.resolved else Reason.RESOLVED


def _obstacle(finding: Finding, settings: AlertSettings, now: datetime) -> Reason | None:
    """Give what stands against a letter, whatever was told before."""
    if finding.kind is FindingKind.SOURCE_TROUBLE:
        enough = finding.score >= settings.source_trouble_after / timedelta(hours=1)
        return None if enough else Reason.BELOW
    if not finding.score >= settings.least_score:  # so that a score of NaN is no alarm
        return Reason.BELOW
    authors = finding.evidence.get("authors")
    if isinstance(authors, int | float) and authors < settings.min_authors:
        return Reason.FEW_AUTHORS
    if finding.to_at is not None and now - finding.to_at > settings.max_age:
        return Reason.TOO_OLD
    return None


def _occasion(
    finding: Finding, last: Told | None, settings: AlertSettings, now: datetime
) -> Reason:
    """Give why a letter is due now, or that none is."""
    if last is None:
        return Reason.FIRST
    if _grew(finding, last, by=settings.grew_by):
        return Reason.GREW
    if finding.to_at is None and now - last.told_at >= settings.repeat_after:
        return Reason.REPEAT
    return Reason.TOLD_ALREADY


def _grew(finding: Finding, last: Told, *, by: float) -> bool:
    """Tell whether a burst is much more than it was; hours of trouble grow by themselves."""
    if finding.kind is not FindingKind.BURST:
        return False
    posts = finding.evidence.get("posts")
    return _exceeds(finding.score, last.score, by=by) or (
        isinstance(posts, int | float)
        and last.posts is not None
        and _exceeds(posts, last.posts, by=by)
    )


def _exceeds(value: float, before: float, *, by: float) -> bool:
    return value > before and value >= by * before
