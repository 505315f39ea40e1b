"""Where accounts lie on the map: always there, inside, and none on another."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.page.layout import placed

_TOUCH = 0.004  # of the map's height, up to which two rims may overlap


@st.composite
def graphs(draw):
    count = draw(st.integers(2, 40))
    who = st.integers(0, count - 1)
    ties = draw(st.lists(st.tuples(who, who, st.integers(1, 5000)), max_size=120))
    communities = draw(st.lists(st.integers(-1, 7), min_size=count, max_size=count))
    radii = draw(st.lists(st.floats(0.005, 0.03), min_size=count, max_size=count))
    return [t for t in ties if t[0] != t[1]], communities, radii


@settings(max_examples=12, deadline=None)
@given(graphs())
def test_every_account_lies_inside_and_on_no_other_and_always_there(graph):
    ties, communities, radii = graph
    places = placed(ties, communities, radii, width=1.5)
    assert places.shape == (len(communities), 2)
    assert np.isfinite(places).all()
    size = np.array(radii)
    assert (places >= size[:, None] - 1e-9).all()
    assert (places <= np.array([1.5, 1.0]) - size[:, None] + 1e-9).all()
    gap = np.sqrt(((places[:, None] - places[None]) ** 2).sum(axis=2))
    overlap = np.triu(size[:, None] + size[None] - gap, 1)
    assert overlap.max() < _TOUCH
    assert (placed(ties, communities, radii, width=1.5) == places).all()


def test_communities_lie_apart_from_each_other():
    rng = np.random.default_rng(3)
    communities = [n % 4 for n in range(80)]
    ties = []
    for one in range(80):
        for _ in range(4):
            other = int(rng.integers(20)) * 4 + one % 4
            if other != one:
                ties.append((one, other, 3))
    places = placed(ties, communities, [0.008] * 80)
    middles = np.array([places[np.array(communities) == c].mean(axis=0) for c in range(4)])
    own = np.sqrt(((places - middles[communities]) ** 2).sum(axis=1))
    nearest = np.sqrt(((places[:, None] - middles[None]) ** 2).sum(axis=2)).argmin(axis=1)
    assert (nearest == communities).mean() > 0.9
    assert own.mean() < np.sqrt(((middles[:, None] - middles[None]) ** 2).sum(axis=2)).max() / 3


@pytest.mark.parametrize(("count", "wanted"), [(0, []), (1, [[0.75, 0.5]])])
def test_nobody_and_one_account_are_no_surprise(count, wanted):
    assert placed([], [0] * count, [0.01] * count).tolist() == wanted
