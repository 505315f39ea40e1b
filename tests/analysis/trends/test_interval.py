import pytest

from analysis.trends.interval import wilson


def test_the_interval_of_a_share_is_that_of_the_literature() -> None:
    # Newcombe (1998), Statistics in Medicine 17, table I: Wilson's method without correction.
    for successes, n, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        assert wilson(successes, n) == pytest.approx((low, high), abs=5e-5)
