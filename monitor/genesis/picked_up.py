"""Who passed the first posts on."""

from __future__ import annotations

import numpy as np
import polars as pl

from analysis.graphs.cascade.influence import influence
from monitor.genesis.names import Names
from monitor.genesis.records import PickedUp

_KNOWN = 0.5  # of the followers, or nobody can say who mattered
_MOST = 10


def picked_up(
    early: pl.DataFrame, passed: pl.DataFrame, firsts: list[str], names: Names
) -> list[PickedUp]:
    """Rank them: by influence where followers are known, else by time. firsts: keys of posts."""
    fans = dict(early.select("author_key", "followers").drop_nulls().unique("author_key").rows())
    taken = passed.filter(pl.col("target_post_key").is_in(firsts)).sort("acted_at", "author_key")
    if taken.is_empty():
        return []
    known = sum(key in fans for key in taken["author_key"]) / taken.height
    weight: dict[str, float] = {}
    for cascade in taken.partition_by("target_post_key", maintain_order=True):
        at = cascade["acted_at"].dt.epoch("s").to_numpy().astype(float)
        followers = np.array([fans.get(key, np.nan) for key in cascade["author_key"]], float)
        # The original stands before them, as strong as the strongest of them.
        strongest = np.nanmax(followers) if np.isfinite(followers).any() else np.nan
        through = influence(np.r_[at[0], at], np.r_[strongest, followers])[1:]
        for key, value in zip(cascade["author_key"], through, strict=True):
            weight[key] = weight.get(key, 0.0) + float(value)
    when = dict(taken.group_by("author_key").agg(pl.col("acted_at").min()).iter_rows())
    order = sorted(weight, key=lambda key: (-weight[key] if known >= _KNOWN else 0, when[key], key))
    return [
        PickedUp(
            account=names.who(key).account,
            handle=names.who(key).handle,
            at=when[key],
            followers=fans.get(key),
            influence=round(weight[key], 2) if known >= _KNOWN else None,
        )
        for key in order[:_MOST]
    ]
