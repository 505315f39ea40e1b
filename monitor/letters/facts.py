"""What letters say of a finding, in the words that templates choose from."""

from __future__ import annotations

import shlex
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from analysis.findings import Finding
from monitor.alert import Reason
from monitor.charts import ChartWords, Curve
from monitor.letters import words
from monitor.letters.language import Speech, speech
from monitor.letters.pages import sentences
from monitor.reader import Reader


def report_command(
    watch: str, *, since: datetime, until: datetime, zone: ZoneInfo, name: str = "report"
) -> str:
    """Give the command that shows the same numbers."""
    return (
        f"gaung {name} {shlex.quote(words.clean(watch))} "
        f"--since {words.iso(since, zone)} --until {words.iso(until, zone)}"
    )


def quantity(finding: Finding, name: str) -> float | None:
    """Give a number from the evidence; None if the finding does not say."""
    value = finding.evidence.get(name)
    return value if isinstance(value, int | float) else None


def finding_facts(
    finding: Finding, reason: Reason, *, language: Speech, zone: ZoneInfo, now: datetime
) -> dict[str, Any]:
    """Give what the line about a finding speaks of."""
    return {
        "kind": finding.kind.name,
        "subject": words.clean(finding.subject),
        "reason": reason.name,
        "ongoing": finding.to_at is None,
        "started": language.at(finding.from_at, zone),
        "stretch": language.stretch(finding.from_at, finding.to_at or now, zone),
        "posts": quantity(finding, "posts"),
        "expected": quantity(finding, "expected"),
        "authors": quantity(finding, "authors"),
        "accounts": quantity(finding, "accounts"),
        "groups": quantity(finding, "groups"),
        "largest": quantity(finding, "largest"),
        "outlets": quantity(finding, "outlets"),
        "missing_hours": finding.score,
    }


def finding_line(
    finding: Finding, reason: Reason, *, reader: Reader, language: Speech, now: datetime
) -> dict[str, str]:
    """Say a finding in a line: what, when, and why it was told or not."""
    facts = finding_facts(finding, reason, language=language, zone=reader.zone, now=now)
    return sentences("finding_sentences.txt", language, f=facts, watch=words.clean(finding.watch))


def reason_words(reason: Reason, code: str) -> str:
    """Say to a person why they are told, or not."""
    return sentences("reason_sentences.txt", speech(code), reason=reason.name)["why"]


def chart_words(language: Speech, zone: ZoneInfo) -> ChartWords:
    """Give the words on a chart."""
    said = sentences("chart_sentences.txt", language, c=None)
    return ChartWords(
        usual=said["usual"],
        burst=said["burst"],
        unobserved=said["unobserved"],
        number=language.number,
        time=lambda moment: language.hour(moment, zone),
        day=lambda moment: language.short_day(moment, zone),
    )


def chart_alt(curve: Curve, watch: str, language: Speech, zone: ZoneInfo) -> str:
    """Say what a chart shows, for those who do not see it."""
    known = [
        (posts, start)
        for posts, start in zip(curve.posts, curve.starts, strict=True)
        if posts is not None
    ]
    expected = [value for value in curve.expected if value is not None]
    peak = max(known, key=lambda pair: pair[0], default=None)
    facts = {
        "watch": words.clean(watch),
        "stretch": language.stretch(curve.starts[0], curve.until, zone),
        "least": min((posts for posts, _ in known), default=None),
        "most": peak[0] if peak else None,
        "peak": language.at(peak[1], zone) if peak else None,
        "usual": sum(expected) / len(expected) if expected else None,
        "missing": len(curve.posts) - len(known),
        "windows": len(curve.posts),
    }
    return sentences("chart_sentences.txt", language, c=facts)["alt"]
