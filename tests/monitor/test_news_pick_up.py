"""What news sites write is pick-up: in the report with its lag, never in the volume."""

from __future__ import annotations

from datetime import timedelta

from collectors.page import page_of
from monitor.store.queries import Selection
from tests.builders import HOUR, NOON, make_post

AIR = Selection(hashtags=("airbersih",))
LINK = "https://koran.example/air-mati"


def article(number, at, link=LINK, outlet="koran.example"):
    return make_post(
        number,
        post_key=f"news:{link}",
        platform="news",
        author_key=f"news:{outlet}",
        kind="article",
        created_at=at,
        text="Air PAM mati sejak Senin\nWarga menunggu truk tangki",
        url=link,
        urls=(link,),
    )


def test_the_first_outlet_comes_first_with_the_posts_that_link_to_it(stores):
    posts = [
        make_post(1, urls=(LINK,)),
        make_post(2, urls=(LINK, "https://x.example/")),
        make_post(3),
        article(10, NOON + 2 * HOUR),
        article(11, NOON + HOUR, "https://tabloid.example/a", "tabloid.example"),
        article(12, NOON + 3 * HOUR, "https://koran.example/lagi"),
    ]
    with stores.open() as store, store.transaction():
        store.posts.add(page_of(posts=posts), source="news/koran.example", now=NOON + 4 * HOUR)
    with stores.open(read_only=True) as store:
        assert store.queries.posts(AIR) == 3
        assert store.queries.activity(AIR).height == 3
        rows = store.queries.pick_up(AIR, 10)
    assert [(r["outlet"], r["first_at"], r["articles"], r["linked_by"]) for r in rows] == [
        ("news:tabloid.example", NOON + HOUR, 1, 0),
        ("news:koran.example", NOON + 2 * HOUR, 2, 2),
    ]
    assert rows[1]["url"] == LINK


def test_an_article_is_the_same_however_its_address_is_shared(stores):
    shared = (
        "http://www.koran.example/air-mati/",
        "https://m.koran.example/air-mati?utm_source=wa&utm_medium=x",
        "https://koran.example/air-mati?page=all#komentar",
        "https://koran.example/air-mati/amp",
    )
    posts = [make_post(n, urls=(link,)) for n, link in enumerate(shared)]
    other = make_post(9, urls=("https://koran.example/air-mati-lagi",))
    with stores.open() as store, store.transaction():
        store.posts.add(
            page_of(posts=[*posts, other, article(10, NOON)]), source="news/x", now=NOON + HOUR
        )
    with stores.open(read_only=True) as store:
        (row,) = store.queries.pick_up(AIR, 10)
    assert row["linked_by"] == len(shared)


def test_the_time_of_a_report_bounds_its_news(stores):
    with stores.open() as store, store.transaction():
        store.posts.add(page_of(posts=[article(1, NOON)]), source="news/koran.example", now=NOON)
    with stores.open(read_only=True) as store:
        later = Selection(hashtags=("airbersih",), since=NOON + timedelta(seconds=1))
        assert store.queries.pick_up(later, 10) == []
