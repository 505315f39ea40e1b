from datetime import datetime

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from analysis.graphs.spread import crossings
from tests.analysis.examples import HOUR, NOON, edges_frames, make_edges

PARTITION = {"a": 1, "b": 1, "c": 2, "d": 2, "e": 3}


def test_a_crossing_is_dated_by_the_first_amplifier_and_counts_each_once() -> None:
    edges = make_edges(
        [
            {"by": "c", "of": "a", "first_at": NOON + 5 * HOUR},
            {"by": "c", "of": "b", "first_at": NOON + 2 * HOUR},
            {"by": "d", "of": "a", "first_at": NOON + 9 * HOUR},
            {"by": "e", "of": "b", "first_at": NOON + HOUR},
            {"by": "a", "of": "b", "first_at": NOON},
            {"by": "c", "of": "d", "first_at": NOON},
            {"by": "stranger", "of": "a", "first_at": NOON},
        ]
    )
    assert crossings(edges, PARTITION, origin=1).rows() == [
        (3, NOON + HOUR, 1),
        (2, NOON + 2 * HOUR, 2),
    ]


def test_what_nobody_else_amplified_has_crossed_nowhere() -> None:
    assert crossings(make_edges([{"by": "a", "of": "b"}]), PARTITION, origin=1).is_empty()
    assert crossings(make_edges([]), {}, origin=1).is_empty()


@given(edges_frames(), st.integers(1, 3), st.integers(0, 99))
def test_crossings_agree_with_a_walk_through_the_edges_in_any_order(
    edges: pl.DataFrame, origin: int, seed: int
) -> None:
    first: dict[int, datetime] = {}
    amplifiers: dict[int, set[str]] = {}
    for row in edges.iter_rows(named=True):
        community = PARTITION.get(row["author_key"])
        if community in (None, origin) or PARTITION.get(row["target_author_key"]) != origin:
            continue
        first[community] = min(first.get(community, row["first_at"]), row["first_at"])
        amplifiers.setdefault(community, set()).add(row["author_key"])
    told = crossings(edges.sample(fraction=1, shuffle=True, seed=seed), PARTITION, origin)
    order = sorted(first, key=lambda community: (first[community], community))
    assert told.rows() == [(c, first[c], len(amplifiers[c])) for c in order]
