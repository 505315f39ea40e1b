"""The generator of watches, and the dials on it."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.frames import PARTICIPATION
from analysis.indicators.dials import dials
from bench.indicators import auc
from bench.watches import Push, last_days

PUSHES = {"pushed": Push(share=0.7)}


@pytest.mark.parametrize("seed", [1, 2])
def test_a_push_raises_o_and_broad_concern_does_not(seed: int) -> None:
    told = {kind: dials(facts) for kind, facts in last_days(seed, 500, PUSHES)}
    pushed, broad = told["pushed"].orchestration.value, told["broad"].orchestration.value
    assert pushed is not None
    assert broad is not None
    assert broad < 60 < 70 < pushed
    assert told["broad"].mobilisation.value is not None
    assert told["broad"].mobilisation.value > 65


def test_the_same_seed_gives_the_same_watch() -> None:
    one, other = (dict(last_days(3, 100, PUSHES)) for _ in range(2))
    for kind, facts in one.items():
        assert facts.acts.schema == PARTICIPATION
        assert facts.acts.equals(other[kind].acts)
    assert one["broad"].within.height == 100


def test_the_area_counts_ties_half() -> None:
    assert auc(np.array([1.0, 2.0]), np.array([3.0])) == 1.0
    assert auc(np.array([1.0, 2.0]), np.array([1.0, 2.0])) == 0.5
