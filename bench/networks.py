"""Our side of the comparison, as one process: from a file of posts to networks.

    python -m bench.networks POSTS.csv FOLDER WITHIN MIN_WEIGHT NETWORK...
    python -m bench.networks POSTS.csv FOLDER WITHIN MIN_PARTICIPATION coortweet

NETWORK: repost, text, link, compared as coordination-network-toolkit compares. Writes
FOLDER/NETWORK.csv (source, target, weight), and prints the seconds of each step as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import narwhals as nw
import polars as pl

from analysis.graphs.coaction import TRACES, co_action, marked
from analysis.graphs.compat.coortweet import SHARES, detect_groups, network
from analysis.graphs.traces import TRACE_NAMES, columns_for, numbers, traces_of
from monitor.engines import Engine, engine_of
from monitor.inputs.files import FileInput
from monitor.inputs.input import Wanted


class Posts:
    """Posts of a file on their way into an engine."""

    def __init__(self, path: Path) -> None:
        self._input = FileInput(path, Wanted("all", ()))
        self._accounts: list[pl.DataFrame] = []

    def traces(self, by: list[str]) -> Iterator[pl.DataFrame]:
        """Give what is shared, batch by batch, and remember who shares it."""
        for batch in self._input.batches(*columns_for(by)):
            named = batch.select(number=numbers("author_key"), key="author_key")
            self._accounts.append(named.unique("number"))
            yield traces_of(batch, by, as_toolkit=True)

    def named(self, edges: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
        """Give source, target, weight of networks, by the accounts' ids."""
        known = pl.concat(self._accounts).unique("number").select(
            "number", account=pl.col("key").str.split_exact(":", 1).struct.field("field_1")
        )  # fmt: skip
        return {
            name: found.join(known, left_on="author", right_on="number")
            .join(known, left_on="author_b", right_on="number", suffix="_b")
            .select(source="account", target="account_b", weight="weight")
            for name, found in edges.items()
        }

    def shares(self) -> pl.DataFrame:
        """Give the reposts as CooRTweet takes them."""
        posts = self._input.posts(
            "post_key", "author_key", "sort_at", "kind", "repost_of_key"
        ).filter(pl.col("repost_of_key").is_not_null(), pl.col("kind") == "repost")
        return posts.select(
            object_id="repost_of_key",
            account_id="author_key",
            content_id="post_key",
            timestamp=pl.col("sort_at").dt.epoch("s"),
            row=pl.int_range(pl.len(), dtype=pl.Int64),
        )


def main() -> None:
    """Read, compute, write; the writing is not timed."""
    path, folder, within, least, *names = sys.argv[1:]
    seconds: dict[str, float] = {}
    posts, engine = Posts(Path(path)), engine_of("duckdb")
    if names == ["coortweet"]:
        _as_coortweet(posts, engine, Path(folder), int(within), int(least), seconds)
    else:
        _as_toolkit(posts, engine, Path(folder), int(within), int(least), names, seconds)
    engine.close()
    print(json.dumps(seconds))


def _as_toolkit(
    posts: Posts,
    engine: Engine,
    folder: Path,
    within: int,
    min_weight: int,
    names: list[str],
    seconds: dict[str, float],
) -> None:
    begun = time.perf_counter()
    traces = engine.load(posts.traces(names), TRACES)
    seconds["read"] = time.perf_counter() - begun
    edges = {}
    for name in names:
        begun = time.perf_counter()
        chosen = traces.filter(nw.col("trace") == TRACE_NAMES.index(name))
        rows = engine.keep(marked(chosen, within=within))
        found = co_action(rows, within=within, keep=engine.keep, min_weight=min_weight)
        edges[name] = engine.collect(found)
        seconds[name] = time.perf_counter() - begun
    begun = time.perf_counter()
    named = posts.named(edges)
    seconds["names"] = time.perf_counter() - begun
    for name, found_edges in named.items():
        found_edges.write_csv(folder / f"{name}.csv")


def _as_coortweet(
    posts: Posts,
    engine: Engine,
    folder: Path,
    within: int,
    min_participation: int,
    seconds: dict[str, float],
) -> None:
    shares = posts.shares()
    shares.select(SHARES.names()[:-1]).write_csv(folder / "shares.csv")
    loaded = engine.load([shares], SHARES)
    begun = time.perf_counter()
    found = detect_groups(
        loaded, within=within, min_participation=min_participation, loops=False, keep=engine.keep
    )
    pairs = engine.collect(found)
    edges = network(pairs)
    seconds["coortweet"] = time.perf_counter() - begun
    pairs.write_csv(folder / "pairs.csv")
    edges.write_csv(folder / "edges.csv")


if __name__ == "__main__":
    main()
