import pickle
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.trends.scorer import Scored, Scorer, extend

HOUR = timedelta(hours=1)
COUNT = st.one_of(st.none(), st.integers(0, 400))


def as_array(counts: list[int | None]) -> np.ndarray:
    return np.array([np.nan if count is None else float(count) for count in counts])


def slots(count: int, *, start: int = 0) -> list[int]:
    return [(hour % 24) + 24 * (hour // 24 % 7 >= 5) for hour in range(start, start + count)]


def same(one: Scored, other: Scored, *, start: int = 0) -> bool:
    return all(
        np.allclose(getattr(one, name)[start:], getattr(other, name), atol=1e-9, equal_nan=True)
        for name in ("expected", "score", "dispersion")
    )


@settings(deadline=None, max_examples=60)
@given(st.lists(COUNT, min_size=60, max_size=200), st.integers(0, 60))
def test_a_series_goes_on_where_it_stopped(counts: list[int | None], cut: int) -> None:
    whole = Scorer(HOUR).extend(as_array(counts), slots(len(counts)))
    parts = Scorer(HOUR)
    parts.extend(as_array(counts[:cut]), slots(cut))
    kept = pickle.loads(pickle.dumps(parts))  # noqa: S301  # our own
    rest = kept.extend(as_array(counts[cut:]), slots(len(counts) - cut, start=cut))
    assert same(whole, rest, start=cut)


def test_many_series_at_once_are_scored_as_each_alone() -> None:
    rng = np.random.default_rng(5)
    series = [rng.poisson(level, 120).astype(float) for level in (0.3, 5, 80)]
    together = extend([Scorer(HOUR) for _ in series], series, slots(120))
    for counts, scored in zip(series, together, strict=True):
        assert same(Scorer(HOUR).extend(counts, slots(120)), scored)


def test_nothing_new_scores_nothing() -> None:
    assert extend([Scorer(HOUR)], [np.empty(0)], [])[0].score.size == 0


@pytest.mark.parametrize("passed", [0.25, 1.0])
def test_a_window_that_is_going_on_is_expected_to_hold_its_share(passed: float) -> None:
    counts = np.full(100, 8.0)
    told = Scorer(HOUR).extend(counts, slots(100), passed=passed).expected[-1]
    assert told == pytest.approx(8.0 * passed, rel=0.05)
