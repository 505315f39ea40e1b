"""Arrivals, as they are found in a real store."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

from analysis.findings import Finding, FindingKind
from collectors.page import page_of
from collectors.records import Interaction, Post
from monitor import config
from monitor.collect import collect
from monitor.config import CollectSettings, Config
from monitor.detect import detect
from monitor.detect.events import events
from monitor.schedule import Wish
from monitor.store import StoreFile
from tests.builders import HOUR, NOON, SOURCE, ListedSource, make_post, make_repost

DAY = timedelta(days=1)
BURST = Finding(
    watch="air",
    kind=FindingKind.BURST,
    subject="",
    from_at=NOON - 6 * HOUR,
    to_at=None,
    score=9.0,
    evidence={"posts": 100, "authors": 30},
)


def settings(**alerts: Any) -> Config:
    watch = {"name": "air", "hashtags": ["AirBersih"], "sources": ["mastodon", "bluesky"]}
    return config.parse({"watches": [watch], "alerts": alerts}, name="test")


def on(platform: str, number: int, *, ago: timedelta) -> Post:
    return make_post(
        number,
        post_key=f"{platform}:{number}",
        platform=platform,
        author_key=f"{platform}:{number}",
        created_at=NOON - ago,
    )


def gather(stores: StoreFile, source: str, posts: list[Post], *, back: timedelta) -> None:
    """Collect posts from a source, all of that time."""
    collect(
        stores,
        {source: ListedSource(posts, source=source, page_size=100)},
        [Wish(source, "airbersih", timedelta(minutes=10), back)],
        settings=CollectSettings(expand_limit=0, max_pages=100),
        now=NOON,
        stop=threading.Event(),
    )


def found(stores: StoreFile, *bursts: Finding) -> list[Finding]:
    cfg = settings()
    with stores.open() as store, store.transaction():
        new = events(store, cfg.watches[0], cfg, bursts=bursts, now=NOON)
        for finding in new:
            store.findings.save(finding, now=NOON)
        return new


def test_a_platform_that_is_reached_is_found_once(stores: StoreFile) -> None:
    home = [on("mastodon", n, ago=(2 + n % 20) * DAY) for n in range(60)]
    away = [on("bluesky", n, ago=(1 + n) * HOUR) for n in range(8)]
    gather(stores, SOURCE, home, back=30 * DAY)
    gather(stores, "bluesky/appview", away, back=30 * DAY)
    (one,) = found(stores)
    assert (one.kind, one.subject, one.from_at) == (
        FindingKind.PLATFORM,
        "bluesky",
        NOON - 8 * HOUR,
    )
    assert one.evidence == {"posts": 8, "authors": 8}
    assert found(stores) == []


def test_a_source_that_was_added_last_week_is_no_arrival(stores: StoreFile) -> None:
    home = [on("mastodon", n, ago=(2 + n % 20) * DAY) for n in range(60)]
    gather(stores, SOURCE, home, back=30 * DAY)
    gather(stores, "bluesky/appview", [on("bluesky", n, ago=HOUR) for n in range(9)], back=7 * DAY)
    assert found(stores) == []


def article(outlet: str, ago: timedelta) -> Post:
    return make_post(
        1,
        post_key=f"news:https://{outlet}/1",
        platform="news",
        author_key=f"news:{outlet}",
        kind="article",
        created_at=NOON - ago,
        url=f"https://{outlet}/1",
        urls=(f"https://{outlet}/1",),
    )


def test_the_third_outlet_is_told_with_its_lag(stores: StoreFile) -> None:
    outlets = [("a.example", 4 * HOUR), ("b.example", 3 * HOUR), ("c.example", 2 * HOUR)]
    with stores.open() as store, store.transaction():
        page = page_of(posts=[article(outlet, ago) for outlet, ago in outlets])
        store.posts.add(page, source="news/a.example", now=NOON)
    (one,) = found(stores, BURST)
    assert (one.kind, one.from_at) == (FindingKind.NEWS, NOON - 2 * HOUR)
    assert one.evidence == {"outlets": 3, "lag_hours": 4.0}
    assert found(stores, BURST) == []
    assert found(stores) == []


def boosts(group: str, members: int, ago: timedelta) -> tuple[list[Post], list[Interaction]]:
    """Give accounts that all pass on each other."""
    names = [f"mastodon:@{group}{n}@b.example" for n in range(members)]
    posts = [
        make_post(n, post_key=f"mastodon:{group}{n}", author_key=name, created_at=NOON - ago)
        for n, name in enumerate(names)
    ]
    acts = [
        make_repost(
            names[n - step],
            names[n],
            target_post_key=posts[n].post_key,
            acted_at=NOON - ago + HOUR,
        )
        for n in range(members)
        for step in range(1, members)
    ]
    return posts, acts


def test_a_community_that_was_not_there_before_is_found_during_a_burst(stores: StoreFile) -> None:
    old_posts, old_acts = boosts("lama", 12, 9 * DAY)
    again_posts, again_acts = boosts("lama", 12, 7 * HOUR)
    new_posts, new_acts = boosts("baru", 14, 5 * HOUR)
    pages = [(old_posts, old_acts), (again_posts[:0], again_acts), (new_posts, new_acts)]
    with stores.open() as store, store.transaction():
        for posts, acts in pages:
            page = page_of(posts=posts, interactions=acts)
            store.posts.add(page, source=SOURCE, now=NOON)
    (one,) = found(stores, BURST)
    assert (one.kind, one.evidence) == (
        FindingKind.COMMUNITY,
        {"authors": 14, "newcomers": 1.0},
    )
    assert found(stores, BURST) == []


def test_what_is_found_is_saved_for_all_watches(stores: StoreFile) -> None:
    gather(stores, SOURCE, [on("mastodon", n, ago=n * HOUR) for n in range(50)], back=7 * DAY)
    with stores.open() as store, store.transaction():
        assert detect(store, settings(), now=NOON) == []
