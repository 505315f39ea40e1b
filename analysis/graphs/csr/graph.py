"""Graphs that are NetworkX's own, and hold their edges in three arrays until somebody needs more.

A `CSRDiGraph` is an `nx.DiGraph`: whatever takes one takes it. What `backend` computes on the
arrays never makes the dictionaries; anything else that NetworkX does makes them once, in bulk.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, cast

import networkx as nx
import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import coo_array, csr_array, triu

from analysis.graphs.places import AT_ONCE, numbered, place_of

# A sorted column; or a list of what NetworkX's graph has that no column holds, in its order.
Names = pl.Series | list[Any]


class _OnArrays:
    """What directed and undirected graphs on arrays have in common."""

    __networkx_backend__ = "gaung"
    matrix: csr_array  # weights by the places of the ends; of an undirected graph, both ways
    weight_name: str  # of the attribute that the weights are
    _dictionaries: tuple[dict[Any, Any], dict[Any, Any], dict[Any, Any]] | None

    def _set(self, matrix: csr_array, names: Names, weight_name: str) -> None:
        self.graph: dict[str, Any] = {}
        self.__networkx_cache__: dict[str, Any] = {}
        self.matrix, self.weight_name = matrix, weight_name
        self._column = names
        self._names: list[Any] | None = names if isinstance(names, list) else None
        self.origin: Any = None  # the graph of NetworkX that this was made of
        self._dictionaries = None
        nx.freeze(
            cast("nx.Graph[Any]", self)
        )  # a change would reach the dictionaries, and not the arrays

    @property
    def names(self) -> list[Any]:
        """Give the nodes, by place. Made when somebody asks: a list takes much room."""
        if self._names is None:
            self._names = list(self._column)
        return self._names

    def __len__(self) -> int:
        return len(self._column)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.names)

    def __contains__(self, node: object) -> bool:
        if self._dictionaries is not None or isinstance(self._column, list):
            return isinstance(node, Hashable) and node in self._filled()[0]
        # By halves: there need be no dictionary of names.
        names = self._column if self._names is None else self._names
        return place_of(names, node) is not None

    def number_of_nodes(self) -> int:
        return len(self._column)

    order = number_of_nodes

    def nbytes(self) -> int:
        """Give the bytes of the arrays."""
        held = (self.matrix.data, self.matrix.indices, self.matrix.indptr)
        return int(sum(one.nbytes for one in held))

    def _filled(self) -> tuple[dict[Any, Any], dict[Any, Any], dict[Any, Any]]:
        """Give nodes, successors and predecessors as NetworkX holds them; made once."""
        if self._dictionaries is None:
            edges = [{self.weight_name: weight} for weight in self.matrix.data.tolist()]
            after = _runs(self.matrix, self.names, edges)
            turned = csr_array(
                (np.arange(1, self.matrix.nnz + 1), self.matrix.indices, self.matrix.indptr),
                shape=self.matrix.shape,
            ).T.tocsr()
            before = _runs(turned, self.names, [edges[n - 1] for n in turned.data.tolist()])
            self._dictionaries = ({name: {} for name in self.names}, after, before)
        return self._dictionaries


def _runs(matrix: csr_array, names: list[Any], edges: list[dict[str, Any]]) -> dict[Any, Any]:
    """Give a dictionary of neighbours for each row, without a call for each edge."""
    others = [names[place] for place in matrix.indices.tolist()]
    starts = matrix.indptr.tolist()
    return {
        name: dict(zip(others[a:b], edges[a:b], strict=True))
        for name, a, b in zip(names, starts, starts[1:], strict=False)
    }


class CSRDiGraph(_OnArrays, nx.DiGraph):  # type: ignore[type-arg]
    """A directed graph on arrays; made by `digraph_of`. It is frozen; a copy is plain."""

    def __new__(cls, *given: Any, **_: Any) -> Any:
        """Make one; without arrays, as NetworkX does for copies, a plain graph."""
        return object.__new__(cls) if given else nx.DiGraph()

    def __init__(self, matrix: csr_array, names: Names, weight_name: str = "weight") -> None:
        self._set(matrix, names, weight_name)

    _node = property(lambda self: self._filled()[0])
    _adj = property(lambda self: self._filled()[1])
    _succ = property(lambda self: self._filled()[1])
    _pred = property(lambda self: self._filled()[2])

    def number_of_edges(self, u: Any = None, v: Any = None) -> int:
        """Count the edges, or those between two nodes."""
        if u is None:
            return int(self.matrix.nnz)
        return int(super().number_of_edges(u, v))

    def undirected(self) -> CSRGraph:
        """Give the undirected graph: the weights of both directions are added up."""
        return CSRGraph(_mutual(self.matrix), self._column, self.weight_name)


class CSRGraph(_OnArrays, nx.Graph):  # type: ignore[type-arg]
    """An undirected graph on arrays; made by `graph_of`. It is frozen; a copy is plain."""

    def __new__(cls, *given: Any, **_: Any) -> Any:
        """Make one; without arrays, as NetworkX does for copies, a plain graph."""
        return object.__new__(cls) if given else nx.Graph()

    def __init__(self, matrix: csr_array, names: Names, weight_name: str = "weight") -> None:
        self._set(matrix, names, weight_name)

    _node = property(lambda self: self._filled()[0])
    _adj = property(lambda self: self._shared())

    def _shared(self) -> dict[Any, Any]:
        """Give the neighbours; both ways of an edge hold the same dictionary, as in NetworkX."""
        _, after, _ = self._filled()
        if not getattr(self, "_joined", False):
            seen: set[Any] = set()
            for one, others in after.items():
                for other in seen.intersection(others):
                    others[other] = after[other][one]
                seen.add(one)
            self._joined = True
        return after

    def number_of_edges(self, u: Any = None, v: Any = None) -> int:
        """Count the edges, or those between two nodes."""
        if u is None:
            return int(triu(self.matrix).nnz)
        return int(super().number_of_edges(u, v))


def digraph_of(edges: pl.DataFrame, *, weight: str | None = "weight") -> CSRDiGraph:
    """Build a directed graph from columns; the same pair in several rows is added up.

    edges: source, target (text or whole numbers), and a column of weights; without one each row
    counts 1.

    >>> graph = digraph_of(pl.DataFrame({"source": ["a", "b"], "target": ["x", "x"]}), weight=None)
    >>> graph.number_of_edges(), sorted(nx.ancestors(graph, "x"))
    (2, ['a', 'b'])
    """
    return CSRDiGraph(*_matrix(edges, weight), weight or "weight")


def graph_of(edges: pl.DataFrame, *, weight: str | None = "weight") -> CSRGraph:
    """Build an undirected graph from columns; both directions of a pair are added up."""
    matrix, names = _matrix(edges, weight)
    return CSRGraph(_mutual(matrix), names, weight or "weight")


def of_networkx(graph: Any, name: str | None, missing: Any) -> CSRDiGraph | CSRGraph:
    """Give a graph of NetworkX on arrays, whatever its nodes are; it stays at `origin`.

    name: of the attribute that weighs an edge, `missing` where an edge has none; None: each
    counts 1.
    """
    nodes = list(graph)
    column = _column(nodes)
    names = nodes if column is None else column.to_list()
    place = {node: at for at, node in enumerate(names)}
    edges = graph.edges(data=name, default=missing) if name else graph.edges(data=False)
    rows = [(place[edge[0]], place[edge[1]], *edge[2:]) for edge in edges]
    ends = np.array([row[:2] for row in rows], np.int32).reshape(-1, 2)
    data = np.array([row[2] for row in rows], float) if name else np.ones(len(rows))
    size = len(names)
    matrix = coo_array((data, (ends[:, 0], ends[:, 1])), shape=(size, size)).tocsr()
    matrix.sum_duplicates()
    held: Names = nodes if column is None else column
    weight_name = name or "weight"
    made = (
        CSRDiGraph(matrix, held, weight_name)
        if graph.is_directed()
        else CSRGraph(_mutual(matrix), held, weight_name)
    )
    made.origin = graph
    return made


def _column(nodes: list[Any]) -> pl.Series | None:
    """Give nodes that are all text, or all whole numbers of 64 bits, sorted; None for others."""
    kinds = {type(node) for node in nodes}
    if kinds == {str} or (kinds == {int} and min(nodes) >= -(2**63) and max(nodes) < 2**63):
        return pl.Series("name", nodes).sort()
    return None


def _mutual(matrix: csr_array) -> csr_array:
    """Give both ways of each edge, and each loop once; weights of zero stay edges."""
    one = matrix.tocoo()
    apart = one.row != one.col
    rows = np.concatenate([one.row, one.col[apart]])
    columns = np.concatenate([one.col, one.row[apart]])
    data = np.concatenate([one.data, one.data[apart]])
    both = coo_array((data, (rows, columns)), shape=matrix.shape).tocsr()
    both.sum_duplicates()
    return both


def _matrix(edges: pl.DataFrame, weight: str | None) -> tuple[csr_array, pl.Series]:
    names, (rows, columns) = numbered([edges["source"], edges["target"]])
    data = np.ones(edges.height) if weight is None else _floats(edges[weight])
    size = len(names)
    matrix = coo_array((data, (rows, columns)), shape=(size, size)).tocsr()
    matrix.sum_duplicates()
    return matrix, names


def _floats(column: pl.Series) -> npt.NDArray[np.float64]:
    """Give numbers as an array that was not another column before: that would stay held."""
    found = np.empty(len(column))
    for start in range(0, len(column), AT_ONCE):
        found[start : start + AT_ONCE] = column.slice(start, AT_ONCE).to_numpy()
    return found
