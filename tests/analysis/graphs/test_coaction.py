"""Windowed co-action against a slow twin, and its rules one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import permutations
from typing import NamedTuple

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.graphs.coaction import TRACES, co_action, marked, meetings
from monitor.engines import Engine, engine_of
from tests.many import examples

Edges = dict[tuple[int, int], int]


class Post(NamedTuple):
    """A post, by numbers, and the objects that it shares."""

    author: int
    at: int
    objects: frozenset[int]


@pytest.fixture(scope="module", params=["duckdb", "polars"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    made = engine_of(request.param)
    yield made
    made.close()


def traces(posts: list[Post]) -> pl.DataFrame:
    rows = [
        (shared % 2, shared, post.author, number, post.at)
        for number, post in enumerate(posts)
        for shared in sorted(post.objects)
    ]
    return pl.DataFrame(rows, TRACES, orient="row")


def found(
    engine: Engine, posts: list[Post], *, within: int, min_weight: int = 1, loops: bool = False
) -> Edges:
    several = any(len(post.objects) > 1 for post in posts)
    loaded = engine.load([traces(posts)], TRACES)
    rows = engine.keep(marked(loaded, keep=engine.keep, several=several))
    edges = engine.collect(
        co_action(rows, within=within, keep=engine.keep, min_weight=min_weight, loops=loops)
    )
    assert edges.select("author", "author_b").is_unique().all()
    return {(one, other): weight for one, other, weight in edges.rows()}


def slowly(posts: list[Post], *, within: int, min_weight: int = 1, loops: bool = False) -> Edges:
    """Compare every post with every other one."""
    beside = {
        (a.author, b.author, number)
        for (number, a), (_, b) in permutations(enumerate(posts), 2)
        if a.objects & b.objects and abs(a.at - b.at) <= within
    }
    weights = Counter((one, other) for one, other, _ in beside)
    return {
        pair: weight
        for pair, weight in weights.items()
        if weight >= min_weight and (loops or pair[0] != pair[1])
    }


some_posts = st.lists(
    st.builds(
        Post,
        author=st.integers(-3, 3),
        at=st.one_of(st.integers(-5, 5), st.integers(-200, 200), st.just(1_700_000_000)),
        objects=st.frozensets(st.integers(-3, 3), max_size=3),
    ),
    max_size=14,
)


@pytest.mark.fuzz
@settings(max_examples=examples(150), deadline=None)
@given(
    posts=some_posts,
    within=st.integers(0, 100),
    min_weight=st.integers(1, 4),
    loops=st.booleans(),
)
def test_edges_are_those_of_comparing_all_with_all(
    engine: Engine, posts: list[Post], within: int, min_weight: int, loops: bool
) -> None:
    expected = slowly(posts, within=within, min_weight=min_weight, loops=loops)
    assert found(engine, posts, within=within, min_weight=min_weight, loops=loops) == expected


@pytest.mark.fuzz
@settings(max_examples=examples(80), deadline=None)
@given(posts=some_posts, within=st.integers(0, 100))
def test_two_posts_meet_once_for_each_object_and_the_earlier_comes_first(
    engine: Engine, posts: list[Post], within: int
) -> None:
    rows = engine.collect(meetings(engine.load([traces(posts)], TRACES), within=within))
    expected = [
        (shared, *min(pair), *max(pair))
        for i, a in enumerate(posts)
        for j, b in enumerate(posts[:i])
        if abs(a.at - b.at) <= within
        for pair in [[(a.at, i), (b.at, j)]]
        for shared in a.objects & b.objects
    ]
    assert sorted(rows.select("object", "at", "post", "at_b", "post_b").rows()) == sorted(expected)


def test_the_window_slides_and_its_end_is_inside(engine: Engine) -> None:
    near = [Post(1, 59, frozenset([0])), Post(2, 119, frozenset([0]))]
    far = [Post(1, 59, frozenset([0])), Post(2, 120, frozenset([0]))]
    assert found(engine, near, within=60) == {(1, 2): 1, (2, 1): 1}
    assert found(engine, far, within=60) == {}


def test_a_weight_counts_posts_of_the_first_and_not_meetings(engine: Engine) -> None:
    """One post of 1 stands beside three of 2: they have a weight of three and it has one."""
    posts = [Post(1, 0, frozenset([0])), *(Post(2, at, frozenset([0])) for at in (1, 2, 3))]
    assert found(engine, posts, within=60) == {(1, 2): 1, (2, 1): 3}


def test_a_post_that_shares_two_objects_with_another_counts_once(engine: Engine) -> None:
    posts = [Post(1, 0, frozenset([0, 1])), Post(2, 1, frozenset([0, 1]))]
    assert found(engine, posts, within=60) == {(1, 2): 1, (2, 1): 1}


def test_a_post_is_not_beside_itself(engine: Engine) -> None:
    assert found(engine, [Post(1, 0, frozenset([0]))], within=60, loops=True) == {}


def test_no_posts_are_no_edges(engine: Engine) -> None:
    assert found(engine, [], within=60, loops=True) == {}
