"""The computations on compressed rows."""

from __future__ import annotations

import networkx as nx
import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array, csr_array, triu

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32] | npt.NDArray[np.int64]


def pagerank(matrix: csr_array, *, alpha: float, max_iter: int, tol: float) -> Floats:
    """Give the PageRank of each row by NetworkX's own iteration, to the last bits.

    It stops when the ranks change by less than N * tol in all. Raises
    `nx.PowerIterationFailedConvergence`.
    """
    size = matrix.shape[0]
    out = np.asarray(matrix.sum(axis=1)).ravel()
    dangling = np.flatnonzero(out == 0)
    np.divide(1.0, out, out=out, where=out != 0)
    # Weights by the sums of their rows; the places are shared, and turning them copies nothing.
    shares = np.repeat(out, np.diff(matrix.indptr))
    shares *= matrix.data
    turned = csr_array((shares, matrix.indices, matrix.indptr), shape=matrix.shape).T
    even = 1.0 / size
    before: Floats = np.full(size, even)
    for _ in range(max_iter):
        ranks = np.asarray(turned @ before)
        ranks += before[dangling].sum() * even
        ranks *= alpha
        ranks += (1 - alpha) * even
        before -= ranks
        if np.abs(before, out=before).sum() < size * tol:
            return ranks
        before = ranks
    raise nx.PowerIterationFailedConvergence(max_iter)


def core_numbers(matrix: csr_array, *, directed: bool) -> Ints:
    """Give the largest k of which each row is in the k-core; directed: in and out degrees count.

    All rows of the least degree are taken away at once, and again, until none is left of it.
    Batagelj & Zaversnik (2003), An O(m) Algorithm for Cores Decomposition of Networks.
    """
    size = matrix.shape[0]
    starts, ends = matrix.indptr, matrix.indices
    turned = _turned(matrix) if directed else None
    degrees = np.diff(starts).astype(np.int64)
    if turned is not None:
        degrees += np.diff(turned.indptr)
    cores = np.zeros(size, np.int64)
    left = np.arange(size)
    alive = np.ones(size, bool)
    k = 0
    while len(left):
        k = max(k, int(degrees[left].min()))
        gone = left[degrees[left] <= k]
        while len(gone):
            cores[gone] = k
            alive[gone] = False
            hit = _neighbours(starts, ends, gone)
            if turned is not None:
                hit = np.concatenate([hit, _neighbours(turned.indptr, turned.indices, gone)])
            hit = hit[alive[hit]]
            touched, times = np.unique(hit, return_counts=True)
            degrees[touched] -= times
            gone = touched[degrees[touched] <= k]
        left = left[alive[left]]
    return cores


def _turned(matrix: csr_array) -> csc_array:
    """Give the places of the matrix by columns; its weights would take twice their room."""
    ones = np.ones(matrix.nnz, np.int8)
    return csr_array((ones, matrix.indices, matrix.indptr), shape=matrix.shape).tocsc()


def _neighbours(starts: Places, ends: Places, rows: Ints) -> Places:
    lengths = starts[rows + 1] - starts[rows]
    shift = np.repeat(starts[rows] - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
    found: Places = ends[np.arange(lengths.sum()) + shift]
    return found


def louvain(matrix: csr_array, *, resolution: float, seed: int) -> Ints:
    """Give the community of each row of a symmetric matrix: Louvain's method with refinement.

    The same seed gives the same communities: one thread. Blondel et al. (2008), J. Stat. Mech.
    P10008; Staudt & Meyerhenke (2016), IEEE TPDS 27(1).
    """
    return _detected("PLM", matrix, resolution, seed)


def leiden(matrix: csr_array, *, resolution: float, seed: int) -> Ints:
    """Give the community of each row of a symmetric matrix by Leiden's method.

    Traag, Waltman & van Eck (2019), From Louvain to Leiden, Scientific Reports 9.
    """
    return _detected("ParallelLeiden", matrix, resolution, seed)


def _detected(method: str, matrix: csr_array, resolution: float, seed: int) -> Ints:
    import networkit

    upper = triu(matrix).tocoo()
    ends = (upper.row.astype(np.uint64), upper.col.astype(np.uint64))
    graph = networkit.GraphFromCoo(
        (upper.data.astype(float), ends), n=matrix.shape[0], weighted=True, directed=False
    )
    threads = networkit.getMaxNumberOfThreads()
    networkit.setSeed(seed, False)
    networkit.setNumberOfThreads(1)
    try:
        if method == "PLM":
            search = networkit.community.PLM(graph, refine=True, gamma=resolution)
        else:
            search = networkit.community.ParallelLeiden(graph, iterations=5, gamma=resolution)
        search.run()
        found = np.asarray(search.getPartition().getVector(), np.int64)
    finally:
        networkit.setNumberOfThreads(threads)
    return found
