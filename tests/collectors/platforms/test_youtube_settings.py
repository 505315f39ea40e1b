"""YouTube: settings, the day's budget, and the slices of time, as values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from collectors.options import ClientOptions
from collectors.platforms.youtube import Settings, build
from collectors.platforms.youtube.budget import Budget, midnight_after
from collectors.platforms.youtube.slices import Slice, after, first_slice, slice_of
from tests.collectors.servers import NOON

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({"key_env": " "}, "key_env is empty"),
        ({"region": "Indonesia"}, "no country code, as 'ID'"),
        ({"language": "ID"}, "no language code, as 'id'"),
        ({"searches_per_day": 0}, "searches_per_day"),
        ({"key": "AIza"}, "unknown field `key`"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_in_words(
    written: dict[str, Any], words: str
) -> None:
    with pytest.raises(msgspec.ValidationError, match=words):
        msgspec.convert(written, Settings)


def test_without_a_key_nothing_is_built_and_no_secret_is_looked_up() -> None:
    def secret(variable: str) -> str:
        raise AssertionError(variable)

    options = ClientOptions(
        secret=secret, user_agent="gaung/test", now=lambda: NOON, sleep=lambda _: None
    )
    assert build(Settings(), options) == []


def test_region_and_language_may_be_left_open() -> None:
    asked: list[httpx.Request] = []

    def answering(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"items": []})

    options = ClientOptions(
        secret=lambda variable: variable,
        user_agent="gaung/test",
        now=lambda: NOON,
        sleep=lambda _: None,
        transport=httpx.MockTransport(answering),
    )
    for settings in (Settings(key_env="K"), Settings(key_env="K", region="", language="")):
        (collector,) = build(settings, options)
        next(collector.pages("banjirkota", cursor=None, now=NOON))  # type: ignore[attr-defined]
        collector.close()
    assert asked[0].url.params["regionCode"] == "ID"
    assert asked[0].url.params["relevanceLanguage"] == "id"
    assert asked[0].url.params["q"] == "#banjirkota"
    assert not {"regionCode", "relevanceLanguage"} & set(asked[1].url.params)


# --- the day's budget -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        (datetime(2026, 3, 8, 7, 59, tzinfo=UTC), datetime(2026, 3, 8, 8, tzinfo=UTC)),
        # The clocks go forward in the night of 8 March, and back in that of 1 November.
        (datetime(2026, 3, 8, 8, tzinfo=UTC), datetime(2026, 3, 9, 7, tzinfo=UTC)),
        (datetime(2026, 11, 1, 7, tzinfo=UTC), datetime(2026, 11, 2, 8, tzinfo=UTC)),
    ],
)
def test_the_day_ends_at_midnight_pacific(now: datetime, midnight: datetime) -> None:
    assert midnight_after(now) == midnight


@pytest.mark.parametrize("per_day", [1, 5, 24, 100, 5000])
def test_no_day_has_more_searches_than_it_may_and_no_hour_takes_it_all(per_day: int) -> None:
    budget, now = Budget(per_day), datetime(2026, 3, 1, 8, tzinfo=UTC)  # midnight Pacific
    end, made = now + timedelta(days=2), []
    while now < end:
        if budget.next_at(now) <= now:
            budget = budget.spend(now)
            made.append(now)
        else:
            assert budget.next_at(now) > now
            now = budget.next_at(now)
    for day in (0, 1):
        start = end - timedelta(days=2 - day)
        today = [at for at in made if start <= at < start + timedelta(days=1)]
        assert 0.8 * per_day - 1 <= len(today) <= per_day
        first_hour = sum(at < start + HOUR for at in today)
        assert first_hour <= max(1, per_day / 8) + per_day / 24 + 1


def test_what_google_counts_ends_the_day_and_the_next_begins_anew() -> None:
    budget = Budget(100).spend(NOON).exhaust(NOON)
    assert budget.next_at(NOON) == midnight_after(NOON)
    assert budget.next_at(midnight_after(NOON)) == midnight_after(NOON)
    assert (budget.spent_on(NOON), budget.spent_on(midnight_after(NOON))) == (100, 0)


# --- slices of time -------------------------------------------------------------------------------


def test_quiet_slices_widen_and_end_with_youtubes_beginning() -> None:
    current, starts = first_slice(NOON), []
    while True:
        step = after(current, given=0, token=None, oldest=None)
        starts.append(step.reached_at)
        if step.following is None:
            break
        assert step.following.end == current.start
        current = step.following
    assert starts[:3] == [NOON - 6 * HOUR, NOON - 30 * HOUR, NOON - 126 * HOUR]
    assert starts[-1] == datetime(2005, 2, 14, tzinfo=UTC)
    assert len(starts) < 12


def test_a_search_that_may_be_cut_off_is_asked_again_for_the_rest() -> None:
    current, oldest = first_slice(NOON), NOON - 2 * HOUR
    step = after(current, given=450, token=None, oldest=oldest)
    assert (step.reached_at, step.beyond) == (NOON, None)
    assert step.following is not None
    assert (step.following.start, step.following.end) == (current.start, current.end)
    assert step.following.before == oldest + timedelta(seconds=1)
    rest = after(step.following, given=3, token=None, oldest=NOON - 3 * HOUR)
    assert rest.reached_at == current.start
    assert rest.following is not None
    assert rest.following.end - rest.following.start == timedelta(hours=1.5)


def test_a_second_with_more_than_a_search_gives_is_said_to_be_cut_off() -> None:
    current = Slice(NOON - HOUR, NOON, NOON)
    step = after(current, given=500, token=None, oldest=NOON - timedelta(seconds=1))
    assert (step.following, step.reached_at, step.beyond) == (None, NOON, "clamp")


def test_an_empty_page_that_names_a_next_one_for_ever_is_the_end_of_its_slice() -> None:
    step = after(first_slice(NOON), given=0, token="NEXT", oldest=None)
    assert step.following is not None
    assert step.following.token is None


def test_a_slice_can_be_written_and_read() -> None:
    current = Slice(NOON - HOUR, NOON, NOON - HOUR / 2, 50, "CAUQAA-_=")
    assert slice_of(current.cursor) == current
    assert slice_of(first_slice(NOON).cursor) == first_slice(NOON)
