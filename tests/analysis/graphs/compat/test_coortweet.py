"""CooRTweet's rules: against a slow twin, and against what CooRTweet 2.1.3 gave in R."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.graphs.compat.coortweet import NETWORK, PAIRS, SHARES, detect_groups, network
from monitor.engines import Engine, engine_of
from tests.analysis.graphs.compat import coortweet_slowly as slowly
from tests.analysis.graphs.compat.coortweet_slowly import Pair, Share
from tests.many import examples

ENGINES = ("duckdb", "polars")


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    made = engine_of(request.param)
    yield made
    made.close()


def found(
    engine: Engine, shares: pl.DataFrame, *, within: int, min_participation: int = 1, loops: bool
) -> pl.DataFrame:
    pairs = detect_groups(
        engine.load([shares], SHARES),
        within=within,
        min_participation=min_participation,
        loops=loops,
        keep=engine.keep,
    )
    return engine.collect(pairs)


def frame(shares: list[Share]) -> pl.DataFrame:
    return pl.DataFrame(shares, SHARES, orient="row")


def pairs_of(engine: Engine, *rows: tuple[str, str, str, int], **asked: int) -> list[Pair]:
    shares = frame([Share(*row, place) for place, row in enumerate(rows)])
    asked = {"within": 10, "loops": False} | asked
    return sorted(Pair(*row) for row in found(engine, shares, **asked).rows())  # type: ignore[arg-type]


# Few names, so that posts have several authors, objects are posts, and accounts meet themselves.
shares_of_any_kind = st.lists(
    st.tuples(
        st.sampled_from(["o", "p", "1"]),
        st.sampled_from("abcd"),
        st.sampled_from([str(n) for n in range(1, 9)]),
        st.one_of(st.integers(-3, 9), st.integers(-150, 150), st.just(1_700_000_000)),
    ),
    max_size=14,
).flatmap(
    lambda rows: st.permutations(range(len(rows))).map(
        lambda order: [Share(*row, place) for row, place in zip(rows, order, strict=True)]
    )
)


@pytest.mark.fuzz
@settings(max_examples=examples(150), deadline=None)
@given(
    shares=shares_of_any_kind,
    within=st.integers(0, 100),
    min_participation=st.integers(0, 5),
    loops=st.booleans(),
    quantile=st.floats(0, 1),
)
def test_pairs_and_network_are_those_of_the_slow_twin(
    engine: Engine,
    shares: list[Share],
    within: int,
    min_participation: int,
    loops: bool,
    quantile: float,
) -> None:
    asked = {"within": within, "min_participation": min_participation, "loops": loops}
    pairs = found(engine, frame(shares), **asked)  # type: ignore[arg-type]
    assert pairs.schema == PAIRS
    expected = slowly.groups(shares, **asked)  # type: ignore[arg-type]
    assert sorted(pairs.rows()) == sorted(expected)
    edges = network(pairs, quantile=quantile)
    assert edges.schema == NETWORK
    assert edges.rows() == slowly.edges(expected, quantile=quantile)


@given(
    weights=st.lists(st.integers(1, 6), min_size=1, max_size=40),
    quantile=st.one_of(
        st.floats(0, 1), st.integers(0, 100).map(lambda n: n / 100), st.sampled_from([0.29, 0.57])
    ),
)
def test_what_is_above_a_quantile_is_what_r_says(weights: list[int], quantile: float) -> None:
    pairs = [
        Pair("o", f"{edge}-{n}", f"{edge}+{n}", "a", f"b{edge}", 0)
        for edge, weight in enumerate(weights)
        for n in range(weight)
    ]
    edges = network(pl.DataFrame(pairs, PAIRS, orient="row"), quantile=quantile)
    assert edges.rows() == slowly.edges(pairs, quantile=quantile)


def test_of_two_shares_at_one_time_that_of_the_account_seen_first_is_the_older(
    engine: Engine,
) -> None:
    rows = [("x", "b", "1", 0), ("o", "a", "2", 50), ("o", "b", "3", 50)]
    assert pairs_of(engine, *rows) == [Pair("o", "3", "2", "b", "a", 0)]


def test_a_pair_stays_if_only_one_side_is_active(engine: Engine) -> None:
    rows = [
        ("o", "a", "1", 0),
        ("o", "b", "2", 5),
        ("p", "a", "3", 0),
        ("p", "c", "4", 5),
        ("q", "b", "5", 99),
        ("q", "c", "6", 500),
    ]
    assert pairs_of(engine, *rows, min_participation=2) == [
        Pair("o", "1", "2", "a", "b", 5),
        Pair("p", "3", "4", "a", "c", 5),
    ]


def test_a_share_of_oneself_is_a_pair_only_with_loops(engine: Engine) -> None:
    rows = [("o", "a", "1", 0), ("o", "a", "2", 5)]
    assert pairs_of(engine, *rows) == []
    assert pairs_of(engine, *rows, loops=True) == [Pair("o", "1", "2", "a", "a", 5)]


def test_the_symmetry_of_an_edge_is_that_of_older_and_younger_posts() -> None:
    """A posted two, B four: 0.5 by CooRTweet's manual, 1.0 by CooRTweet."""
    old_new = [("a1", "b2"), ("b3", "a6"), ("b4", "a6"), ("b5", "a6")]
    pairs = [Pair("o", old, new, old[0], new[0], 1) for old, new in old_new]
    (edge,) = network(pl.DataFrame(pairs, PAIRS, orient="row")).rows(named=True)
    assert (edge["n_content_id"], edge["n_content_id_y"]) == (4, 2)
    pairs = [Pair("o", old, new, old[0], new[0], 1) for old, new in [*old_new[:1], ("b3", "a6")]]
    (edge,) = network(pl.DataFrame(pairs, PAIRS, orient="row")).rows(named=True)
    assert edge["edge_symmetry"] == 1.0


def test_no_pairs_are_no_network() -> None:
    assert network(PAIRS.to_frame()).rows() == []


def test_a_quantile_outside_its_range_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        network(PAIRS.to_frame(), quantile=1.5)


def test_a_negative_window_is_refused(engine: Engine) -> None:
    with pytest.raises(ValueError, match="negative"):
        found(engine, frame([]), within=-1, loops=False)
