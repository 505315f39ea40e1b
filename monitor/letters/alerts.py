"""Writes the letter about one finding."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from analysis.findings import Finding, FindingKind
from monitor.alert import Decision, Reason
from monitor.config import Watch
from monitor.letters import limits, words
from monitor.letters.letter import Letter
from monitor.letters.pages import page, sentences

_MOST_AUTHORS = 5
_MOST_EXAMPLES = 3
_SENTENCES = {
    FindingKind.BURST: "burst_sentences.txt",
    FindingKind.SOURCE_TROUBLE: "trouble_sentences.txt",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFacts:
    """What a letter says beyond the finding itself."""

    once_in_days: float | None = None  # how rare this is; None: not known yet
    top_authors: tuple[tuple[str, int], ...] = ()  # their names here, how often they were active
    examples: tuple[str, ...] = ()  # texts of posts, as they were found
    coverage: float | None = None


def alert_letter(
    decision: Decision,
    *,
    watch: Watch,
    facts: AlertFacts,
    recipient: str,
    zone: ZoneInfo,
    now: datetime,
) -> Letter:
    """Tell one recipient of one finding: what, how unusual, who, which posts, and why now."""
    finding = decision.finding
    said = sentences(_SENTENCES[finding.kind], **_facts(decision, watch, facts, zone, now))
    content = {
        "said": said,
        "authors": [
            (words.clean(name), count) for name, count in facts.top_authors[:_MOST_AUTHORS]
        ],
        "examples": [words.masked(text) for text in facts.examples[:_MOST_EXAMPLES]],
        "command": report_command(
            finding.watch, since=finding.from_at, until=finding.to_at or now, zone=zone
        ),
        "mark": "calm" if decision.reason is Reason.RESOLVED else "alarm",
    }
    return Letter(
        key=f"alert:{finding.key}:{decision.reason}:{decision.decided_at.isoformat()}:{recipient}",
        recipient=recipient,
        subject=said["subject"],
        text=page("alert.txt", **content),
        html=page("alert.html", **content),
        references=f"finding:{finding.key}",
    )


def report_command(watch: str, *, since: datetime, until: datetime, zone: ZoneInfo) -> str:
    """Give the command that shows the same numbers."""
    return (
        f"gaung report {shlex.quote(words.clean(watch))} "
        f"--since {words.iso(since, zone)} --until {words.iso(until, zone)}"
    )


def quantity(finding: Finding, name: str) -> float | None:
    """Give a number from the evidence; None if the finding does not say."""
    value = finding.evidence.get(name)
    return value if isinstance(value, int | float) else None


def _facts(
    decision: Decision, watch: Watch, facts: AlertFacts, zone: ZoneInfo, now: datetime
) -> dict[str, Any]:
    """Give all that the sentences speak of."""
    finding = decision.finding
    end = finding.to_at or now
    posts, expected = quantity(finding, "posts"), quantity(finding, "expected")
    detail = finding.evidence.get("detail") or finding.evidence.get("reason")
    return {
        "watch": words.clean(watch.name),
        "hashtags": " ".join(f"#{words.clean(tag.lstrip('#'))}" for tag in watch.hashtags),
        "source": words.clean(finding.subject),
        "reason": decision.reason.name,
        "because": decision.reason.sentence,
        "ongoing": finding.to_at is None,
        "started": words.at(finding.from_at, zone),
        "stretch": words.stretch(finding.from_at, end, zone),
        "hours": words.hours(end - finding.from_at),
        "decided": words.at(decision.decided_at, zone),
        "made": words.at(now, zone),
        "posts": posts,
        "expected": expected,
        "times": limits.times_usual(posts, expected, facts.coverage),
        "authors": quantity(finding, "authors"),
        "once_in_days": facts.once_in_days,
        "share": facts.coverage,
        "comparable": limits.is_comparable(facts.coverage),
        "unknown": limits.is_unknown(facts.coverage),
        "missing_hours": finding.score,
        "detail": words.clean(detail) if isinstance(detail, str) else None,
    }
