"""A report that is kept is the report that would be computed, or it is not given."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from collectors.page import page_of
from collectors.records import Removal
from monitor import config
from monitor.config import Config
from monitor.errors import StoreFullError
from monitor.naming import Naming
from monitor.report import kept
from monitor.report.compute import compute
from monitor.report.formats import as_json
from monitor.report.kept import FRESH, ReportAsked, is_kept, report_of
from monitor.report.span import span_of
from monitor.store import Store, StoreFile
from monitor.store.kept import Kept
from monitor.target import Target
from tests.builders import AIR_CONFIG, HOUR, NOON, SOURCE, make_author, make_post

ASKED = ReportAsked(target=Target("air", ("airbersih",), watch="air"))
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def keeps_the_quickest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep reports of a few posts too, which take no time."""
    monkeypatch.setattr(kept, "QUICK", -1.0)


@pytest.fixture
def settings() -> Config:
    return config.parse(tomllib.loads(AIR_CONFIG), name="config.toml")


@pytest.fixture
def filled(stores: StoreFile) -> StoreFile:
    """A store of two days, collected up to noon."""
    who = [f"mastodon:@warga{n}@x.example" for n in range(5)]
    posts = [
        make_post(n, author_key=who[n % 5], created_at=NOON - n * HOUR / 2 - MINUTE)
        for n in range(90)
    ]
    page = page_of(posts=posts, authors=[make_author(one) for one in who], received=len(posts))
    with stores.open() as store, store.transaction():
        store.posts.add(page, source=SOURCE, now=NOON, watch="air")
        store.coverage.want(SOURCE, "airbersih", since=NOON - 2 * DAY)
        store.coverage.cover(SOURCE, "airbersih", (NOON - 2 * DAY, NOON))
    return stores


def report(stores: StoreFile, settings: Config, asked: ReportAsked = ASKED, **given: Any) -> Any:
    return report_of(stores, asked, config=settings, now=given.pop("now", NOON), **given)


def has(stores: StoreFile, settings: Config, asked: ReportAsked = ASKED, now: Any = NOON) -> bool:
    with stores.open(read_only=True) as store:
        return is_kept(store, asked, config=settings, now=now)


def kept_rows(store: Store) -> int:
    return int(store.database.value("select count(*) from kept_reports"))


def test_what_is_kept_is_what_would_be_computed(filled: StoreFile, settings: Config) -> None:
    first = report(filled, settings)
    assert has(filled, settings)
    again = report(filled, settings, now=NOON + MINUTE)
    with filled.open(read_only=True) as store:
        span = span_of(
            store, ASKED.target, since=None, until=first.until, window=None, now=NOON,
            zone=settings.zone,
        )  # fmt: skip
        anew = compute(store, ASKED.target, span, config=settings, now=NOON + MINUTE).report
    assert as_json(again) == as_json(anew)
    assert again.posts == 90


def test_all_of_a_report_comes_back(filled: StoreFile, settings: Config) -> None:
    first = report(filled, settings)
    assert msgspec.json.decode(msgspec.json.encode(first), type=type(first)) == first


def add(store: Store, **given: Any) -> None:
    page = page_of(posts=[make_post(900, **given)], received=1)
    store.posts.add(page, source=SOURCE, now=NOON, watch="air")


def save(store: Store, **given: Any) -> None:
    store.posts.add(page_of(received=1, **given), source=SOURCE, now=NOON)


WHO = "mastodon:@warga1@x.example"
GONE = Removal(kind="post", key=make_post(3).post_key, reason="deleted", removed_at=NOON)
CHANGES: dict[str, Callable[[Store], object]] = {
    "a post": lambda store: add(store, created_at=NOON - HOUR),
    "an edit": lambda store: save(store, posts=[make_post(3, text="lain", edited_at=NOON)]),
    "a removal": lambda store: save(store, removals=[GONE]),
    "followers": lambda store: save(store, authors=[make_author(WHO, followers=77)]),
    "an erasure": lambda store: store.privacy.erase(WHO, now=NOON),
    "a purge": lambda store: store.privacy.purge(posts_before=NOON + DAY, raw_before=None),
}


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_of_the_posts_makes_it_void_and_is_thrown_away(
    filled: StoreFile, settings: Config, change: str
) -> None:
    report(filled, settings)
    with filled.open() as store:
        assert kept_rows(store) == 1
        with store.transaction():
            CHANGES[change](store)
        assert kept_rows(store) == 0
    assert not has(filled, settings)


def test_a_change_outside_a_transaction_makes_it_void_too(
    filled: StoreFile, settings: Config
) -> None:
    report(filled, settings)
    with filled.open() as store:
        store.database.run("update posts set lang = 'id'")
        assert kept_rows(store) == 0


def test_what_is_tried_only_leaves_it(filled: StoreFile, settings: Config) -> None:
    report(filled, settings)
    with filled.open() as store, store.database.trial():
        add(store)
    assert has(filled, settings)


def test_what_fails_leaves_it(filled: StoreFile, settings: Config) -> None:
    def fail(store: Store) -> None:
        with store.transaction():
            add(store)
            raise ZeroDivisionError

    report(filled, settings)
    with filled.open() as store:
        with pytest.raises(ZeroDivisionError):
            fail(store)
        assert kept_rows(store) == 1
    assert has(filled, settings)


def test_what_is_known_already_leaves_it(filled: StoreFile, settings: Config) -> None:
    report(filled, settings)
    again = make_post(3, author_key="mastodon:@warga3@x.example", created_at=NOON - 1.5 * HOUR)
    with filled.open() as store, store.transaction():
        save(store, posts=[again])
    assert has(filled, settings)


def test_time_that_was_observed_since_or_is_missing_makes_another_report(
    filled: StoreFile, settings: Config
) -> None:
    report(filled, settings)
    with filled.open() as store, store.transaction():
        store.coverage.cover(SOURCE, "airbersih", (NOON, NOON + MINUTE))
    assert not has(filled, settings, now=NOON + MINUTE)
    told = report(filled, settings, now=NOON + MINUTE)
    assert told.until == NOON + MINUTE
    with filled.open() as store, store.transaction():
        store.coverage.open_gap(
            SOURCE, "airbersih", (NOON - HOUR, NOON), "outage", now=NOON + MINUTE
        )
    assert report(filled, settings, now=NOON + MINUTE).gaps


def test_up_to_now_is_told_anew_after_a_while(filled: StoreFile, settings: Config) -> None:
    report(filled, settings)
    assert has(filled, settings, now=NOON + FRESH)
    assert not has(filled, settings, now=NOON + FRESH + MINUTE)
    assert report(filled, settings, now=NOON + DAY).until == NOON + DAY


def test_other_times_windows_and_settings_are_other_reports(
    filled: StoreFile, settings: Config
) -> None:
    asked = replace(ASKED, since=NOON - DAY)
    report(filled, settings, asked)
    assert has(filled, settings, asked)
    assert has(filled, settings, replace(asked, since=NOON - DAY + MINUTE))  # in the same hour
    for other in (
        ASKED,
        replace(asked, since=NOON - DAY - HOUR),
        replace(asked, until=NOON),
        replace(asked, window=2 * HOUR),
        replace(asked, target=Target("#airbersih", ("airbersih",))),
    ):
        assert not has(filled, settings, other)
    assert not has(filled, msgspec.structs.replace(settings, timezone="Asia/Jayapura"), asked)


def test_windows_settle_with_the_hours(filled: StoreFile, settings: Config) -> None:
    asked = replace(ASKED, until=NOON)
    assert report(filled, settings, asked).series[-1].provisional
    later = report(filled, settings, asked, now=NOON + 30 * DAY)
    assert later.generated_at == NOON + 30 * DAY
    assert not any(row.provisional for row in later.series)


def test_what_was_computed_of_older_posts_is_not_kept(stores: StoreFile) -> None:
    with stores.open() as store, store.transaction():
        revision = store.kept.revision()
        add(store)
    with stores.open() as store, store.transaction():
        assert not store.kept.keep("x", "{}", revision=revision, now=NOON)
        assert store.kept.keep("x", "{}", revision=store.kept.revision(), now=NOON)


def test_pseudonyms_are_not_kept(filled: StoreFile, settings: Config) -> None:
    named = report(filled, settings, naming=Naming("garam"))
    assert not has(filled, settings)
    assert report(filled, settings).top_authors != named.top_authors


def test_a_report_is_given_where_the_store_cannot_be_written(
    filled: StoreFile, settings: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any, **__: Any) -> bool:
        raise StoreFullError("the store's disk is full")

    monkeypatch.setattr(Kept, "keep", refused)
    assert report(filled, settings).posts == 90
    assert not has(filled, settings)


def test_what_is_kept_is_told_without_loading_frames(
    filled: StoreFile, settings: Config, tmp_path: Path
) -> None:
    with filled.open() as store, store.transaction():
        store.database.run("delete from streams")  # imported: the report ends with its last post
        store.database.run("delete from coverage")
    kept._program.cache_clear()  # somebody may be at work on it since the first test
    report(filled, settings)
    (tmp_path / "config.toml").write_text(AIR_CONFIG)
    code = (
        "import sys; from monitor.cli import _run; _run(['report', 'air', '--format', 'json']);"
        "heavy = {'polars', 'numpy', 'networkx', 'networkit', 'scipy', 'httpx'};"
        "sys.exit(', '.join(heavy & sys.modules.keys()) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["posts"] == 90
