"""The networks that coordination-network-toolkit gave, edge by edge or by its figures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from analysis.graphs.coaction import TRACES, co_action, marked
from analysis.graphs.traces import numbers, traces_of
from bench.posts import written
from monitor.engines import Engine, engine_of

SHARED = Path(__file__).parents[4] / "shared" / "data"
EXPECTED = SHARED / "expected"
needs_their_posts = pytest.mark.skipif(
    not EXPECTED.exists(), reason="these posts are not ours to ship, and they are not here"
)


@pytest.fixture(scope="module", params=["duckdb", "polars"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    made = engine_of(request.param)
    yield made
    made.close()


def network(
    engine: Engine, posts: pl.DataFrame, by: str, *, within: int, min_weight: int, loops: bool
) -> pl.DataFrame:
    """Give author, author_b, weight, by the authors' keys."""
    traces = engine.load([traces_of(posts, [by], as_toolkit=True)], TRACES)
    rows = engine.keep(marked(traces, keep=engine.keep))
    edges = engine.collect(
        co_action(rows, within=within, keep=engine.keep, min_weight=min_weight, loops=loops)
    )
    known = posts.select(key="author_key", number=numbers("author_key")).unique()
    return (
        edges.join(known, left_on="author", right_on="number")
        .join(known, left_on="author_b", right_on="number", suffix="_b")
        .select(author="key", author_b="key_b", weight="weight")
    )


def posts_of_csv(path: Path) -> pl.DataFrame:
    """Read what the toolkit reads."""
    rows = pl.read_csv(path, infer_schema=False)
    repost, reply = (
        pl.when(pl.col(name) != "").then(pl.col(name)) for name in ("repost_id", "reply_id")
    )
    links = pl.when(pl.col("urls") != "").then(pl.col("urls").str.split(" "))
    return rows.select(
        post_key="message_id",
        author_key="user_id",
        sort_at=pl.from_epoch(pl.col("timestamp").cast(pl.Int64)).dt.replace_time_zone("UTC"),
        kind=pl.when(repost.is_not_null()).then(pl.lit("repost")).otherwise(pl.lit("original")),
        text=pl.col("message").fill_null(""),
        urls=links.fill_null(pl.lit([], pl.List(pl.String))),
        repost_of_key=repost,
        reply_to_key=reply,
    )


@pytest.fixture(scope="module")
def hundred_thousand(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    return posts_of_csv(written(tmp_path_factory.mktemp("posts"), 100_000).csv)


@pytest.mark.parametrize(
    ("by", "figures"),
    [
        ("repost", (19_488, 29_317, 4)),
        ("text", (906, 10_094, 0)),
        ("link", (724, 7_636, 0)),
    ],
)
def test_simulated_posts_give_the_edges_weights_and_loops_of_the_toolkit(
    engine: Engine, hundred_thousand: pl.DataFrame, by: str, figures: tuple[int, int, int]
) -> None:
    edges = network(engine, hundred_thousand, by, within=60, min_weight=1, loops=True)
    loops = edges.filter(pl.col("author") == pl.col("author_b")).height
    assert (edges.height, edges["weight"].sum(), loops) == figures


@needs_their_posts
@pytest.mark.parametrize(
    ("within", "min_weight", "loops", "nodes"),
    [
        (1, 1, False, 2),
        (1, 1, True, 3),
        (1, 2, False, 0),
        (1, 2, True, 1),
        (60, 1, False, 6),
        (60, 1, True, 7),
    ],
)
def test_the_test_of_the_toolkit_itself_has_its_nodes(
    engine: Engine, within: int, min_weight: int, loops: bool, nodes: int
) -> None:
    posts = posts_of_csv(EXPECTED / "cnt_coretweet_test_input.csv")
    edges = network(engine, posts, "repost", within=within, min_weight=min_weight, loops=loops)
    assert len({*edges["author"], *edges["author_b"]}) == nodes


@needs_their_posts
@pytest.mark.parametrize(
    ("name", "by", "expected"),
    [
        ("coortweet_russian", "repost", "qut_russian_co_retweet_60s"),
        ("fb_copypasta_2025", "text", "qut_fb_copypasta_co_tweet_60s"),
    ],
)
def test_real_posts_have_each_edge_of_the_toolkit(
    engine: Engine, name: str, by: str, expected: str
) -> None:
    """Their file has a line per pair: the higher weight, and how many ways weigh at least two."""
    posts = (
        pl.read_parquet(SHARED / f"{name}.parquet")
        .unique("post_id", keep="first", maintain_order=True)
        .select(
            post_key="post_id",
            author_key=pl.coalesce("author_id", "author"),
            sort_at="created_at",
            kind="post_type",
            text="text",
            repost_of_key="repost_of_id",
        )
    )
    edges = network(engine, posts, by, within=60, min_weight=2, loops=False)
    ends = ("author", "author_b")
    pairs = edges.group_by(pl.min_horizontal(ends).alias("s"), pl.max_horizontal(ends).alias("t"))
    told = pl.read_csv(
        EXPECTED / f"{expected}.csv.gz", schema_overrides={"s": pl.String, "t": pl.String}
    )
    expected_rows = told.select(
        pl.min_horizontal("s", "t"), pl.max_horizontal("s", "t").alias("t2"), "weight", "directions"
    ).rows()
    got = pairs.agg(pl.col("weight").max(), pl.len()).rows()
    assert sorted(got) == sorted(expected_rows)
    assert got
