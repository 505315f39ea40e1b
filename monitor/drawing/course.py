"""Communities of an amplification graph step by step, by names that stay."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl

from analysis.graphs.partition import partition_of
from analysis.graphs.persistence import LEAST_SIZE, Change, follow_all
from monitor.drawing.amplification import edges_of
from monitor.drawing.drawing import Drawing


def with_course(drawing: Drawing, acts: pl.DataFrame, every: timedelta) -> Drawing:
    """Follow the communities of a drawing in steps of whole days, from the first act on.

    A step has the communities of its own acts. They are called by the name of the community of
    the whole time, and then of the step before, that they have most of their accounts in common
    with (`analysis.graphs.persistence`). acts: ACTS. Adds `course` and what became of communities.
    """
    dated = acts.filter(pl.col("acted_at").is_not_null()).with_columns(
        day=pl.col("acted_at").dt.date()
    )
    if dated.is_empty():
        return drawing
    first, last = dated.select(first=pl.col("day").min(), last=pl.col("day").max()).row(0)
    starts = [first + number * every for number in range((last - first) // every + 1)]
    whole = drawing.nodes.select(account="key", community="community")
    slices = [
        partition_of(edges_of(dated.filter(pl.col("day").is_between(s, s + every, "left"))))
        for s in starts
    ]
    followed = follow_all([whole, *slices])[1:]
    course = pl.concat(
        [
            one.partition.select(
                key="account", community="community", start=pl.lit(s), end=pl.lit(s + every)
            )
            for one, s in zip(followed, starts, strict=True)
        ]
    )
    # Set against the whole time, the first step lacks much that only comes later.
    changes = [(s, one.changes) for one, s in zip(followed, starts, strict=True)][1:]
    told = [_change(change, str(s)) for s, changed in changes for change in changed]
    counted = {kind: sum(one["kind"] == kind for one in told) for kind in _KINDS}
    line = (
        f"{len(starts)} steps of {every.days} d: communities of {LEAST_SIZE} and more "
        + ", ".join(f"{kind} {count}" for kind, count in counted.items())
        + "."
    )
    return drawing.but(
        course=course.sort("key", "start"),
        facts={**drawing.facts, "changes": told},
        lines=(*drawing.lines, line),
    )


_KINDS = ("born", "died", "split", "merged")


def _change(change: Change, at: str) -> dict[str, Any]:
    return {
        "at": at,
        "kind": change.kind,
        "community": change.community,
        "others": list(change.others),
    }
