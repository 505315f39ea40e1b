"""The rows as they are shown: order, "too few", coverage, and plain counting as a twin."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from math import exp, log
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.indicators.catalogue import CATALOGUE
from analysis.indicators.examples import NOON, participation
from analysis.indicators.facts import Facts
from analysis.indicators.indicator import Indicator
from analysis.indicators.told import indicators

DAY = timedelta(days=1)
ACTS = st.lists(
    st.fixed_dictionaries(
        {
            "author_id": st.integers(1, 60),
            "is_repost": st.booleans(),
            "text_id": st.one_of(st.none(), st.integers(1, 20)),
        }
    ),
    max_size=150,
)


def facts(acts: list[dict[str, Any]], **more: Any) -> Facts:
    """Give facts of a day with these acts at its end, and nothing known of other times."""
    names = ("author_id", "is_repost", "text_id")
    usual = {"author_id": 1, "is_repost": False, "text_id": None}
    columns = {name: [(usual | act)[name] for act in acts] for name in names}
    if acts:
        columns["sort_at"] = [NOON - timedelta(seconds=1)] * len(acts)
    frame = participation(**columns)
    return Facts(**{"acts": frame, "since": NOON - DAY, "until": NOON, "coverage": 1.0} | more)


def told(acts: list[dict[str, Any]], **more: Any) -> dict[str, Indicator]:
    return {one.name: one for one in indicators(facts(acts, **more), zone="UTC")}


def authors(*acts_of: int, **act: Any) -> list[dict[str, Any]]:
    """Give the acts of authors, from how many each has."""
    return [{"author_id": who} | act for who, acts in enumerate(acts_of) for _ in range(acts)]


def with_a_repost(acts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [*acts, {"author_id": 1, "is_repost": True}]


def test_all_eighteen_are_always_told_in_the_same_order() -> None:
    found = told([])
    assert list(found) == list(CATALOGUE)
    numbers = [one.number for one in found.values()]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(1, 19))


def test_every_indicator_says_what_it_is_and_why_it_is_silent() -> None:
    for spec in CATALOGUE.values():
        words = (spec.title, spec.definition, spec.interval, spec.span, spec.reading, spec.source)
        assert all(words)
    assert all(one.note for one in told([]).values() if one.value is None)


def test_below_thirty_acts_or_twenty_authors_there_are_too_few() -> None:
    few = told(authors(*[1] * 29))
    assert few["top10_share"].note == "too few: N=29, needs 30"
    same = told(authors(*[3] * 19))["effective_authors"]
    assert (same.value, same.note) == (None, "too few authors: A=19, needs 20")
    assert told(authors(*[3] * 20))["effective_authors"].value == pytest.approx(20)


def test_too_few_comparable_texts_silence_only_their_own_indicators() -> None:
    found = told(with_a_repost(authors(*[2] * 20)))
    assert found["duplicate_share"].value is None
    assert found["originality_share"].value == pytest.approx(40 / 41)


def test_coverage_that_nobody_can_tell_is_not_complete() -> None:
    assert told([], coverage=None)["coverage"].value is None
    assert told([], coverage=0.25)["coverage"].value == 0.25


def test_below_eighty_percent_nothing_is_compared_and_below_half_nothing_told() -> None:
    acts = with_a_repost(authors(*[2] * 50))
    thin, hardly = told(acts, coverage=0.7), told(acts, coverage=0.4)
    assert thin["author_growth"].note == "unknown: less than 80% of this time was observed"
    assert thin["top10_share"].value is not None
    assert hardly["top10_share"].note == "unknown: less than 50% of this time was observed"
    assert {one.value for one in hardly.values() if one.name != "coverage"} == {None}


def test_a_source_that_shows_no_repost_says_nothing_of_how_many_there_were() -> None:
    found = told(authors(*[2] * 50))
    for name in ("repost_share", "originality_share", "original_acts", "ctm"):
        assert found[name].note == "unknown: these sources showed no repost at all"


def test_the_raw_coefficient_is_told_only_beside_its_baseline_or_of_many() -> None:
    few, many = with_a_repost(authors(*[2] * 50)), with_a_repost(authors(*[2] * 10_000))
    assert told(few)["ctm"].note == "not told without a baseline below N=20,000"
    assert told(many)["ctm"].value == pytest.approx(10 / 20_001 + 100 * 101 / 20_001 + 2.0, 1e-3)


def test_ten_loud_accounts_are_seen_in_every_concentration() -> None:
    found = told(authors(*[91] * 10, *[1] * 90))
    assert found["top10_share"].value == pytest.approx(0.91)
    entropy = -10 * 0.091 * log(0.091) - 90 * 0.001 * log(0.001)
    assert found["effective_authors"].value == pytest.approx(exp(entropy))
    assert found["posts_per_author"].value == pytest.approx(10)
    assert found["concentration"].value == pytest.approx(10 * 91 * 90 / (1000 * 999))


def test_a_copied_text_is_a_duplicate_but_not_its_first_post_nor_its_reposts() -> None:
    acts = authors(*[1] * 40, text_id=7) + authors(*[1] * 40, text_id=7, is_repost=True)
    found = told(acts)
    assert found["duplicate_share"].value == pytest.approx(39 / 40)
    assert found["originality_share"].value == pytest.approx(1 / 80)


@settings(deadline=None)
@given(ACTS)
def test_the_indicators_agree_with_plain_counting(acts: list[dict[str, Any]]) -> None:
    found = told(acts)
    acts_of = Counter(act["author_id"] for act in acts)
    if len(acts) < 30 or len(acts_of) < 20:
        assert {one.value for one in found.values() if one.name != "coverage"} == {None}
        return
    n, counts = len(acts), sorted(acts_of.values())
    entropy = -sum(k / n * log(k / n) for k in counts)
    pairs = sum(abs(a - b) for a in counts for b in counts)
    assert found["top10_share"].value == pytest.approx(sum(counts[-10:]) / n)
    assert found["top50_share"].value == pytest.approx(sum(counts[-50:]) / n)
    assert found["effective_authors"].value == pytest.approx(exp(entropy))
    assert found["gini"].value == pytest.approx(pairs / (2 * len(counts) * n))
    assert found["posts_per_author"].value == pytest.approx(n / len(counts))
    texts = [a["text_id"] for a in acts if not a["is_repost"] and a["text_id"] is not None]
    if len(texts) >= 30:
        assert found["duplicate_share"].value == pytest.approx(1 - len(set(texts)) / len(texts))
        same = sum(a == b for i, a in enumerate(texts) for b in texts[:i])
        alike = same / (len(texts) * (len(texts) - 1) / 2)
        assert found["near_duplicates"].value == pytest.approx(alike)


@settings(deadline=None)
@given(ACTS)
def test_every_value_lies_within_its_interval(acts: list[dict[str, Any]]) -> None:
    for one in told(acts).values():
        if one.value is not None and one.low is not None and one.high is not None:
            assert one.low - 1e-9 <= one.value <= one.high + 1e-9


@settings(deadline=None)
@given(ACTS, st.randoms())
def test_the_order_of_the_acts_does_not_matter(acts: list[dict[str, Any]], random: Any) -> None:
    one, other = told(acts), told(random.sample(acts, len(acts)))
    for name in one:
        assert one[name].value == pytest.approx(other[name].value)
        assert one[name].low == pytest.approx(other[name].low)
