from __future__ import annotations

import string
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.http.rate_limits import LONGEST_WAIT, SHORTEST_WAIT, retry_at
from tests.collectors.servers import NOON

EPOCH = int(NOON.timestamp())


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "30"}, 30),
        ({"Retry-After": "Sun, 01 Mar 2026 12:00:30 GMT"}, 30),
        ({"X-RateLimit-Reset": "2026-03-01T12:02:00.729285Z"}, 120.729285),
        ({"X-RateLimit-Reset": "2026-03-01T19:02:00+07:00"}, 120),
        ({"X-RateLimit-Reset": str(EPOCH + 90)}, 90),
        ({"X-RateLimit-Reset": "90"}, 90),
        ({"RateLimit-Reset": str(EPOCH + 90)}, 90),
        ({"X-Rate-Limit-Reset": str(EPOCH + 900)}, 900),
        ({"RateLimit": '"default";r=0;t=30'}, 30),
        ({"Retry-After": "soon", "X-RateLimit-Reset": "45"}, 45),
        ({}, 60),
        ({"X-RateLimit-Reset": "tomorrow"}, 60),
        ({"Retry-After": "0"}, 1),
        ({"X-RateLimit-Reset": "2026-03-01T11:00:00Z"}, 1),
        ({"Retry-After": "86400"}, 3600),
        ({"X-RateLimit-Reset": f"{EPOCH + 90}000"}, 60),
    ],
)
def test_each_form_of_a_reset_is_understood(headers: dict[str, str], seconds: float) -> None:
    assert retry_at(headers, now=NOON) == NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "said", ["2026-03-01T15:02:00Z", str(EPOCH + 3 * 3600 + 120), "Sun, 01 Mar 2026 15:02:00 GMT"]
)
def test_a_clock_that_is_three_hours_off_changes_nothing(said: str) -> None:
    headers = {"Date": "Sun, 01 Mar 2026 15:00:00 GMT", "X-RateLimit-Reset": said}
    assert retry_at(headers, now=NOON) == NOON + timedelta(seconds=120)


def test_an_answer_out_of_a_cache_is_as_old_as_it_says() -> None:
    headers = {
        "Date": "Sun, 01 Mar 2026 11:59:00 GMT",
        "Age": "60",
        "X-RateLimit-Reset": "2026-03-01T12:02:00Z",
    }
    assert retry_at(headers, now=NOON) == NOON + timedelta(seconds=120)


written = st.one_of(
    st.text(alphabet=string.printable, max_size=30),
    st.integers().map(str),
    st.floats().map(str),
    st.datetimes().map(lambda when: f"{when.isoformat()}Z"),
    st.datetimes().map(lambda when: when.strftime("%a, %d %b %Y %H:%M:%S +2359")),
    st.sampled_from(["Fri, 31 Dec 9999 23:59:59 GMT", "0001-01-01T00:00:00+23:00", "inf", "nan"]),
)
NAMES = ["Date", "Age", "Retry-After", "X-RateLimit-Reset"]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(NAMES), written))
def test_whatever_a_server_says_the_wait_is_between_a_second_and_an_hour(
    headers: dict[str, str],
) -> None:
    assert SHORTEST_WAIT <= retry_at(headers, now=NOON) - NOON <= LONGEST_WAIT
