"""What a batch of new posts changes in a network of co-action, without computing it anew."""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw
import polars as pl

from analysis.graphs.coaction import Keep, Lazy, meetings

_ROWS = ("object", "author", "post", "at")
_POINTS = dict.fromkeys(_ROWS, pl.Int64)
_MEETINGS = dict.fromkeys(("object", "author", "post", "author_b", "post_b"), pl.Int64)


def added(old: Lazy, new: Lazy, *, within: int, keep: Keep, loops: bool = False) -> Lazy:
    """Give what the new rows add to the edges of `coaction.co_action`: author, author_b, weight.

    old, new: TRACES, distinct; `new` may be of any time, and add objects to a post that is known.
    Only rows are looked at that share an object with a new one within the window, and what their
    posts had met before: an edge counts each post of its author once. The edges of both together
    are those of `old` plus these.
    """
    fresh = new.select(*_ROWS)
    near = _around(old, fresh, within=within)
    mixed = nw.concat([near.with_columns(new=nw.lit(0)), fresh.with_columns(new=nw.lit(1))])
    told = keep(_told(mixed, within=within, loops=loops))
    # Posts that have met somebody before, maybe by another object that is not in the batch.
    known = old.select(*_ROWS).join(told.select("post").unique(), on="post", how="semi")
    before = _around(old, keep(known), within=within)
    had = _directed(meetings(before, within=within), loops=loops)
    fresh_only = told.join(had, on=["post", "author_b"], how="anti")
    return fresh_only.group_by("author", "author_b").agg(weight=nw.len())


def applied(edges: Lazy, change: Lazy) -> Lazy:
    """Give the edges with what was added: author, author_b, weight."""
    together = nw.concat(
        [
            edges.select("author", "author_b", "weight"),
            change.select("author", "author_b", "weight"),
        ]
    )
    return together.group_by("author", "author_b").agg(nw.col("weight").sum().cast(nw.Int64))


def _around(rows: Lazy, middle: Lazy, *, within: int) -> Lazy:
    """Give the rows that can meet one of the others: of the same object, in a near bucket."""
    width = within + 1
    places = nw.concat(
        [
            middle.select("object", (nw.col("at") // width + shift).alias("bucket"))
            for shift in (-1, 0, 1)
        ]
    ).unique()
    placed = rows.select(*_ROWS).with_columns(bucket=nw.col("at") // width)
    return placed.join(places, on=["object", "bucket"], how="semi").drop("bucket")


def _told(mixed: Lazy, *, within: int, loops: bool) -> Lazy:
    """Give post, author, author_b of each meeting that a new row has a part in, once."""
    older = mixed.select("object", "post", was_new="new").unique()
    met = meetings(mixed, within=within)
    other = older.select("object", post_b="post", new_b="was_new")
    # The same row may be old and new, where a batch repeats it: then it is nothing new.
    both = met.join(other, on=["object", "post_b"], how="inner")
    some = both.filter((nw.col("new") == 1) | (nw.col("new_b") == 1))
    return _directed(some, loops=loops)


def _directed(met: Lazy, *, loops: bool) -> Lazy:
    if not loops:
        met = met.filter(nw.col("author") != nw.col("author_b"))
    return nw.concat(
        [
            met.select("post", "author", "author_b"),
            met.select(post="post_b", author="author_b", author_b="author"),
        ]
    ).unique()


@dataclass(frozen=True, slots=True)
class Met:
    """What has met so far, to go on from."""

    points: pl.DataFrame  # object, author, post, at; distinct
    meetings: pl.DataFrame  # of them: as `coaction.meetings`, without the times

    @classmethod
    def nothing(cls) -> Met:
        """Give the beginning."""
        return cls(pl.DataFrame(schema=_POINTS), pl.DataFrame(schema=_MEETINGS))


def moved(old: Met, points: pl.DataFrame, *, within: int) -> Met:
    """Give what meets among the points, of which most were there before: as if computed anew.

    points: object, author, post, at; distinct. What has come, gone or changed its time is looked at
    with what is near it in time; all other meetings stay as they are.
    """
    now = points.select(*_ROWS)
    come = now.join(old.points, on=_ROWS, how="anti")
    gone = old.points.join(now, on=_ROWS, how="anti")
    met = old.meetings
    if gone.height:
        for end in ("post", "post_b"):
            met = met.join(gone.select("object", pl.col("post").alias(end)).unique(),
                           on=["object", end], how="anti")  # fmt: skip
    if come.height:
        met = pl.concat([met, meeting(now, come, within=within).select(met.columns)])
    return Met(now, met)


def meeting(points: pl.DataFrame, some: pl.DataFrame, *, within: int) -> pl.DataFrame:
    """Give the meetings among points that some of them have a part in: as `coaction.meetings`.

    points, some: object, author, post, at; distinct.
    """
    fresh = nw.from_native(some.lazy())
    near = _around(nw.from_native(points.lazy()), fresh, within=within)
    native: pl.LazyFrame = meetings(near, within=within).to_native()
    found = native.collect()
    keys = some.select("object", "post").unique()
    first = found.join(keys, on=["object", "post"], how="semi")
    rest = found.join(keys, on=["object", "post"], how="anti")
    then = rest.join(keys.rename({"post": "post_b"}), on=["object", "post_b"], how="semi")
    return pl.concat([first, then])
