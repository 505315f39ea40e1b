"""A paused watch: nothing is asked for it, and its time is unknown, not empty."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from monitor import config
from monitor.schedule import pauses
from monitor.status import status_of
from monitor.turn import collect_due
from monitor.wiring import App
from tests.builders import HOUR, NOON, SOURCE, ListedSource, make_post

AIR = {"name": "air", "hashtags": ["#AirBersih"], "sources": ["mastodon"]}


@pytest.fixture
def app(stores):
    def build(*watches):
        return App(config=config.parse({"watches": list(watches)}, name="c"), stores=stores)

    return build


def turn(app, source, now):
    return collect_due(app, {SOURCE: source}, now=now, stop=threading.Event())


def gaps(stores):
    with stores.open(read_only=True) as store:
        return [(gap.reason, gap.from_at, gap.to_at) for gap in store.coverage.open_gaps()]


def test_a_paused_watch_is_not_asked_for_and_the_gap_says_why(app, stores):
    source = ListedSource([make_post(n) for n in range(25)])
    turn(app(AIR), source, NOON)
    asked = len(source.asked)
    for hours in (1, 2, 5):
        assert turn(app(AIR | {"paused": True}), source, NOON + hours * HOUR) == []
    assert len(source.asked) == asked
    assert gaps(stores) == [("paused", NOON, NOON + 5 * HOUR)]


def test_after_the_pause_it_is_read_back_and_the_gap_closes(app, stores):
    during = [make_post(100 + n, created_at=NOON + n * timedelta(minutes=10)) for n in range(12)]
    source = ListedSource([*(make_post(n) for n in range(1, 25)), *during])
    turn(app(AIR), source, NOON)
    turn(app(AIR | {"paused": True}), source, NOON + HOUR)
    turn(app(AIR), source, NOON + 2 * HOUR)
    assert gaps(stores) == []
    with stores.open(read_only=True) as store:
        assert store.shown.posts_between(SOURCE, "airbersih", NOON, NOON + 2 * HOUR) == 12


def test_what_another_watch_wants_is_asked_for_all_the_same(app, stores):
    source = ListedSource([make_post(n) for n in range(5)])
    both = app(AIR | {"paused": True}, AIR | {"name": "juga"})
    (run, *_) = turn(both, source, NOON)
    assert run.verdict == "complete"
    assert pauses(both.config) == []
    turn(both, source, NOON + HOUR)
    assert gaps(stores) == []


def test_an_outage_before_the_pause_stays_an_outage(app, stores):
    source = ListedSource([make_post(n) for n in range(5)])
    turn(app(AIR), source, NOON)
    with stores.open() as store:
        store.coverage.open_gap(SOURCE, "airbersih", (NOON, NOON + HOUR), "outage", now=NOON + HOUR)
    turn(app(AIR | {"paused": True}), source, NOON + 3 * HOUR)
    assert gaps(stores) == [
        ("outage", NOON, NOON + HOUR),
        ("paused", NOON + HOUR, NOON + 3 * HOUR),
    ]


def test_the_status_says_paused_and_asks_for_no_daemon(app):
    state = status_of(app(AIR | {"paused": True}), now=NOON)
    assert [(w["name"], w["paused"], w["posts"]) for w in state["watches"]] == [("air", True, None)]
    assert state["problems"] == []
    assert status_of(app(AIR), now=NOON)["problems"]
