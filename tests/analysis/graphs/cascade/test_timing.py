"""How fast: against growth that is known."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.graphs.cascade.timing import doubling_time, half_life


def test_what_doubles_every_hour_has_a_doubling_time_of_an_hour() -> None:
    at = np.log2(np.arange(1, 1025)) * 3600
    assert doubling_time(at) == pytest.approx(3600, rel=0.01)
    assert doubling_time(at[:19]) is None
    assert doubling_time(np.zeros(50)) is None


def test_half_of_the_reposts_are_made_by_the_half_life() -> None:
    at = np.random.default_rng(4).exponential(3600, 1001)
    at.sort()
    life = half_life(at, begun=0.0)
    assert life is not None
    assert (at <= life).sum() == 501
    assert half_life(at, begun=-60.0) == pytest.approx(life + 60)
    assert half_life(at[:9], begun=0.0) is None
