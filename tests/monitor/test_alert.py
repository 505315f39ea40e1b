"""Which findings someone is told about, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.findings import Finding, FindingKind
from monitor.alert import Reason, Standing, Told, decide
from monitor.config import AlertSettings
from monitor.letters import reason_words

NOON = datetime(2026, 8, 18, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SETTINGS = AlertSettings()
BURST = Finding(
    watch="airbersih",
    kind=FindingKind.BURST,
    subject="",
    from_at=NOON - 3 * HOUR,
    to_at=None,
    score=8.0,
    evidence={"posts": 100, "authors": 20},
)
TROUBLE = Finding(
    watch="airbersih",
    kind=FindingKind.SOURCE_TROUBLE,
    subject="mastodon.social",
    from_at=NOON - 5 * HOUR,
    to_at=None,
    score=5.0,
)
ENDED = replace(TROUBLE, to_at=NOON - HOUR)


def told(finding: Finding, *, ago: timedelta = HOUR, score: float = 8.0, **fields: object) -> Told:
    values = {"resolved": False, **fields}
    return Told(finding_key=finding.key, told_at=NOON - ago, score=score, **values)  # type: ignore[arg-type]


CASES = [
    ("nobody was told", BURST, None, Reason.FIRST),
    ("just at the threshold", replace(BURST, score=4.1), None, Reason.FIRST),
    ("below the threshold", replace(BURST, score=4.0), None, Reason.BELOW),
    ("a score that is no number", replace(BURST, score=float("nan")), None, Reason.BELOW),
    ("four authors", replace(BURST, evidence={"authors": 4}), None, Reason.FEW_AUTHORS),
    ("unknown authors are not few", replace(BURST, evidence={"authors": None}), None, Reason.FIRST),
    ("over for 12 hours", replace(BURST, to_at=NOON - 12 * HOUR), None, Reason.FIRST),
    (
        "told, and over since",
        replace(BURST, to_at=NOON - 13 * HOUR),
        told(BURST),
        Reason.ENDED,
    ),
    ("over for longer", replace(BURST, to_at=NOON - 12.1 * HOUR), None, Reason.TOO_OLD),
    (
        "late posts make an old burst grow",
        replace(BURST, to_at=NOON - 13 * HOUR, score=99.0),
        told(BURST),
        Reason.TOO_OLD,
    ),
    ("told an hour ago", BURST, told(BURST), Reason.TOLD_ALREADY),
    ("half as surprising again", replace(BURST, score=12.0), told(BURST), Reason.GREW),
    ("a little more", replace(BURST, score=11.9), told(BURST), Reason.TOLD_ALREADY),
    ("half as many posts again", BURST, told(BURST, posts=66), Reason.GREW),
    ("nearly as many posts", BURST, told(BURST, posts=67), Reason.TOLD_ALREADY),
    (
        "infinite stays infinite",
        replace(BURST, score=float("inf")),
        told(BURST, score=float("inf")),
        Reason.TOLD_ALREADY,
    ),
    ("a day later it goes on", BURST, told(BURST, ago=24 * HOUR), Reason.REPEAT),
    ("not quite a day later", BURST, told(BURST, ago=23.9 * HOUR), Reason.TOLD_ALREADY),
    (
        "a day later, but it is over",
        replace(BURST, to_at=NOON),
        told(BURST, ago=24 * HOUR),
        Reason.ENDED,
    ),
    ("what was told was another burst", BURST, told(TROUBLE), Reason.FIRST),
    ("silent for five hours", TROUBLE, None, Reason.FIRST),
    ("silent for two hours", replace(TROUBLE, score=2.0), None, Reason.FIRST),
    ("silent for less", replace(TROUBLE, score=1.9), None, Reason.BELOW),
    ("hours grow by themselves", TROUBLE, told(TROUBLE, score=2.0), Reason.TOLD_ALREADY),
    ("silent for another day", TROUBLE, told(TROUBLE, ago=25 * HOUR), Reason.REPEAT),
    ("it answers again", ENDED, told(TROUBLE), Reason.RESOLVED),
    ("it answered again, as we said", ENDED, told(TROUBLE, resolved=True), Reason.TOLD_ALREADY),
    ("it was never told and is over", ENDED, None, Reason.TOO_OLD),
    (
        "that it is over is said however late",
        replace(ENDED, to_at=NOON - 50 * HOUR),
        told(TROUBLE, ago=60 * HOUR),
        Reason.RESOLVED,
    ),
]


@pytest.mark.parametrize(
    ("finding", "last", "reason"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_each_case_has_its_reason(finding: Finding, last: Told | None, reason: Reason) -> None:
    decision = decide(finding, standing=Standing(last=last), settings=SETTINGS, now=NOON)
    assert (decision.reason, decision.told) == (reason, reason.tells)
    assert (decision.finding, decision.decided_at) == (finding, NOON)


def test_every_reason_is_a_sentence() -> None:
    for language in ("en", "id"):
        assert all(reason_words(reason, language).endswith(".") for reason in Reason)
    assert {reason for reason in Reason if reason.tells} == {
        Reason.FIRST,
        Reason.NEW_KIND,
        Reason.GREW,
        Reason.REPEAT,
        Reason.RESOLVED,
    }


@given(
    kind=st.sampled_from(FindingKind),
    turns=st.lists(
        st.tuples(
            st.integers(0, 600),  # minutes since the last turn
            st.floats(0, 40),
            st.integers(0, 500),
            st.booleans(),
        ),
        max_size=40,
    ),
)
def test_nobody_is_told_twice_within_the_pause_unless_it_grew_or_is_over(
    kind: FindingKind, turns: list[tuple[int, float, int, bool]]
) -> None:
    now, last = NOON, None
    for minutes, score, posts, over in turns:
        now += timedelta(minutes=minutes)
        finding = Finding(
            watch="w",
            kind=kind,
            subject="s",
            from_at=NOON,
            to_at=now if over else None,
            score=score,
            evidence={"posts": posts, "authors": 20},
        )
        decision = decide(finding, standing=Standing(last=last), settings=SETTINGS, now=now)
        if not decision.told:
            continue
        if last is not None and now - last.told_at < SETTINGS.repeat_after:
            grew = score >= 1.5 * last.score or posts >= 1.5 * (last.posts or 0)
            resolved = kind is FindingKind.SOURCE_TROUBLE and over and not last.resolved
            assert (kind in (FindingKind.BURST, FindingKind.COORDINATION) and grew) or resolved
        last = Told(
            finding_key=finding.key,
            told_at=now,
            score=score,
            posts=posts,
            resolved=decision.reason is Reason.RESOLVED,
        )
