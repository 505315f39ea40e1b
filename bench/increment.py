"""A batch of new posts in a network that is there: `python -m bench.increment [--quick]`.

Ten thousand reposts come to those of a million posts (`bench.posts`), and the edges are brought up
to date in the engine; beside it, computing them all anew. Both must give the same edges.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import polars as pl

from analysis.graphs.coaction import TRACES, Lazy, co_action, marked
from analysis.graphs.incremental import added, applied
from analysis.graphs.traces import columns_for, traces_of
from bench.posts import written
from monitor.engines import Engine, engine_of
from monitor.inputs.files import FileInput
from monitor.inputs.input import Wanted

_WITHIN = 60
_BATCH = 10_000
_MOST_SECONDS = 0.4  # on two cores
_TIMES = 5


def main() -> int:
    """Measure and print; 1 if the target is missed or the edges differ."""
    count = 100_000 if "--quick" in sys.argv else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        rows = _rows(written(Path(folder), count).csv)
    engine = engine_of("duckdb")
    old = engine.load([rows.head(rows.height - _BATCH)], TRACES)
    edges = _whole(old, engine)
    seconds = []
    for _ in range(_TIMES):
        begun = time.perf_counter()
        new = engine.load([rows.tail(_BATCH)], TRACES)
        change = engine.keep(added(old, new, within=_WITHIN, keep=engine.keep))
        updated = engine.keep(applied(edges, change))
        seconds.append(time.perf_counter() - begun)
    begun = time.perf_counter()
    anew = _whole(engine.load([rows], TRACES), engine)
    whole = time.perf_counter() - begun
    same = _sorted(updated, engine).equals(_sorted(anew, engine))
    taken = median(seconds)
    print(
        f"increment: {_BATCH:,} reposts to those of {count:,} posts {taken:.2f} s "
        f"(at most {_MOST_SECONDS}); all anew {whole:.2f} s; equal: {same}"
    )
    return 0 if same and taken <= _MOST_SECONDS else 1


def _rows(csv: Path) -> pl.DataFrame:
    source = FileInput(csv, Wanted("all", ()))
    by = ["repost"]
    return pl.concat([traces_of(batch, by) for batch in source.batches(*columns_for(by))]).sort(
        "at"
    )


def _whole(traces: Lazy, engine: Engine) -> Lazy:
    rows = engine.keep(marked(traces, keep=engine.keep, several=False))
    return engine.keep(co_action(rows, within=_WITHIN, keep=engine.keep))


def _sorted(edges: Lazy, engine: Engine) -> pl.DataFrame:
    frame = engine.collect(edges).select("author", "author_b", pl.col("weight").cast(pl.Int64))
    return frame.sort("author", "author_b")


if __name__ == "__main__":
    sys.exit(main())
