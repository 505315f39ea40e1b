"""The tail far out, the price of many tries, and what hangs together."""

from __future__ import annotations

from math import exp, factorial, log10

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.graphs.chance import q_values, tail
from analysis.graphs.groups import grouped


def slow_tail(x: int, mean: float) -> float:
    """-log10 P(N >= x), term by term."""
    terms = (exp(-mean) * mean**k / factorial(k) for k in range(x, x + 120))
    return -log10(sum(terms))


@given(st.integers(1, 40), st.floats(1e-6, 30))
def test_the_tail_is_that_of_the_poisson_distribution(x: int, mean: float) -> None:
    found = float(tail(np.array([float(x)]), np.array([mean]))[0])
    assert found == pytest.approx(max(slow_tail(x, mean), 0), rel=1e-9, abs=1e-9)


def test_a_sum_of_unequal_chances_has_a_lighter_tail() -> None:
    # Exact Poisson-binomial by convolution: what the model stands for, and why it errs to chance.
    chances = np.array([0.9, 0.5, 0.2, 0.05, 0.01])
    exact = np.array([1.0])
    for p in chances:
        exact = np.convolve(exact, [1 - p, p])
    for least in (4, 5):
        told = float(tail(np.array([float(least)]), np.array([chances.sum()]))[0])
        assert told <= -log10(exact[least:].sum())


@given(st.lists(st.floats(0, 20), min_size=1, max_size=30), st.integers(30, 10_000))
def test_q_values_are_those_of_benjamini_and_hochberg(surprises: list[float], tests: int) -> None:
    found = q_values(pl.Series(surprises), tests).to_list()
    p = [10.0**-one for one in surprises]
    order = sorted(range(len(p)), key=lambda i: p[i])
    slow = [1.0] * len(p)
    least = 1.0
    for rank in range(len(p), 0, -1):
        least = min(least, p[order[rank - 1]] * tests / rank)
        slow[order[rank - 1]] = least
    assert found == pytest.approx(slow, rel=1e-9)


def test_two_accounts_are_no_group() -> None:
    edges = pl.DataFrame({"low": [1], "high": [2], "q": [0.001], "surprise": [9.0]})
    assert grouped(edges).is_empty()


def test_an_account_that_hangs_on_by_one_tie_stays_in_the_group() -> None:
    pairs = [(1, 2), (2, 3), (1, 3), (3, 4)]
    edges = pl.DataFrame(
        [(*pair, 0.001, 9.0) for pair in pairs],
        schema=["low", "high", "q", "surprise"],
        orient="row",
    )
    assert grouped(edges)["author"].to_list() == [1, 2, 3, 4]
