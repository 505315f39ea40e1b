"""Graphs on columns beside NetworkX: `python -m bench.graphs_csr [--quick]`.

One graph of a million distinct weighted edges with heavy tails and planted communities; build,
PageRank, weak components and cores on the one side and the other, Louvain and Leiden beside
NetworkX's Louvain, each side a process of its own. Exit code 1 if a bound is missed.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import polars as pl

_LEAST_RATIO, _LEAST_COMMUNITIES = 8.0, 10.0
_MOST_BYTES = 60  # of an edge
_COMMUNITIES = 40


def edges_of(count: int) -> pl.DataFrame:
    """Give distinct weighted edges: source, target, weight."""
    rng = np.random.default_rng(7)
    nodes = count // 5
    community = rng.integers(0, _COMMUNITIES, nodes)
    members = [np.flatnonzero(community == one) for one in range(_COMMUNITIES)]
    popular = 1 / (rng.permutation(nodes) + 10) ** 0.8
    drawn = rng.choice(nodes, 2 * count, p=popular / popular.sum())
    source, target = drawn[: int(count * 1.4)], rng.integers(0, nodes, int(count * 1.4))
    inside = rng.random(len(source)) < 0.85
    for one, own in enumerate(members):
        here = inside & (community[source] == one)
        target[here] = rng.choice(own, here.sum())
    weight = rng.zipf(2.2, len(source)).clip(1, 500)
    found = pl.DataFrame({"source": source, "target": target, "weight": weight})
    distinct = found.filter(pl.col("source") != pl.col("target")).unique(
        ["source", "target"], keep="first", maintain_order=True
    )
    return distinct.head(count)


def main() -> int:
    """Measure both sides and compare."""
    count = 100_000 if "--quick" in sys.argv else 1_000_000
    ours, theirs = _told("ours", count), _told("networkx", count)
    kernels = ("build", "pagerank", "components", "core")
    ratio = sum(theirs[one] for one in kernels) / sum(ours[one] for one in kernels)
    print(f"{count:,} edges, {ours['nodes']:,.0f} nodes; seconds here and in NetworkX:")
    for one in kernels:
        print(f"  {one}: {ours[one]:.2f} and {theirs[one]:.2f}")
    print(f"  together {ratio:.1f} times as fast (at least {_LEAST_RATIO:g})")
    print(
        f"  bytes an edge: {ours['bytes']:.0f} in arrays; NetworkX's process grows by "
        f"{theirs['bytes']:.0f}"
    )
    rooms = {keys: _told("room", count, keys=keys) for keys in ("numbers", "text")}
    for keys, room in rooms.items():
        print(
            f"  nodes are {keys}: building, the process grows by up to {room['build']:.0f} (at "
            f"most {_MOST_BYTES}), of which it keeps {room['built']:.0f}; with one answer after "
            f"the other, which are Python's objects, by up to {room['all']:.0f}"
        )
    same = ours["sum"] == theirs["sum"] and abs(ours["top"] - theirs["top"]) < 1e-12
    print(f"  cores and highest rank the same: {same}")
    kept = same
    for one in ("louvain", "leiden"):
        times = theirs["louvain"] / ours[one]
        print(
            f"  {one}: {ours[one]:.1f} s, modularity {ours[f'{one} Q']:.4f}; NetworkX's Louvain "
            f"{theirs['louvain']:.1f} s, {theirs['louvain Q']:.4f}: {times:.0f} times"
        )
        if count >= 1_000_000:
            better = ours[f"{one} Q"] >= theirs["louvain Q"] - 1e-4
            kept = kept and times >= _LEAST_COMMUNITIES and better
    if count >= 1_000_000:
        kept = kept and ratio >= _LEAST_RATIO
        kept = kept and all(room["build"] <= _MOST_BYTES for room in rooms.values())
    return 0 if kept else 1


def _told(side: str, count: int, *, keys: str = "numbers") -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "edges.parquet"  # a child that makes them has room to spare
        edges = edges_of(count)
        if keys == "text":
            key = pl.format("mastodon:{}", pl.col("source", "target") + 109_000_000_000_000_000)
            edges = edges.with_columns(key)
        edges.write_parquet(path)
        done = subprocess.run(
            [sys.executable, "-m", "bench.graphs_csr", "--side", side, str(path)],
            check=True,
            capture_output=True,
            text=True,
        )
    told: dict[str, float] = json.loads(done.stdout)
    return told


def _room(path: str) -> None:
    """Tell by how many bytes an edge the process grows, beyond the columns that it has read."""
    from analysis.graphs.csr import digraph_of

    edges = pl.read_parquet(path)
    # What is loaded once is no part of an edge.
    _computed(digraph_of(edges.head(10)))
    before = _resident()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the peak so far
    graph = digraph_of(edges)
    told = {"build": _peak() - before, "built": _resident() - before}
    _computed(graph)
    told["all"] = _peak() - before
    print(json.dumps({name: grown / edges.height for name, grown in told.items()}))


def _computed(graph: Any) -> None:
    """Compute one after the other; whoever keeps the answers keeps what Python needs for them."""
    nx.pagerank(graph, tol=1e-6 / len(graph), max_iter=1000)
    list(nx.weakly_connected_components(graph))
    nx.core_number(graph)


def _side(side: str, path: str) -> None:
    edges = pl.read_parquet(path)
    count = edges.height
    told: dict[str, float] = {}
    graph: Any
    mutual: Any

    def timed(name: str, work: Callable[[], Any]) -> Any:
        begun = time.perf_counter()
        found = work()
        told[name] = time.perf_counter() - begun
        return found

    if side == "ours":
        from analysis.graphs.csr import digraph_of, graph_of

        graph = timed("build", lambda: digraph_of(edges))
        told["bytes"] = graph.nbytes() / count
        mutual = graph_of(edges)
    else:
        rows = list(zip(*(edges[name].to_list() for name in edges.columns), strict=True))
        before = _resident()
        graph = nx.DiGraph()
        timed("build", lambda: graph.add_weighted_edges_from(rows))
        told["bytes"] = (_resident() - before) / count
        mutual = nx.Graph()
        mutual.add_weighted_edges_from(rows)
        for one, other, weight in rows:
            if graph.has_edge(other, one):
                mutual[one][other]["weight"] = weight + graph[other][one]["weight"]
    ranks = timed("pagerank", lambda: nx.pagerank(graph, tol=1e-6 / len(graph), max_iter=1000))
    told["top"] = max(ranks.values())
    parts = timed("components", lambda: list(nx.weakly_connected_components(graph)))
    cores = timed("core", lambda: nx.core_number(graph))
    told["sum"] = float(sum(cores.values())) + len(parts)
    told["nodes"] = float(len(graph))
    found = timed("louvain", lambda: nx.community.louvain_communities(mutual, seed=1))
    told["louvain Q"] = _modularity(edges, found)
    if side == "ours":
        leiden: Callable[..., Any] = nx.community.leiden_communities
        if "metric" in signature(leiden).parameters:  # NetworkX 3.7, whose default is another
            leiden = partial(leiden, metric="modularity")
        found = timed("leiden", lambda: leiden(mutual, seed=1))
        told["leiden Q"] = _modularity(edges, found)
    print(json.dumps(told))


def _resident() -> int:
    """Give the bytes that the process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def _peak() -> int:
    """Give the most bytes that the process held since the peak was forgotten."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def _modularity(edges: pl.DataFrame, found: list[set[int]]) -> float:
    """Give the modularity of communities on the undirected graph."""
    of = {node: place for place, part in enumerate(found) for node in part}
    source, target, weight = (edges[name].to_numpy() for name in edges.columns)
    label = np.array([of.get(node, -1) for node in range(int(max(source.max(), target.max())) + 1)])
    total = weight.sum()
    inside = weight[label[source] == label[target]].sum() / total
    strength = np.bincount(label[source], weight, len(found)) + np.bincount(
        label[target], weight, len(found)
    )
    return float(inside - ((strength / (2 * total)) ** 2).sum())


if __name__ == "__main__":
    if "--side" in sys.argv:
        side, path = sys.argv[-2:]
        if side == "room":
            _room(path)
        else:
            _side(side, path)
    else:
        sys.exit(main())
