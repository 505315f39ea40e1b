"""The coefficient of traffic manipulation: published numbers, and its baseline."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analysis.indicators.tallies import tallies
from analysis.indicators.traffic import ctm, ctm_ratio, ctm_value, posts_per_author

DATA = Path(__file__).parents[4] / "shared/data"


def acts(authors: list[int], reposts: list[bool] | None = None) -> pl.DataFrame:
    told = reposts if reposts is not None else [n % 2 == 0 for n in range(len(authors))]
    return pl.DataFrame({"author_id": authors, "is_repost": told})


def calm(n: int, *, seed: int, authors: int = 2_000) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    weight = rng.pareto(2.5, authors) + 1
    who = rng.choice(authors, n, p=weight / weight.sum())
    return acts(who.tolist(), (rng.random(n) < 0.5).tolist())


@pytest.mark.parametrize(
    ("posts", "accounts", "per_author", "rest", "coefficient"),
    [(49_727, 891, 55.81, 68.17, 123.98), (49_538, 7_394, 6.70, 40.11, 46.81)],
)
def test_the_published_coefficients_are_the_sum_of_their_parts(
    posts: int, accounts: int, per_author: float, rest: float, coefficient: float
) -> None:
    # #TNwelcomesModi and #GoBackModi, Nimmo (2019).
    assert round(posts / accounts, 2) == per_author
    assert ctm_value(0.0, rest, posts / accounts) == pytest.approx(coefficient, abs=0.01)


@pytest.mark.parametrize(
    ("name", "coefficient"),
    [
        ("en_airline_2015", 7.83),
        ("en_gopdebate_2015", 13.54),
        ("in_demonetisation_2016", 15.21),
        ("coortweet_russian", 24.54),
        ("py_paraguay_2018", 46.81),
    ],
)
def test_the_coefficients_of_real_sets_come_out(name: str, coefficient: float) -> None:
    path = DATA / f"{name}.parquet"
    if not path.exists():
        pytest.skip(f"{path.name} is not here: these posts are not ours to ship")
    posts = pl.read_parquet(path, columns=["author", "author_id", "post_type"])
    told = posts.select(
        pl.coalesce("author_id", "author").alias("author_id"),
        is_repost=pl.col("post_type") == "repost",
    )
    assert ctm(tallies(told)).value == pytest.approx(coefficient, abs=0.01)


def test_the_coefficient_is_what_plain_counting_gives() -> None:
    some = calm(900, seed=1)
    counts = sorted(some["author_id"].value_counts()["count"].to_list())
    reposts, top = 100 * some["is_repost"].mean() / 10, 100 * sum(counts[-50:]) / 900
    assert ctm(tallies(some)).value == pytest.approx(reposts + top + 900 / len(counts))


def test_the_ratio_is_about_one_at_any_size_where_nothing_is_pushed() -> None:
    quiet = calm(6_000, seed=2)
    for size in (60, 300, 1_500):
        told = ctm_ratio(calm(size, seed=3), quiet)
        assert told.value == pytest.approx(1.0, abs=0.25)
        assert told.low is not None
        assert told.high is not None
        assert told.low <= 1.1
        assert told.high >= 0.9


def test_the_ratio_is_high_where_few_push() -> None:
    pushed = pl.concat([calm(150, seed=4), acts([n % 20 + 9_000 for n in range(350)])])
    told = ctm_ratio(pushed, calm(6_000, seed=2))
    assert told.low is not None
    assert told.low > 1.5


def test_a_large_window_is_compared_at_the_size_that_its_baseline_has() -> None:
    told = ctm_ratio(calm(5_000, seed=5), calm(1_000, seed=2))
    assert told.value == pytest.approx(1.0, abs=0.25)
    assert "CTM of 500 acts" in told.note
    assert ctm_ratio(calm(100, seed=5), calm(50, seed=2)).value is None


def test_posts_per_author_has_an_interval_never_below_one() -> None:
    told = posts_per_author(tallies(acts([1, 2, 3, 4, 4])))
    assert told.value == 1.25
    assert told.low == 1.0
