r"""Which pairs of accounts could be coordinated, and how often chance would have them meet.

One kind of object at a time, on any engine. An account is taken to choose each of its acts among
the objects as a random account does: of its a acts, :math:`a \pi_o` fall on object o, where

.. math:: \pi_o = \frac{1}{A} \sum_u \frac{n_{uo}}{a_u}

is the popularity of o among accounts: each account counts once, so that a few that repeat
something do not make it popular. Two that chose the same object meet if they did so within the
window; how likely that is, :math:`q_o`, is read off all that chose it. What a pair is expected to
share is then

.. math:: \lambda_{uv} = a_u a_v \sum_o \pi_o^2 q_o

summed over the objects of one stratum of popularity at a time (`STRATA`): to share three things
that five accounts shared is another matter than to share three that ten thousand did.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import narwhals as nw
import polars as pl

from analysis.graphs.coaction import Keep, Lazy, meetings

# Objects shared by at most so many accounts. Each stratum holds the ones before: of several views
# the most surprising counts, and is paid for (`chance.surprise`).
STRATA = (10, 30, 100, 10**12)
_LEAST = 2  # one coincidence is no pattern
# An object that is shared this densely is known to everybody: comparing all with all would cost
# much and tell nothing. It is left out, and said so.
_MOST_MEETINGS = 30_000_000

CANDIDATES = pl.Schema(
    {
        "low": pl.Int64(),
        "high": pl.Int64(),
        "acts_low": pl.Int64(),  # of this kind of object
        "acts_high": pl.Int64(),
        **{f"shared_{n}": pl.Int64() for n in range(len(STRATA))},
    }
)


Meet = Callable[[Lazy], Lazy]  # of points with their sharers, all that meet: see `meetings`
# Of points with their sharers: object, met (how often); and low, high, shared_0 … of each pair.
Count = Callable[[Lazy], tuple[Lazy, Lazy]]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs that share at least two objects within the window, and what chance is made of."""

    pairs: pl.DataFrame  # CANDIDATES
    chances: tuple[float, ...]  # of each stratum: the sum of the squared popularities times q
    accounts: int  # that shared anything of this kind
    left_out: int  # objects that everybody shares


def candidates(
    traces: Lazy,
    *,
    within: int,
    keep: Keep,
    repeats: bool = False,
    most_sharers: int | None = None,
    meet: Meet | None = None,
    count: Count | None = None,
) -> Candidates:
    """Find the pairs of one kind of object that meet at least twice.

    traces: TRACES of one kind. repeats: an object can be used again and again, like a hashtag, and
    each time counts; otherwise only an account's first act on an object does. most_sharers: look
    only at objects of at most so many accounts. meet, of what repeats, and count, of what does not:
    where most is known from before (`incremental.moved`, `counting.moved`).
    """
    acts = keep(_acts(traces, repeats=repeats))
    activity = keep(acts.group_by("author").agg(acts=nw.col("weight").sum().cast(nw.Int64)))
    accounts = int(_scalar(keep(activity.select(n=nw.len()))))
    objects = _objects(acts, activity, accounts)
    if most_sharers is not None:
        objects = objects.filter(nw.col("sharers") <= most_sharers)
    objects = keep(objects)
    if not _scalar(keep(objects.select(n=nw.len()))):
        return Candidates(CANDIDATES.to_frame(), (0.0,) * len(STRATA), accounts, 0)
    points = traces if repeats else _first(acts)
    points, left_out = _bearable(points, objects, within, keep)
    if count is None or repeats:
        found = meetings(points, within=within) if meet is None else meet(points)
        met = found.filter(nw.col("author") != nw.col("author_b"))
        together = keep(met.group_by("object").agg(met=nw.len()))
        totals = _totals(met, objects, repeats=repeats)
    else:
        together, totals = count(points)
    chances = _chances(points, objects, together, keep)
    pairs = _enough(totals, activity)
    return Candidates(_frame(keep(pairs)).cast(CANDIDATES), chances, accounts, left_out)


def _acts(traces: Lazy, *, repeats: bool) -> Lazy:
    found = traces.group_by("object", "author").agg(times=nw.len(), at=nw.col("at").min())
    return found.with_columns(weight=nw.col("times") if repeats else nw.lit(1))


def _first(acts: Lazy) -> Lazy:
    # Of an account and an object there is one row, so the account can stand for the post.
    return acts.select("object", "author", "at", post="author")


def _objects(acts: Lazy, activity: Lazy, accounts: int) -> Lazy:
    """Give the objects that at least two accounts share: object, sharers, popularity."""
    share = nw.col("weight").cast(nw.Float64) / nw.col("acts").cast(nw.Float64)
    of = acts.join(activity, on="author", how="inner").with_columns(share=share)
    counted = of.group_by("object").agg(sharers=nw.len(), popularity=nw.col("share").sum())
    return counted.filter(nw.col("sharers") > 1).with_columns(
        popularity=nw.col("popularity") / max(accounts, 1)
    )


def _bearable(points: Lazy, objects: Lazy, within: int, keep: Keep) -> tuple[Lazy, int]:
    """Keep the rows of shared objects, without those that would meet too often."""
    shared = points.join(objects.select("object", "sharers"), on="object", how="inner")
    dense = shared.with_columns(bucket=nw.col("at") // (within + 1))
    crowds = dense.group_by("object", "bucket").agg(size=nw.len())
    squares = crowds.with_columns(size=nw.col("size").cast(nw.Float64) * nw.col("size"))
    too = keep(
        squares.group_by("object")
        .agg(meetings=nw.col("size").sum())
        .filter(nw.col("meetings") > _MOST_MEETINGS)
    )
    left_out = int(_scalar(keep(too.select(n=nw.len()))))
    if left_out:
        shared = shared.join(too.select("object"), on="object", how="anti")
    return shared, left_out


def _chances(points: Lazy, objects: Lazy, together: Lazy, keep: Keep) -> tuple[float, ...]:
    rows = points.group_by("object").agg(rows=nw.len())
    known = objects.join(rows, on="object", how="inner").join(together, on="object", how="inner")
    n = nw.col("rows").cast(nw.Float64)
    possible = n * (n - 1) / 2
    q = nw.min_horizontal(nw.col("met").cast(nw.Float64) / possible, nw.lit(1.0))
    each = known.select("sharers", chance=nw.col("popularity") * nw.col("popularity") * q)
    summed = each.group_by("sharers").agg(nw.col("chance").sum())
    table = _frame(keep(summed)).sort("sharers")
    return tuple(float(table.filter(pl.col("sharers") <= most)["chance"].sum()) for most in STRATA)


def _totals(met: Lazy, objects: Lazy, *, repeats: bool) -> Lazy:
    """Give how much each pair shares in each stratum: low, high, shared_0 …"""
    one, other = nw.col("author"), nw.col("author_b")
    low, high = nw.min_horizontal(one, other), nw.max_horizontal(one, other)
    if repeats:
        swapped = one < other
        sided = met.select(
            "object",
            low=low,
            high=high,
            mine=nw.when(swapped).then(nw.col("post")).otherwise(nw.col("post_b")),
            theirs=nw.when(swapped).then(nw.col("post_b")).otherwise(nw.col("post")),
        )
        each = sided.group_by("low", "high", "object").agg(
            nw.col("mine").n_unique(), nw.col("theirs").n_unique()
        )
        # Each post of a pair once: ten beside the same one are one meeting.
        times = nw.min_horizontal(nw.col("mine"), nw.col("theirs")).cast(nw.Int64)
        shared = each.join(objects.select("object", "sharers"), on="object", how="inner")
        counted = [
            (nw.when(nw.col("sharers") <= most).then(times).otherwise(0)).alias(f"shared_{n}")
            for n, most in enumerate(STRATA)
        ]
        sums = [nw.col(f"shared_{n}").sum() for n in range(len(STRATA))]
        return shared.with_columns(*counted).group_by("low", "high").agg(*sums)
    marks = [
        nw.when(nw.col("sharers") <= most).then(1).alias(f"shared_{n}")
        for n, most in enumerate(STRATA)
    ]
    counts = [nw.col(f"shared_{n}").count() for n in range(len(STRATA))]
    totals = met.select("sharers", low=low, high=high).with_columns(*marks)
    return totals.group_by("low", "high").agg(*counts)


def _enough(totals: Lazy, activity: Lazy) -> Lazy:
    """Give the pairs that share at least two objects: CANDIDATES."""
    enough = totals.filter(nw.col(f"shared_{len(STRATA) - 1}") >= _LEAST)
    return (
        enough.join(activity.select(low="author", acts_low="acts"), on="low", how="inner")
        .join(activity.select(high="author", acts_high="acts"), on="high", how="inner")
        .select(*CANDIDATES.names())
    )


def _frame(frame: Lazy) -> pl.DataFrame:
    """Give a small result as a frame, whatever the engine."""
    return pl.DataFrame(frame.collect("polars").to_native())


def _scalar(frame: Lazy) -> int:
    return int(_frame(frame).item())
