"""From the amplification graph to the map: what is shown of it, its communities and their names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import polars as pl

from analysis.words import marking_words
from monitor.drawing.drawing import Drawing
from monitor.page.choice import chosen
from monitor.page.layout import placed
from monitor.page.story import Map, MapCommunity, MapEdge, MapNode

_MOST_COMMUNITIES = 8  # as many colours can be told apart
_LEAST_MEMBERS = 3
_STEPS = 24
_LEAST, _LARGEST = 0.005, 0.03  # radii, where the map is 1 high
WIDTH = 1.5
_LETTERS = "ABCDEFGH"


def atlas(drawing: Drawing, posts: pl.DataFrame, names: Mapping[str, str], *, words: bool) -> Map:
    """Lay the map out. posts: author_key, text. names: how accounts are shown. words: tell them."""
    parts = _largest(drawing)
    everybody = _counted(drawing)
    picked = chosen(everybody, drawing.edges, parts)
    nodes, edges = picked.nodes, picked.edges
    steps, of = _steps(edges)
    began = _began(edges, of)
    order = {key: place for place, key in enumerate(nodes["key"])}
    ties = [
        (order[source], order[target], weight)
        for source, target, weight in edges.select("source", "target", "weight").iter_rows()
    ]
    place_of = {number: place for place, number in enumerate(parts)}
    communities = [place_of.get(number, -1) for number in nodes["community"]]
    radii = _radii(nodes)
    where = placed(ties, communities, radii, width=WIDTH)
    shown = [
        MapNode(
            name=names.get(row["key"], row["key"]),
            x=round(float(where[n][0]), 4),
            y=round(float(where[n][1]), 4),
            size=round(radii[n], 4),
            community=communities[n],
            amplified=row["amplified"],
            amplified_by=row["amplified_by"],
            amplifies=row["amplifies"],
            is_bridge=row["role"] == "bridge",
            step=began.get(row["key"], 0),
        )
        for n, row in enumerate(nodes.iter_rows(named=True))
    ]
    roles = drawing.nodes["role"]
    return Map(
        nodes=shown,
        edges=[
            MapEdge(source=s, target=t, weight=w, step=step)
            for (s, t, w), step in zip(ties, of, strict=True)
        ],
        communities=_communities(everybody, parts, posts, names, words=words),
        steps=steps,
        accounts=drawing.nodes.height,
        ties=drawing.edges.height,
        acts=int(drawing.edges["weight"].sum()),
        acts_on_shown=int(nodes["amplified"].sum()),
        acts_drawn=int(edges["weight"].sum()),
        bridges=_bridges(drawing, names),
        bridges_known=bool((roles != "too few").any()),
    )


def _largest(drawing: Drawing) -> list[int]:
    """Give the numbers of the largest communities, the largest first."""
    sizes = drawing.nodes.group_by("community").len()
    large = sizes.filter(pl.col("len") >= _LEAST_MEMBERS).sort(
        "len", "community", descending=[True, False]
    )
    return large["community"].head(_MOST_COMMUNITIES).to_list()


def _counted(drawing: Drawing) -> pl.DataFrame:
    """Give the accounts with all acts of theirs and on them, of whatever kind."""
    ends = (("target", "amplified"), ("source", "amplifies"))
    nodes = drawing.nodes.select("key", "community", "role", "betweenness")
    for end, name in ends:
        counted = drawing.edges.group_by(key=end).agg(
            pl.col("weight").sum().alias(name), pl.len().cast(pl.Int64).alias(f"{name}_by")
        )
        nodes = nodes.join(counted, on="key", how="left")
    counts = ("amplified", "amplified_by", "amplifies")
    return nodes.with_columns(pl.col(counts).fill_null(0)).drop("amplifies_by")


def _radii(nodes: pl.DataFrame) -> list[float]:
    """Give radii: the area grows with how often an account was amplified."""
    if nodes.is_empty():
        return []
    amplified = nodes["amplified"].fill_null(0)
    most = max(int(amplified.to_numpy().max()), 1)
    return [_LEAST + (_LARGEST - _LEAST) * (count / most) ** 0.5 for count in amplified]


def _steps(edges: pl.DataFrame) -> tuple[list[datetime], list[int]]:
    """Cut the time into equal stretches, and tell in which each edge begins."""
    if edges.is_empty():
        return [], []
    first = edges["first_at"].to_list()
    begin, end = min(first), max(first)
    width = (end - begin) / _STEPS
    if not width:
        return [begin], [0] * len(first)
    steps = [begin + n * width for n in range(_STEPS)]
    return steps, [min(int((at - begin) / width), _STEPS - 1) for at in first]


def _began(edges: pl.DataFrame, of: list[int]) -> dict[str, int]:
    """Tell in which stretch each account is there first."""
    began: dict[str, int] = {}
    pairs = edges.select("source", "target").iter_rows()
    for (source, target), step in zip(pairs, of, strict=True):
        for key in (source, target):
            began[key] = min(began.get(key, step), step)
    return began


def _communities(
    everybody: pl.DataFrame,
    parts: list[int],
    posts: pl.DataFrame,
    names: Mapping[str, str],
    *,
    words: bool,
) -> list[MapCommunity]:
    of = everybody.select("key", "community")
    said = posts.join(of, left_on="author_key", right_on="key").select(
        group="community", text="text"
    )
    counts = dict(said.group_by("group").len().iter_rows())
    marking: dict[int, list[str]] = {}
    if words:
        found = marking_words(said.filter(pl.col("group").is_in(parts)), top=4)
        for group, word in found.select("group", "word").iter_rows():
            marking.setdefault(group, []).append(word)
    told = []
    for letter, number in zip(_LETTERS, parts, strict=False):
        members = everybody.filter(pl.col("community") == number)
        top = members.filter(pl.col("amplified") > 0).sort(
            "amplified", "key", descending=[True, False]
        )
        shown = [names.get(key, key) for key in top["key"].head(3)]
        told.append(
            MapCommunity(
                letter=letter,
                accounts=members.height,
                share=members.height / everybody.height,
                words=marking.get(number, []),
                around=shown[0] if words and shown else None,
                platform=_platform(members["key"]),
                top=shown,
                posts=counts.get(number, 0),
            )
        )
    return told


def _platform(keys: pl.Series) -> str | None:
    """Give where all accounts of a community are, if it is one platform."""
    found = keys.str.split(":").list.first().unique()
    return str(found[0]) if len(found) == 1 else None


def _bridges(drawing: Drawing, names: Mapping[str, str]) -> list[str]:
    """Name those that tie communities together, the most central first."""
    bridges = drawing.nodes.filter(pl.col("role") == "bridge").sort(
        "betweenness", "key", descending=[True, False], nulls_last=True
    )
    return [names.get(key, key) for key in bridges["key"].head(10)]
