"""NetworkX graphs on columns: compressed rows instead of dictionaries of dictionaries."""

from __future__ import annotations

from analysis.graphs.csr.graph import CSRDiGraph, CSRGraph, digraph_of, graph_of

__all__ = ["CSRDiGraph", "CSRGraph", "digraph_of", "graph_of"]
