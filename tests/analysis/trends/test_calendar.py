from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.trends.calendar import day_start, start_of_its_day
from analysis.trends.volume import grid

DAY = timedelta(days=1)
WINDOWS = [timedelta(hours=1), timedelta(hours=6), DAY, 7 * DAY]
# Those that have skipped or repeated a midnight, or a whole day, since 1970, and all others.
ODD = [
    "Africa/Cairo", "America/Havana", "America/Nuuk", "America/Santiago", "America/Sao_Paulo",
    "America/Scoresbysund", "America/St_Johns", "Antarctica/Casey", "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Gaza", "Asia/Jakarta", "Asia/Pyongyang", "Asia/Tehran", "Atlantic/Azores",
    "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Enderbury", "Pacific/Fakaofo",
    "Pacific/Kiritimati", "Pacific/Kwajalein",
]  # fmt: skip
ZONES = st.sampled_from(ODD) | st.sampled_from(
    sorted(available_timezones() - {"Factory", "localtime"})
)
TIMES = st.datetimes(datetime(1970, 1, 2), datetime(2050, 1, 1)).map(  # noqa: DTZ001
    lambda at: at.replace(tzinfo=UTC)
)


def first_moment_of(day: date, zone: ZoneInfo) -> datetime:
    """Look for the first moment of a day minute by minute."""
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=40)
    while at.astimezone(zone).date() < day:
        at += timedelta(minutes=1)
    return at


@pytest.mark.parametrize(
    ("zone", "day"),
    [("Pacific/Apia", date(2011, 12, 30)), ("Pacific/Fakaofo", date(2011, 12, 30)),
     ("Pacific/Kwajalein", date(1993, 8, 21)), ("Pacific/Kiritimati", date(1994, 12, 31)),
     ("Asia/Jakarta", date(1942, 3, 23)), ("America/Sao_Paulo", date(2018, 11, 4)),
     ("Asia/Jakarta", date(2026, 3, 1)), ("America/Havana", date(2025, 11, 2)),
     ("America/St_Johns", date(2006, 4, 2))],
)  # fmt: skip
def test_a_day_begins_when_clocks_first_show_it_or_are_past_it(zone: str, day: date) -> None:
    assert day_start(day, ZoneInfo(zone)) == first_moment_of(day, ZoneInfo(zone))


def test_a_day_goes_on_while_clocks_are_before_its_midnight_again() -> None:
    # In 2010 Newfoundland went from 0:01 on 7 November back to 23:01 on the 6th.
    again = datetime(2010, 11, 7, 3, 0, tzinfo=UTC)
    assert again.astimezone(ZoneInfo("America/St_Johns")).day == 6
    start = start_of_its_day(again, ZoneInfo("America/St_Johns"))
    assert start == datetime(2010, 11, 7, 2, 30, tzinfo=UTC)
    assert grid(again, again + DAY, DAY, "America/St_Johns")["window_start"][0] == start


@given(ZONES, TIMES, st.timedeltas(timedelta(minutes=1), timedelta(days=20)),
       st.sampled_from(WINDOWS))  # fmt: skip
def test_windows_part_any_time_in_any_zone(
    zone: str, since: datetime, length: timedelta, window: timedelta
) -> None:
    until = since + length
    starts = grid(since, until, window, zone)["window_start"].to_list()
    assert starts[0] <= since
    assert starts[-1] < until
    steps = [later - earlier for earlier, later in pairwise(starts)]
    assert all(timedelta(0) < step <= window + DAY for step in steps)
    # The last one reaches to the end, and no window before the first would.
    assert until - starts[-1] <= window + DAY
    assert len(starts) < 2 or starts[1] > since


@given(ZONES, TIMES)
def test_each_day_is_a_window_of_its_own_unless_it_is_skipped(zone: str, since: datetime) -> None:
    starts = grid(since, since + 30 * DAY, DAY, zone)["window_start"]
    assert starts.is_unique().all()
    clocks = [at.astimezone(ZoneInfo(zone)) for at in starts]
    assert [at.date() for at in clocks] == sorted({at.date() for at in clocks})
    assert [start_of_its_day(at, ZoneInfo(zone)) for at in starts] == starts.to_list()
