r"""Texts that are almost the same: exact groups first, then MinHash, then verified.

Two texts are near if of the words that either has both have most: Jaccard

.. math:: J(a, b) = \frac{|a \cap b|}{|a \cup b|} \ge 0.8

MinHash gives each text a signature whose places agree with probability J (Broder 1997, On the
Resemblance and Containment of Documents); texts that agree in a whole band of it are compared word
by word (Leskovec, Rajaraman & Ullman, Mining of Massive Datasets, 3.4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

if TYPE_CHECKING:
    from scipy.sparse import csr_array

LEAST_JACCARD = 0.8
_BANDS, _ROWS = 16, 4  # two texts with J = 0.8 meet with a chance of 1 - (1 - 0.8^4)^16 = 0.9998
_SEED = 20_202
_CHUNK = 40_000  # texts whose signatures are made at a time: 30 MB

_PAIRS = 200_000  # compared at a time

_Ints = npt.NDArray[np.int64]
_Words = npt.NDArray[np.uint64]
_Floats = npt.NDArray[np.float64]


def near_texts(texts: pl.DataFrame) -> pl.DataFrame:
    """Give the cluster of each text that is near another one: object, cluster.

    texts: object (any number), text (words, as `traces.plain_text` gives them), both distinct.
    Texts that are near no other are in a cluster of their own. A cluster is named by the smallest
    object in it, so that it does not depend on the order of the rows.

    >>> said = ["harga beras naik lagi hari ini", "harga beras naik lagi hari ini juga",
    ...         "hujan lebat di kota kami sore ini"]
    >>> near_texts(pl.DataFrame({"object": [7, 3, 5], "text": said}))["cluster"].to_list()
    [3, 5, 3]
    """
    if texts.is_empty():
        return pl.DataFrame(schema={"object": pl.Int64, "cluster": pl.Int64})
    known = texts.sort("object")
    hashed, starts = _hashed(known)
    has = _sets(hashed, starts)
    one, other = _met(hashed, starts, np.diff(has.indptr).astype(np.int64))
    near = _jaccard(has, one, other) >= LEAST_JACCARD
    return united(known["object"], one[near], other[near])


def united(objects: pl.Series, one: _Ints, other: _Ints) -> pl.DataFrame:
    """Give what hangs together, one way or another: object, cluster (its smallest object).

    objects: sorted. one, other: the places in it of two that are near.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components  # slow to import

    count = len(objects)
    links = coo_array((np.ones(len(one)), (one, other)), shape=(count, count))
    _, part = connected_components(links, directed=False)
    known = objects.to_numpy()
    # Sorted by object, the first of a part is its smallest.
    _, first = np.unique(part, return_index=True)
    return pl.DataFrame({"object": known, "cluster": known[first[part]]})


def signatures(texts: pl.DataFrame) -> pl.DataFrame:
    """Give what texts must agree in to be compared: object, band, key; 16 rows for each.

    texts: object, text, both distinct. Two texts with an equal key in a band are candidates.
    """
    hashed, starts = _hashed(texts)
    keys = pl.DataFrame(_bands(hashed, starts), schema=[str(band) for band in range(_BANDS)])
    return (
        keys.with_columns(texts["object"])
        .unpivot(index="object", variable_name="band", value_name="key")
        .with_columns(pl.col("band").cast(pl.UInt8))
    )


def are_near(texts: pl.DataFrame, pairs: pl.DataFrame) -> pl.Series:
    """Tell of pairs of texts whether they are near, word by word.

    texts: object, text, both distinct. pairs: one, other, which are objects of texts.
    """
    places = pl.DataFrame({"object": texts["object"]}).with_row_index("place")
    one, other = (
        pairs.select(object=side).join(places, on="object", how="left", maintain_order="left")
        for side in ("one", "other")
    )
    hashed, starts = _hashed(texts)
    ends = (one["place"].to_numpy().astype(np.int64), other["place"].to_numpy().astype(np.int64))
    return pl.Series("near", _jaccard(_sets(hashed, starts), *ends) >= LEAST_JACCARD)


def _hashed(texts: pl.DataFrame) -> tuple[_Words, _Ints]:
    """Give the numbers of all words, and where those of each text start."""
    words = texts["text"].str.split(" ")
    lengths = words.list.len().to_numpy().astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    return words.explode().hash(_SEED).to_numpy(), starts


def _sets(hashed: _Words, starts: _Ints) -> csr_array:
    """Give which text has which word: a row a text, a column a word, 1 where it has it."""
    from scipy.sparse import csr_array

    known, words = np.unique(hashed, return_inverse=True)
    shape = (len(starts) - 1, len(known))
    # A copy of the starts, because adding up duplicates moves them.
    has = csr_array((np.ones(len(words), np.int32), words, starts.copy()), shape=shape)
    has.sum_duplicates()
    has.data[:] = 1
    return has


def _met(hashed: _Words, starts: _Ints, sizes: _Ints) -> tuple[_Ints, _Ints]:
    """Give the places of texts that agree in a band: each with the first one that has it."""
    ones, others = [], []
    bands = _bands(hashed, starts)
    for band in range(_BANDS):
        keys = bands[:, band]
        order = np.argsort(keys, kind="stable")
        ranked = keys[order]
        begins = np.concatenate([[True], ranked[1:] != ranked[:-1]])
        leader = order[np.maximum.accumulate(np.where(begins, np.arange(len(order)), 0))]
        ones.append(leader[~begins])
        others.append(order[~begins])
    one, other = np.concatenate(ones), np.concatenate(others)
    # Texts of very different length cannot be near, whatever they say.
    shorter, longer = np.minimum(sizes[one], sizes[other]), np.maximum(sizes[one], sizes[other])
    alike = shorter >= LEAST_JACCARD * longer
    count = len(sizes)
    pairs = np.unique(one[alike].astype(np.int64) * count + other[alike])
    return pairs // count, pairs % count


def _bands(hashed: _Words, starts: _Ints) -> _Words:
    """Give each text one number per band of its signature."""
    rng = np.random.default_rng(_SEED)
    scale = rng.integers(1, 1 << 32, _BANDS * _ROWS, dtype=np.uint64) | np.uint64(1)
    shift = rng.integers(0, 1 << 63, _BANDS * _ROWS, dtype=np.uint64)
    count = len(starts) - 1
    bands = np.empty((count, _BANDS), np.uint64)
    for begin in range(0, count, _CHUNK):
        end = min(begin + _CHUNK, count)
        base = starts[begin]
        part = hashed[base : starts[end]]
        cuts = starts[begin:end] - base
        for band in range(_BANDS):
            key = np.zeros(end - begin, np.uint64)
            for row in range(band * _ROWS, (band + 1) * _ROWS):
                least = np.minimum.reduceat(_scrambled(part * scale[row] + shift[row]), cuts)
                key = _scrambled(key ^ least)
            bands[begin:end, band] = key
    return bands


def _scrambled(numbers: _Words) -> _Words:
    # The last steps of splitmix64: products alone leave the low bits in order.
    mixed = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    return mixed ^ (mixed >> np.uint64(27))


def _jaccard(has: csr_array, one: _Ints, other: _Ints) -> _Floats:
    """Give the exact likeness of pairs of texts, many at once."""
    sizes = np.diff(has.indptr)
    likeness = np.zeros(len(one))
    for begin in range(0, len(one), _PAIRS):
        some = slice(begin, begin + _PAIRS)
        both: _Ints = has[one[some]].multiply(has[other[some]]).sum(axis=1)
        either = sizes[one[some]] + sizes[other[some]] - both
        likeness[some] = both / np.maximum(either, 1)
    return likeness
