"""Writes the letter about what was found in one watch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analysis.findings import Finding, FindingKind
from monitor.alert import Decision, Reason
from monitor.charts import Curve, png, volume_svg
from monitor.config import Watch
from monitor.letters import limits, words
from monitor.letters.facts import (
    chart_alt,
    chart_words,
    finding_facts,
    finding_line,
    quantity,
    report_command,
)
from monitor.letters.groups import GroupTold, group_content
from monitor.letters.language import Speech, speech
from monitor.letters.letter import Letter, Picture
from monitor.letters.pages import page, sentences
from monitor.reader import Reader
from monitor.sparkline import sparkline

_MOST_AUTHORS = 5
_MOST_EXAMPLES = 3
_MOST_LINES = 10
_SENTENCES = {
    FindingKind.BURST: "burst_sentences.txt",
    FindingKind.COORDINATION: "coordination_sentences.txt",
    FindingKind.PLATFORM: "platform_sentences.txt",
    FindingKind.COMMUNITY: "community_sentences.txt",
    FindingKind.NEWS: "news_sentences.txt",
    FindingKind.EMERGING: "emerging_sentences.txt",
    FindingKind.SOURCE_TROUBLE: "trouble_sentences.txt",
}
_FLAT, _GROWN = 1.0, 3.0  # surprise of the accounts: one chance in ten, one in a thousand


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFacts:
    """What a letter says beyond the findings themselves."""

    once_in_days: float | None = None  # how rare this is; None: not known yet
    top_authors: tuple[tuple[str, int], ...] = ()  # their names here, how often they were active
    examples: tuple[str, ...] = ()  # texts of posts, as they were found
    coverage: float | None = None
    curve: Curve | None = None  # posts over time
    groups: tuple[GroupTold, ...] = ()  # that act together


def alert_letter(
    decisions: Sequence[Decision],
    *,
    watch: Watch,
    facts: AlertFacts,
    reader: Reader,
    now: datetime,
    thread: str,
    resolved: Sequence[Finding] = (),
) -> Letter:
    """Tell one reader what was found in a watch: what, how unusual, who, which posts, why now.

    The first decision leads; `resolved` is over since it was held back in the reader's quiet hours.
    """
    first, *others = decisions
    finding, language = first.finding, speech(reader.language)
    names = [one.finding.watch for one in others if _is_trouble(one)] if _is_trouble(first) else []
    told = _facts(first, watch, names, facts, reader, language, now)
    said = sentences("alert_sentences.txt", language, **told)
    said |= sentences(_SENTENCES[finding.kind], language, **told)
    name = f"{finding.key}-posts"
    alt = None if facts.curve is None else chart_alt(facts.curve, watch.name, language, reader.zone)
    content = {
        "said": said,
        "also": [_also(other, watch, reader, language, now) for other in others[:_MOST_LINES]],
        "resolved": [_over(one, reader, language, now) for one in resolved[:_MOST_LINES]],
        "groups": group_content(facts.groups, language, reader.zone),
        "chart": name if facts.curve else None,
        "chart_alt": alt,
        "chart_line": sparkline(words.shorten(facts.curve.posts)) if facts.curve else "",
        "authors": [
            (words.clean(name), count) for name, count in facts.top_authors[:_MOST_AUTHORS]
        ],
        "examples": [words.masked(text) for text in facts.examples[:_MOST_EXAMPLES]],
        "command": report_command(
            finding.watch,
            since=finding.from_at,
            until=finding.to_at or now,
            zone=reader.zone,
            name="coordination" if finding.kind is FindingKind.COORDINATION else "report",
        ),
        "mark": "calm" if first.reason is Reason.RESOLVED else "alarm",
    }
    at = first.decided_at.isoformat()
    return Letter(
        key=f"alert:{finding.key}:{first.reason}:{at}:{reader.address}",
        recipient=reader.address,
        subject=said["subject"],
        text=page("alert.txt", language, **content),
        html=page("alert.html", language, **content),
        references=thread,
        pictures=(_picture(name, facts.curve, reader, language),) if facts.curve else (),
    )


def _picture(name: str, curve: Curve, reader: Reader, language: Speech) -> Picture:
    labels = chart_words(language, reader.zone)
    return Picture(name=name, png=png(volume_svg(curve, labels, reader.zone)))


def _is_trouble(decision: Decision) -> bool:
    return decision.finding.kind is FindingKind.SOURCE_TROUBLE


def _also(decision: Decision, watch: Watch, reader: Reader, language: Speech, now: datetime) -> str:
    """Say in a line what else there is, and why now."""
    said = finding_line(
        decision.finding, decision.reason, reader=reader, language=language, now=now
    )
    line = said["line" if decision.finding.watch == watch.name else "what"]
    return f"{line} · {said['when']}. {said['why']}"


def _over(finding: Finding, reader: Reader, language: Speech, now: datetime) -> str:
    said = finding_line(finding, Reason.ENDED, reader=reader, language=language, now=now)
    return f"{said['what']} · {said['when']}"


def _facts(
    decision: Decision,
    watch: Watch,
    others: Sequence[str],
    facts: AlertFacts,
    reader: Reader,
    language: Speech,
    now: datetime,
) -> dict[str, Any]:
    """Give all that the sentences speak of."""
    finding, zone = decision.finding, reader.zone
    posts, expected = quantity(finding, "posts"), quantity(finding, "expected")
    detail = finding.evidence.get("detail") or finding.evidence.get("reason")
    return {
        "f": finding_facts(finding, decision.reason, language=language, zone=zone, now=now),
        "watch": words.clean(", ".join(dict.fromkeys((watch.name, *others)))),
        "hashtags": " ".join(f"#{words.clean(tag.lstrip('#'))}" for tag in watch.hashtags),
        "decided": language.at(decision.decided_at, zone),
        "made": language.at(now, zone),
        "posts": posts,
        "expected": expected,
        "times": limits.times_usual(posts, expected, facts.coverage),
        "authors": quantity(finding, "authors"),
        "accounts": quantity(finding, "accounts"),
        "outlets": quantity(finding, "outlets"),
        "lag": quantity(finding, "lag_hours"),
        "once_in_days": facts.once_in_days,
        "authors_note": _authors_note(quantity(finding, "author_score")),
        "doubling": quantity(finding, "doubling_hours"),
        "share": facts.coverage,
        "comparable": limits.is_comparable(facts.coverage),
        "unknown": limits.is_unknown(facts.coverage),
        "detail": words.clean(detail) if isinstance(detail, str) else None,
    }


def _authors_note(surprise: float | None) -> str | None:
    """Tell whether the accounts have grown with the posts; None: in between, or not known."""
    if surprise is None:
        return None
    return "flat" if surprise < _FLAT else "grown" if surprise >= _GROWN else None
