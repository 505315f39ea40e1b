"""The results of CooRTweet 2.1.3 in R, row by row, on posts that are not ours to ship."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from analysis.graphs.compat.coortweet import PAIRS, SHARES, detect_groups, network
from monitor.engines import Engine, engine_of

SHARED = Path(__file__).parents[5] / "shared" / "data"
EXPECTED = SHARED / "expected"
pytestmark = pytest.mark.skipif(
    not EXPECTED.exists(), reason="CooRTweet's data sets are not here: they are not ours to ship"
)


@pytest.fixture(scope="module", params=["duckdb", "polars"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    made = engine_of(request.param)
    yield made
    made.close()


@pytest.fixture(scope="module")
def russian() -> pl.DataFrame:
    rows = pl.read_parquet(SHARED / "russian_coord_tweets.parquet")
    return _shares(rows.rename({"timestamp_share": "timestamp"}))


def german(column: str) -> pl.DataFrame:
    """The shares of one kind; a post with several hashtags stands in the file several times."""
    rows = pl.read_parquet(SHARED / "german_elections.parquet").drop_nulls(column)
    columns = {"object_id": column, "account_id": "account_id", "content_id": "post_id"}
    texts = {name: pl.col(taken).cast(pl.String) for name, taken in columns.items()}
    return _shares(rows.select(**texts, timestamp="timestamp").unique(maintain_order=True))


def _shares(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_row_index("row").cast({"row": pl.Int64}).select(*SHARES)


def _pairs(
    engine: Engine, shares: pl.DataFrame, within: int, at_least: int, *, loops: bool = False
) -> pl.DataFrame:
    asked = detect_groups(
        engine.load([shares], SHARES),
        within=within,
        min_participation=at_least,
        loops=loops,
        keep=engine.keep,
    )
    return engine.collect(asked)


def _accounts(edges: pl.DataFrame) -> int:
    return pl.concat([edges["account_id"], edges["account_id_y"]]).n_unique()


def _figures(pairs: pl.DataFrame) -> dict[str, float]:
    edges = network(pairs)
    above, highest = edges.filter("above"), network(pairs, quantile=0.99).filter("above")
    return {
        "pairs": pairs.height,
        "objects": pairs["object_id"].n_unique(),
        "accounts": _accounts(pairs),
        "sum_delta": int(pairs["time_delta"].sum()),
        "nodes": _accounts(edges),
        "edges": edges.height,
        "wsum": int(edges["weight"].sum()),
        "wmax": edges["weight"].to_list() and max(edges["weight"].to_list()),
        "n50": _accounts(above),
        "e50": above.height,
        "n99": _accounts(highest),
        "e99": highest.height,
    }


def test_each_configuration_has_the_figures_of_r(engine: Engine, russian: pl.DataFrame) -> None:
    configurations = pl.read_csv(EXPECTED / "coortweet_russian_expected.csv")
    assert configurations.height >= 9
    for asked in configurations.iter_rows(named=True):
        loops = str(asked["remove_loops"]).upper() != "TRUE"
        pairs = _pairs(
            engine, russian, asked["time_window"], asked["min_participation"], loops=loops
        )
        figures = _figures(pairs)
        assert figures == {name: asked[name] for name in figures}, asked
        symmetry = network(pairs)["edge_symmetry"].to_list()
        assert sum(symmetry) / len(symmetry) == pytest.approx(asked["sym_mean"], abs=1e-12)


def test_with_loops_the_figures_are_those_of_r(engine: Engine, russian: pl.DataFrame) -> None:
    figures = _figures(_pairs(engine, russian, 60, 2, loops=True))
    assert list(figures.values()) == [
        *(3919, 584, 2135, 117974, 2135, 3782, 3919, 48),
        *(99, 70, 18, 15),
    ]


@pytest.mark.parametrize(
    ("name", "within", "at_least"), [("russian", 60, 2), ("russian", 60, 5), ("german_url", 30, 2)]
)
def test_the_summary_is_that_of_r(
    engine: Engine, russian: pl.DataFrame, name: str, within: int, at_least: int
) -> None:
    (told,) = pl.read_csv(EXPECTED / "coortweet_summary.csv").filter(
        pl.col("data") == name,
        pl.col("time_window") == within,
        pl.col("min_participation") == at_least,
    ).iter_rows(named=True)  # fmt: skip
    shares = russian if name == "russian" else german("url_id")
    pairs = _pairs(engine, shares, within, at_least)
    edges = network(pairs)
    above = edges.filter("above")
    weights = edges["weight"]
    posts = pl.concat([pairs["content_id"], pairs["content_id_y"]]).n_unique()
    assert {
        "input_rows": shares.height,
        "input_accounts": shares["account_id"].n_unique(),
        "input_objects": shares["object_id"].n_unique(),
        "pair_rows": pairs.height,
        "pair_objects": pairs["object_id"].n_unique(),
        "pair_accounts": _accounts(pairs),
        "pair_contents": posts,
        "nodes": _accounts(edges),
        "edges": edges.height,
        "weight_sum": weights.sum(),
        "weight_max": weights.max(),
        "weight_median": weights.median(),
        "weight_q90": weights.quantile(0.9, "linear"),
        "weight_q99": weights.quantile(0.99, "linear"),
        "above_median_nodes": _accounts(above),
        "above_median_edges": above.height,
    }.items() <= told.items()
    assert pairs["time_delta"].mean() == pytest.approx(told["mean_time_delta"])


def test_each_pair_is_a_row_of_r(engine: Engine, russian: pl.DataFrame) -> None:
    told = pl.read_csv(EXPECTED / "coortweet_russian_detect_groups_tw60_mp2.csv")
    pairs = _pairs(engine, russian, 60, 2)
    assert sorted(pairs.rows()) == sorted(told.select(*PAIRS).rows())


@pytest.mark.parametrize(
    ("file", "within", "at_least"),
    [
        ("coortweet_russian_network_tw60_mp2.csv", 60, 2),
        ("coortweet_edges_russian_tw60_mp2.csv.gz", 60, 2),
        ("coortweet_edges_russian_tw60_mp5.csv.gz", 60, 5),
        ("coortweet_edges_german_url_tw30_mp2.csv.gz", 30, 2),
    ],
)
def test_each_edge_is_an_edge_of_r(
    engine: Engine, russian: pl.DataFrame, file: str, within: int, at_least: int
) -> None:
    shares = german("url_id") if "german" in file else russian
    edges = network(_pairs(engine, shares, within, at_least))
    told = (
        pl.read_csv(EXPECTED / file, infer_schema_length=None)
        .select(
            account_id=pl.min_horizontal("from", "to"),
            account_id_y=pl.max_horizontal("from", "to"),
            weight="weight",
            avg_time_delta=pl.col("avg_time_delta").cast(pl.Float64),
            n_content_id="n_content_id",
            n_content_id_y="n_content_id_y",
            edge_symmetry=pl.col("edge_symmetry_score").cast(pl.Float64),
            above=pl.col("weight_threshold") == 1,
        )
        .sort("account_id", "account_id_y")
    )
    assert_frame_equal(edges, told, abs_tol=1e-12)


def test_links_and_images_of_the_german_election_are_the_network_of_the_vignette(
    engine: Engine,
) -> None:
    links = _pairs(engine, german("url_id"), 30, 2)
    images = _pairs(engine, german("phash_id"), 30, 2)
    assert (links.height, links["time_delta"].sum()) == (5658, 27341)
    assert (images.height, images["time_delta"].sum()) == (2131, 7295)
    edges = network(pl.concat([links, images]))
    above = edges.filter("above")
    assert (_accounts(edges), edges.height, edges["weight"].sum()) == (671, 1732, 7789)
    assert (_accounts(above), above.height) == (298, 771)


def test_the_account_that_only_meets_itself_is_there_only_with_loops(
    engine: Engine, russian: pl.DataFrame
) -> None:
    """The test of CooRTweet's own package."""
    met = {
        loops: _pairs(engine, russian, 10, 5, loops=loops)["account_id"].str.starts_with("9fa51ef1")
        for loops in (False, True)
    }
    assert (met[False].any(), met[True].any()) == (False, True)
