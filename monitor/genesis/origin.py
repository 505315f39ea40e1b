"""Which community began it, and when it left."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from analysis.frames import EDGES
from analysis.graphs.partition import partition_of
from analysis.graphs.spread import crossings
from monitor.genesis.records import Crossing, Origin

_HOUR = timedelta(hours=1)
_LEAST_MEMBERS = 5  # of a community
_LEAST_FIRST = 5  # authors, or the first hour alone says little and the first ones are asked
_LEAST_AGREEING = 3
_LEAST_TIED = 0.2  # of the first authors, or the others might be from anywhere


@dataclass(frozen=True, slots=True)
class Spread:
    """Where it began and went; with why, where that cannot be told."""

    origin: Origin | None
    unknown: str
    crossings: list[Crossing] | None


def spread(acts: pl.DataFrame, early: pl.DataFrame, begun: datetime) -> Spread:
    """Tell the community that began it, and when others passed on what it wrote.

    acts: ACTS of the time; early: author_key, kind, sort_at of the posts, in time. Who only passed
    on in the first hour is not asked: by that alone he is near whom he passed on.
    """
    edges = (
        acts.filter(pl.col("target_author_key") != pl.col("author_key"))
        .group_by("author_key", "target_author_key", "kind")
        .agg(count=pl.len().cast(pl.Int64), first_at=pl.col("acted_at").min())
        .select(EDGES.names())
        .cast(EDGES)
    )
    if edges.height < 2 * _LEAST_MEMBERS:
        return Spread(None, "too few acts of one account on another to tell communities", None)
    weighed = edges.select(source="author_key", target="target_author_key", weight="count")
    parts = partition_of(weighed)
    of: dict[str, int] = dict(parts.select("account", "community").iter_rows())
    sizes = Counter(of.values())
    of = {key: number for key, number in of.items() if sizes[number] >= _LEAST_MEMBERS}
    origin, unknown = _origin(_first_authors(early, begun), of, sizes)
    if origin is None:
        return Spread(None, unknown, None)
    rows = crossings(edges, of, origin.community).iter_rows(named=True)
    return Spread(
        origin,
        "",
        [
            Crossing(
                community=row["community"],
                members=sizes[row["community"]],
                first_at=row["first_at"],
                amplifiers=row["amplifiers"],
                hours=round((row["first_at"] - begun) / _HOUR, 2),
            )
            for row in rows
        ],
    )


def _first_authors(early: pl.DataFrame, begun: datetime) -> list[str]:
    """Give who wrote in the first hour, or the first few where they were fewer."""
    wrote = early.filter(pl.col("kind") != "repost").unique(
        "author_key", keep="first", maintain_order=True
    )
    within = wrote.filter(pl.col("sort_at") < begun + _HOUR).height
    return wrote["author_key"].head(max(within, _LEAST_FIRST)).to_list()


def _origin(first: list[str], of: dict[str, int], sizes: Counter[int]) -> tuple[Origin | None, str]:
    """Give the community of more than half of the first authors that are in any, or why not."""
    where = Counter(of[key] for key in first if key in of)
    tied = where.total()
    if tied < max(_LEAST_AGREEING, _LEAST_TIED * len(first)):
        return None, (
            f"too few to tell: of those who wrote first ({len(first)}), only {tied} are in a "
            f"community of {_LEAST_MEMBERS} accounts or more"
        )
    best, authors = min(where.items(), key=lambda pair: (-pair[1], pair[0]))
    if authors < _LEAST_AGREEING or 2 * authors <= tied:
        return None, (
            f"none: the {tied} accounts that wrote first and are in a community are spread over "
            f"{len(where)}, at most {authors} in one"
        )
    return Origin(
        community=best,
        members=sizes[best],
        share=round(sizes[best] / len(of), 4),
        authors=authors,
        tied=tied,
        first_authors=len(first),
    ), ""
