from __future__ import annotations

import networkx as nx
import numpy as np
import polars as pl
import pytest

from analysis.graphs.walks import walk_ranks


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_ranks_are_those_of_networkx(seed):
    graph = nx.gnp_random_graph(200, 0.01, seed=seed, directed=True)
    rng = np.random.default_rng(seed)
    for _, _, edge in graph.edges(data=True):
        edge["weight"] = int(rng.integers(1, 9))
    graph.remove_nodes_from([n for n in list(graph) if not graph.degree(n)])
    rows = [(f"n{a}", f"n{b}", e["weight"]) for a, b, e in graph.edges(data=True)]
    told = walk_ranks(pl.DataFrame(rows, schema=["source", "target", "weight"], orient="row"))
    theirs = nx.pagerank(graph, weight="weight", tol=1e-6 / len(graph), max_iter=1000)
    for account, rank in told.iter_rows():
        assert rank == pytest.approx(theirs[int(account[1:])], abs=1e-12)


def test_no_edges_have_no_ranks():
    empty = {"source": pl.String, "target": pl.String, "weight": pl.Int64}
    assert walk_ranks(pl.DataFrame(schema=empty)).is_empty()
