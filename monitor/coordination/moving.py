"""The coordination of a time that moves on: a turn costs what is new since the last one.

Kept are what the posts share, which of their texts are near, and which of them meet; that is what
costs most. What has come to the store, has changed, was taken away or has left the time is found by
comparing one number for each post, so the answer is always that of `coordinated`, computed anew.
"""

from __future__ import annotations

from collections.abc import Iterator

import narwhals as nw
import polars as pl

from analysis.graphs import counting, incremental, near_moving
from analysis.graphs.candidates import Count, Meet
from analysis.graphs.coaction import TRACES, Lazy
from analysis.graphs.coordination import Settings, coordination
from analysis.graphs.counting import Counted
from analysis.graphs.incremental import Met
from analysis.graphs.near_moving import Near, clusters
from analysis.graphs.traces import (
    TRACE_NAMES,
    columns_for,
    numbers,
    texts_of,
    traces_of,
    with_words,
)
from monitor.coordination.found import Found
from monitor.coordination.run import DEFAULT_WITHIN, Asked, told
from monitor.coordination.tracing import Traced, near_traces
from monitor.engines.polars import PolarsEngine
from monitor.inputs import Wanted
from monitor.store import Store
from monitor.store.queries import Selection

_TEXT, _NEAR = TRACE_NAMES.index("text"), TRACE_NAMES.index("near-text")
_READ = tuple(name for name in TRACE_NAMES if name != "near-text")
_COLUMNS = columns_for(_READ)
_MARKED = [name for name in _COLUMNS if name != "post_key"]
# More meetings or pairs of a kind than this are not kept, but counted anew: 40 bytes each.
_MOST_KEPT = 6_000_000
_WITHIN = DEFAULT_WITHIN
_POSTS = {
    "post_key": pl.String,
    "mark": pl.UInt64,
    "post": pl.Int64,
    "author": pl.Int64,
    "author_key": pl.String,
}


class Moving:
    """Remembers a watch from turn to turn, in the memory of the process."""

    def __init__(self) -> None:
        self._posts = pl.DataFrame(schema=_POSTS)
        self._traces = TRACES.to_frame()
        self._texts = pl.DataFrame(schema={"object": pl.Int64, "text": pl.String})
        self._near = Near.nothing()
        self._engine = PolarsEngine()
        self._known = _Known(self._engine)
        self._asked = Asked(scored=False, keyed=True)
        self._found: Found | None = None
        self.read = 0  # posts that the last turn had to read

    def found(self, store: Store, wanted: Wanted) -> Found:
        """Give who acts together in the posts that are wanted now, without scores, by keys."""
        selection = wanted.target.selection(wanted.since, wanted.until)
        changed = self._follow(store, selection)
        if changed or self._found is None:
            self._found = self._computed(store, selection, wanted.name)
        return self._found

    def _follow(self, store: Store, selection: Selection) -> bool:
        """Bring what is kept up to date, and tell whether anything has changed."""
        marks = store.gathered.marks(selection, _MARKED)
        same = ["post_key", "mark"]
        fresh = marks.join(self._posts, on=same, how="anti")
        gone = self._posts.join(marks, on=same, how="anti")
        self.read = fresh.height
        if fresh.is_empty() and gone.is_empty():
            return False
        lost = gone.select("post")
        traces = [self._traces.join(lost, on="post", how="anti")]
        posts = [self._posts.join(lost, on="post", how="anti")]
        texts = [self._texts]
        if fresh.height:
            for read in store.gathered.some(selection, _COLUMNS, fresh["post_key"]):
                batch = with_words(read)
                traces.append(traces_of(batch, _READ))
                texts.append(texts_of(batch))
                posts.append(_posts_of(batch, fresh))
        self._posts, self._traces = pl.concat(posts), pl.concat(traces)
        said = self._traces.filter(pl.col("trace") == _TEXT).select("object").unique()
        self._texts = pl.concat(texts).unique("object").join(said, on="object", how="semi")
        self._near = near_moving.moved(self._near, self._texts)
        return True

    def _computed(self, store: Store, selection: Selection, name: str) -> Found:
        of = self._engine.load([clusters(self._near, self._texts)], _CLUSTERS)
        traces: Lazy = self._engine.load([self._traces], TRACES)
        if self._texts.height:
            traces = self._engine.keep(nw.concat([traces, near_traces(traces, of)]))
        authors = self._authors()
        settings = Settings(by=self._asked.by, within=_WITHIN)
        found = coordination(
            traces,
            authors.height,
            settings=settings,
            keep=self._engine.keep,
            known=self._known,
            scored=False,
        )
        read = Traced(traces=traces, authors=authors, posts=self._posts.height, notes=())

        def shown(posts: pl.Series) -> _Shown:
            keys = self._posts.filter(pl.col("post").is_in(posts.implode()))["post_key"]
            return _Shown(store, selection, keys)

        return told(shown, read, found, settings, self._engine, name=name, notes=[], keyed=True)

    def _authors(self) -> pl.DataFrame:
        counted = self._posts.group_by("author", "author_key").agg(posts=pl.len())
        return counted.sort("author_key").select(
            "author", "author_key", pl.lit(None, pl.String).alias("handle"),
            pl.col("posts").cast(pl.Int64),
        )  # fmt: skip


class _Known:
    """What has met before, of each kind of object: it is not looked for again."""

    def __init__(self, engine: PolarsEngine) -> None:
        self._engine = engine
        self._met: dict[str, Met] = {}
        self._counted: dict[str, Counted] = {}

    def meet(self, kind: str) -> Meet:
        """Give the way to tell what meets; meetings are kept."""

        def meet(points: Lazy) -> Lazy:
            frame = self._engine.collect(points)
            now = incremental.moved(self._met.pop(kind, Met.nothing()), frame, within=_WITHIN)
            if now.meetings.height <= _MOST_KEPT:
                self._met[kind] = now
            return nw.from_native(now.meetings.lazy())

        return meet

    def count(self, kind: str) -> Count:
        """Give the way to count what pairs share; only the counts are kept."""

        def count(points: Lazy) -> tuple[Lazy, Lazy]:
            frame = self._engine.collect(points)
            now = counting.moved(self._counted.pop(kind, Counted.nothing()), frame, within=_WITHIN)
            if now.totals.height <= _MOST_KEPT:
                self._counted[kind] = now
            return nw.from_native(now.together.lazy()), nw.from_native(now.totals.lazy())

        return count


_CLUSTERS = pl.Schema({"object": pl.Int64(), "cluster": pl.Int64()})


class _Shown:
    """Reads again only the posts that are shown."""

    def __init__(self, store: Store, selection: Selection, keys: pl.Series) -> None:
        self._store, self._selection, self._keys = store, selection, keys

    def batches(self, *columns: str) -> Iterator[pl.DataFrame]:
        """Give these columns of them."""
        yield from self._store.gathered.some(self._selection, columns, self._keys)


def _posts_of(batch: pl.DataFrame, marks: pl.DataFrame) -> pl.DataFrame:
    numbered = batch.select(
        "post_key", "author_key",
        numbers("post_key").alias("post"), numbers("author_key").alias("author"),
    )  # fmt: skip
    return numbered.join(marks, on="post_key").select(*_POSTS)


class Memory:
    """What the daemon keeps of each watch from turn to turn; lost with the process, and rebuilt."""

    def __init__(self) -> None:
        self._watches: dict[str, Moving] = {}

    def of(self, watch: str) -> Moving:
        """Give what is remembered of a watch."""
        return self._watches.setdefault(watch, Moving())

    def forget(self, watch: str) -> None:
        """Give the memory back."""
        self._watches.pop(watch, None)
