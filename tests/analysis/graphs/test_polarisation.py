from __future__ import annotations

import networkx as nx
import numpy as np
import polars as pl
import pytest

from analysis.graphs.polarisation import controversy


def frame(graph, weight=2):
    rows = [(str(a), str(b), weight) for a, b in graph.edges]
    return pl.DataFrame(rows, schema=["source", "target", "weight"], orient="row")


def sides(graph, first):
    names = [str(node) for node in graph]
    return pl.DataFrame(
        {"account": names, "community": [1 if node < first else 2 for node in graph]}
    )


def two_blocks(inside, across, size=60, seed=3):
    matrix = [[inside, across], [across, inside]]
    return nx.stochastic_block_model([size, size], matrix, seed=seed)


def dense_twin(graph, first, authorities):
    """The definition with full matrices, on the part that reaches an authority."""
    ends = []
    for members in (range(first), range(first, len(graph))):
        by_degree = sorted(members, key=lambda n: (-graph.degree(n), str(n)))
        ends.append(set(by_degree[:authorities]))
    alive = set().union(
        *(part for part in nx.connected_components(graph) if part & (ends[0] | ends[1]))
    )
    nodes = sorted(alive)
    place = {node: at for at, node in enumerate(nodes)}
    step = nx.to_numpy_array(graph.subgraph(nodes), nodelist=nodes)
    step = step / step.sum(axis=1, keepdims=True)
    stopped = step.copy()
    for end in ends[0] | ends[1]:
        stopped[place[end]] = 0
        stopped[place[end], place[end]] = 1
    far = np.linalg.matrix_power(stopped, 2**30)
    hit = np.stack([far[:, [place[e] for e in side]].sum(axis=1) for side in ends], axis=1)
    after = step @ hit
    began = [[n for n in nodes if n < first], [n for n in nodes if n >= first]]
    reached = np.array([after[[place[n] for n in side]].mean(axis=0) for side in began])
    shares = reached / reached.sum(axis=0)
    return shares[0, 0] * shares[1, 1] - shares[0, 1] * shares[1, 0]


@pytest.mark.parametrize("across", [0.002, 0.02, 0.1])
def test_the_solution_is_where_endless_walks_end(across):
    graph = two_blocks(0.1, across)
    graph.remove_nodes_from([n for n in list(graph) if graph.degree(n) == 0])
    graph = nx.convert_node_labels_to_integers(graph, ordering="sorted", label_attribute="was")
    first = sum(was < 60 for _, was in graph.nodes(data="was"))
    told = controversy(frame(graph), sides(graph, first))
    assert told.score == pytest.approx(dense_twin(graph, first, 10), abs=1e-9)


def test_walks_that_are_drawn_end_as_the_solution_says():
    graph = two_blocks(0.1, 0.02)
    told = controversy(frame(graph), sides(graph, 60))
    rng = np.random.default_rng(1)
    ends = {}
    for side, members in enumerate((range(60), range(60, 120))):
        for node in sorted(members, key=lambda n: (-graph.degree(n), str(n)))[:10]:
            ends[node] = side
    counts = np.zeros((2, 2))
    for side in (0, 1):
        for _ in range(20_000):
            at = int(rng.integers(60)) + 60 * side
            while True:
                around = list(graph[at])
                at = around[int(rng.integers(len(around)))]
                if at in ends:
                    counts[side, ends[at]] += 1
                    break
    shares = counts / counts.sum(axis=0)
    drawn = shares[0, 0] * shares[1, 1] - shares[0, 1] * shares[1, 0]
    assert told.score == pytest.approx(drawn, abs=0.02)


def test_camps_apart_score_high_and_one_crowd_cut_in_two_low():
    apart = controversy(frame(two_blocks(0.2, 0.002)), sides(two_blocks(0.2, 0.002), 60))
    crowd = controversy(frame(two_blocks(0.1, 0.1)), sides(two_blocks(0.1, 0.1), 60))
    assert apart.score > 0.7
    assert abs(crowd.score) < 0.15


def test_where_there_are_no_two_sides_there_is_no_score():
    graph = two_blocks(0.2, 0.01)
    one = sides(graph, 60).with_columns(community=pl.lit(1))
    assert controversy(frame(graph), one) is None
    assert controversy(frame(graph), sides(graph, 12)) is None
    assert controversy(frame(graph).clear(), sides(graph, 60)) is None


def test_one_repost_is_no_tie():
    graph = two_blocks(0.2, 0.01)
    assert controversy(frame(graph, weight=1), sides(graph, 60)) is None


def test_sides_that_never_meet_are_as_far_apart_as_can_be():
    graph = two_blocks(0.2, 0.0)
    assert controversy(frame(graph), sides(graph, 60)).score == pytest.approx(1.0)
