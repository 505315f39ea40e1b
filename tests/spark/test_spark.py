"""Spark gives the numbers that DuckDB gives: from files, and from a lake that workers read."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import narwhals as nw
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from analysis.graphs.coaction import TRACES, co_action, marked
from analysis.graphs.traces import TRACE_NAMES
from monitor.coordination import Asked, coordinated
from monitor.coordination.compat import coortweet_network, toolkit_edges
from monitor.coordination.tracing import traced
from monitor.drawing.draw import draw
from monitor.engines import Engine, ReadsFiles, engine_of
from monitor.exporting import chunk_of_input, export
from monitor.genesis.cascades import largest
from monitor.inputs.files import FileInput
from monitor.inputs.input import Wanted
from monitor.inputs.lake import LakeInput
from tests.spark.campaign import posts_csv

pytestmark = pytest.mark.spark
ALL = Wanted("all posts", ())
START = datetime(2025, 2, 22, tzinfo=UTC)
TRACED = ("repost", "text", "link", "hashtags", "reply")


@pytest.fixture(scope="module")
def spark() -> Iterator[Engine]:
    """One session for all: it takes its time to begin."""
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip('PySpark is not installed: pip install "gaung[spark]"')
    if shutil.which("java") is None:
        pytest.skip("there is no Java here; Spark needs 17 or newer")
    engine = engine_of("spark")
    yield engine
    engine.close()


@pytest.fixture
def duckdb() -> Iterator[Engine]:
    engine = engine_of("duckdb")
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a file of posts, and the same as a lake."""
    made = tmp_path_factory.mktemp("spark")
    posts_csv(made / "posts.csv", START)
    export(chunk_of_input(FileInput(made / "posts.csv", ALL)), made / "lake", now=START)
    return made


def ordered(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.sort(frame.columns)


@pytest.mark.parametrize(
    "wanted",
    [
        ALL,
        Wanted("#air", ("airbersih",)),
        Wanted("some", (), since=START + timedelta(hours=20), until=START + timedelta(hours=40)),
    ],
    ids=["all", "a hashtag", "some hours"],
)
def test_workers_read_a_lake_as_we_do(
    spark: Engine, duckdb: Engine, folder: Path, wanted: Wanted
) -> None:
    assert isinstance(spark, ReadsFiles)
    assert not isinstance(duckdb, ReadsFiles)
    source = LakeInput(folder / "lake", wanted)
    there, here = traced(source, TRACED, spark), traced(source, TRACED, duckdb)
    found = spark.collect(there.traces)
    assert found.height > 100
    assert found.schema == TRACES
    assert_frame_equal(ordered(found), ordered(duckdb.collect(here.traces)))
    assert_frame_equal(there.authors, here.authors)
    assert there.posts == here.posts


def test_edges_and_weights_are_equal(spark: Engine, duckdb: Engine, folder: Path) -> None:
    found = []
    for engine in (spark, duckdb):
        read = traced(FileInput(folder / "posts.csv", ALL), ("repost", "link"), engine)
        rows = engine.keep(marked(read.traces, keep=engine.keep))
        edges = co_action(rows, within=60, keep=engine.keep, min_weight=2)
        found.append(ordered(engine.collect(edges.select("author", "author_b", "weight"))))
    assert found[0].height > 20
    assert_frame_equal(found[0], found[1])


def test_coortweets_network_is_equal(spark: Engine, duckdb: Engine, folder: Path) -> None:
    source = LakeInput(folder / "lake", ALL)
    asked = {"by": "repost", "within": 60, "min_participation": 2, "quantile": 0.5, "loops": False}
    one, other = (coortweet_network(source, engine=e, **asked) for e in (spark, duckdb))  # type: ignore[arg-type]
    assert one[1].height > 20
    for found, expected in zip(one, other, strict=True):
        assert_frame_equal(found, expected)


@pytest.mark.parametrize("by", ["repost", "text", "link", "reply"])
def test_the_toolkits_network_is_equal(
    spark: Engine, duckdb: Engine, folder: Path, by: str
) -> None:
    source = LakeInput(folder / "lake", ALL)
    asked = {"by": by, "within": 60, "min_weight": 1, "loops": False}
    (one, _), (other, _) = (toolkit_edges(source, engine=e, **asked) for e in (spark, duckdb))  # type: ignore[arg-type]
    assert one.height > (0 if by == "reply" else 20)  # few answer the same post in a minute
    assert_frame_equal(one, other)


def test_groups_accounts_and_evidence_of_all_kinds_are_equal(
    spark: Engine, duckdb: Engine, folder: Path
) -> None:
    source = LakeInput(folder / "lake", ALL)
    asked = Asked(by=TRACE_NAMES)
    one, other = coordinated(source, asked, spark), coordinated(source, asked, duckdb)
    assert len(one.groups) == len(other.groups) >= 1
    # Sums of fractions depend on the order in which they are added: equal but for the last digits.
    for name in ("account_table", "edge_table", "evidence_table"):
        assert_frame_equal(getattr(one, name), getattr(other, name), rel_tol=1e-9)
    assert one.notes == other.notes


def test_a_kept_step_is_computed_once(spark: Engine) -> None:
    frame = pl.DataFrame({"n": [1, 2, 3]}, schema={"n": pl.Int64})
    rows = spark.load([frame, frame], frame.schema)
    doubled = spark.keep(rows.with_columns(twice=nw.col("n") * 2))
    # Nothing of how it came about is left to be computed again.
    assert "Project" not in doubled.to_native()._jdf.queryExecution().logical().toString()
    assert sorted(spark.collect(doubled).rows()) == sorted([(1, 2), (2, 4), (3, 6)] * 2)


def test_an_empty_table_is_a_table(spark: Engine) -> None:
    rows = spark.collect(spark.load([], TRACES))
    assert rows.schema == TRACES
    assert rows.is_empty()


@pytest.mark.parametrize("kind", ["amplification", "hashtags", "links"])
def test_edges_of_graphs_are_equal(spark: Engine, duckdb: Engine, folder: Path, kind: str) -> None:
    source = LakeInput(folder / "lake", ALL)
    one, other = (draw(source, kind, engine=engine) for engine in (spark, duckdb))
    assert one.edges.height > (0 if kind == "hashtags" else 20)  # all use the same two
    assert_frame_equal(one.edges, other.edges)


def test_the_largest_cascades_are_equal(spark: Engine, duckdb: Engine, folder: Path) -> None:
    acts = LakeInput(folder / "lake", ALL).acts()
    one, other = (largest(acts, 5, engine) for engine in (spark, duckdb))
    assert one.height > 10
    assert_frame_equal(one, other)
