from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor import config, schedule
from monitor.ledger import Gap, Stream
from monitor.schedule import Attempt, Wish, due
from tests.builders import HOUR, NOON, SOURCE

WISH = Wish(SOURCE, "airbersih", timedelta(minutes=10), timedelta(days=7))
SETTINGS = config.CollectSettings()


def stream(*covered, gaps=()):
    return Stream(SOURCE, "airbersih", NOON - timedelta(days=7), tuple(covered), tuple(gaps))


def test_a_first_run_reads_back_to_when_the_stream_is_wanted():
    (task,) = due(WISH, stream(), None, settings=SETTINGS, now=NOON)
    assert (task.kind, task.floor, task.cursor) == ("poll", NOON - timedelta(days=7), None)


def test_a_poll_waits_for_its_rhythm():
    read = (NOON - 5 * HOUR, NOON)
    last = Attempt(NOON - timedelta(minutes=5))
    assert due(WISH, stream(read), last, settings=SETTINGS, now=NOON) == []
    later = NOON + timedelta(minutes=5)
    assert len(due(WISH, stream(read), last, settings=SETTINGS, now=later)) == 1


def test_a_poll_reads_some_way_into_what_is_known():
    read = (NOON - 5 * HOUR, NOON - HOUR)
    last = Attempt(NOON - HOUR, rescan_at=NOON - HOUR, nightly_at=NOON - HOUR)
    (task,) = due(WISH, stream(read), last, settings=SETTINGS, now=NOON)
    assert (task.kind, task.floor) == ("poll", NOON - 2 * HOUR)


def test_a_source_that_asked_to_wait_is_not_asked_earlier():
    last = Attempt(NOON - HOUR, retry_at=NOON + HOUR)
    assert due(WISH, stream(), last, settings=SETTINGS, now=NOON) == []


def test_one_gap_that_can_be_filled_is_filled_after_each_poll():
    gap = Gap(7, SOURCE, "airbersih", NOON - 3 * HOUR, NOON - HOUR, "truncated", cursor="c")
    silent = Gap(8, SOURCE, "airbersih", NOON - 9 * HOUR, NOON - 8 * HOUR, "silent", cursor="c")
    poll, fill = due(
        WISH, stream((NOON - HOUR, NOON), gaps=(gap, silent)), None, settings=SETTINGS, now=NOON
    )
    assert (poll.kind, fill.kind, fill.gap_id, fill.cursor) == ("poll", "backfill", 7, "c")


@pytest.mark.parametrize("rhythm", [timedelta(minutes=10), HOUR, timedelta(hours=6)])
def test_a_gap_that_is_never_filled_keeps_no_older_one_from_being_filled(rhythm):
    gaps = [
        Gap(n, SOURCE, "airbersih", NOON - (n + 1) * HOUR, NOON - n * HOUR, "failed", cursor="c")
        for n in range(1, 5)
    ]
    filled = []
    for turn in range(80):
        now = NOON + turn * rhythm
        *_, fill = due(
            WISH, stream((NOON - HOUR, NOON), gaps=gaps), None, settings=SETTINGS, now=now
        )
        filled.append(fill.gap_id)
    assert set(filled) == {1, 2, 3, 4}
    assert filled.count(1) > 20  # the newest first, most of the time


def test_two_watches_of_one_hashtag_ask_once_at_the_faster_rhythm():
    watches = [
        {"name": "a", "hashtags": ["AirBersih"], "every": "10m"},
        {"name": "b", "hashtags": ["#airbersih", "Banjir"], "every": "1h", "backfill": "30d"},
    ]
    settings = config.parse({"watches": watches}, name="test")
    found = schedule.wishes(settings, {"mastodon": [SOURCE]})
    assert found == [
        Wish(SOURCE, "airbersih", timedelta(minutes=10), timedelta(days=30)),
        Wish(SOURCE, "banjir", timedelta(hours=1), timedelta(days=30)),
    ]


def test_a_day_is_read_again_every_few_hours_and_a_week_once_a_day():
    read = stream((NOON - 30 * 24 * HOUR, NOON))
    wish = replace(WISH, backfill=timedelta(days=30))
    read = replace(read, wanted_from=NOON - 30 * 24 * HOUR)
    now = NOON + 4 * HOUR

    def depth(**last):
        attempt = Attempt(NOON, **{"rescan_at": NOON, "nightly_at": NOON} | last)
        (task,) = due(wish, read, attempt, settings=SETTINGS, now=now)
        return task.kind, now - task.floor

    assert depth(rescan_at=now - HOUR) == ("poll", 5 * HOUR)
    assert depth() == ("rescan", timedelta(days=1))
    assert depth(nightly_at=now - 24 * HOUR) == ("nightly", timedelta(days=7))


def test_what_costs_money_is_never_read_again_but_for_its_last_minutes():
    read = stream((NOON - 5 * HOUR, NOON - HOUR))
    wish = replace(WISH, is_metered=True)
    (task,) = due(wish, read, Attempt(NOON - HOUR), settings=SETTINGS, now=NOON)
    assert (task.kind, task.floor) == ("poll", NOON - HOUR - timedelta(minutes=5))
