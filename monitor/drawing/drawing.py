"""A graph that is ready to be written, whatever it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

DAYS = pl.List(pl.Date())
COURSE = pl.Schema(
    {"key": pl.String(), "community": pl.Int64(), "start": pl.Date(), "end": pl.Date()}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Nodes and edges with all that is known of them."""

    kind: str  # amplification, coordination, hashtags, links
    name: str  # what it is a graph of
    directed: bool
    what: str  # what nodes are: accounts, hashtags, links
    nodes: pl.DataFrame  # key, label, more; days (DAYS) last
    edges: pl.DataFrame  # source, target, weight, more; days (DAYS) last
    facts: Mapping[str, Any] = field(default_factory=dict)  # of the whole, as JSON knows them
    lines: tuple[str, ...] = ()  # what a reader of the file must know, one sentence each
    communities: int | None = None  # None: not looked for
    # In which community a node was: key, community, start and end (days; the end not included).
    course: pl.DataFrame = field(default_factory=COURSE.to_frame)
    # What a reader of CSV sees for the ends of an edge.
    ends: tuple[str, str] = ("source", "target")

    def order(self) -> Drawing:
        """Put nodes and edges in the order of their keys."""
        return self.but(nodes=self.nodes.sort("key"), edges=self.edges.sort("source", "target"))

    def but(self, **changed: Any) -> Drawing:
        """Give the same with something changed."""
        return replace(self, **changed)


def nodes_of(edges: pl.DataFrame) -> pl.DataFrame:
    """Give key and days of all ends of edges, by key: a node is there when one of its edges is."""
    ends = [edges.select(pl.col(side).alias("key"), "days") for side in ("source", "target")]
    both = pl.concat(ends)
    days = (
        both.explode("days")
        .drop_nulls("days")
        .group_by("key")
        .agg(pl.col("days").unique().sort())
        .cast({"days": DAYS})
    )
    return both.select(pl.col("key").unique()).join(days, on="key", how="left").sort("key")
