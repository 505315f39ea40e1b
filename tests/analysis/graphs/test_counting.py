"""Whatever comes and goes, counts that are carried on are those of counting anew."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.graphs import counting, incremental
from analysis.graphs.counting import Counted
from analysis.graphs.incremental import Met
from tests.many import examples

_WITHIN = 3
# Few objects and many authors, so that objects change their stratum (at ten sharers).
_TURNS = st.lists(
    st.dictionaries(st.tuples(st.integers(0, 2), st.integers(0, 13)), st.integers(0, 9)),
    min_size=1,
    max_size=5,
)


def points(acts: dict[tuple[int, int], int]) -> pl.DataFrame:
    """The first acts of accounts on objects."""
    rows = [(one, author, author, at) for (one, author), at in acts.items()]
    names = ("object", "author", "post", "at")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.Int64), orient="row")
    return frame.with_columns(sharers=pl.len().over("object"))


def tables(counted: Counted) -> list[list[tuple[int, ...]]]:
    return [sorted(table.rows()) for table in (counted.together, counted.totals)]


@pytest.mark.fuzz
@settings(deadline=None, max_examples=examples(60))
@given(_TURNS)
def test_counts_carried_on_are_those_counted_anew(turns: list[dict[tuple[int, int], int]]) -> None:
    counted, met = Counted.nothing(), Met.nothing()
    for acts in turns:
        now = points(acts)
        counted = counting.moved(counted, now, within=_WITHIN)
        assert tables(counted) == tables(counting.moved(Counted.nothing(), now, within=_WITHIN))
        met = incremental.moved(met, now, within=_WITHIN)
        anew = incremental.moved(Met.nothing(), now, within=_WITHIN)
        assert sorted(met.meetings.rows()) == sorted(anew.meetings.rows())
        assert counted.together["met"].sum() == met.meetings.height


@pytest.mark.parametrize(("sharers", "shared"), [(10, (1, 1, 1, 1)), (11, (0, 1, 1, 1))])
def test_an_object_counts_in_its_stratum_and_those_above(
    sharers: int, shared: tuple[int, ...]
) -> None:
    acts = {(0, author): author * 100 for author in range(sharers)} | {(0, 0): 99}
    found = counting.moved(Counted.nothing(), points(acts), within=_WITHIN)
    assert found.totals.rows() == [(0, 1, *shared)]
    assert found.together.rows() == [(0, 1)]
