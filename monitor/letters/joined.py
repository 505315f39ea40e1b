"""What a digest says of the time that it covers, and of bursts that were found too late.

Digests join up: each begins where the one before ended, so one may cover more than a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from analysis.findings import FindingKind
from monitor.alert import Decision, Reason
from monitor.letters import words
from monitor.letters.facts import quantity
from monitor.letters.language import Speech
from monitor.reader import Reader

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
# Bursts that were no letter for a reason that says nothing of their size.
_COUNTED = frozenset({Reason.TOO_OLD, Reason.SILENCED, Reason.ACKNOWLEDGED, Reason.FEW_AUTHORS})


def span_facts(
    since: datetime, until: datetime, left_out: datetime | None, reader: Reader, language: Speech
) -> dict[str, Any]:
    """Return how long the time is, where that is not a day; and what no digest tells of.

    A day may have 23 or 25 hours, and a digest may be a little late.
    """
    hours = round((until - since) / _HOUR)
    is_day = abs(until - since - _DAY) <= _HOUR
    return {
        "span_days": None if is_day else hours // 24,
        "span_hours": None if is_day else hours % 24,
        "left_out": language.stretch(left_out, since, reader.zone) if left_out else None,
        "left_out_since": words.iso(left_out, reader.zone) if left_out else None,
    }


def burst_facts(decisions: Sequence[Decision], reader: Reader, language: Speech) -> dict[str, Any]:
    """Return which bursts are worth a letter, and which were over before they were found.

    decisions: one of each finding, the largest first. What quiet hours hold back from this reader
    is worth a letter, too.
    """
    bursts = [one for one in decisions if one.finding.kind is FindingKind.BURST]
    worth = [one for one in bursts if one.told or one.reason is Reason.HELD]
    late = [one for one in bursts if one not in worth and one.reason is Reason.TOO_OLD]
    counted = [one for one in bursts if one in worth or one.reason in _COUNTED]
    first = max(late, key=lambda one: one.finding.score, default=None)
    posts = quantity(first.finding, "posts") if first else None
    return {
        "counted": len(counted),
        "attention": len(worth),
        "names": _names(worth),
        "late": len(late),
        "late_names": _names(late),
        # The subject names it, unless a larger one was worth a letter.
        "late_leads": first is not None
        and all(one.finding.score <= first.finding.score for one in worth),
        "late_watch": words.clean(first.finding.watch, limit=40) if first else None,
        "late_day": language.short_day(first.finding.from_at, reader.zone) if first else None,
        "late_posts": None if posts is None else int(posts),
    }


def _names(decisions: Sequence[Decision]) -> str:
    return ", ".join(dict.fromkeys(words.clean(one.finding.watch) for one in decisions[:3]))
