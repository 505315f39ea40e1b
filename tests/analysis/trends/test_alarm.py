from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest

from analysis.trends.alarm import ALARM, HOURLY_ALARM, alarms
from analysis.trends.exceedance import rarity
from monitor.config import AlertSettings

START = datetime(2026, 1, 5, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FIVE, HOUR = 5 * MINUTE, 60 * MINUTE
Floats = npt.NDArray[np.float64]


def calm(windows: int, *, rate: float, seed: int, window: timedelta = FIVE) -> Floats:
    """Make counts with a day and a night, rougher than Poisson."""
    rng = np.random.default_rng(seed)
    hours = np.arange(windows) * (window / HOUR)
    mu = rate * (1 + 0.8 * np.sin((hours - 8) / 24 * 2 * np.pi))
    return rng.negative_binomial(mu / 1.5, 1 / 2.5).astype(float)


def scored(counts: Floats, window: timedelta = FIVE) -> Floats:
    starts = pl.datetime_range(
        START, START + (len(counts) - 1) * window, window, time_unit="us", eager=True
    )
    return alarms(counts, starts, window=window, zone="Asia/Jakarta").score


WEEK = 7 * 288


@pytest.mark.parametrize("window", [FIVE, HOUR])
def test_no_score_looks_ahead(window: timedelta) -> None:
    counts = calm(1500, rate=4, seed=1, window=window)
    counts[1100:1110] += 60
    counts[700:730] = np.nan
    whole = scored(counts, window)
    for end in (600, 1105, 1300):
        np.testing.assert_array_equal(scored(counts[:end], window), whole[:end])


@pytest.mark.parametrize("rate", [0.2, 2.0, 50.0])
def test_a_burst_is_told_at_every_level_and_told_once(rate: float) -> None:
    counts = calm(2 * WEEK, rate=rate, seed=2)
    place = WEEK + 600
    counts[place : place + 24] += np.random.default_rng(3).poisson(20 * rate + 3, 24)
    told = np.flatnonzero(scored(counts) >= 0.5)
    within = [at for at in told if place <= at < place + 24]
    assert within
    assert within[0] - place <= 6  # half an hour
    # Only what is rarer than before is told again, and nothing of the day after.
    assert not [at for at in told if place + 40 <= at < place + 300]


def test_calm_weeks_are_calm() -> None:
    told = [
        int((scored(calm(4 * WEEK, rate=rate, seed=seed)) >= 0.5).sum())
        for rate in (0.1, 1.0, 10.0)
        for seed in (5, 6)
    ]
    assert sum(told) / (6 * 4) < 1.5  # alarms a week, in windows of five minutes


def test_a_gap_is_unknown_and_neither_alarms_nor_hides_what_follows() -> None:
    counts = calm(2 * WEEK, rate=5, seed=7)
    counts[WEEK : WEEK + 288] = np.nan
    place = WEEK + 288 + 144
    counts[place : place + 12] += 100
    score = scored(counts)
    assert np.isnan(score[WEEK : WEEK + 288]).all()
    assert not (score[WEEK + 288 : place] >= 0.5).any()
    assert (score[place : place + 12] >= 0.5).any()


def test_nothing_is_told_while_it_learns() -> None:
    counts = calm(576, rate=5, seed=8)
    counts[300:310] += 500
    assert not (np.nan_to_num(scored(counts)) > 0).any()


def test_scores_are_half_at_the_alarm() -> None:
    counts = calm(600, rate=5, seed=9)
    counts[580] += 200
    starts = pl.datetime_range(START, START + 599 * FIVE, FIVE, time_unit="us", eager=True)
    found = alarms(counts, starts, window=FIVE, zone="UTC")
    assert found.score[580] == pytest.approx(
        found.rarity[580] ** 2 / (found.rarity[580] ** 2 + ALARM**2)
    )
    assert AlertSettings().burst_score == HOURLY_ALARM


def test_rarity_of_an_exponential_tail_is_its_chance() -> None:
    scores = np.random.default_rng(10).exponential(2.0, 50_000)
    rare = rarity(scores, refit=1000, memory=50_000, least=5000)
    for powers in (2.0, 3.0):
        share = (rare[5000:] >= powers).mean()
        assert share == pytest.approx(10**-powers, rel=0.35)


def test_unknown_scores_teach_nothing() -> None:
    scores = np.random.default_rng(11).exponential(1.0, 2000)
    with_gap = np.concatenate([scores[:1000], np.full(400, np.nan), scores[1000:]])
    rare = rarity(with_gap, refit=1, memory=10_000, least=500)
    np.testing.assert_array_equal(rare[1000:1400], 0.0)
    assert rare[1400] == pytest.approx(rarity(scores, refit=1, memory=10_000, least=500)[1000])
