"""Writes the amplification graph for Gephi, NetworkX, spreadsheets and programs."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.graphs.amplification import amplification_graph, pagerank
from analysis.graphs.community import communities
from monitor.errors import OperatorError
from monitor.measure import Target
from monitor.naming import Naming
from monitor.report.redact import names
from monitor.store import Store

if TYPE_CHECKING:
    import networkx as nx

# Louvain in NetworkX takes 40 µs an edge; beyond this the file comes without communities.
_MOST_EDGES_FOR_COMMUNITIES = 200_000
_EDGE_FIELDS = ("weight", "repost", "quote", "reply", "mention", "forward", "first_at")


@dataclass(frozen=True, slots=True)
class WrittenGraph:
    """What was written."""

    nodes: int
    edges: int
    communities: int


def write_graph(
    store: Store,
    target: Target,
    path: Path,
    *,
    since: datetime | None,
    until: datetime | None,
    naming: Naming | None = None,
) -> WrittenGraph:
    """Write the graph with PageRank and communities, in the format of the file's ending.

    Nodes: the account's key, `label`, `pagerank`, `community`. Edges: `weight`, a count per kind,
    `first_at`. `naming`: name accounts so, for publication. Raises `OperatorError` if there is
    nothing to draw.
    """
    edges = store.acts.choose(target.selection(since, until)).edges()
    graph = amplification_graph(edges)
    if not graph.number_of_nodes():
        raise OperatorError(
            f"{target.name}: nobody reposted, quoted, answered or named anybody in this time: "
            "there is no graph to write"
        )
    found = 0
    handles = store.queries.handles(list(graph.nodes))
    if naming is not None:
        handles = names(store, naming, list(graph.nodes))
        graph = _renamed(graph, handles)
        handles = {name: name for name in handles.values()}
    rank = pagerank(graph)
    for key, node in graph.nodes(data=True):
        node["label"] = handles.get(key, key)
        node["pagerank"] = rank[key]
    if graph.number_of_edges() <= _MOST_EDGES_FOR_COMMUNITIES:
        groups = communities(graph)
        found = len(groups)
        for group in groups:
            for key in group.members:
                graph.nodes[key]["community"] = group.number
    _write(graph, path, name=target.name)
    return WrittenGraph(graph.number_of_nodes(), graph.number_of_edges(), found)


def _renamed(graph: nx.DiGraph[str], names: dict[str, str]) -> nx.DiGraph[str]:
    import networkx as nx

    renamed: nx.DiGraph[str] = nx.relabel_nodes(graph, names)
    return renamed


def _write(graph: nx.DiGraph[str], path: Path, *, name: str) -> None:
    import networkx as nx

    graph.graph["name"] = f"amplification of {name}"
    match path.suffix.lower():
        case ".gexf":
            nx.write_gexf(graph, path, version="1.2draft")
        case ".graphml":
            nx.write_graphml(graph, path)
        case ".csv":
            _write_csv(graph, path)
        case _:
            data = nx.node_link_data(graph, edges="edges")
            path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")


def _write_csv(graph: nx.DiGraph[str], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            ["amplifier", "amplified", "amplifier_label", "amplified_label", *_EDGE_FIELDS]
        )
        labels = {key: node["label"] for key, node in graph.nodes(data=True)}
        for source, target, edge in graph.edges(data=True):
            cells = [source, target, labels[source], labels[target]]
            writer.writerow([*map(_harmless, cells), *(edge.get(f, "") for f in _EDGE_FIELDS)])


def _harmless(text: str) -> str:
    # A spreadsheet takes a cell that begins so for a formula.
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
