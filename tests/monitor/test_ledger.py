from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from monitor.ledger import Gap, Stream, coverage, overlap, subtract, union, window_coverage

START = datetime(2026, 3, 1, tzinfo=UTC)


def at(hour: float) -> datetime:
    return START + timedelta(hours=hour)


stretches = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda t: (at(min(t)), at(max(t)))),
    max_size=8,
)


def minutes(parts: list[tuple[datetime, datetime]]) -> set[int]:
    """The slow and obvious twin: every half hour by itself."""
    return {
        m
        for start, end in parts
        for m in range(0, 41 * 60, 30)
        if start <= START + timedelta(minutes=m) < end
    }


@given(stretches)
def test_a_union_holds_the_same_minutes_and_nothing_touches(parts):
    joined = union(parts)
    assert minutes(joined) == minutes(parts)
    assert all(one[1] < other[0] for one, other in pairwise(joined))


@given(stretches, stretches)
def test_subtracting_leaves_the_minutes_that_were_not_taken(parts, taken):
    assert minutes(subtract(parts, taken)) == minutes(parts) - minutes(taken)


@given(stretches, st.integers(0, 40), st.integers(0, 40))
def test_overlap_is_the_length_within(parts, one, other):
    since, until = at(min(one, other)), at(max(one, other))
    within = minutes(parts) & minutes([(since, until)])
    assert overlap(union(parts), since, until) == timedelta(minutes=30) * len(within)


def test_a_gap_takes_away_what_was_read():
    gap = Gap(1, "s", "h", at(2), at(3), "silent")
    stream = Stream("s", "h", at(0), ((at(0), at(4)),), (gap,))
    assert stream.accounted == [(at(0), at(2)), (at(3), at(4))]
    assert coverage([stream], at(0), at(4)) == 0.75


def test_a_stream_counts_from_when_it_was_wanted():
    stream = Stream("s", "h", at(5), ((at(5), at(10)),))
    assert coverage([stream], at(0), at(10)) == 1.0
    assert coverage([stream], at(0), at(5)) is None
    assert window_coverage([stream], [at(0), at(4)], [at(4), at(6)]) == [None, 1.0]


def test_what_is_missing_without_a_gap_is_found():
    stream = Stream("s", "h", at(0), ((at(1), at(2)), (at(3), at(4))))
    assert stream.unexplained() == [(at(0), at(1)), (at(2), at(3))]
    gap = Gap(1, "s", "h", at(2), at(3), "outage")
    explained = Stream("s", "h", at(0), stream.covered, (gap,))
    assert explained.unexplained() == [(at(0), at(1))]
