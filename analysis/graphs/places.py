"""Names of nodes as one sorted column, and where each stands in it: no dictionary of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

Ints = npt.NDArray[np.int32]
AT_ONCE = 100_000  # rows that are looked at together: what they need is used again for the next


def numbered(columns: Sequence[pl.Series]) -> tuple[pl.Series, list[Ints]]:
    """Give what stands in columns, each once and sorted, and the places of all rows in it.

    columns: text or whole numbers. Text is told apart by its hash, a part at a time: polars holds
    on to what hash tables of text took. That two of a million names have the same 64-bit number
    has a chance of 3 in 10^8. Raises `TypeError` for columns of another kind, `ValueError` where a
    row is null.

    >>> names, places = numbered([pl.Series(["b", "a"]), pl.Series(["a", "c"])])
    >>> names.to_list(), [one.tolist() for one in places]
    (['a', 'b', 'c'], [[1, 0], [0, 2]])
    """
    kind = _kind(columns)
    met = _Met(kind)
    places = [met.numbers(column) for column in columns]
    names, order = met.sorted()
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    for one in places:
        np.take(place, one, out=one, mode="clip")  # to raise would make a copy first
    return names, places


def _kind(columns: Sequence[pl.Series]) -> pl.DataType:
    for column in columns:
        if not (column.dtype.is_integer() or column.dtype == pl.String):
            raise TypeError(
                f"{column.name} is {column.dtype}: nodes are text or whole numbers; cast the column"
            )
        if column.null_count():
            raise ValueError(
                f"{column.name} is null in {column.null_count()} rows: leave these out"
            )
    kinds = {column.dtype for column in columns}
    if len(kinds) > 1 and pl.String in kinds:
        raise TypeError("some nodes are text and some numbers: cast the columns to text")
    return kinds.pop() if len(kinds) == 1 else pl.Int64()


class _Met:
    """The names so far, numbered as they were met. Numbers are their own hashes."""

    def __init__(self, kind: pl.DataType) -> None:
        self._kind = kind
        self._known = self._hashes(pl.Series([], dtype=kind))  # sorted
        self._number = np.empty(0, np.int32)  # of the name that has each of these hashes
        self._names = [pl.Series("name", [], dtype=kind)]

    def numbers(self, column: pl.Series) -> Ints:
        """Give the number of each row, and add the names that are new."""
        found = np.empty(len(column), np.int32)
        for start in range(0, len(column), AT_ONCE):
            part = column.slice(start, AT_ONCE).cast(self._kind)
            found[start : start + AT_ONCE] = self._numbers(part)
        return found

    def _numbers(self, part: pl.Series) -> Ints:
        met, first, which = np.unique(self._hashes(part), return_index=True, return_inverse=True)
        at = np.searchsorted(self._known, met)
        fresh = np.ones(len(met), bool)
        inside = at < len(self._known)
        fresh[inside] = self._known[at[inside]] != met[inside]
        added = np.arange(len(self._known), len(self._known) + fresh.sum(), dtype=np.int32)
        self._known = np.insert(self._known, at[fresh], met[fresh])
        self._number = np.insert(self._number, at[fresh], added)
        if self._kind == pl.String:
            self._names.append(part.gather(first[fresh]).alias("name"))
        found: Ints = self._number[at + np.cumsum(fresh) - fresh][which]
        return found

    def _hashes(self, part: pl.Series) -> npt.NDArray[Any]:
        return (part.hash() if self._kind == pl.String else part).to_numpy()

    def sorted(self) -> tuple[pl.Series, Ints]:
        """Give the names, sorted, and their numbers."""
        if self._kind != pl.String:
            return pl.Series("name", self._known), self._number
        names = pl.concat(self._names)
        order = names.arg_sort()
        # As text of their own: else they hold all the text that they were taken of.
        apart = names.gather(order).to_frame().select(pl.concat_str("name", pl.lit("")))
        return apart["name"].rechunk(), order.to_numpy().astype(np.int32)


def place_of(names: pl.Series | list[Any], node: object) -> int | None:
    """Give where a node stands among sorted names; None if nowhere.

    As in a dictionary, 1.0 and True are the number 1.

    >>> place_of(pl.Series(["a", "c"]), "c"), place_of(["a", "c"], "b")
    (1, None)
    """
    if not len(names):
        return None
    key = node if isinstance(node, str) else _whole(node)
    if key is None or isinstance(key, str) != isinstance(names[0], str):
        return None
    if not names[0] <= key <= names[-1]:
        return None
    searched = bisect_left(names, key) if isinstance(names, list) else names.search_sorted(key)
    place = int(searched)
    return place if names[place] == key else None


def _whole(node: object) -> int | None:
    if isinstance(node, float | np.floating):
        return int(node) if float(node).is_integer() else None
    return int(node) if isinstance(node, int | np.integer | np.bool_) else None
