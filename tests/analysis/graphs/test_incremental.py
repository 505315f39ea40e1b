"""What a batch adds, against computing all anew."""

from __future__ import annotations

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.graphs.coaction import TRACES, co_action, marked
from analysis.graphs.incremental import added, applied
from monitor.engines import engine_of
from tests.many import examples

# Few objects, accounts and seconds, so that much meets; a post has one author and one time.
_POSTS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 12), st.sets(st.integers(0, 2), min_size=1)),
    max_size=14,
)


def rows(posts: list[tuple[int, int, set[int]]], chosen: list[bool]) -> list[pl.DataFrame]:
    """The shares of posts, in two batches."""
    parts: list[list[tuple[int, int, int, int, int]]] = [[], []]
    place = 0
    for post, (author, at, objects) in enumerate(posts):
        for one in sorted(objects):
            parts[chosen[place % len(chosen)]].append((0, one, author, post, at))
            place += 1
    return [pl.DataFrame(part, schema=TRACES, orient="row") for part in parts]


@pytest.mark.fuzz
@pytest.mark.parametrize("name", ["polars", "duckdb"])
@settings(deadline=None, max_examples=examples(30, least=8))
@given(_POSTS, st.lists(st.booleans(), min_size=1, max_size=20), st.integers(0, 6), st.booleans())
def test_old_edges_and_what_is_added_are_all_edges(
    name: str,
    posts: list[tuple[int, int, set[int]]],
    chosen: list[bool],
    within: int,
    loops: bool,
) -> None:
    engine = engine_of(name)
    old, new = (engine.load([part], TRACES) for part in rows(posts, chosen))
    keep = engine.keep

    def edges(traces: nw.LazyFrame[pl.LazyFrame]) -> nw.LazyFrame[pl.LazyFrame]:
        return co_action(keep(marked(traces, keep=keep)), within=within, keep=keep, loops=loops)

    change = keep(added(old, new, within=within, keep=keep, loops=loops))
    found = engine.collect(applied(edges(old), change)).sort("author", "author_b")
    whole = engine.collect(edges(keep(nw.concat([old, new])))).sort("author", "author_b")
    assert found.cast(pl.Int64).rows() == whole.cast(pl.Int64).rows()
    engine.close()
