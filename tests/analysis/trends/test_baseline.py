from math import isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.trends.baseline import HalfLives, baseline, dispersions
from tests.analysis.examples import WEEK, calm_counts

HALF_LIVES = HalfLives(level=24 * 14, season=24 * 28, dispersion=24 * 28)
COUNTS = st.lists(st.one_of(st.just(nan), st.integers(0, 10**5).map(float)), max_size=100)


def slots(hours: int) -> list[int]:
    """Give the slots from a Monday midnight on."""
    return [hour % 24 + 24 * (hour // 24 % 7 >= 5) for hour in range(hours)]


def test_the_first_window_has_nothing_to_be_expected_from() -> None:
    assert isnan(baseline([3.0], [0], HALF_LIVES).expected[0])


def test_the_hours_of_the_day_are_learnt_in_four_weeks() -> None:
    counts = [50.0 if 18 <= hour % 24 < 22 else 10.0 for hour in range(4 * WEEK)]
    expected = baseline(counts, slots(4 * WEEK), HALF_LIVES).expected[-24:]
    assert expected[20] == pytest.approx(50, rel=0.15)
    assert expected[4] == pytest.approx(10, rel=0.15)


def test_a_quiet_weekend_is_learnt_in_six_weeks() -> None:
    counts = [10.0 if slot >= 24 else 40.0 for slot in slots(6 * WEEK)]
    expected = baseline(counts, slots(6 * WEEK), HALF_LIVES).expected
    assert expected[-12] == pytest.approx(10, rel=0.25)
    assert expected[-12 - 72] == pytest.approx(40, rel=0.15)


def test_one_burst_does_not_become_the_season() -> None:
    hours = 5 * WEEK + 96
    calm = [float(count) for count in calm_counts(20, hours, seed=1)]
    burst = list(calm)
    burst[-30:-24] = [2_000.0] * 6  # on a Wednesday evening; what is expected on Thursday's?
    before = sum(baseline(calm, slots(hours), HALF_LIVES).expected[-6:])
    assert sum(baseline(burst, slots(hours), HALF_LIVES).expected[-6:]) < 1.25 * before


def test_a_gap_teaches_nothing() -> None:
    counts = [float(count) for count in calm_counts(20, 3 * WEEK, seed=2)]
    hole = [*counts[: 2 * WEEK], *[nan] * WEEK]
    through = baseline(hole, slots(3 * WEEK), HALF_LIVES)
    at = 2 * WEEK
    assert through.expected[at : at + 24] == pytest.approx(through.expected[at + 24 : at + 48])
    assert set(through.dispersion[at:]) == {through.dispersion[at]}


def test_the_dispersion_of_rough_counts_is_found() -> None:
    counts = [0.0, 8.0] * 2_000  # mean 4, variance 16
    assert dispersions(counts, [4.0] * 4_000, 500)[-1] == pytest.approx(4, rel=0.05)


@given(COUNTS, st.integers(0, 100))
def test_no_window_is_expected_from_what_came_later(counts: list[float], cut: int) -> None:
    whole = baseline(counts, slots(len(counts)), HALF_LIVES)
    part = baseline(counts[:cut], slots(len(counts[:cut])), HALF_LIVES)
    assert part.expected == pytest.approx(whole.expected[:cut], nan_ok=True)
    assert part.dispersion == whole.dispersion[:cut]


@given(COUNTS)
def test_every_expectation_is_a_positive_number_once_anything_was_counted(
    counts: list[float],
) -> None:
    told = [mu for mu in baseline(counts, slots(len(counts)), HALF_LIVES).expected if mu == mu]
    assert all(0 < mu < 10**7 for mu in told)
