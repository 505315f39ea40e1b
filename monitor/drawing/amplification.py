"""The amplification graph: from acts to nodes and edges with all that is computed of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from analysis.graphs.backbone import LEVEL, disparity, significance
from analysis.graphs.bridging import acts_across, ei_index
from analysis.graphs.edge_counts import ACTED, acted_edges, by_edge
from analysis.graphs.partition import partition_of
from analysis.graphs.paths import betweenness
from analysis.graphs.polarisation import controversy
from analysis.graphs.ranking import KINDS
from analysis.graphs.roles import ROLE_NAMES, roles
from analysis.graphs.walks import walk_ranks
from monitor.drawing.drawing import Drawing, nodes_of
from monitor.engines import Engine, engine_of

# Acts that pass something on; answering and naming are acts too, but of another kind.
PASSING = ("repost", "quote", "forward")
_COUNTS = ("amplified", "amplified_by", "amplifies", "amplifies_whom")
_ROWS = 250_000  # that are handed over at once
_AT_LEAST = 3  # members of a community that is told


def amplification(acts: pl.DataFrame, name: str, engine: Engine | None = None) -> Drawing:
    """Draw who amplified whom. acts: ACTS. engine: what counts the edges; None: Polars.

    Nodes: pagerank, community, role and the numbers behind it (`analysis.graphs.roles`). Edges,
    amplifier → amplified: weight (all acts), acts of each kind, first_at, last_at, p (disparity
    filter), q (hypergeometric test). Self-loops and acts on nobody known are left out.
    """
    edges = weighed(edges_of(acts, engine))
    passed = edges.with_columns(weight=pl.sum_horizontal(PASSING)).filter(pl.col("weight") > 0)
    partition = partition_of(edges)
    strong = edges.filter(pl.col("p") < LEVEL)
    paths = betweenness(strong, directed=False)
    played = roles(passed, partition, paths.values)
    nodes = (
        nodes_of(edges)
        .join(walk_ranks(edges), left_on="key", right_on="account", how="left")
        .join(partition, left_on="key", right_on="account", how="left")
        .join(played.drop("betweenness"), left_on="key", right_on="account", how="left")
        .join(paths.values, left_on="key", right_on="account", how="left")
        # Who is only answered or named passes nothing on and is not passed on.
        .with_columns(pl.col("role").fill_null("too few"), pl.col(_COUNTS).fill_null(0))
    )
    facts, lines = _told(edges, passed, partition, nodes)
    if paths.sampled is not None:
        lines.append(f"Betweenness is an estimate, from {paths.sampled} accounts drawn by a seed.")
    return Drawing(
        kind="amplification",
        name=f"amplification of {name}",
        directed=True,
        what="accounts",
        nodes=nodes.select("key", pl.col("key").alias("label"), pl.exclude("key", "days"), "days"),
        edges=edges.select(pl.exclude("days"), "days"),
        facts=facts,
        lines=tuple(lines),
        communities=partition["community"].n_unique(),
        ends=("amplifier", "amplified"),
    )


def edges_of(acts: pl.DataFrame, engine: Engine | None = None) -> pl.DataFrame:
    """Give the edges from amplifier to amplified, with the acts of each kind and their days.

    engine: what counts them; None: Polars.
    """
    rows = acts.select(
        source="author_key",
        target="target_author_key",
        kind="kind",
        at=pl.col("acted_at").dt.epoch("us"),
    )
    counting = engine_of("polars") if engine is None else engine
    counted = acted_edges(counting.load(rows.iter_slices(_ROWS), ACTED), KINDS)
    return by_edge(counting.collect(counted), ("weight", *KINDS))


def weighed(edges: pl.DataFrame) -> pl.DataFrame:
    """Add how likely each edge is by chance: p by its ends' other ties, q by all activity."""
    return edges.with_columns(disparity(edges, directed=True), significance(edges)["q"])


def _told(
    edges: pl.DataFrame, passed: pl.DataFrame, partition: pl.DataFrame, nodes: pl.DataFrame
) -> tuple[dict[str, Any], list[str]]:
    sizes = partition.group_by("community").len().sort("community")
    large = sizes.filter(pl.col("len") >= _AT_LEAST)["community"]
    index = ei_index(passed, partition)
    apart = controversy(passed, partition)
    across = acts_across(passed, partition)
    played = dict(nodes["role"].value_counts().iter_rows())
    facts: dict[str, Any] = {
        "accounts_by_role": {role: int(played.get(role, 0)) for role in ROLE_NAMES},
        "ei": index["ei"][0] if index.height else None,
        "ei_by_community": [
            {"community": row["community"], "ei": row["ei"]}
            for row in index.filter(pl.col("community").is_in(large.implode())).to_dicts()
        ],
        "across": across.filter(
            pl.col("community").is_in(large.implode()), pl.col("other").is_in(large.implode())
        ).to_dicts(),
        "rwc": None if apart is None else apart.score,
        "rwc_sides": None if apart is None else list(apart.sides),
    }
    lines = [
        "Roles: " + ", ".join(f"{role} {count:,}" for role, count in _named(played)) + ".",
    ]
    if facts["ei"] is not None:
        outside = across.filter(pl.col("community") != pl.col("other"))["acts"].sum()
        lines.append(
            f"E-I index {facts['ei']:+.2f} (-1: communities keep to themselves); of "
            f"{across['acts'].sum():,} acts that pass on, {outside:,} cross communities."
        )
    if apart is not None:
        one, other = apart.sides
        lines.append(
            f"Random-walk controversy {apart.score:.2f} between communities {one} and {other} "
            f"({apart.members[0]:,} and {apart.members[1]:,} accounts with ties of two reposts)."
        )
    return facts, lines


def _named(played: dict[str, int]) -> Iterable[tuple[str, int]]:
    return ((role, played[role]) for role in ROLE_NAMES if role in played)
