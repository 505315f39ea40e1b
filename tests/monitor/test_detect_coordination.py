"""The daemon tells when accounts act together, once, and no longer when they have stopped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from analysis.findings import Finding, FindingKind
from collectors.page import page_of
from collectors.records import Post
from monitor import config
from monitor.config import Config
from monitor.detect import detect
from monitor.store import StoreFile

NOW = datetime(2026, 8, 18, 11, 30, tzinfo=UTC)  # half past six in Jakarta: an hour to look in
MINUTE = timedelta(minutes=1)
GROUP = [f"g{n}" for n in range(8)]


@pytest.fixture
def settings() -> Config:
    text = {"timezone": "Asia/Jakarta", "watches": [{"name": "air", "hashtags": ["air"]}]}
    return config.parse(text, name="test")


def post(number: int, author: str, at: datetime, text: str) -> Post:
    return Post(
        post_key=f"x:{number}",
        platform="x",
        author_key=f"x:{author}",
        kind="original",
        created_at=at,
        text=text,
        hashtags_raw=("air",),
    )


def posts(*, pushed: bool) -> list[Post]:
    """Forty people who say each their own, and eight who say the same within seconds."""
    made = [
        post(
            n,
            f"p{n % 40}",
            NOW - timedelta(hours=9) + n * 2 * MINUTE,
            f"kabar {n} dari warga kampung {n * 7} tentang air bersih hari {n}",
        )
        for n in range(200)
    ]
    if pushed:
        for times in range(6):
            at = NOW - timedelta(hours=4) + times * 20 * MINUTE
            said = f"tuntut {times} janji pipa baru kepada walikota sekarang juga bagian {times}"
            made += [
                post(1000 + times * 10 + n, author, at + timedelta(seconds=3 * n), said)
                for n, author in enumerate(GROUP)
            ]
    return made


def told(stores: StoreFile, settings: Config, *, now: datetime) -> list[Finding]:
    with stores.open() as store, store.transaction():
        found = detect(store, settings, now=now)
    return [one for one in found if one.kind is FindingKind.COORDINATION]


def test_accounts_that_act_together_are_one_finding_that_goes_on(
    stores: StoreFile, settings: Config
) -> None:
    with stores.open() as store, store.transaction():
        store.posts.add(page_of(posts=posts(pushed=True)), source="x", now=NOW)
    (first,) = told(stores, settings, now=NOW)
    assert (first.evidence["accounts"], first.evidence["groups"]) == (8, 1)
    assert first.to_at is None
    assert first.from_at == NOW - timedelta(hours=4)
    (again,) = told(stores, settings, now=NOW + 20 * MINUTE)
    assert again.key == first.key
    (over,) = told(stores, settings, now=NOW + timedelta(hours=6))
    assert over.key == first.key
    assert over.to_at is not None


def test_people_who_only_talk_at_the_same_time_are_no_finding(
    stores: StoreFile, settings: Config
) -> None:
    with stores.open() as store, store.transaction():
        store.posts.add(page_of(posts=posts(pushed=False)), source="x", now=NOW)
    assert told(stores, settings, now=NOW) == []


def test_without_a_burst_it_is_looked_for_every_six_hours(
    stores: StoreFile, settings: Config
) -> None:
    with stores.open() as store, store.transaction():
        store.posts.add(page_of(posts=posts(pushed=True)), source="x", now=NOW)
        store.database.run("delete from findings")
    assert told(stores, settings, now=NOW - timedelta(minutes=45)) == []
