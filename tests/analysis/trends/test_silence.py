from math import exp

from hypothesis import given
from hypothesis import strategies as st

from analysis.trends.silence import improbable_silence

RATES = st.floats(0, 1e5)
HOURS = st.floats(0, 1e4)


@given(RATES, HOURS)
def test_silence_is_improbable_when_its_poisson_chance_is_below_one_in_a_thousand(
    rate: float, hours: float
) -> None:
    chance = exp(-rate * hours)
    if chance > 1e-3:
        assert not improbable_silence(rate, hours)
    if chance < 9e-4:
        assert improbable_silence(rate, hours)


@given(RATES, HOURS, st.floats(0, 100))
def test_a_longer_silence_is_never_more_probable(rate: float, hours: float, more: float) -> None:
    assert improbable_silence(rate, hours + more) or not improbable_silence(rate, hours)
