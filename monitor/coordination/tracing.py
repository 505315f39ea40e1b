"""From an input to what its posts share, in an engine; read batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import polars as pl

from analysis.graphs.coaction import TRACES
from analysis.graphs.near_text import near_texts
from analysis.graphs.traces import (
    TRACE_NAMES,
    columns_for,
    numbers,
    texts_of,
    traces_of,
    with_words,
)
from monitor.engines import Engine, Lazy, ReadsFiles
from monitor.inputs import Input
from monitor.inputs.lake import LakeInput

_NEAR, _TEXT = TRACE_NAMES.index("near-text"), TRACE_NAMES.index("text")
# More distinct texts than this are compared to the letter only: their signatures fill the memory.
MOST_TEXTS = 3_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """What the posts of an input share."""

    traces: Lazy  # TRACES
    authors: pl.DataFrame  # author (number), author_key, handle, posts; by author_key
    posts: int
    notes: tuple[str, ...]


def traced(
    source: Input,
    by: Sequence[str],
    engine: Engine,
    *,
    as_toolkit: bool = False,
) -> Traced:
    """Read an input into an engine."""
    reading = _Reading(by, as_toolkit=as_toolkit)
    if isinstance(engine, ReadsFiles) and isinstance(source, LakeInput):
        rows = reading.on_workers(source, engine)
    else:
        rows = engine.load(reading.batches(source), TRACES)
    notes: tuple[str, ...] = ()
    if "near-text" in by:
        rows, notes = _with_near_texts(rows, reading, engine)
    return Traced(traces=rows, authors=reading.authors(), posts=reading.posts, notes=notes)


class _Reading:
    """Goes through the batches once, and remembers who wrote."""

    def __init__(self, by: Sequence[str], *, as_toolkit: bool) -> None:
        self.by = [name for name in by if name != "near-text"]
        self._near = "near-text" in by
        if self._near and "text" not in self.by:
            self.by.append("text")
        self._as_toolkit = as_toolkit
        self._columns = [*dict.fromkeys((*columns_for(self.by), "handle"))]
        self._authors: list[pl.DataFrame] = []
        self.texts: list[pl.DataFrame] = []
        self.posts = 0

    def batches(self, source: Input) -> Iterator[pl.DataFrame]:
        for batch in source.batches(*self._columns):
            self._remember(batch)
            if not self._as_toolkit:
                batch = with_words(batch)
            if self._near:
                self.texts.append(texts_of(batch))
            yield traces_of(batch, self.by, as_toolkit=self._as_toolkit)

    def on_workers(self, source: LakeInput, engine: ReadsFiles) -> Lazy:
        """Have the workers read the lake; here only what must be known here is read."""
        columns = ("author_key", "handle", *(("kind", "text") if self._near else ()))
        for batch in source.batches(*columns):
            self._remember(batch)
            if self._near:
                self.texts.append(texts_of(with_words(batch)))
        return engine.map_files(
            source.files(),
            columns_for(self.by),
            partial(_traces, by=tuple(self.by), as_toolkit=self._as_toolkit),
            TRACES,
            hashtags=source.wanted.hashtags,
            since=source.wanted.since,
            until=source.wanted.until,
        )

    def _remember(self, batch: pl.DataFrame) -> None:
        self.posts += batch.height
        self._authors.append(
            batch.group_by("author_key").agg(pl.col("handle").last(), posts=pl.len())
        )

    def authors(self) -> pl.DataFrame:
        empty = pl.DataFrame(
            schema={"author_key": pl.String, "handle": pl.String, "posts": pl.UInt32}
        )
        together = pl.concat([empty, *self._authors]).group_by("author_key")
        counted = together.agg(pl.col("handle").drop_nulls().last(), pl.col("posts").sum())
        return counted.sort("author_key").select(
            numbers("author_key").alias("author"), "author_key", "handle",
            pl.col("posts").cast(pl.Int64),
        )  # fmt: skip


def _traces(posts: pl.DataFrame, *, by: Sequence[str], as_toolkit: bool) -> pl.DataFrame:
    """Give what posts share; this runs on workers, too."""
    return traces_of(posts if as_toolkit else with_words(posts), by, as_toolkit=as_toolkit)


def _with_near_texts(rows: Lazy, reading: _Reading, engine: Engine) -> tuple[Lazy, tuple[str, ...]]:
    import narwhals as nw

    if not reading.texts:
        return rows, ()
    texts = pl.concat(reading.texts).unique("object")
    if texts.height > MOST_TEXTS:
        return rows, (f"{texts.height:,} texts are too many to look for almost equal ones.",)
    clusters = near_texts(texts)
    of = engine.load([clusters], pl.Schema({"object": pl.Int64(), "cluster": pl.Int64()}))
    return engine.keep(nw.concat([rows, near_traces(rows, of)])), ()


def near_traces(rows: Lazy, of: Lazy) -> Lazy:
    """Give what near texts share: TRACES. rows: TRACES with texts; of: object, cluster."""
    import narwhals as nw

    said = rows.filter(nw.col("trace") == _TEXT).join(of, on="object", how="inner")
    near = said.select(
        # Another kind of object than the text itself, so another number.
        trace=nw.lit(_NEAR),
        object=nw.col("cluster") - 1,
        author="author",
        post="post",
        at="at",
    ).with_columns(nw.col("trace").cast(nw.Int64))
    return near.select(*TRACES.names())
