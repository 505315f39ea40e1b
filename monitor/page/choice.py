"""Which accounts and ties the map shows, of a graph with more than anybody can see at once.

The largest communities each get room for those amplified most in them and for those who amplify
these: a star that can be read. Beside them stand bridges, and accounts that many amplify though
their community is small. The accounts with most to do, whoever they are, would be a heap of which
hardly any two are tied; the strongest ties alone would be one community.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

MOST_NODES, MOST_EDGES = 300, 900
_OUTSIDE = 36  # accounts that are in none of the communities with a colour
_LARGEST, _BRIDGES = 15, 10  # that are shown, wherever they are
_HUBS = 5  # one account in so many of a community is shown for being amplified
_LEAST_HUBS = 3
_LEAST_ROOM = 3  # a third of an equal share is every community's
_ACROSS = 0.3  # of the ties shown may lead from one community to another
_STRONGEST = ("weight", "p", "source", "target")
_DOWN = (True, False, False, False)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is shown. nodes: the most amplified first; edges: the strongest first."""

    nodes: pl.DataFrame
    edges: pl.DataFrame


def chosen(
    nodes: pl.DataFrame,
    edges: pl.DataFrame,
    parts: Sequence[int],
    *,
    most_nodes: int = MOST_NODES,
    most_edges: int = MOST_EDGES,
) -> Chosen:
    """Choose. nodes: key, community, role, betweenness, amplified, amplifies; edges: source,
    target, weight, p, with no edge twice; parts: the numbers of the communities with a colour."""
    apart = edges.filter(pl.col("source") != pl.col("target"))
    if nodes.height <= most_nodes:
        keys = nodes["key"].to_list()
    else:
        keys = _picked(nodes, apart, parts, most_nodes)
    of = nodes.filter(_among("key", keys)).select("key", "community")
    among = (
        apart.filter(_among("source", keys), _among("target", keys))
        .join(of.rename({"key": "source", "community": "from"}), on="source")
        .join(of.rename({"key": "target", "community": "to"}), on="target")
        .sort(_STRONGEST, descending=_DOWN, nulls_last=True)
    )
    shown = _ties(among, parts, most_edges).select(edges.columns)
    tied = pl.concat([shown["source"], shown["target"]]).unique()
    kept = nodes.filter(pl.col("key").is_in(tied.implode()))
    return Chosen(kept.sort("amplified", "key", descending=[True, False]), shown)


def _picked(nodes: pl.DataFrame, edges: pl.DataFrame, parts: Sequence[int], most: int) -> list[str]:
    """Give the accounts: of each community, then those outside that must not be missing."""
    inside = nodes.filter(pl.col("community").is_in(list(parts)))
    sizes = dict(inside.group_by("community").len().iter_rows())
    rest = min(_OUTSIDE, nodes.height - inside.height)
    room = seats([sizes.get(part, 0) for part in parts], most - rest)
    picked: list[str] = []
    for part, seat in zip(parts, room, strict=True):
        picked += _of_community(inside.filter(pl.col("community") == part), edges, seat)
    by_betweenness = nodes.filter(pl.col("role") == "bridge").sort(
        "betweenness", "key", descending=[True, False], nulls_last=True
    )
    wanted = [*_most_amplified(nodes, _LARGEST), *by_betweenness["key"].head(_BRIDGES)]
    outside = [key for key in dict.fromkeys(wanted) if key not in set(picked)]
    picked += outside[: max(most - len(picked), 0)]
    some = edges.filter(_among("target", outside), ~_among("source", picked))
    return [*picked, *_by_turns(some, nodes, most - len(picked))]


def seats(sizes: Sequence[int], most: int) -> list[int]:
    """Share room out: some for each, the rest by the square roots of sizes, so that small ones
    can be seen too.

    >>> seats([100, 10_000, 5], 115), seats([3, 4], 20)
    ([19, 90, 5], [3, 4])
    """
    room = [min(size, most // (_LEAST_ROOM * len(sizes))) for size in sizes]
    open_, left = set(range(len(sizes))), most - sum(room)
    while open_:
        wanted = {n: (sizes[n] - room[n]) ** 0.5 for n in open_}
        share = left / (sum(wanted.values()) or 1.0)
        full = {n for n in open_ if sizes[n] - room[n] <= share * wanted[n]}
        for n in full or open_:
            more = sizes[n] - room[n] if full else int(share * wanted[n] + 1e-9)
            room[n] += more
            left -= more
        open_ = open_ - full if full else set()
    return room


def _of_community(members: pl.DataFrame, edges: pl.DataFrame, seat: int) -> list[str]:
    """Give those amplified most in a community, and those who do it."""
    if members.height <= seat:
        return members["key"].to_list()
    hubs = _most_amplified(members, max(_LEAST_HUBS, seat // _HUBS))[:seat]
    onto = edges.filter(_among("target", hubs), ~_among("source", hubs))
    inside = onto.join(members.select(source="key"), on="source", how="semi")
    picked = [*hubs, *_by_turns(inside, members, seat - len(hubs))]
    strength = pl.col("amplified") + pl.col("amplifies")
    others = members.filter(~_among("key", picked)).sort(strength, "key", descending=[True, False])
    return [*picked, *others["key"].head(seat - len(picked))]


def _most_amplified(nodes: pl.DataFrame, most: int) -> list[str]:
    told = nodes.filter(pl.col("amplified") > 0)
    return told.sort("amplified", "key", descending=[True, False])["key"].head(most).to_list()


def _by_turns(edges: pl.DataFrame, nodes: pl.DataFrame, most: int) -> list[str]:
    """Give amplifiers of the targets, the strongest first, one of each target at a time."""
    does = nodes.select(source="key", does="amplifies")
    order, down = ["weight", "does", "source"], [True, True, False]
    told = edges.select("source", "target", "weight").join(does, on="source")
    turns = told.sort(*order, "target", descending=[*down, False]).with_columns(
        turn=pl.int_range(pl.len()).over("target")
    )
    first = turns.sort("turn", *order, "target", descending=[False, *down, False])
    return first["source"].unique(maintain_order=True).head(max(most, 0)).to_list()


def _ties(among: pl.DataFrame, parts: Sequence[int], most: int) -> pl.DataFrame:
    """Choose ties: of each account the strongest, then those inside, then those across.

    Of the latter, those come first that the other ties of their ends explain least (p), because
    whoever acts on many acts across, too. among: sorted, with `from` and `to`.
    """
    ends = [among.unique(end, keep="first", maintain_order=True) for end in ("source", "target")]
    is_inside = (pl.col("from") == pl.col("to")) & pl.col("from").is_in(list(parts))
    across = among.filter(~is_inside).sort(
        "p", "weight", "source", "target", descending=[False, True, False, False], nulls_last=True
    )
    inside = among.filter(is_inside)
    room = max(int(most * _ACROSS), most - inside.height)
    told = pl.concat([*ends, inside.head(most - min(room, across.height)), across.head(room)])
    kept = told.unique(["source", "target"], keep="first", maintain_order=True).head(most)
    return kept.sort(_STRONGEST, descending=_DOWN, nulls_last=True)


def _among(column: str, keys: Sequence[str]) -> pl.Expr:
    return pl.col(column).is_in(pl.Series(keys, dtype=pl.String).implode())
