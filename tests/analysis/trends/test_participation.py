from collections import Counter
from math import exp, log
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.trends.participation import Indicator, indicators, wilson
from tests.analysis.examples import make_activity

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


def told(acts: list[dict[str, Any]], coverage: float | None = 1.0) -> dict[str, Indicator]:
    return {one.name: one for one in indicators(make_activity(acts), coverage=coverage)}


def authors(*acts_of: int) -> list[dict[str, Any]]:
    """Give the acts of authors, from how many each has."""
    return [{"author_id": who} for who, acts in enumerate(acts_of) for _ in range(acts)]


def test_every_indicator_is_always_told_in_the_same_order() -> None:
    names = ["repost_share", "duplicate_share", "originality_share", "top10_share"]
    names += ["effective_authors", "posts_per_author", "coverage"]
    assert list(told([])) == list(told(authors(*[2] * 40))) == names


def test_below_thirty_acts_there_are_too_few() -> None:
    found = told(authors(*[1] * 29))
    assert found["repost_share"].note == "too few: N=29, needs 30"
    assert found["repost_share"].value is found["top10_share"].value is None


def test_below_twenty_authors_there_are_too_few() -> None:
    found = told(authors(*[3] * 19))["effective_authors"]
    assert (found.value, found.note) == (None, "too few authors: A=19, needs 20")
    assert told(authors(*[3] * 20))["effective_authors"].value == pytest.approx(20)


def test_too_few_comparable_texts_silence_only_their_own_indicator() -> None:
    found = told(authors(*[2] * 20))
    assert found["duplicate_share"].note == "too few: N=0, needs 30"
    assert found["originality_share"].value == 1


def test_coverage_that_nobody_can_tell_is_not_complete() -> None:
    assert told([], None)["coverage"].value is None
    assert told([], 0.25)["coverage"].value == 0.25


def test_ten_loud_accounts_are_seen_in_both_concentrations() -> None:
    found = told(authors(*[91] * 10, *[1] * 90))
    assert found["top10_share"].value == pytest.approx(0.91)
    entropy = -10 * 0.091 * log(0.091) - 90 * 0.001 * log(0.001)
    assert found["effective_authors"].value == pytest.approx(exp(entropy))
    assert found["posts_per_author"].value == pytest.approx(10)


def test_a_copied_text_is_a_duplicate_but_not_its_first_post_nor_its_reposts() -> None:
    acts = [act | {"text_id": 7} for act in authors(*[1] * 40)]
    acts += [act | {"text_id": 7, "is_repost": True} for act in authors(*[1] * 40)]
    found = told(acts)
    assert found["duplicate_share"].value == pytest.approx(39 / 40)
    assert found["originality_share"].value == pytest.approx(1 / 80)


def test_the_interval_of_a_share_is_that_of_the_literature() -> None:
    # Newcombe (1998), Statistics in Medicine 17, table I: Wilson's method without correction.
    for successes, n, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        assert wilson(successes, n) == pytest.approx((low, high), abs=5e-5)


@given(ACTS)
def test_the_indicators_agree_with_plain_counting(acts: list[dict[str, Any]]) -> None:
    found = told(acts)
    acts_of = Counter(act["author_id"] for act in acts)
    if len(acts) < 30 or len(acts_of) < 20:
        assert {one.value for one in found.values() if one.name != "coverage"} == {None}
        return
    top = sum(sorted(acts_of.values())[-10:])
    entropy = -sum(n / len(acts) * log(n / len(acts)) for n in acts_of.values())
    assert found["top10_share"].value == pytest.approx(top / len(acts))
    assert found["effective_authors"].value == pytest.approx(exp(entropy))
    assert found["posts_per_author"].value == pytest.approx(len(acts) / len(acts_of))
    texts = [a["text_id"] for a in acts if not a["is_repost"] and a["text_id"] is not None]
    if len(texts) >= 30:
        assert found["duplicate_share"].value == pytest.approx(1 - len(set(texts)) / len(texts))


@given(ACTS)
def test_every_value_lies_within_its_interval(acts: list[dict[str, Any]]) -> None:
    for one in told(acts).values():
        if one.value is not None and one.low is not None and one.high is not None:
            assert one.low - 1e-9 <= one.value <= one.high + 1e-9


@given(ACTS, st.randoms())
def test_the_order_of_the_acts_does_not_matter(acts: list[dict[str, Any]], random: Any) -> None:
    one, other = told(acts), told(random.sample(acts, len(acts)))
    for name in one:
        assert one[name].value == pytest.approx(other[name].value)
