from __future__ import annotations

from itertools import permutations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from analysis.graphs.persistence import LEAST_JACCARD, Change, follow, follow_all

PARTITIONS = st.dictionaries(st.sampled_from("abcdefghijkl"), st.integers(1, 4), max_size=12)


def partition(*groups, numbers=None):
    """Give a partition of groups of one-letter accounts."""
    numbers = numbers or range(1, len(groups) + 1)
    rows = [
        (account, number)
        for group, number in zip(groups, numbers, strict=True)
        for account in group
    ]
    schema = {"account": pl.String, "community": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("account")


def of(made):
    return dict(made.iter_rows())


def as_frame(made):
    return pl.DataFrame(
        {"account": list(made), "community": list(made.values())},
        schema={"account": pl.String, "community": pl.Int64},
    )


@given(PARTITIONS, st.permutations([1, 2, 3, 4]))
def test_the_same_communities_by_other_numbers_keep_their_names(made, numbers):
    before = as_frame(made)
    now = as_frame({account: numbers[number - 1] for account, number in made.items()})
    followed = follow(before, now)
    assert of(followed.partition) == made
    assert followed.changes == []


@given(PARTITIONS, PARTITIONS, st.permutations([1, 2, 3, 4]))
def test_how_the_later_communities_are_numbered_changes_nothing(earlier, later, numbers):
    plain = follow(as_frame(earlier), as_frame(later))
    permuted = {account: numbers[number - 1] for account, number in later.items()}
    assert of(follow(as_frame(earlier), as_frame(permuted)).partition) == of(plain.partition)


def jaccard(one, other, known):
    one, other = one & known, other & known
    return len(one & other) / len(one | other) if one | other else 0.0


@given(PARTITIONS, PARTITIONS)
def test_names_are_given_so_that_most_is_kept(earlier, later):
    followed = of(follow(as_frame(earlier), as_frame(later)).partition)
    known = earlier.keys() & later.keys()
    old = {n: {a for a, m in earlier.items() if m == n} for n in set(earlier.values())}
    new = {n: {a for a, m in later.items() if m == n} for n in set(later.values())}
    scores = {
        (o, n): score
        for o in old
        for n in new
        if (score := jaccard(old[o], new[n], known)) >= LEAST_JACCARD
    }
    padded = [*old, *([None] * len(new))]
    best = max(
        sum(scores.get(pair, 0.0) for pair in zip(chosen, new, strict=True))
        for chosen in permutations(padded, len(new))
    )
    named = {followed[min(members)]: n for n, members in new.items()}
    kept = sum(scores.get((name, n), 0.0) for name, n in named.items() if name in old)
    assert abs(kept - best) < 1e-9


def test_who_grows_and_loses_some_stays_who_it_was():
    before = partition("abcdef", "xyz")
    now = partition("xyzw", "abcdegh")
    followed = follow(before, now)
    assert of(followed.partition)["a"] == 1
    assert of(followed.partition)["w"] == 2
    assert followed.changes == []


def test_births_deaths_splits_and_mergers_are_told():
    born = follow(partition("abc"), partition("abc", "xyz"))
    assert born.changes == [Change(kind="born", community=2)]
    died = follow(partition("abc", "xyz"), partition("abc"))
    assert died.changes == [Change(kind="died", community=2)]
    split = follow(partition("abcdefg"), partition("abcd", "efg"))
    assert split.changes == [Change(kind="split", community=1, others=(1, 2))]
    merged = follow(partition("abcd", "efg"), partition("abcdefg"))
    assert merged.changes == [Change(kind="merged", community=1, others=(1, 2))]


def test_a_name_that_is_gone_is_not_given_again():
    weeks = follow_all([partition("abc", "xyz"), partition("abc"), partition("abc", "mno")])
    assert of(weeks[2].partition)["m"] == 3


def test_silent_weeks_are_no_deaths():
    week = partition("abc", "xyz")
    weeks = follow_all([week, week.clear(), partition("xyz", "abc")])
    assert of(weeks[2].partition) == of(week)
    assert weeks[2].changes == []
