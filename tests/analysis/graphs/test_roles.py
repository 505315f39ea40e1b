from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.graphs.roles import LEAST_ACTS, ROLE_NAMES, ROLES, roles

NO_PATHS = pl.DataFrame(schema={"account": pl.String, "betweenness": pl.Float64})
NOBODY = pl.DataFrame(schema={"account": pl.String, "community": pl.Int64})
NAMES = "abcdefgh"


def frame(weights):
    rows = [(*pair, weight) for pair, weight in weights.items()]
    schema = {"source": pl.String, "target": pl.String, "weight": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def role_of(weights, account, partition=NOBODY, paths=NO_PATHS):
    return roles(frame(weights), partition, paths).filter(account=account).row(0, named=True)


def test_who_is_passed_on_by_many_and_passes_on_nobody_is_an_originator():
    told = role_of({(name, "x"): 1 for name in NAMES}, "x")
    assert (told["role"], told["amplified"], told["amplified_by"]) == ("originator", 8, 8)
    assert told["concentration"] is None
    assert told["mostly"] is None


def test_an_amplifier_is_shown_with_whom_it_passes_on_and_how_exclusively():
    told = role_of({("a", "x"): 6, ("a", "y"): 2}, "a")
    assert (told["role"], told["mostly"]) == ("amplifier", "x")
    assert told["concentration"] == pytest.approx((6 / 8) ** 2 + (2 / 8) ** 2)


def test_who_does_both_about_as_much_is_neither():
    assert role_of({("a", "x"): 5, ("y", "a"): 5}, "a")["role"] == "both"


def test_who_passes_on_now_and_then_is_the_audience():
    told = roles(frame({("a", "x"): 1, ("b", "x"): LEAST_ACTS - 1}), NOBODY, NO_PATHS)
    assert dict(told.select("account", "role").iter_rows())["a"] == "audience"
    assert dict(told.select("account", "role").iter_rows())["b"] == "audience"


def test_whoever_was_passed_on_a_few_times_only_is_too_few():
    assert role_of({("a", "x"): LEAST_ACTS - 1}, "x")["role"] == "too few"


def bridge_case(paths):
    weights = {("g", name): 2 for name in "abcxyz"}
    partition = pl.DataFrame({"account": list("abcxyz"), "community": [1, 1, 1, 2, 2, 2]})
    told = pl.DataFrame(paths, schema=NO_PATHS.schema, orient="row")
    return role_of(weights, "g", partition, told)


def test_a_bridge_takes_part_in_both_sides_and_much_leads_through_it():
    told = bridge_case([("g", 0.4), ("a", 0.1)])
    assert (told["role"], told["participation"], told["ties"]) == ("bridge", 0.5, 6)


def test_participation_alone_or_outside_the_backbone_makes_no_bridge():
    told = bridge_case([])
    assert (told["role"], told["betweenness"]) == ("amplifier", None)
    assert bridge_case([("g", 0.0), ("a", 0.0)])["role"] == "amplifier"


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), st.integers(1, 9), max_size=30
    )
)
def test_everybody_has_one_role_and_numbers_that_add_up(weights):
    told = roles(frame(weights), NOBODY, NO_PATHS)
    assert told.schema == ROLES
    acts = {pair: weight for pair, weight in weights.items() if pair[0] != pair[1]}
    assert told["account"].to_list() == sorted({end for pair in acts for end in pair})
    assert set(told["role"]) <= set(ROLE_NAMES)
    assert told["amplified"].sum() == told["amplifies"].sum() == sum(acts.values())
    few = told.filter(pl.col("amplified") + pl.col("amplifies") < LEAST_ACTS)
    assert set(few["role"]) <= {"audience", "too few"}
