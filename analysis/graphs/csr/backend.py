"""What NetworkX is told when it meets a graph on arrays: `nx.pagerank(G)` runs compiled.

https://networkx.org/documentation/stable/reference/backends.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import networkx as nx
import numpy as np
from scipy.sparse.csgraph import connected_components

from analysis.graphs.csr import kernels
from analysis.graphs.csr.graph import CSRDiGraph, CSRGraph, of_networkx

_Any = CSRDiGraph | CSRGraph


class Backend:
    """The functions that run on arrays; all others run on NetworkX's dictionaries."""

    @staticmethod
    def convert_from_nx(
        graph: Any, *_: Any, edge_attrs: dict[str, Any] | None = None, **__: Any
    ) -> _Any:
        """Give a graph of NetworkX on arrays, whatever its nodes are: for `backend="gaung"`."""
        if isinstance(graph, CSRDiGraph | CSRGraph):
            return graph
        name, default = next(iter(edge_attrs.items())) if edge_attrs else (None, 1)
        return of_networkx(graph, name, 1 if default is None else default)

    @staticmethod
    def convert_to_nx(result: Any, *_: Any, **__: Any) -> Any:
        """Give a graph on arrays as NetworkX's own; anything else as it is."""
        if not isinstance(result, CSRDiGraph | CSRGraph):
            return result
        if result.origin is not None:  # with all its attributes, which arrays have not
            return result.origin
        plain: Any = nx.DiGraph() if isinstance(result, CSRDiGraph) else nx.Graph()
        plain.add_nodes_from(result.names)
        plain.add_edges_from(result.edges(data=True))
        return plain

    @staticmethod
    def pagerank(
        G: _Any,  # noqa: N803
        alpha: float = 0.85,
        personalization: Any = None,
        max_iter: int = 100,
        tol: float = 1e-6,
        nstart: Any = None,
        weight: str | None = "weight",
        dangling: Any = None,
    ) -> dict[Any, float]:
        """Give `nx.pagerank`."""
        if any(one is not None for one in (personalization, nstart, dangling)) or (
            weight != G.weight_name
        ):
            elsewhere: dict[Any, float] = _elsewhere("pagerank")(
                G, alpha, personalization, max_iter, tol, nstart, weight, dangling
            )
            return elsewhere
        if not len(G):
            return {}
        ranks = kernels.pagerank(G.matrix, alpha=alpha, max_iter=max_iter, tol=tol)
        return dict(zip(G.names, ranks.tolist(), strict=True))

    @staticmethod
    def core_number(G: _Any) -> dict[Any, int]:  # noqa: N803
        """Give `nx.core_number`."""
        if G.matrix.diagonal().any():
            raise nx.NetworkXNotImplemented("cores are not defined for graphs with self-loops")
        cores = kernels.core_numbers(G.matrix, directed=G.is_directed())
        return dict(zip(G.names, cores.tolist(), strict=True))

    @staticmethod
    def weakly_connected_components(G: _Any) -> Iterator[set[Any]]:  # noqa: N803
        """Give `nx.weakly_connected_components`."""
        if not G.is_directed():
            raise nx.NetworkXNotImplemented("not implemented for undirected type")
        return iter(_parts(G, connected_components(G.matrix, connection="weak")[1]))

    @staticmethod
    def connected_components(G: _Any) -> Iterator[set[Any]]:  # noqa: N803
        """Give `nx.connected_components`."""
        if G.is_directed():
            raise nx.NetworkXNotImplemented("not implemented for directed type")
        return iter(_parts(G, connected_components(G.matrix, directed=False)[1]))

    @staticmethod
    def number_weakly_connected_components(G: _Any) -> int:  # noqa: N803
        """Give `nx.number_weakly_connected_components`."""
        return sum(1 for _ in Backend.weakly_connected_components(G))

    @staticmethod
    def number_connected_components(G: _Any) -> int:  # noqa: N803
        """Give `nx.number_connected_components`."""
        return sum(1 for _ in Backend.connected_components(G))

    @staticmethod
    def louvain_communities(
        G: _Any,  # noqa: N803
        weight: str | None = "weight",
        resolution: float = 1,
        threshold: float = 1e-7,
        max_level: int | None = None,
        seed: Any = None,
    ) -> list[set[Any]]:
        """Give `nx.community.louvain_communities`; a directed graph is left to NetworkX."""
        if G.is_directed() or weight != G.weight_name or max_level is not None:
            elsewhere: list[set[Any]] = _elsewhere("louvain_communities")(
                G, weight, resolution, threshold, max_level, seed
            )
            return elsewhere
        return _parts(G, kernels.louvain(G.matrix, resolution=resolution, seed=_seed(seed)))

    @staticmethod
    def leiden_communities(
        G: _Any,  # noqa: N803
        weight: str | None = "weight",
        resolution: float = 1,
        max_level: int | None = None,
        seed: Any = None,
        **named: Any,
    ) -> list[set[Any]]:
        """Give `nx.community.leiden_communities` of undirected graphs, by modularity.

        named: metric and theta, from NetworkX 3.7 on. Its default metric is another, and is left
        to NetworkX; theta, how much chance there is in refining, is networkit's own.
        """
        ours = weight == G.weight_name and max_level is None and not G.is_directed()
        if ours and named.get("metric", "modularity") == "modularity":
            return _parts(G, kernels.leiden(G.matrix, resolution=resolution, seed=_seed(seed)))
        if "metric" in named:
            named |= {"weight": weight, "resolution": resolution, "max_level": max_level}
            elsewhere: list[set[Any]] = _elsewhere("leiden_communities")(G, seed=seed, **named)
            return elsewhere
        if G.is_directed():
            raise nx.NetworkXNotImplemented("not implemented for directed type: use undirected()")
        raise NotImplementedError(
            f"leiden_communities: the weights are {G.weight_name!r}, and levels are not limited"
        )

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_") or name not in _functions():
            raise AttributeError(name)
        return _elsewhere(name)


def _functions() -> dict[str, Callable[..., Any]]:
    """Give all that NetworkX dispatches, by name."""
    known: dict[str, Callable[..., Any]] = vars(nx.utils.backends)["_registered_algorithms"]
    return known


def _elsewhere(name: str) -> Callable[..., Any]:
    """Give NetworkX's own function, to be called with graphs on arrays."""
    original = _functions()[name]

    def call(*given: Any, **named: Any) -> Any:
        plain = [Backend.convert_to_nx(one) for one in given]
        return original(*plain, **{key: Backend.convert_to_nx(one) for key, one in named.items()})

    return call


def _seed(seed: Any) -> int:
    """Give a number: NetworkX makes a generator of what its caller gives. None: always the same."""
    if seed is None or seed is nx.utils.create_py_random_state(None):
        return 1
    if isinstance(seed, int | np.integer):
        return int(seed)
    return int(nx.utils.create_py_random_state(seed).getrandbits(31))


def _parts(graph: _Any, labels: Any) -> list[set[Any]]:
    """Give the nodes of each label, in the order of their first."""
    order = np.argsort(labels, kind="stable")
    cuts = np.flatnonzero(np.diff(labels[order])) + 1
    groups = np.split(order, cuts) if len(order) else []
    groups.sort(key=lambda part: int(part[0]))
    return [{graph.names[place] for place in part.tolist()} for part in groups]


BACKEND = Backend()
