import subprocess
import sys
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.frames import COVERAGE, FrameError
from analysis.trends.volume import grid, volume
from tests.analysis.examples import DAY, HOUR, JAKARTA, NOON, make_activity

ZONES = st.sampled_from(["Asia/Jakarta", "Asia/Jayapura", "Asia/Kolkata", "Asia/Kathmandu", "UTC"])
WINDOWS = st.sampled_from([HOUR / 4, HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY])
TIMES = st.integers(0, 5_000_000).map(lambda minutes: NOON - timedelta(minutes=minutes))
ACTS = st.lists(
    st.fixed_dictionaries(
        {
            "sort_at": st.integers(0, 72 * 60).map(lambda m: NOON + timedelta(minutes=m)),
            "author_id": st.integers(1, 5),
            "is_post": st.booleans(),
            "is_repost": st.booleans(),
        }
    ),
    max_size=60,
)


def count(
    acts: list[dict[str, Any]], *, hours: int, coverage: list[float | None] | None = None
) -> pl.DataFrame:
    known = None
    if coverage is not None:
        starts = [NOON + place * HOUR for place in range(len(coverage))]
        known = pl.DataFrame({"window_start": starts, "coverage": coverage}, schema=COVERAGE)
    return volume(
        make_activity(acts),
        since=NOON,
        until=NOON + hours * HOUR,
        window=HOUR,
        zone=JAKARTA,
        coverage=known,
    )


def at(*hours: float) -> list[dict[str, Any]]:
    return [{"sort_at": NOON + hour * HOUR} for hour in hours]


@given(TIMES, st.integers(1, 90), WINDOWS, ZONES)
def test_the_grid_tiles_the_time_without_a_hole(
    since: datetime, days: int, window: timedelta, zone: str
) -> None:
    until = since + days * DAY
    starts = grid(since, until, window, zone)["window_start"].to_list()
    assert all(later - earlier == window for earlier, later in pairwise(starts))
    assert starts[0] <= since < starts[0] + window
    assert starts[-1] < until <= starts[-1] + window


@given(TIMES, ZONES)
def test_days_begin_at_local_midnight_and_weeks_on_monday(since: datetime, zone: str) -> None:
    for days in (1, 7):
        starts = grid(since, since + 30 * DAY, days * DAY, zone)["window_start"].to_list()
        local = [start.astimezone(ZoneInfo(zone)) for start in starts]
        assert {(at.hour, at.minute) for at in local} == {(0, 0)}
        assert days == 1 or {at.weekday() for at in local} == {0}


def test_hours_begin_with_the_clock_where_zones_are_half_an_hour_off() -> None:
    starts = grid(NOON, NOON + HOUR, HOUR, "Asia/Kolkata")["window_start"].to_list()
    assert starts == [NOON - HOUR / 2, NOON + HOUR / 2]


def test_a_day_has_23_or_25_hours_where_clocks_are_changed() -> None:
    spring, autumn = datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)
    for since, hours in ((spring, 23), (autumn, 25)):
        days = grid(since, since + 2 * DAY, DAY, "Europe/Berlin")["window_start"].to_list()
        assert days[:2] == [since, since + hours * HOUR]


def test_a_midnight_that_a_clock_skips_does_not_merge_two_days() -> None:
    since = datetime(2018, 11, 1, 12, tzinfo=UTC)
    days = grid(since, since + 5 * DAY, DAY, "America/Sao_Paulo")["window_start"].to_list()
    assert [(later - earlier) / HOUR for earlier, later in pairwise(days)] == [24, 24, 24, 23, 24]


@pytest.mark.parametrize("window", [timedelta(0), 7 * HOUR, 36 * HOUR])
def test_a_window_that_does_not_tile_days_is_refused(window: timedelta) -> None:
    with pytest.raises(ValueError, match="whole days"):
        grid(NOON, NOON + DAY, window, JAKARTA)


def test_a_covered_silence_is_zero_and_an_uncovered_one_is_null() -> None:
    counted = count(at(0, 0.5, 3), hours=4, coverage=[1.0, 1.0, 0.4, 0.5])
    assert counted["posts"].to_list() == [2, 0, None, 1]
    assert counted["authors"].to_list() == [1, 0, None, 1]
    assert counted["reposts"].to_list() == [0, 0, None, 0]


def test_posts_in_a_gap_are_not_passed_off_as_its_count() -> None:
    assert count(at(0, 1), hours=2, coverage=[1.0, 0.0])["posts"].to_list() == [1, None]


def test_a_window_whose_coverage_is_not_given_is_a_gap() -> None:
    counted = count(at(0, 1), hours=2, coverage=[1.0])
    assert counted.select("posts", "coverage").rows() == [(1, 1.0), (None, 0.0)]


def test_a_long_silence_in_an_import_is_a_gap_and_a_short_one_is_not() -> None:
    acts = at(*[hour for hour in range(40) for _ in range(2) if not 10 <= hour < 20 or hour == 14])
    counted = count(acts, hours=40)["posts"].to_list()
    # Two acts an hour, less in the silences: 5 silent hours are improbable, 4 hours are not.
    assert counted[10:14] == [0] * 4
    assert counted[15:20] == [None] * 5
    assert counted.count(None) == 5


def test_the_silence_after_an_import_ended_is_a_gap() -> None:
    assert count(at(*range(10)), hours=30)["posts"].to_list() == [1] * 10 + [None] * 20


def test_a_null_share_of_coverage_is_judged_like_an_import_and_a_known_one_is_believed() -> None:
    acts = at(*[hour for hour in range(10) for _ in range(9)], *[12.0] * 9)
    unknown: list[float | None] = [None] * 13
    assert count(acts, hours=13, coverage=unknown)["posts"].to_list()[9:] == [9, None, None, 9]
    known = [*unknown[:10], 1.0, None, None]
    assert count(acts, hours=13, coverage=known)["posts"].to_list()[9:] == [9, 0, None, 9]


def test_a_boost_counts_as_an_act_of_its_author_but_not_as_a_post() -> None:
    boost = {"is_post": False, "is_repost": True, "author_id": 2}
    counted = count([boost, {}, {}], hours=1)
    assert counted.select("posts", "authors", "reposts").row(0) == (2, 2, 1)


def test_the_first_and_the_last_window_count_only_what_lies_between() -> None:
    counted = volume(
        make_activity(at(0, 0.6, 1.2, 1.9)),
        since=NOON + HOUR / 2,
        until=NOON + 1.5 * HOUR,
        window=HOUR,
        zone=JAKARTA,
        coverage=None,
    )
    assert counted["posts"].to_list() == [1, 1]


def test_no_acts_give_a_grid_of_zeros() -> None:
    assert count([], hours=3)["posts"].to_list() == [0, 0, 0]


def test_activity_with_other_columns_is_refused() -> None:
    with pytest.raises(FrameError):
        volume(
            make_activity([]).drop("text_id"),
            since=NOON,
            until=NOON + DAY,
            window=HOUR,
            zone=JAKARTA,
            coverage=None,
        )


@given(ACTS)
def test_counting_agrees_with_a_loop_over_the_acts(acts: list[dict[str, Any]]) -> None:
    posts: dict[datetime, int] = defaultdict(int)
    authors: dict[datetime, set[int]] = defaultdict(set)
    for act in acts:
        start = act["sort_at"].replace(minute=0)
        posts[start] += act["is_post"]
        authors[start].add(act["author_id"])
    for row in count(acts, hours=72, coverage=[1.0] * 72).iter_rows(named=True):
        start = row["window_start"]
        assert (row["posts"], row["authors"]) == (posts[start], len(authors[start]))


@given(ACTS, st.lists(st.sampled_from([0.0, 0.3, 0.5, 1.0]), min_size=72, max_size=72))
def test_the_posts_of_all_windows_are_those_of_covered_time(
    acts: list[dict[str, Any]], shares: list[float | None]
) -> None:
    covered = {NOON + h * HOUR for h, share in enumerate(shares) if share and share >= 0.5}
    expected = sum(a["is_post"] for a in acts if a["sort_at"].replace(minute=0) in covered)
    assert count(acts, hours=72, coverage=shares)["posts"].sum() == expected


@given(ACTS, st.randoms())
def test_the_order_of_the_acts_does_not_matter(acts: list[dict[str, Any]], random: Any) -> None:
    shuffled = random.sample(acts, len(acts))
    assert count(shuffled, hours=72).equals(count(acts, hours=72))


def test_trends_pull_in_neither_scipy_nor_networkx() -> None:
    program = (
        "import sys, analysis.trends.volume, analysis.trends.burst, analysis.trends.interval,"
        "analysis.graphs.ranking, analysis.graphs.spread,"
        "analysis.graphs.community; sys.exit('scipy' in sys.modules or 'networkx' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
