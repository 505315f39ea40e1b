"""Reports that nobody has asked for yet are there already, within a share of the daemon's time."""

from __future__ import annotations

import threading
import tomllib
from dataclasses import replace
from datetime import timedelta

import pytest

from collectors.page import page_of
from monitor import clock, config, ready
from monitor.ready import Readiness, prepare_all
from monitor.report import kept
from monitor.report.kept import ReportAsked, is_kept
from monitor.store import StoreFile
from monitor.target import Target
from monitor.wiring import App
from tests.builders import AIR_CONFIG, HOUR, NOON, SOURCE, make_post

CONFIG = f"""{AIR_CONFIG}
[[watches]]
name = "sepi"
hashtags = ["tiada"]
sources = ["mastodon"]
"""
AIR = ReportAsked(target=Target("air", ("airbersih",), watch="air"))
EVERYTHING = ReportAsked(target=Target("all posts", ()))
MINUTE = timedelta(minutes=1)


@pytest.fixture
def app(stores: StoreFile, monkeypatch: pytest.MonkeyPatch) -> App:
    monkeypatch.setattr(kept, "QUICK", -1.0)
    monkeypatch.setattr(ready, "QUICK", -1.0)
    posts = [make_post(n, created_at=NOON - n * HOUR - MINUTE) for n in range(30)]
    with stores.open() as store, store.transaction():
        page = page_of(posts=posts, received=len(posts))
        store.posts.add(page, source=SOURCE, now=NOON, watch="air")
        store.coverage.want(SOURCE, "airbersih", since=NOON - 48 * HOUR)
        store.coverage.cover(SOURCE, "airbersih", (NOON - 48 * HOUR, NOON))
    return App(config=config.parse(tomllib.loads(CONFIG), name="config.toml"), stores=stores)


def has(app: App, asked: ReportAsked) -> bool:
    with app.stores.open(read_only=True) as store:
        return is_kept(store, asked, config=app.config, now=NOON)


def test_reports_of_watches_are_ready_and_none_is_made_of_nothing(app: App) -> None:
    assert Readiness().prepare(app, now=NOON, stop=threading.Event()) == ["air"]
    assert has(app, AIR)


def test_what_is_ready_is_not_made_again_until_it_is_too_old(app: App) -> None:
    def prepare(minutes: int) -> list[str]:
        return Readiness().prepare(app, now=NOON + minutes * MINUTE, stop=threading.Event())

    assert [prepare(minutes) for minutes in (0, 1, 4, 5, 6)] == [["air"], [], [], ["air"], []]


def test_it_rests_ten_times_as_long_as_it_works(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = [0.0]

    def monotonic() -> float:
        seconds[0] += 1.0  # so that each report takes some
        return seconds[0]

    monkeypatch.setattr(clock, "monotonic", monotonic)
    readiness, later = Readiness(), NOON + 10 * MINUTE
    assert readiness.prepare(app, now=NOON, stop=threading.Event()) == ["air"]
    assert readiness.prepare(app, now=later, stop=threading.Event()) == []
    seconds[0] += 100.0
    assert readiness.prepare(app, now=later, stop=threading.Event()) == ["air"]


def test_who_is_told_to_end_begins_no_report(app: App) -> None:
    stop = threading.Event()
    stop.set()
    assert Readiness().prepare(app, now=NOON, stop=stop) == []
    assert not has(app, AIR)


def test_after_an_import_all_posts_are_ready_too(app: App) -> None:
    prepare_all(app, now=NOON)
    assert (has(app, AIR), has(app, EVERYTHING)) == (True, True)
    assert not has(app, replace(AIR, window=MINUTE))
