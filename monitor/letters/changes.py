"""What a digest says of what its readers knew before: over, going on, more or fewer posts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from analysis.findings import Finding
from monitor.alert import Reason
from monitor.letters import words
from monitor.letters.facts import finding_line
from monitor.letters.language import Speech
from monitor.letters.pages import sentences
from monitor.letters.rows import DigestRow
from monitor.reader import Reader

_MOST = 10
_LEAST_POSTS = 20  # below, a change of volume is chance
_MUCH = 1.5


def change_lines(
    findings: Iterable[Finding],
    rows: Sequence[DigestRow],
    since: datetime,
    reader: Reader,
    language: Speech,
    now: datetime,
) -> list[str]:
    """Say which findings from before `since` are over or go on, and whose volume has changed."""
    old = [finding for finding in findings if finding.from_at < since]
    over = [one for one in old if one.to_at is not None]
    open_ = [one for one in old if one.to_at is None]
    lines = [_line(one, "ended", reader, language, now) for one in over]
    lines += [_line(one, "goes_on", reader, language, now) for one in open_]
    lines += [line for row in rows if (line := _volume(row, language))]
    return lines[:_MOST]


def ended_lines(
    findings: Iterable[Finding], reader: Reader, language: Speech, now: datetime
) -> list[str]:
    """Say what was over before anybody was told."""
    return [_line(one, "ended", reader, language, now) for one in findings][:_MOST]


def _line(finding: Finding, name: str, reader: Reader, language: Speech, now: datetime) -> str:
    told = finding_line(finding, Reason.ENDED, reader=reader, language=language, now=now)
    facts = {"f": True, "what": told["what"], "when": told["when"], "watch": None}
    return sentences("change_sentences.txt", language, **facts)[name]


def _volume(row: DigestRow, language: Speech) -> str | None:
    """Say that a watch has many more or fewer posts than before, if both are known."""
    now, before = row.posts, row.posts_before
    if now is None or before is None or max(now, before) < _LEAST_POSTS or before == 0:
        return None
    times = now / before
    if 1 / _MUCH < times < _MUCH:
        return None
    return sentences(
        "change_sentences.txt",
        language,
        f=None,
        watch=words.clean(row.watch, limit=60),
        times=times,
        before=language.number(before),
        now=language.number(now),
    )["volume"]
