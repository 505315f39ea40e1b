"""Gini: worked numbers, and CIB Mango Tree's own."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.indicators.concentration import gini_of, hashtag_ginis

EXPECTED = Path(__file__).parents[4] / "shared/data/expected"
START = datetime(2026, 8, 18, 18, 17, 5)  # noqa: DTZ001 - as their file has it


def tags(*named: tuple[float, str]) -> pl.DataFrame:
    rows = [(START + timedelta(hours=hours), tag) for hours, text in named for tag in text]
    return pl.DataFrame(rows, schema=["sort_at", "hashtag"], orient="row")


def test_the_unit_cases_of_cib_mango_tree_are_kept() -> None:
    assert gini_of([10_000]) == 0
    assert gini_of([1] * 25) == pytest.approx(0)
    assert gini_of([9_999] + [1] * 25) == pytest.approx(0.95, abs=0.011)


@given(st.lists(st.integers(1, 99), min_size=1, max_size=40))
def test_gini_is_half_the_mean_difference_over_the_mean(counts: list[int]) -> None:
    n = len(counts)
    differences = sum(abs(a - b) for a in counts for b in counts)
    assert gini_of(counts) == pytest.approx(differences / (2 * n * sum(counts)))


def test_windows_begin_with_the_first_hashtag_and_are_smoothed_over_three() -> None:
    told = hashtag_ginis(tags((0, "aab"), (11, "a"), (13, "ab"), (30, "abbb")), timedelta(hours=12))
    assert told["window_start"].to_list() == [
        START, START + timedelta(hours=12), START + timedelta(hours=24)
    ]  # fmt: skip
    assert told["count"].to_list() == [4, 2, 4]
    assert told["gini"].to_list() == pytest.approx([0.25, 0.0, 0.25])
    assert told["gini_smooth"].to_list() == [None, pytest.approx(1 / 6), None]


def test_the_numbers_of_cib_mango_tree_come_out() -> None:
    path = EXPECTED / "mangotree_hashtag_test_input.csv"
    if not path.exists():
        pytest.skip("CIB Mango Tree's fixtures are not here: they are not ours to ship")
    posts = pl.read_csv(path)
    rows = posts.select(
        sort_at=pl.col("Timestamp").str.to_datetime("%Y-%m-%dT%H:%M:%S%.f"),
        hashtag=pl.col("Post Content").str.extract_all(r"#\w+"),
    ).explode("hashtag", empty_as_null=False)
    told = hashtag_ginis(rows.drop_nulls(), timedelta(hours=12))
    expected = json.loads((EXPECTED / "mangotree_hashtag_test_output_12h.json").read_text())
    assert told.height == len(expected)
    for row, theirs in zip(told.to_dicts(), expected, strict=True):
        assert str(row["window_start"]) == theirs["timewindow_start"]
        assert row["count"] == theirs["count"]
        assert row["gini"] == pytest.approx(theirs["gini"])
        assert row["gini_smooth"] == pytest.approx(theirs["gini_smooth"])
