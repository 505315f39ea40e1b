"""Communities over time: the same one keeps its name, and what became of the others is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from analysis.graphs.bridging import PARTITION

Counts: TypeAlias = NDArray[np.float64]

# Greene et al. try 0.1 to 0.5 and recommend 0.3: below, two communities have less in common than a
# third of all who are in either, and to call them the same would need faith.
LEAST_JACCARD = 0.3
# A split or merger is told when so much of the smaller one comes from, or goes to, the other.
LEAST_SHARE = 0.5
# Smaller ones come and go by accident.
LEAST_SIZE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of communities between two times."""

    kind: str  # "born", "died", "split", "merged"
    community: int  # by its name: born and merged: the later one; died and split: the earlier one
    others: tuple[int, ...] = field(default=())  # split: into; merged: from; both with itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """The later partition by names that stay, and what changed."""

    partition: pl.DataFrame  # PARTITION, by account
    changes: list[Change]
    next_name: int  # the first name that was never given


def follow(before: pl.DataFrame, now: pl.DataFrame, *, next_name: int | None = None) -> Followed:
    r"""Name the communities of `now` as those of `before` that they go on from.

    .. math:: J(A, B) = \frac{|A \cap B|}{|A \cup B|}

    Names are given so that the sum of J over all matched pairs is the largest possible (Hungarian
    method), among pairs with J at least `LEAST_JACCARD`; the rest are born and get new names. Only
    accounts that are there at both times count in J: who was silent tells nothing about
    belonging. before, now: account, community (PARTITION). next_name: the first free name; without
    it, one above all of `before`.

    Greene, Doyle & Cunningham (2010), Tracking the Evolution of Communities in Dynamic Social
    Networks, ASONAM; Kuhn (1955), The Hungarian method for the assignment problem.

    >>> before = pl.DataFrame({"account": list("abcxyz"), "community": [1, 1, 1, 2, 2, 2]})
    >>> now = pl.DataFrame({"account": list("abcxyz"), "community": [2, 2, 2, 1, 1, 1]})
    >>> follow(before, now).partition["community"].to_list()
    [1, 1, 1, 2, 2, 2]
    """
    old, new = _ordered(before), _ordered(now)
    shared = np.zeros((len(old), len(new)))
    both = before.select("account", old="community").join(
        now.select("account", new="community"), on="account"
    )
    for row in both.group_by("old", "new").len().iter_rows():
        shared[old.index(row[0]), new.index(row[1])] = row[2]
    union = shared.sum(axis=1)[:, None] + shared.sum(axis=0)[None, :] - shared
    overlap = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    overlap[overlap < LEAST_JACCARD] = 0.0
    pairs = [
        (int(row), int(column))
        for row, column in zip(*linear_sum_assignment(-overlap), strict=True)
        if overlap[row, column] > 0
    ]
    names = {column: old[row] for row, column in pairs}
    free = max([*old, 0]) + 1 if next_name is None else next_name
    for column in range(len(new)):
        if column not in names:
            names[column], free = free, free + 1
    renamed = now.select(
        "account",
        pl.col("community").replace_strict(
            new, [names[column] for column in range(len(new))], return_dtype=pl.Int64
        ),
    )
    return Followed(
        partition=renamed.cast(PARTITION).sort("account"),
        changes=_changes(_Met(shared, old, _sizes(before), _sizes(now)), new, names, pairs),
        next_name=free,
    )


def follow_all(slices: Sequence[pl.DataFrame]) -> list[Followed]:
    """Name the communities of all times, each by the one before; the first keeps its numbers.

    A time at which nobody is there changes nothing: what comes after goes on from what was before.

    >>> week = pl.DataFrame({"account": list("abc"), "community": [1, 1, 1]})
    >>> [one.partition["community"].to_list() for one in follow_all([week, week.clear(), week])]
    [[1, 1, 1], [], [1, 1, 1]]
    """
    found: list[Followed] = []
    last, free = PARTITION.to_frame(), 1
    for partition in slices:
        given = partition.select(PARTITION.names()).cast(PARTITION)
        if given.is_empty():
            found.append(Followed(partition=given, changes=[], next_name=free))
            continue
        one = follow(last, given, next_name=free)
        found.append(one)
        last, free = one.partition, one.next_name
    return found


@dataclass(frozen=True, slots=True)
class _Met:
    """How many accounts each earlier community (row) gave to each later one (column)."""

    shared: Counts
    old: list[int]
    old_sizes: dict[int, int]
    new_sizes: dict[int, int]


def _changes(
    met: _Met, new: list[int], names: dict[int, int], pairs: list[tuple[int, int]]
) -> list[Change]:
    big_old = [row for row, name in enumerate(met.old) if met.old_sizes[name] >= LEAST_SIZE]
    big_new = [column for column, name in enumerate(new) if met.new_sizes[name] >= LEAST_SIZE]
    # The most part of the later one came from it, or the most part of the earlier one went to it.
    from_it = _mostly(met.shared, axis=0)
    to_it = _mostly(met.shared, axis=1)
    found = []
    for row in big_old:
        into = [names[column] for column in big_new if from_it[row, column]]
        if len(into) > 1:
            found.append(Change(kind="split", community=met.old[row], others=tuple(sorted(into))))
    for column in big_new:
        sources = [met.old[row] for row in big_old if to_it[row, column]]
        if len(sources) > 1:
            found.append(
                Change(kind="merged", community=names[column], others=tuple(sorted(sources)))
            )
    went_on = {met.old[row] for row, _ in pairs} | _named(found, "split", "merged")
    came_from = {names[column] for _, column in pairs} | _named(found, "merged", "split")
    left = [met.old[row] for row in big_old if met.old[row] not in went_on]
    fresh = [names[column] for column in big_new if names[column] not in came_from]
    found += [Change(kind="died", community=name) for name in left]
    found += [Change(kind="born", community=name) for name in fresh]
    return sorted(found, key=lambda change: (change.kind, change.community))


def _mostly(shared: Counts, *, axis: int) -> NDArray[np.bool_]:
    """Tell which numbers are at least half of their column (axis 0) or row (axis 1)."""
    most: NDArray[np.bool_] = shared >= LEAST_SHARE * shared.sum(axis=axis, keepdims=True)
    return np.logical_and(most, shared >= LEAST_SIZE)


def _named(changes: list[Change], one: str, among: str) -> set[int]:
    """Give the communities that a change of kind `one` is of, and those `among` others."""
    return {change.community for change in changes if change.kind == one} | {
        name for change in changes if change.kind == among for name in change.others
    }


def _ordered(partition: pl.DataFrame) -> list[int]:
    """Give the communities by their first member, whatever their numbers: those may be permuted."""
    first = partition.group_by("community").agg(pl.col("account").min())
    return first.sort("account")["community"].to_list()


def _sizes(partition: pl.DataFrame) -> dict[int, int]:
    return dict(partition.group_by("community").len().iter_rows())
