"""Capture and recapture: simulated worlds in which the truth is known."""

from __future__ import annotations

import random

from analysis.trends.capture import missed


def counts(seen: list[int], observers: int) -> list[int]:
    return [seen.count(n) for n in range(1, observers + 1)]


def test_with_independent_observers_the_truth_lies_within_the_interval() -> None:
    rng, hits = random.Random(7), 0
    for _ in range(200):
        seen = [sum(rng.random() < p for p in (0.6, 0.5, 0.4)) for _ in range(500)]
        found = missed(counts(seen, 3))
        assert found is not None
        hits += found.low <= seen.count(0) <= found.high
    assert hits >= 150  # a lower bound: with so alike observers it covers most of the time


def test_where_some_posts_are_hard_to_see_it_errs_on_the_low_side() -> None:
    rng = random.Random(8)
    estimates, truths = 0.0, 0
    for _ in range(100):
        ease = [rng.choice((0.9, 0.2)) for _ in range(500)]
        seen = [sum(rng.random() < p for _ in range(3)) for p in ease]
        found = missed(counts(seen, 3))
        assert found is not None
        estimates += found.estimate
        truths += seen.count(0)
    assert 0.2 * truths < estimates < truths


def test_what_everybody_saw_leaves_nothing_to_miss() -> None:
    found = missed([0, 0, 100])
    assert found is not None
    assert found.estimate == 0.0
