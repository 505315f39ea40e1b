"""The networks of other tools, to the letter: coordination-network-toolkit and CooRTweet."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from analysis.graphs.accounts import accounts
from analysis.graphs.coaction import co_action, marked
from analysis.graphs.compat.coortweet import SHARES, detect_groups, network
from analysis.graphs.evidence import evidence, ties
from analysis.graphs.traces import have_several, toolkit_text
from monitor.coordination.found import EDGES
from monitor.coordination.lookup import lookup
from monitor.coordination.tracing import traced
from monitor.engines import Engine
from monitor.inputs import Input

_MOST_LISTED = 300_000  # edges whose posts are listed; of more, that takes memory for all of them
_TIME = pl.Datetime("us", "UTC")
OBJECTS = ("repost", "text", "link", "hashtags", "reply")


def toolkit_edges(
    source: Input,
    by: str,
    engine: Engine,
    *,
    within: int,
    min_weight: int,
    loops: bool,
) -> tuple[pl.DataFrame, list[str]]:
    """Give the edges of coordination-network-toolkit (its state of 2022-11, `daa0e11`) as EDGES.

    Nothing is tested: q is null. With very many edges the posts behind them are not listed, and a
    note says so. The heaviest edges first.
    """
    read = traced(source, (by,), engine, as_toolkit=True)
    rows = engine.keep(marked(read.traces, keep=engine.keep, several=have_several([by])))
    kept = co_action(rows, within=within, keep=engine.keep, min_weight=min_weight, loops=loops)
    edges = engine.collect(kept)
    ids = read.authors.select("author", name=accounts("author_key"))
    named = edges.join(ids.rename({"name": "source"}), on="author").join(
        ids.select(author_b="author", target="name"), on="author_b"
    )
    notes = []
    if edges.height <= _MOST_LISTED:
        one, other = pl.col("author"), pl.col("author_b")
        pairs = edges.select(low=pl.min_horizontal(one, other), high=pl.max_horizontal(one, other))
        met = evidence(
            read.traces, pairs.unique(), within=within, load=engine.load, keep=engine.keep
        )
        posts = lookup(source, read.authors, pl.concat([met["post"], met["post_b"]])).posts
        tied = ties(met).drop("weight")
        named = named.join(_listed(tied, posts), on=["author", "author_b"], how="left")
    elif edges.height:
        notes.append(
            f"{edges.height:,} edges: their times and posts are not listed; with --min-weight 2 "
            "there are fewer."
        )
    return _as_edges(named.with_columns(pl.lit(by).alias("by"))), notes


def _listed(tied: pl.DataFrame, posts: pl.DataFrame) -> pl.DataFrame:
    ids = posts.select("post", "id")
    of = (
        tied.select("author", "author_b", post="posts")
        .explode("post")
        .join(ids, on="post", how="left", maintain_order="left")
        .group_by("author", "author_b", maintain_order=True)
        .agg(posts="id")
    )
    return tied.drop("posts").join(of, on=["author", "author_b"]).with_columns(
        pl.from_epoch(name).dt.replace_time_zone("UTC").cast(_TIME)
        for name in ("first_at", "last_at")
    )  # fmt: skip


def _as_edges(edges: pl.DataFrame) -> pl.DataFrame:
    unsaid = [
        pl.lit(None, dtype).alias(name)
        for name, dtype in EDGES.items()
        if name not in edges.columns
    ]
    order = ["weight", "source", "target"]
    whole = edges.with_columns(unsaid).select(EDGES.names()).cast(EDGES)
    return whole.sort(order, descending=[True, False, False])


def coortweet_network(
    source: Input,
    by: str,
    engine: Engine,
    *,
    within: int,
    min_participation: int,
    quantile: float,
    loops: bool,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give the network and the pairs of CooRTweet 2.1.3.

    The network has the columns of `analysis.graphs.compat.coortweet.NETWORK` with accounts as they
    are shown; so have the pairs those of PAIRS.
    """
    told = engine.load(shares(source, by), SHARES)
    found = detect_groups(
        told, within=within, min_participation=min_participation, loops=loops, keep=engine.keep
    )
    pairs = engine.collect(found).with_columns(
        accounts(name)
        for name in ("object_id", "content_id", "content_id_y", "account_id", "account_id_y")
    )
    return network(pairs, quantile=quantile), pairs.sort(pairs.columns)


def shares(source: Input, by: str) -> Iterator[pl.DataFrame]:
    """Give who shared what as SHARES, batch by batch.

    In the order of the input, which decides between equal times.
    """
    columns, objects = _OBJECT_OF[by]
    row = 0
    for batch in source.batches("post_key", "author_key", "sort_at", *columns):
        told = batch.select(
            object_id=objects,
            account_id="author_key",
            content_id="post_key",
            timestamp=pl.col("sort_at").dt.epoch("s"),
            row=pl.int_range(row, row + batch.height, dtype=pl.Int64),
        )
        if isinstance(told.schema["object_id"], pl.List):
            told = told.explode("object_id")
        row += batch.height
        yield told.drop_nulls().cast(SHARES)


_OBJECT_OF: dict[str, tuple[tuple[str, ...], pl.Expr]] = {
    "repost": (("repost_of_key",), pl.col("repost_of_key")),
    "reply": (("reply_to_key",), pl.col("reply_to_key")),
    "text": (("text",), pl.lit("text:") + toolkit_text()),
    "link": (
        ("urls",),
        pl.col("urls").list.unique(maintain_order=True).list.eval(pl.lit("link:") + pl.element()),
    ),
    "hashtags": (
        ("hashtags",),
        pl.col("hashtags")
        .list.unique(maintain_order=True)
        .list.eval(pl.lit("tag:") + pl.element()),
    ),
}
