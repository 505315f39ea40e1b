from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.errors import RecordError
from collectors.imports.times import parse_any, parse_iso, parse_twitter

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.datetimes(
    datetime(2000, 1, 2),  # noqa: DTZ001
    datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=OFFSETS,
)
SECONDS = TIMES.map(lambda at: at.replace(microsecond=0))


@given(SECONDS)
def test_every_time_is_read_as_strptime_reads_it(at: datetime) -> None:
    written = at.strftime("%a %b %d %H:%M:%S %z %Y")
    assert parse_twitter(written) == parse_any(written) == at


@given(TIMES, st.sampled_from(["T", " "]))
def test_every_iso_time_is_read(at: datetime, between: str) -> None:
    assert parse_iso(at.isoformat(between)) == parse_any(at.isoformat(between)) == at


@given(st.datetimes(datetime(2001, 9, 10), datetime(2200, 1, 1)))  # noqa: DTZ001
def test_an_epoch_is_read_in_the_unit_that_its_size_tells(clock: datetime) -> None:
    at = clock.replace(tzinfo=UTC, microsecond=0)
    seconds = int(at.timestamp())
    for written in (seconds, seconds * 1000, seconds * 1_000_000, f"{seconds}.0"):
        assert parse_any(str(written)) == at


@pytest.mark.parametrize("written", ["2023-12-07 23:59", "2023-12-07 23:59:00", "2023-12-07T23:59"])
def test_a_clock_without_offset_is_read_as_utc(written: str) -> None:
    assert parse_any(written) == datetime(2023, 12, 7, 23, 59, tzinfo=UTC)


@given(st.text())
def test_no_text_raises_anything_but_a_record_error(written: str) -> None:
    for parse in (parse_any, parse_iso, parse_twitter):
        with contextlib.suppress(RecordError):
            assert parse(written).tzinfo is UTC


@pytest.mark.parametrize(
    "written",
    ["", "kemarin", "0000-01-01T00:00:00Z", "0001-01-01", "1900-01-01", "1970-01-01 00:00:00",
     "1999-12-31T23:59:59Z",
     "Mon Jan 01 00:00:00 +0000 0001", "Thu Jan 01 00:00:00 +0000 1970",
     "1.70E+09", "12/07/2023 10:00", "17",
     "Fri Aug 32 02:15:02 +0000 2013", "Fri Aug 16 02:15:02 *0000 2013", "9999-12-31T23:59-14:00"],
)  # fmt: skip
def test_what_is_no_time_is_refused(written: str) -> None:
    with pytest.raises(RecordError) as refused:
        parse_any(written, field="created_at")
    assert refused.value.field == "created_at"
