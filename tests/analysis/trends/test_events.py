"""Arrivals, rising hashtags, newcomers and leads: worked numbers, and what is not known."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from analysis.frames import ACTIVITY, PLATFORM_ACTS, TAGS
from analysis.trends.emerging import Emerging, emerging
from analysis.trends.episode import attention_class, doubling_time, half_life
from analysis.trends.lead import leads
from analysis.trends.newcomers import first_time_share
from analysis.trends.reach import Reached, lag_hours, picked_up_at, platforms_reached

NOW = datetime(2026, 8, 18, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def tag_rows(tag: str, posts: int, *, ago: timedelta, over: timedelta = 20 * HOUR) -> list[tuple]:
    """Give posts with one hashtag, each by another account."""
    step = over / max(posts, 1)
    return [
        (NOW - ago + n * step, hash((tag, ago, n)) % 2**63, hash((tag, n)) % 2**63, tag)
        for n in range(posts)
    ]


def tags(*rows: list[tuple]) -> pl.DataFrame:
    return pl.DataFrame([r for group in rows for r in group], schema=TAGS, orient="row")


def find(frame: pl.DataFrame, **options: object) -> list[Emerging]:
    given = {"watched": {"air"}, "until": NOW, "since": NOW - 29 * DAY, "threshold": 4.1}
    return emerging(frame, **{**given, **options})  # type: ignore[arg-type]


def test_a_hashtag_that_rises_is_found_and_the_watched_one_is_not() -> None:
    calm = [row for day in range(2, 29) for row in tag_rows("air", 20, ago=day * DAY)]
    found = find(tags(calm, tag_rows("air", 60, ago=DAY), tag_rows("darurat", 40, ago=DAY)))
    assert [(one.hashtag, one.posts, one.authors) for one in found] == [("darurat", 40, 40)]


def test_a_hashtag_that_only_rides_the_watch_is_not_emerging() -> None:
    calm = [row for day in range(2, 29) for row in tag_rows("air", 20, ago=day * DAY)]
    riding = [row for day in range(2, 29) for row in tag_rows("kota", 20, ago=day * DAY)]
    burst = [tag_rows("air", 200, ago=DAY), tag_rows("kota", 200, ago=DAY)]
    assert find(tags(calm, riding, *burst)) == []


def test_four_accounts_or_three_days_are_too_few_to_say() -> None:
    rows = [tag_rows("air", 20, ago=DAY), [(NOW - HOUR, n, n % 4, "darurat") for n in range(80)]]
    assert find(tags(*rows)) == []
    many = tags(tag_rows("darurat", 80, ago=DAY))
    assert find(many, since=NOW - 3 * DAY) == []
    assert find(many, since=NOW - 9 * DAY)


def platform_rows(platform: str, authors: int, *, ago: timedelta) -> list[tuple]:
    return [(platform, NOW - ago + n * timedelta(minutes=1), n) for n in range(authors)]


def reached(*rows: list[tuple], **covered: timedelta) -> list[Reached]:
    frame = pl.DataFrame([r for g in rows for r in g], schema=PLATFORM_ACTS, orient="row")
    since = {name: NOW - ago for name, ago in covered.items()}
    return platforms_reached(frame, covered_since=since, until=NOW, min_authors=5)


def test_a_platform_is_new_only_if_it_was_read_before_and_nothing_was_there() -> None:
    home, new = platform_rows("mastodon", 30, ago=9 * DAY), platform_rows("bluesky", 8, ago=HOUR)
    (one,) = reached(home, new, mastodon=40 * DAY, bluesky=40 * DAY)
    assert (one.platform, one.posts, one.authors, one.first_at) == ("bluesky", 8, 8, NOW - HOUR)
    assert reached(home, new, mastodon=40 * DAY, bluesky=10 * DAY) == []  # added with the campaign
    assert reached(home, new, mastodon=40 * DAY) == []  # nobody vouches for its past
    trickle = platform_rows("bluesky", 5, ago=12 * DAY)
    assert reached(home, trickle, new, mastodon=40 * DAY, bluesky=40 * DAY) == []
    assert reached(new, mastodon=40 * DAY, bluesky=40 * DAY) == []  # it lives nowhere yet


def test_the_third_outlet_makes_a_pick_up() -> None:
    times = [NOW + 3 * HOUR, NOW - HOUR, NOW + 5 * HOUR]
    assert picked_up_at(times) == NOW + 5 * HOUR
    assert lag_hours(NOW, picked_up_at(times)) == 5
    assert lag_hours(None, NOW) is None
    assert lag_hours(NOW, picked_up_at(times[:2])) is None


def activity(*rows: tuple[timedelta, int]) -> pl.DataFrame:
    return pl.DataFrame(
        [(NOW - ago, author, True, False, None) for ago, author in rows],
        schema=ACTIVITY,
        orient="row",
    )


def test_the_share_of_newcomers_needs_four_weeks_of_knowledge() -> None:
    rows = [(HOUR, n) for n in range(40)] + [(9 * DAY, n) for n in range(10)]
    told = first_time_share(activity(*rows), since=NOW - DAY, known_from=NOW - 30 * DAY)
    assert told is not None
    assert (told.value, told.n) == (0.75, 40)
    assert told.low < 0.75 < told.high
    assert first_time_share(activity(*rows), since=NOW - DAY, known_from=NOW - 20 * DAY) is None
    few = activity(*rows[:15])
    assert first_time_share(few, since=NOW - DAY, known_from=NOW - 30 * DAY) is None


def test_growth_that_may_be_chance_has_no_doubling_time() -> None:
    told = doubling_time([3, 6, None, 25, 50], HOUR)
    assert told is not None
    assert told.value == pytest.approx(1.0, abs=0.1)
    assert doubling_time([20, 22], HOUR) is None
    assert doubling_time([20, 22, 19, 21, 20, 22], HOUR) is None
    assert doubling_time([0, 0, 0], HOUR) is None


def test_a_burst_that_goes_on_has_no_half_life() -> None:
    assert half_life([100, None, None], [5.0] * 3, HOUR) is None
    assert half_life([], [], HOUR) is None
    told = half_life([200, 180, 90, 40, 20, 12, 10], [10.0] * 7, HOUR)
    assert told is not None
    assert told.low <= told.value <= told.high


def test_attention_is_not_classed_before_its_aftermath() -> None:
    assert attention_class([1, 1, 1, 40, 1, 1], 3) is None
    assert attention_class([10, 12, 14, 16, 14, 12, 10], 3) == "symmetric"
    assert attention_class([1, None, None, 40, 9, 9, 9], 3) is None


def test_who_leads_is_told_only_if_it_is_sure() -> None:
    rng = random.Random(3)
    rise = [max(0.0, 9 - abs(hour - 20)) for hour in range(48)]
    later = [max(0.0, 9 - abs(hour - 24)) + rng.random() / 5 for hour in range(48)]
    (one,) = leads({"x": pl.Series(rise), "y": pl.Series(later)}, window=HOUR)
    assert (one.leader, one.follower, one.lag) == ("x", "y", 4.0)
    assert one.low <= 4 <= one.high
    noise = [rng.random() for _ in range(48)]
    assert leads({"x": pl.Series(rise), "y": pl.Series(noise)}, window=HOUR) == []
    assert leads({"x": pl.Series(rise), "y": pl.Series(rise)}, window=HOUR) == []
