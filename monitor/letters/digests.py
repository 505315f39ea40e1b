"""Writes the letter at a fixed time: all watches, what was found, and what was not seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from analysis.findings import FindingKind
from monitor.alert import Decision
from monitor.letters import limits, words
from monitor.letters.alerts import quantity, report_command
from monitor.letters.letter import Letter
from monitor.letters.pages import page, sentences

_MOST_LINES = 10
_MOST_COMMANDS = 3
_BAR_STEP = 3  # pixels per level of a sparkline's bar


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestRow:
    """One watch in the digest's time. None is unknown, never zero."""

    watch: str
    posts: int | None
    expected: float | None
    authors: int | None
    repost_share: float | None
    coverage: float | None
    series: tuple[int | None, ...]  # posts per hour
    bursts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GapLine:
    """A time that is missing, and why."""

    source: str
    hashtag: str
    since: datetime
    until: datetime | None  # None while it goes on
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """All that one digest tells."""

    since: datetime
    until: datetime
    rows: tuple[DigestRow, ...]
    alerts: tuple[Decision, ...]
    troubles: tuple[str, ...]  # sources that were not reached, in a sentence each
    gaps: tuple[GapLine, ...]
    version: str


def digest_letter(digest: Digest, *, recipient: str, zone: ZoneInfo, now: datetime) -> Letter:
    """Tell one recipient how all watches stand. The subject carries the verdict."""
    rows = sorted(digest.rows, key=_badness)
    shown, rest = rows[:_MOST_LINES], rows[_MOST_LINES:]
    decisions = _one_per_finding(digest.alerts)
    said = sentences("digest_sentences.txt", **_facts(digest, rows, decisions, zone, now))
    said |= sentences(
        "rest_sentences.txt",
        rows=len(rest),
        bursts=sum(row.bursts for row in rest),
        decisions=max(0, len(decisions) - _MOST_LINES),
        gaps=max(0, len(digest.gaps) - _MOST_LINES),
        troubles=max(0, len(digest.troubles) - _MOST_LINES),
    )
    content = {
        "said": said,
        "rows": [_row(row) for row in shown],
        "found": [_found(decision, zone, now) for decision in decisions[:_MOST_LINES]],
        "troubles": [words.clean(trouble) for trouble in digest.troubles[:_MOST_LINES]],
        "gaps": [_gap(gap, zone) for gap in digest.gaps[:_MOST_LINES]],
        "commands": [
            report_command(row.watch, since=digest.since, until=digest.until, zone=zone)
            for row in shown[:_MOST_COMMANDS]
        ],
    }
    return Letter(
        key=f"digest:{recipient}:{digest.until.astimezone(zone).date().isoformat()}",
        recipient=recipient,
        subject=said["subject"],
        text=page("digest.txt", **content),
        html=page("digest.html", **content),
        references=None,
    )


def _badness(row: DigestRow) -> tuple[int, int, float, str]:
    """Sort worst first: bursts, then what is hard to judge, then the farthest above usual."""
    times = limits.times_usual(row.posts, row.expected, row.coverage)
    known = (not _is_unknown(row)) + limits.is_comparable(row.coverage)
    return (-row.bursts, known, -(times or 0.0), row.watch)


def _is_unknown(row: DigestRow) -> bool:
    return row.posts is None or limits.is_unknown(row.coverage)


def _one_per_finding(decisions: tuple[Decision, ...]) -> list[Decision]:
    """Keep the last letter about each finding, or else the last decision; told ones first."""
    ordered = sorted(decisions, key=lambda decision: (decision.told, decision.decided_at))
    last = {decision.finding.key: decision for decision in ordered}
    return sorted(
        last.values(),
        key=lambda decision: (
            not decision.told,
            decision.finding.kind is not FindingKind.BURST,
            -decision.finding.score,
            decision.finding.key,
        ),
    )


def _facts(
    digest: Digest,
    rows: list[DigestRow],
    decisions: list[Decision],
    zone: ZoneInfo,
    now: datetime,
) -> dict[str, Any]:
    """Give all that the digest's own sentences speak of."""
    told = [d for d in decisions if d.told and d.finding.kind is FindingKind.BURST]
    known = [row for row in rows if not _is_unknown(row)]
    covered = [row for row in rows if row.coverage is not None]
    least = min(covered, key=lambda row: row.coverage or 0.0, default=None)
    return {
        "watches": len(rows),
        "unknown": len(rows) - len(known),
        "partial": sum(not limits.is_comparable(row.coverage) for row in known),
        "bursts": max(len(told), sum(row.bursts for row in rows)),
        "attention": len(told),
        "names": ", ".join(dict.fromkeys(words.clean(d.finding.watch) for d in told[:3])),
        "posts": sum(row.posts or 0 for row in known) if known else None,
        "troubles": len(digest.troubles),
        "gaps": len(digest.gaps),
        "least_watch": words.clean(least.watch) if least else None,
        "least_share": least.coverage if least else None,
        "day": words.day(digest.until, zone),
        "stretch": words.stretch(digest.since, digest.until, zone),
        "made": words.at(now, zone),
        "version": words.clean(digest.version),
    }


def _row(row: DigestRow) -> dict[str, Any]:
    """Give one watch as both tables show it."""
    series = words.shorten(row.series)
    known = [value for value in series if value is not None]
    unknown, comparable = _is_unknown(row), limits.is_comparable(row.coverage)
    said = sentences(
        "row_sentences.txt",
        row=row,
        unknown=unknown,
        comparable=comparable,
        times=limits.times_usual(row.posts, row.expected, row.coverage),
        cells=len(series),
        gap_cells=len(series) - len(known),
        least=min(known, default=None),
        most=max(known, default=None),
    )
    return {
        "watch": words.clean(row.watch, limit=60),
        "said": said,
        "mark": "alarm" if row.bursts else "calm" if comparable and not unknown else "doubt",
        "line": words.sparkline(series),
        "bars": [
            None if level is None else 1 + _BAR_STEP * level for level in words.levels(series)
        ],
    }


def _found(decision: Decision, zone: ZoneInfo, now: datetime) -> dict[str, str]:
    finding = decision.finding
    return sentences(
        "found_sentences.txt",
        watch=words.clean(finding.watch),
        kind=finding.kind.name,
        source=words.clean(finding.subject),
        told=decision.told,
        because=decision.reason.sentence,
        ongoing=finding.to_at is None,
        started=words.at(finding.from_at, zone),
        stretch=words.stretch(finding.from_at, finding.to_at or now, zone),
        posts=quantity(finding, "posts"),
        expected=quantity(finding, "expected"),
        missing_hours=finding.score,
    )


def _gap(gap: GapLine, zone: ZoneInfo) -> dict[str, str]:
    return sentences(
        "gap_sentences.txt",
        source=words.clean(gap.source),
        hashtag=words.clean(gap.hashtag),
        because=words.clean(gap.reason),
        started=words.at(gap.since, zone),
        stretch=None if gap.until is None else words.stretch(gap.since, gap.until, zone),
    )
