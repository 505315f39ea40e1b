"""Decides which findings someone is told about now, and why now. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from analysis.findings import Finding, FindingKind
from monitor.config import AlertSettings


class Reason(StrEnum):
    """Why someone is told, or is not."""

    FIRST = "first"
    NEW_KIND = "new kind"
    GREW = "grew"
    REPEAT = "repeat interval elapsed"
    RESOLVED = "resolved"
    ENDED = "resolved: digest only"
    BELOW = "below the threshold"
    FEW_AUTHORS = "too few authors"
    TOLD_ALREADY = "told already"
    TOO_OLD = "found too late: digest only"
    SILENCED = "silenced"
    ACKNOWLEDGED = "acknowledged"
    HELD = "held in quiet hours"  # from one recipient; never stored

    @property
    def tells(self) -> bool:
        """Whether a letter is written for this reason."""
        return self in _TELLING


_TELLING = frozenset({Reason.FIRST, Reason.NEW_KIND, Reason.GREW, Reason.REPEAT, Reason.RESOLVED})
# The first of them leads a letter about several findings.
PRECEDENCE = (
    FindingKind.BURST,
    FindingKind.COORDINATION,
    FindingKind.NEWS,
    FindingKind.PLATFORM,
    FindingKind.COMMUNITY,
    FindingKind.EMERGING,
    FindingKind.SOURCE_TROUBLE,
)
# These are judged by how surprising they are; all others are found or not.
_SURPRISES = frozenset({FindingKind.BURST, FindingKind.EMERGING})
# These are told again while they go on.
_REPEATED = frozenset({FindingKind.BURST, FindingKind.COORDINATION, FindingKind.SOURCE_TROUBLE})
# Told once: it has happened, and it neither grows nor ends.
_EVENTS = frozenset({FindingKind.NEWS, FindingKind.PLATFORM, FindingKind.COMMUNITY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The last time that someone was told of a finding."""

    finding_key: str
    told_at: datetime
    score: float
    resolved: bool  # they were told that it is over
    posts: float | None = None  # how many posts they were told of
    peak: float | None = None  # times the usual in its busiest hour, as they were told


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """No letters about a watch for some time, by word of the operator."""

    watch: str  # '*': every watch
    from_at: datetime
    until: datetime
    why: str

    def holds(self, watch: str, now: datetime) -> bool:
        """Tell whether it holds for a watch now."""
        return self.watch in ("*", watch) and self.from_at <= now < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a finding's past when it is decided about."""

    last: Told | None = None  # when someone was last told of it
    acknowledged: bool = False  # somebody said that they know, and need no repetition
    silence: Silence | None = None
    group: frozenset[FindingKind] = frozenset()  # kinds told of this watch that still go on


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether someone is told of a finding, and why now."""

    finding: Finding
    told: bool
    reason: Reason
    decided_at: datetime


_NOTHING = Standing()


def decide(
    finding: Finding,
    *,
    standing: Standing = _NOTHING,
    settings: AlertSettings,
    now: datetime,
) -> Decision:
    """Decide whether a finding is worth a letter.

    What was told of another finding counts as nothing told. A silence is looked at last, so that
    the list of decisions says what it has kept back.
    """
    last = standing.last
    if last is not None and last.finding_key != finding.key:
        standing = replace(standing, last=None, acknowledged=False)
    reason = _reason(finding, standing, settings, now)
    if reason.tells and standing.silence is not None:
        reason = Reason.SILENCED
    return Decision(finding=finding, told=reason.tells, reason=reason, decided_at=now)


def _reason(finding: Finding, standing: Standing, settings: AlertSettings, now: datetime) -> Reason:
    last = standing.last
    if finding.kind is FindingKind.SOURCE_TROUBLE and finding.to_at is not None:
        return _reason_at_the_end(last)
    reason = _obstacle(finding, settings, now) or _occasion(finding, standing, settings, now)
    known = last is not None and not _grew(finding, last, by=settings.grew_by)
    if reason is Reason.TOO_OLD and known:
        reason = Reason.TOLD_ALREADY  # it was found in time, and has ended since
    ended = finding.to_at is not None and finding.kind not in _EVENTS
    if reason is Reason.TOLD_ALREADY and ended and last is not None and not last.resolved:
        return Reason.RESOLVED if settings.tell_end else Reason.ENDED
    return reason


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
    # "Not at least", so that a score of NaN is no alarm.
    if finding.kind in _SURPRISES and not finding.score >= settings.least_score:
        return Reason.BELOW
    authors = finding.evidence.get("authors")
    if isinstance(authors, int | float) and authors < settings.min_authors:
        return Reason.FEW_AUTHORS
    if finding.to_at is not None and now - finding.to_at > settings.max_age:
        return Reason.TOO_OLD
    return None


def _occasion(
    finding: Finding, standing: Standing, settings: AlertSettings, now: datetime
) -> Reason:
    """Give why a letter is due now, or that none is."""
    last = standing.last
    if last is None:
        is_more = bool(standing.group) and finding.kind not in standing.group
        return Reason.NEW_KIND if is_more else Reason.FIRST
    if _grew(finding, last, by=settings.grew_by):
        return Reason.GREW
    overdue = now - last.told_at >= settings.repeat_after
    if finding.to_at is None and overdue and finding.kind in _REPEATED:
        return Reason.ACKNOWLEDGED if standing.acknowledged else Reason.REPEAT
    return Reason.TOLD_ALREADY


def _grew(finding: Finding, last: Told, *, by: float) -> bool:
    """Tell whether a burst is much more than it was; hours of trouble grow by themselves."""
    if finding.kind not in (FindingKind.BURST, FindingKind.COORDINATION):
        return False
    peak = finding.evidence.get("peak_times")
    if isinstance(peak, int | float) and last.peak is not None:
        # Posts and surprise add up as long as it lasts; it has grown when it got faster.
        return _exceeds(peak, last.peak, by=by)
    posts = finding.evidence.get("posts")
    return _exceeds(finding.score, last.score, by=by) or (
        isinstance(posts, int | float)
        and last.posts is not None
        and _exceeds(posts, last.posts, by=by)
    )


def _exceeds(value: float, before: float, *, by: float) -> bool:
    return value > before and value >= by * before


def grouped(decisions: Iterable[Decision]) -> list[tuple[Decision, ...]]:
    """Put what is told of one watch into one letter, what matters most first."""
    watches: dict[str, list[Decision]] = {}
    for decision in decisions:
        if decision.told:
            watches.setdefault(decision.finding.watch, []).append(decision)
    return [tuple(sorted(group, key=_weight)) for group in watches.values()]


def letters_of(groups: Iterable[tuple[Decision, ...]]) -> list[tuple[Decision, ...]]:
    """Give what goes into each letter to one recipient: a group each, but one for all sources.

    A source that does not answer is missing in every watch that reads it: it is told once.
    """
    letters: list[tuple[Decision, ...]] = []
    troubles: list[Decision] = []
    for group in groups:
        if group[0].finding.kind is FindingKind.SOURCE_TROUBLE:
            troubles.extend(group)
        else:
            letters.append(group)
    return [*letters, tuple(troubles)] if troubles else letters


def _weight(decision: Decision) -> tuple[bool, int, float, str]:
    finding = decision.finding
    over = decision.reason is Reason.RESOLVED
    return (over, PRECEDENCE.index(finding.kind), -finding.score, finding.key)


def past_quiet(
    held: Sequence[Decision], going_on: Iterable[Finding], *, now: datetime
) -> tuple[list[Decision], list[Decision]]:
    """Part what quiet hours have held back: what is still to be told, and what resolved meanwhile.

    Of several decisions about one finding the first gives the reason, and the finding is told as
    it is now. held: oldest first.
    """
    current = {finding.key: finding for finding in going_on}
    first: dict[str, Decision] = {}
    for decision in held:
        first.setdefault(decision.finding.key, decision)
    still, over = [], []
    for key, decision in first.items():
        happened = decision.finding.kind in _EVENTS or decision.reason is Reason.RESOLVED
        if key in current:
            still.append(replace(decision, finding=current[key], decided_at=now))
        elif happened:
            still.append(replace(decision, decided_at=now))
        else:
            over.append(decision)
    return still, over
