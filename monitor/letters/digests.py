"""Writes the letter at a fixed time: all watches, what was found, and what was not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from analysis.findings import Finding, FindingKind
from monitor.alert import Decision, Reason
from monitor.charts import Curve, png, volume_svg
from monitor.letters import limits, words
from monitor.letters.changes import change_lines, ended_lines
from monitor.letters.facts import chart_alt, chart_words, finding_line, report_command
from monitor.letters.groups import GroupTold, group_content
from monitor.letters.joined import burst_facts, span_facts
from monitor.letters.language import Speech, speech
from monitor.letters.letter import Letter, Picture
from monitor.letters.pages import page, sentences
from monitor.letters.rows import DigestRow, badness, is_unknown, row_content
from monitor.reader import Reader

MOST_LINES = 10
_MOST_COMMANDS = 3
MOST_CHARTS = 3
_MOST_TOGETHER = 3
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class GapLine:
    """A time that is missing, and why."""

    source: str
    hashtag: str
    since: datetime
    until: datetime | None  # None while it goes on
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached:
    """A source that failed to answer: how often, when last, and what it said."""

    source: str
    runs: int
    last_at: datetime
    detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """All that one digest tells."""

    since: datetime
    until: datetime
    rows: tuple[DigestRow, ...]
    alerts: tuple[Decision, ...]
    troubles: tuple[Unreached, ...]
    gaps: tuple[GapLine, ...]
    version: str
    findings: tuple[Finding, ...] = ()  # that were told before, or go on
    groups: tuple[tuple[Finding, tuple[GroupTold, ...]], ...] = ()  # that act together
    resolved: tuple[Finding, ...] = ()  # over in the reader's quiet hours, and not told
    left_out: datetime | None = None  # from here to `since` no digest tells

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is worth a letter: nothing found, and all of it observed."""
        return not (
            self.alerts
            or self.troubles
            or self.gaps
            or self.resolved
            or self.left_out
            or any(row.bursts or not limits.is_comparable(row.coverage) for row in self.rows)
        )


def digest_letter(digest: Digest, *, reader: Reader, now: datetime) -> Letter:
    """Tell one reader how all watches stand. The subject carries the verdict."""
    language = speech(reader.language)
    rows = sorted(digest.rows, key=badness)
    shown = rows[:MOST_LINES]
    decisions = _one_per_finding(digest.alerts)
    said = sentences(
        "digest_sentences.txt", language, **_facts(digest, rows, decisions, reader, language, now)
    )
    said |= _rest(digest, rows, decisions, language)
    drawn = [row for row in shown if row.curve is not None][:MOST_CHARTS]
    content = {
        "said": said,
        "rows": [row_content(row, language) for row in shown],
        "charts": [_chart(row, reader, language) for row in drawn],
        "found": [_found(one, reader, language, now) for one in decisions[:MOST_LINES]],
        "coordination": [
            _together(finding, groups, reader, language, now)
            for finding, groups in digest.groups[:_MOST_TOGETHER]
        ],
        "changed": change_lines(digest.findings, rows, digest.since, reader, language, now),
        "resolved": ended_lines(digest.resolved, reader, language, now),
        "troubles": [_unreached(one, reader, language) for one in digest.troubles[:MOST_LINES]],
        "gaps": [_gap(gap, reader, language) for gap in digest.gaps[:MOST_LINES]],
        "commands": [
            report_command(row.watch, since=digest.since, until=digest.until, zone=reader.zone)
            for row in shown[:_MOST_COMMANDS]
        ],
    }
    return Letter(
        key=digest_key(reader, digest.until),
        recipient=reader.address,
        subject=said["subject"],
        text=page("digest.txt", language, **content),
        html=page("digest.html", language, **content),
        references=None,
        pictures=tuple(_picture(row, reader, language) for row in drawn),
    )


def _together(
    finding: Finding, groups: Sequence[GroupTold], reader: Reader, language: Speech, now: datetime
) -> dict[str, Any]:
    """Say who acted together in a watch."""
    said = finding_line(finding, Reason.FIRST, reader=reader, language=language, now=now)
    return {"line": said["what"], "groups": group_content(groups, language, reader.zone)}


def digest_key(reader: Reader, until: datetime) -> str:
    """Name the digest of one reader and one day of their calendar."""
    return f"digest:{reader.address}:{until.astimezone(reader.zone).date().isoformat()}"


def _rest(
    digest: Digest, rows: list[DigestRow], decisions: list[Decision], language: Speech
) -> dict[str, str]:
    """Say how much more there is than the lists show."""
    rest = rows[MOST_LINES:]
    return sentences(
        "rest_sentences.txt",
        language,
        rows=len(rest),
        bursts=sum(row.bursts for row in rest),
        decisions=max(0, len(decisions) - MOST_LINES),
        gaps=max(0, len(digest.gaps) - MOST_LINES),
        troubles=max(0, len(digest.troubles) - MOST_LINES),
    )


def _picture_name(row: DigestRow) -> str:
    return words.safe_name(row.watch)


def _picture(row: DigestRow, reader: Reader, language: Speech) -> Picture:
    curve = _curve(row)
    labels = chart_words(language, reader.zone)
    return Picture(name=_picture_name(row), png=png(volume_svg(curve, labels, reader.zone)))


def _curve(row: DigestRow) -> Curve:
    if row.curve is None:
        raise ValueError(f"{row.watch} has nothing to draw")
    return row.curve


def _chart(row: DigestRow, reader: Reader, language: Speech) -> dict[str, str]:
    return {
        "watch": words.clean(row.watch, limit=60),
        "name": _picture_name(row),
        "alt": chart_alt(_curve(row), row.watch, language, reader.zone),
    }


def _one_per_finding(decisions: tuple[Decision, ...]) -> list[Decision]:
    """Keep the last letter about each finding, or else the last decision; told ones first.

    A letter that quiet hours held back was a letter to others.
    """
    ordered = sorted(decisions, key=lambda d: (d.told, d.reason is Reason.HELD, d.decided_at))
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
    reader: Reader,
    language: Speech,
    now: datetime,
) -> dict[str, Any]:
    """Give all that the digest's own sentences speak of."""
    bursts = burst_facts(decisions, reader, language)
    known = [row for row in rows if not is_unknown(row)]
    covered = [row for row in rows if row.coverage is not None]
    least = min(covered, key=lambda row: row.coverage or 0.0, default=None)
    before = [row.posts_before for row in rows]
    return {
        "watches": len(rows),
        "unknown": len(rows) - len(known),
        "partial": sum(not limits.is_comparable(row.coverage) for row in known),
        "bursts": max(bursts["counted"], sum(row.bursts for row in rows)),
        "worst": None if _is_named(rows, bursts) else _worst(rows, language),
        "posts": sum(row.posts or 0 for row in known) if known else None,
        "posts_before": None if None in before else sum(n or 0 for n in before),
        "troubles": len(digest.troubles),
        "gaps": len(digest.gaps),
        "learning": ", ".join(sorted({words.clean(s) for row in rows for s in row.learning})),
        "least_watch": words.clean(least.watch) if least else None,
        "least_share": least.coverage if least else None,
        "ended": sum(one.to_at is not None for one in digest.findings),
        "days": round((digest.until - digest.since) / _DAY),
        "day": language.day(digest.until, reader.zone),
        "stretch": language.stretch(digest.since, digest.until, reader.zone),
        "made": language.at(now, reader.zone),
        "version": words.clean(digest.version),
        **bursts,
        **span_facts(digest.since, digest.until, digest.left_out, reader, language),
    }


def _is_named(rows: list[DigestRow], bursts: dict[str, Any]) -> bool:
    """Return whether the subject names the worst watch already, for a burst that was found late."""
    worst = words.clean(rows[0].watch, limit=40) if rows else None
    return bool(bursts["late_leads"]) and worst == bursts["late_watch"]


def _worst(rows: list[DigestRow], language: Speech) -> str | None:
    """Name the watch that is farthest above its usual, if one has a burst: `#X 4×`."""
    for row in rows[:1]:
        times = limits.times_usual(row.posts, row.expected, row.coverage)
        if row.bursts and times is not None and times >= 1.15:
            return f"{words.clean(row.watch, limit=40)} {language.number(times)}×"
    return None


def _found(decision: Decision, reader: Reader, language: Speech, now: datetime) -> dict[str, str]:
    said = finding_line(
        decision.finding, decision.reason, reader=reader, language=language, now=now
    )
    marks = sentences("letter_marks.txt", language)
    said["mark"] = marks["told" if decision.told else "untold"]
    said["tint"] = "alarm" if decision.told else "doubt"
    return said


def _unreached(one: Unreached, reader: Reader, language: Speech) -> str:
    return sentences(
        "unreached_sentences.txt",
        language,
        source=words.clean(one.source),
        runs=one.runs,
        last=language.at(one.last_at, reader.zone),
        detail=words.clean(one.detail) if one.detail else None,
    )["line"]


def _gap(gap: GapLine, reader: Reader, language: Speech) -> dict[str, str]:
    return sentences(
        "gap_sentences.txt",
        language,
        source=words.clean(gap.source),
        hashtag=words.clean(gap.hashtag),
        because=words.clean(gap.reason),
        started=language.at(gap.since, reader.zone),
        stretch=(
            None if gap.until is None else language.stretch(gap.since, gap.until, reader.zone)
        ),
    )
