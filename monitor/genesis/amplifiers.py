"""Who passed a post on, how much came through them, and from whom they had it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.graphs.cascade.influence import influence
from analysis.graphs.cascade.through import given_parents, via_authors
from analysis.graphs.cascade.tree import Tree, tree_of
from monitor.genesis.names import Names
from monitor.genesis.records import Amplifier, Told

_MOST = 5
_KNOWN = 0.5  # of the followers or of the parents, or nobody can say who mattered


@dataclass(frozen=True, slots=True)
class Chain:
    """A cascade as rows: the post itself, and each time that it was passed on."""

    whose: list[str]  # author keys; the first may be '', nobody knows whose post it is
    when: list[datetime]
    at: npt.NDArray[np.float64]  # seconds
    followers: npt.NDArray[np.float64]
    via: list[str | None]  # the author of the repost that one came through, where it is said
    given: npt.NDArray[np.int64]  # the place of that repost, where it is here
    tree: Tree


def chain_of(
    acts: pl.DataFrame, author: str | None, begun: datetime | None, fans: Mapping[str, int]
) -> Chain:
    """Give one cascade. acts: ACTS of one post, in time; author, begun: of the post, if known."""
    author = author or next(iter(acts["target_author_key"].drop_nulls()), None)
    passed = acts["acted_at"].dt.epoch("us").to_numpy() / 1e6
    # Where the post is not here, or its clock runs ahead, it counts from the first repost.
    start = passed[0] if begun is None else min(begun.timestamp(), passed[0])
    whose = [author or "", *acts["author_key"]]
    followers = np.array([fans.get(one, np.nan) for one in whose], float)
    if np.isnan(followers[0]) and np.isfinite(followers).any():
        followers[0] = np.nanmax(followers)  # as strong as the strongest of those after it
    via = [None, *acts.select(via_authors())["via_key"]]
    given = given_parents(whose, via)
    at = np.r_[start, passed]
    when = [begun or acts["acted_at"][0], *acts["acted_at"]]
    return Chain(whose, when, at, followers, via, given, tree_of(at, followers, given))


def amplifiers(chain: Chain, fans: Mapping[str, int], names: Names) -> list[Amplifier]:
    """Rank who passed it on: by influence where it can be told, else by what is said, and time."""
    # Who is known to have many readers, or is said to have brought others, can be weighed.
    weighed = np.isfinite(chain.followers) | (chain.given >= 0)
    known = bool(weighed[1:].mean() >= _KNOWN)
    through = influence(chain.at, chain.followers, chain.given)
    brought = _brought(chain.given)
    first: dict[str, int] = {}
    weight: dict[str, float] = {}
    for place, key in enumerate(chain.whose[1:], start=1):
        if key == chain.whose[0]:
            continue  # its author passing it on again is nobody else's doing
        first.setdefault(key, place)
        weight[key] = weight.get(key, 0.0) + float(through[place])

    def rank(key: str) -> tuple[float, int]:
        return (-weight[key] if known else -float(brought[first[key]]), first[key])

    return [
        Amplifier(
            account=names.who(key).account,
            handle=names.who(key).handle,
            at=chain.when[first[key]],
            followers=fans.get(key),
            influence=round(weight[key], 2) if known else None,
            brought=int(brought[first[key]]) if chain.tree.given else None,
            **_source(chain, first[key], names),
        )
        for key in sorted(first, key=rank)[:_MOST]
    ]


def _brought(given: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Count what is said to have come through each, itself too."""
    brought = np.ones(len(given), np.int64)
    for place in range(len(given) - 1, 0, -1):
        if given[place] >= 0:
            brought[given[place]] += brought[place]
    return brought


def _source(chain: Chain, place: int, names: Names) -> dict[str, Any]:
    """Tell whom one had it from; `via` also names accounts whose repost is not here."""
    via = chain.via[place]
    if via is not None:
        return {"through": names.who(via).name, "through_by": "via"}
    by: Told = "inferred" if chain.tree.way == "followers" else "assumed"
    parent = chain.whose[chain.tree.parent[place]]
    return {
        "through": names.who(parent).name if parent else "",
        "through_by": by,
    }
