"""The scorer against what is known of the benchmark's score by its definition."""

from __future__ import annotations

import pytest

from bench.nab import PROFILES, Labelled, normalized, tally

# Two windows of 100 points among 1,000; the first 150 points are not judged.
IN_WINDOW = [300 <= n < 400 or 700 <= n < 800 for n in range(1000)]
SERIES = Labelled(IN_WINDOW, [n < 150 for n in range(1000)])
STANDARD = PROFILES["standard"]


def score(*places: int, profile: str = "standard") -> float:
    detected = [n in places for n in range(1000)]
    return normalized([tally(SERIES, detected)], PROFILES[profile])


def test_silence_is_0_and_the_first_point_of_each_window_100() -> None:
    assert [score(profile=name) for name in PROFILES] == [0.0, 0.0, 0.0]
    assert score(300, 700) == pytest.approx(100)


def test_the_middle_of_each_window_is_93_as_measured_of_the_benchmark() -> None:
    assert score(350, 750) == pytest.approx(93.0, abs=0.1)
    assert score(350, 750, profile="reward_low_FN_rate") == pytest.approx(95.4, abs=0.1)


def test_only_the_best_detection_of_a_window_counts() -> None:
    assert score(320, 330, 399, 700) == score(320, 700)
    assert score(300) == pytest.approx(50)


def test_a_false_detection_costs_its_weight_and_less_right_after_a_window() -> None:
    # 2 windows: the range from silence to perfection is 4 in raw points.
    assert score(200, 300, 700) == pytest.approx(100 - 100 * 0.11 / 4)
    assert score(200, 300, 700, profile="reward_low_FP_rate") == pytest.approx(100 - 22 / 4)
    assert 100 > score(300, 405, 700) > score(300, 450, 700) > score(300, 690, 700)


def test_what_is_not_judged_costs_nothing() -> None:
    assert score(10, 300, 700) == score(300, 700)


def test_constant_false_alarms_are_worse_than_silence() -> None:
    assert score(*range(150, 1000)) < 0
