import numpy as np
import pytest
from scipy.stats import nbinom

from analysis.trends.tail import MOST_SURPRISE, surprise


def obvious_surprise(count: int, mu: float, phi: float) -> float:
    """Add up the chances of this count and of all larger ones."""
    size, success = mu / (phi - 1), 1 / phi
    chance, tail = success**size, 0.0
    for larger in range(count + 1_000):
        if larger >= count:
            tail += chance
        chance *= (larger + size) / (larger + 1) * (1 - success)
    return float(-np.log10(tail))


@pytest.mark.parametrize("mu", [0.05, 0.7, 3.0, 20.0])
@pytest.mark.parametrize("phi", [1.01, 1.5, 2.5, 8.0])
def test_the_surprise_is_that_of_adding_up_chances(mu: float, phi: float) -> None:
    counts = [int(mu) + more for more in range(1, 9)]
    found = surprise(np.array(counts, dtype=float), np.full(8, mu), np.full(8, phi))
    assert found == pytest.approx([obvious_surprise(count, mu, phi) for count in counts], abs=1e-5)


def test_the_surprise_agrees_with_scipy_from_a_silent_to_a_deafening_hashtag() -> None:
    rng = np.random.default_rng(3)
    mu, phi = 10 ** rng.uniform(-2, 6, 3_000), 1 + 10 ** rng.uniform(-1, 2.5, 3_000)
    counts = np.floor(mu + np.sqrt(mu * phi) * rng.uniform(0, 15, 3_000)) + 1
    told = -nbinom.logsf(counts - 1, mu / (phi - 1), 1 / phi) / np.log(10)
    sure = np.isfinite(told) & (told < MOST_SURPRISE)
    assert sure.sum() > 2_900
    assert surprise(counts, mu, phi)[sure] == pytest.approx(told[sure], abs=1e-4)


def test_counts_up_to_the_expected_are_no_surprise() -> None:
    counts = np.array([0.0, 1.0, 5.0])
    assert surprise(counts, np.full(3, 5.0), np.full(3, 2.0)).tolist() == [0.0, 0.0, 0.0]


def test_the_surprise_is_capped_rather_than_infinite() -> None:
    assert surprise(np.array([1e6]), np.array([0.05]), np.array([1.2])).tolist() == [MOST_SURPRISE]
