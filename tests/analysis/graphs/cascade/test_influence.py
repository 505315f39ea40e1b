"""Influence in one sweep against its definition, shapes against their closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.graphs.cascade.influence import DECAY, influence, parents
from analysis.graphs.cascade.shape import shape_of


def slow_influence(
    at: np.ndarray, followers: np.ndarray, given: np.ndarray | None = None
) -> np.ndarray:
    """The definition: a matrix of chances, and its inverse."""
    count = len(at)
    known = np.where(np.isnan(followers) | (followers < 1), 1, followers)
    chance = np.zeros((count, count))
    for j in range(1, count):
        for i in range(j):
            # As fresh as when the last one before j came: the rest of the factor cancels.
            chance[i, j] = known[i] * np.exp(DECAY * (at[j - 1] - at[i]))
        chance[:, j] /= chance[:, j].sum()
        if given is not None and given[j] >= 0:
            chance[:, j] = np.arange(count) == given[j]
    assert np.isfinite(chance).all()
    return np.linalg.solve(np.eye(count) - chance, np.ones(count))


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 365 * 86_400), st.one_of(st.just(float("nan")), st.floats(0, 1e6))
        ),
        min_size=1,
        max_size=40,
    )
)
def test_one_sweep_gives_what_the_definition_gives(rows: list[tuple[int, float]]) -> None:
    # Seconds since 1970, over up to a year: what is counted from must not cost digits.
    at = 1.74e9 + np.sort(np.array([row[0] for row in rows], float))
    followers = np.array([row[1] for row in rows])
    found, expected = influence(at, followers), slow_influence(at, followers)
    assert np.abs(found / expected - 1).max() <= 1e-12
    assert found[0] == pytest.approx(len(rows))  # all comes from the original


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(-1, 30)), min_size=1, max_size=30))
def test_known_parents_leave_no_chance_of_others(rows: list[tuple[int, int]]) -> None:
    at = np.sort(np.array([row[0] for row in rows], float))
    known = np.array([min(row[1], n - 1) for n, row in enumerate(rows)])
    followers = np.arange(1.0, len(rows) + 1)
    found = influence(at, followers, known)
    assert found == pytest.approx(slow_influence(at, followers, known), rel=1e-12)


def test_a_long_cascade_neither_overflows_nor_fades() -> None:
    at = np.arange(200_000.0) * 60
    found = influence(at, np.full(200_000, 100.0))
    assert np.isfinite(found).all()
    assert found[0] == pytest.approx(200_000)


@given(st.lists(st.integers(0, 5000), min_size=2, max_size=30), st.integers(1, 9))
def test_the_likeliest_parent_is_the_strongest_before(times: list[int], seed: int) -> None:
    at = np.sort(np.array(times, float))
    followers = np.random.default_rng(seed).integers(1, 500, len(at)).astype(float)
    parent, chance = parents(at, followers)
    for j in range(1, len(at)):
        strength = followers[:j] * np.exp(DECAY * (at[j] - at[:j]))
        assert strength[parent[j]] == pytest.approx(strength.max())
        assert chance[j] == pytest.approx(strength.max() / strength.sum())


@pytest.mark.parametrize("count", [5, 50])
def test_stars_and_paths_have_the_virality_of_the_closed_forms(count: int) -> None:
    star = np.array([-1, *[0] * (count - 1)])
    path = np.arange(-1, count - 1)
    assert shape_of(star).virality == pytest.approx(2 * (count - 1) / count)
    assert shape_of(path).virality == pytest.approx((count + 1) / 3)
    assert (shape_of(star).depth, shape_of(path).depth) == (1, count - 1)
    assert (shape_of(star).breadth, shape_of(path).breadth) == (count - 1, 1)
