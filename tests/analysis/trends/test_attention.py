from typing import Any

import pytest
from analysis.trends.attention import Shape, attention_class, attention_share
from hypothesis import given
from hypothesis import strategies as st

from tests.analysis.examples import make_volume

DAYS = st.lists(st.one_of(st.none(), st.integers(0, 10**6)), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("days", "shape"),
    [
        ([10, 20, 40, 100, 5, 5, 5], Shape.ANTICIPATORY),
        ([10, 20, 40, 100, 40, 20, 10], Shape.SYMMETRIC),
        ([5, 5, 5, 100, 40, 20, 10], Shape.REACTIVE),
        ([2, 2, 2, 100, 2, 2, 2], Shape.TRANSIENT),
        ([0, 0, 0, 100, 0, 0, 0], Shape.TRANSIENT),
        ([0, 0, 0, 100, 30, 10, 0], Shape.REACTIVE),
    ],
)
def test_a_peak_is_known_by_what_is_before_and_after_it(days: list[int], shape: Shape) -> None:
    found = attention_class(days, 3)
    assert found is not None
    assert found.shape == shape


def test_days_beyond_a_week_do_not_count() -> None:
    week = [1, 1, 1, 1, 10, 20, 40, 100, 5, 5, 5, 5, 5, 5, 5]
    assert attention_class([900, *week, 900], 8) == attention_class(week, 7)


def test_three_days_are_needed_on_both_sides() -> None:
    assert attention_class([9, 9, 9, 100, 9, 9], 3) is None
    assert attention_class([9, None, 9, 100, 9, 9, 9], 3) is None
    assert attention_class([9, 9, 9, None, 9, 9, 9], 3) is None


def test_a_burst_that_goes_on_is_not_compared_with_a_whole_week() -> None:
    # Seven days of 20 before and three of 20 after are alike, as far as is known.
    found = attention_class([*[20] * 7, 50, 20, 20, 20], 7)
    assert found is not None
    assert (found.shape, found.days) == (Shape.SYMMETRIC, 3)


def test_thirty_posts_are_needed() -> None:
    assert attention_class([1, 1, 1, 23, 1, 1, 1], 3) is None
    assert attention_class([1, 1, 1, 24, 1, 1, 1], 3) is not None


@given(DAYS, st.data())
def test_shares_add_up_and_a_mirrored_peak_has_the_mirrored_shape(
    days: list[Any], data: st.DataObject
) -> None:
    peak = data.draw(st.integers(0, len(days) - 1))
    found = attention_class(days, peak)
    mirrored = attention_class(days[::-1], len(days) - 1 - peak)
    if found is None:
        assert mirrored is None
        return
    assert mirrored is not None
    assert found.before + found.at + found.after == pytest.approx(1)
    assert (found.before, found.after) == (mirrored.after, mirrored.before)
    turned = {Shape.ANTICIPATORY: Shape.REACTIVE, Shape.REACTIVE: Shape.ANTICIPATORY}
    if found.before or found.after:
        assert mirrored.shape == turned.get(found.shape, found.shape)


def test_the_share_counts_only_what_both_have_observed() -> None:
    found = attention_share([10, 20, None, 10, 10], [100, 100, 9000, 100, 100])
    assert (found.value, found.n) == (0.125, 400)


def test_the_share_takes_the_posts_of_volumes() -> None:
    tag, everything = make_volume([5] * 24), make_volume([50] * 24)
    found = attention_share(tag["posts"].to_list(), everything["posts"].to_list())
    assert found.value == pytest.approx(0.1)


def test_below_four_fifths_of_the_windows_there_is_no_share() -> None:
    assert attention_share([5, 5, 5, None], [50] * 4).note == "coverage 75 %, needs 80 %"
    assert attention_share([], []).value is None


def test_a_covered_silence_is_a_share_of_zero_and_no_posts_at_all_are_none() -> None:
    assert attention_share([0] * 4, [50] * 4).value == 0
    found = attention_share([0] * 4, [0] * 4)
    assert (found.value, found.note) == (None, "too few: N=0, needs 30")


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 999)), max_size=30))
def test_a_share_lies_within_its_interval(counts: list[tuple[int, int]]) -> None:
    found = attention_share([tag for tag, _ in counts], [tag + more for tag, more in counts])
    if found.value is not None:
        assert found.low is not None
        assert found.high is not None
        assert 0 <= found.low <= found.value + 1e-12
        assert found.value - 1e-12 <= found.high <= 1
