"""M and O: against the watch's own quiet days, by the numbers that the table tells."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest

from analysis.indicators.dials import MOBILISATION, ORCHESTRATION, Dial, Dials, dial, dials
from analysis.indicators.examples import NOON, participation
from analysis.indicators.facts import Facts, Partition
from analysis.indicators.told import COMPONENTS, indicators

DAY = timedelta(days=1)


def watch(*, days: int = 29, seed: int = 1) -> Facts:
    """Give a watch on two platforms; on its last day few write the same again and again."""
    rng = random.Random(seed)
    rows = [
        (
            NOON - day * DAY - timedelta(minutes=9 * n + 1),
            rng.randrange(80),
            rng.random() < 0.4,
            rng.randrange(10_000),
            rng.choice(["mastodon", "mastodon", "bluesky"]),
        )
        for day in range(1, days)
        for n in range(100)
    ]
    rows += [
        (NOON - timedelta(minutes=9 * n + 1), n % 22, n % 5 < 3, 7, "mastodon") for n in range(100)
    ]
    rows.sort()
    times, authors, reposts, texts, platforms = (list(column) for column in zip(*rows, strict=True))
    acts = participation(
        sort_at=times, author_id=authors, is_repost=reposts, text_id=texts, platform=platforms
    )
    return Facts(acts=acts, since=NOON - DAY, until=NOON, known_from=NOON - days * DAY)


def test_a_dial_needs_two_components_with_fourteen_quiet_days() -> None:
    past = {"original_acts": [0.5] * 13, "concentration": [0.2] * 20, "near_duplicates": [0.1] * 20}
    now = {"original_acts": 0.1, "concentration": 0.9, "near_duplicates": 0.1}
    told = dial(ORCHESTRATION, now, past, days=20)
    assert told.value == 75.0
    ranks = {one.name: one.percentile for one in told.components}
    assert ranks["near_duplicates"] == 50.0
    assert ranks["concentration"] == 100.0
    assert ranks["original_acts"] is None
    assert dial(ORCHESTRATION, {"concentration": 0.9}, past, days=20).value is None
    assert "of 14" in dial(ORCHESTRATION, {}, {}, days=3).note


def test_all_components_are_shown_also_those_that_nobody_knows() -> None:
    told = dials(watch())
    assert tuple(one.name for one in told.mobilisation.components) == MOBILISATION
    assert tuple(one.name for one in told.orchestration.components) == ORCHESTRATION


def test_a_day_in_which_few_write_the_same_stands_high_on_o_and_not_on_m() -> None:
    told = dials(watch())
    assert told.orchestration.value is not None
    assert told.orchestration.value > 90
    assert told.mobilisation.value is not None
    assert told.mobilisation.value < 40
    assert told.reading == "manufactured-looking noise: do not amplify"


def test_loud_days_are_no_quiet_ones() -> None:
    facts = watch()
    loud = tuple((NOON - day * DAY, NOON - (day - 1) * DAY) for day in range(2, 20))
    told = dials(replace(facts, loud=loud))
    assert told.orchestration.value is None
    assert told.orchestration.note == "too few quiet days: 10 of 14"
    assert told.reading is None


def test_days_before_the_watch_are_not_quiet_but_unknown() -> None:
    assert dials(watch(days=10)).mobilisation.note == "too few quiet days: 9 of 14"


def test_the_dials_show_the_numbers_that_the_table_shows() -> None:
    facts = watch()
    table = {one.name: one.value for one in indicators(facts, zone="UTC")}
    told = dials(facts)
    both = (*told.mobilisation.components, *told.orchestration.components)
    assert {one.name: one.value for one in both} == {name: table[name] for name in COMPONENTS}


def test_synchrony_and_spread_count_where_they_are_known() -> None:
    facts = watch()
    together = facts.acts.filter(pl.col("author_id") < 11).select("author_id", "sort_at")
    groups = {author: author % 4 for author in range(80)}
    known = replace(facts, coordinated=together, partitions=(Partition(NOON - 40 * DAY, groups),))
    table = {one.name: one for one in indicators(known, zone="UTC")}
    assert table["synchrony"].value == pytest.approx(0.5)
    assert table["community_spread"].value == pytest.approx(1.0, abs=0.01)
    assert table["dominance"].value == pytest.approx(6 / 22)


@pytest.mark.parametrize(
    ("m", "o", "said"),
    [
        (20, 20, "quiet"),
        (90, 20, "broad concern: listen"),
        (20, 90, "manufactured-looking noise: do not amplify"),
        (90, 90, "orchestrated and caught on: answer the substance, document the rest"),
    ],
)
def test_there_are_four_readings(m: float, o: float, said: str) -> None:
    assert Dials(Dial(m, ()), Dial(o, ())).reading == said
