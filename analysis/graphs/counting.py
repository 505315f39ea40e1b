"""How much each pair shares, where most of it was counted before: only what is new is met."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from analysis.graphs.candidates import STRATA
from analysis.graphs.incremental import meeting

_PAIR = ["low", "high"]
_SHARED = [f"shared_{n}" for n in range(len(STRATA))]
_POINTS = {
    "object": pl.Int64,
    "author": pl.Int64,
    "post": pl.Int64,
    "at": pl.Int64,
    "stratum": pl.Int32,
}


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted so far, to go on from."""

    points: pl.DataFrame  # object, author, post, at, stratum: the first that the object is in
    together: pl.DataFrame  # object, met: how often
    totals: pl.DataFrame  # low, high, shared_0 …: how many objects, by stratum

    @classmethod
    def nothing(cls) -> Counted:
        """Give the beginning."""
        return cls(
            pl.DataFrame(schema=_POINTS),
            pl.DataFrame(schema={"object": pl.Int64, "met": pl.Int64}),
            pl.DataFrame(
                schema={**dict.fromkeys(_PAIR, pl.Int64), **dict.fromkeys(_SHARED, pl.Int32)}
            ),
        )


def moved(old: Counted, points: pl.DataFrame, *, within: int) -> Counted:
    """Give the counts for these points, of which most were there before: as if counted anew.

    points: object, author, post, at, sharers (of the object); an author has one of each object.
    What the points that have gone had met is taken away, what those that have come meet is added.
    An object that more or fewer accounts share may change its stratum: then all its points do.
    """
    edges = [pl.col("sharers") > most for most in STRATA[:-1]]
    now = points.with_columns(stratum=pl.sum_horizontal(edges).cast(pl.Int32)).select(*_POINTS)
    come = now.join(old.points, on=list(_POINTS), how="anti")
    gone = old.points.join(now, on=list(_POINTS), how="anti")
    change = pl.concat(
        [
            _met(now, come, within).with_columns(sign=pl.lit(1, pl.Int32)),
            _met(old.points, gone, within).with_columns(sign=pl.lit(-1, pl.Int32)),
        ]
    )
    if change.is_empty():
        return Counted(now, old.together, old.totals)
    each = change.group_by("object").agg(met=pl.col("sign").sum().cast(pl.Int64))
    shared = [
        pl.when(pl.col("stratum") <= n).then("sign").otherwise(0).alias(name)
        for n, name in enumerate(_SHARED)
    ]
    pairs = change.select(*_PAIR, *shared).group_by(_PAIR).agg(pl.col(_SHARED).sum())
    last = pl.col(_SHARED[-1]) > 0
    return Counted(
        now,
        _added(old.together, each, ["object"]).filter(pl.col("met") > 0),
        _added(old.totals, pairs, _PAIR).filter(last),
    )


def _met(points: pl.DataFrame, some: pl.DataFrame, within: int) -> pl.DataFrame:
    """Give object, stratum, low and high of the meetings that some of the points have a part in."""
    if some.is_empty():
        return pl.DataFrame(
            schema={k: _POINTS[k] for k in ("object", "stratum")} | dict.fromkeys(_PAIR, pl.Int64)
        )
    of = some.select("object", "stratum").unique()
    low, high = pl.min_horizontal("author", "author_b"), pl.max_horizontal("author", "author_b")
    found = meeting(points.drop("stratum"), some.drop("stratum"), within=within)
    return found.join(of, on="object").select("object", "stratum", low=low, high=high)


def _added(old: pl.DataFrame, change: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Add changes to counts; only the counts that change are touched."""
    if old.is_empty():
        return change
    touched = old.join(change.select(keys), on=keys, how="semi")
    summed = pl.concat([touched, change]).group_by(keys).agg(pl.exclude(keys).sum())
    rest = old.join(change.select(keys), on=keys, how="anti")
    return pl.concat([rest, summed.select(rest.columns).cast(rest.schema)])
