"""Our side of the comparison, as one process: from a file of posts to networks.

    python -m bench.networks POSTS.csv FOLDER WITHIN MIN_WEIGHT NETWORK...
    python -m bench.networks POSTS.csv FOLDER WITHIN MIN_PARTICIPATION coortweet

NETWORK: repost, text, link, compared as coordination-network-toolkit compares. Writes
FOLDER/NETWORK.csv (source, target, weight), and prints the seconds of each step as JSON: `read`
(the file into the engine), each network (its edges, of accounts by number), `names` (the accounts'
ids for all of them). Writing is not timed, on either side.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import narwhals as nw
import polars as pl

from analysis.graphs.accounts import accounts
from analysis.graphs.coaction import co_action, marked
from analysis.graphs.compat.coortweet import SHARES, detect_groups, network
from analysis.graphs.traces import TRACE_NAMES, have_several
from monitor.coordination.tracing import Traced, traced
from monitor.engines import Engine, engine_of
from monitor.inputs.files import FileInput
from monitor.inputs.input import Input, Wanted

_MEMORY = "700MB"  # of the engine; the process holds what it reads besides
Steps = dict[str, float]


def main() -> None:
    """Read, compute, write."""
    path, folder, within, least, *names = sys.argv[1:]
    seconds: Steps = {}
    source = FileInput(Path(path), Wanted("all", ()))
    compare = _as_coortweet if names == ["coortweet"] else _as_toolkit
    with contextlib.closing(engine_of("duckdb", memory_limit=_MEMORY)) as engine:
        found = compare(source, engine, int(within), int(least), names, seconds)
    for name, table in found.items():
        table.write_csv(Path(folder) / f"{name}.csv")
    print(json.dumps(seconds))


def _as_toolkit(
    source: Input, engine: Engine, within: int, min_weight: int, names: list[str], seconds: Steps
) -> dict[str, pl.DataFrame]:
    with _timed(seconds, "read"):
        read = traced(source, names, engine, as_toolkit=True)
    edges = {}
    for name in names:
        with _timed(seconds, name):
            chosen = read.traces.filter(nw.col("trace") == TRACE_NAMES.index(name))
            rows = engine.keep(marked(chosen, keep=engine.keep, several=have_several([name])))
            kept = co_action(rows, within=within, keep=engine.keep, min_weight=min_weight)
            edges[name] = engine.collect(kept)
    with _timed(seconds, "names"):
        return {name: _named(found, read) for name, found in edges.items()}


def _named(edges: pl.DataFrame, read: Traced) -> pl.DataFrame:
    ids = read.authors.select("author", source=accounts("author_key"))
    others = ids.rename({"author": "author_b", "source": "target"})
    named = edges.join(ids, on="author").join(others, on="author_b")
    return named.select("source", "target", "weight")


def _as_coortweet(
    source: Input, engine: Engine, within: int, at_least: int, names: list[str], seconds: Steps
) -> dict[str, pl.DataFrame]:
    columns = ("post_key", "author_key", "sort_at", "repost_of_key")
    shares = source.posts(*columns).drop_nulls("repost_of_key").select(
        object_id="repost_of_key",
        account_id="author_key",
        content_id="post_key",
        timestamp=pl.col("sort_at").dt.epoch("s"),
        row=pl.int_range(pl.len(), dtype=pl.Int64),
    )  # fmt: skip
    loaded = engine.load([shares], SHARES)
    with _timed(seconds, *names):
        asked = detect_groups(
            loaded, within=within, min_participation=at_least, loops=False, keep=engine.keep
        )
        pairs = engine.collect(asked)
        edges = network(pairs)
    return {"shares": shares.drop("row"), "pairs": pairs, "edges": edges}


@contextlib.contextmanager
def _timed(seconds: Steps, name: str) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - begun


if __name__ == "__main__":
    main()
