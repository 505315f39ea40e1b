"""A small store with all that exports must mind: hostile texts, removed posts, boosts, gaps."""

from __future__ import annotations

from datetime import timedelta

from collectors.page import page_of
from monitor.store import StoreFile
from monitor.store.asking import Bounds, answer
from tests.builders import HOUR, NOON, make_author, make_engagement, make_post, make_repost

CONFIG = """\
[store]
path = "data/gaung.duckdb"

[[watches]]
name = "air-bersih"
hashtags = ["AirBersih"]
"""
FORMULA = '=HYPERLINK("http://jahat.example","klik") #AirBersih'


def filled(stores: StoreFile) -> StoreFile:
    """Fill a store: 60 posts of 7 accounts, one of them a formula, one removed; three boosts."""
    posts = [
        make_post(n, hashtags_raw=("AirBersih", "Kota") if n % 3 == 0 else ("AirBersih",))
        for n in range(1, 59)
    ]
    posts.append(make_post(59, text=FORMULA, urls=("https://air.example/a", "https://x.com/b/1")))
    posts.append(make_post(60, text="yang dihapus #AirBersih"))
    boosts = [
        make_repost(f"mastodon:@warga{n}@contoh.example", "mastodon:@warga1@contoh.example",
                    acted_at=NOON - n * timedelta(minutes=5))
        for n in (3, 4, 5)
    ]  # fmt: skip
    authors = [
        make_author(
            f"mastodon:@warga{n}@contoh.example", handle=f"warga{n}@contoh.example",
            display_name="=1+1" if n == 2 else f"Warga {n}", followers=10**n,
            created_at=NOON - timedelta(days=100 * n + 1),
        )
        for n in range(7)
    ]  # fmt: skip
    page = page_of(posts=posts, authors=authors, interactions=boosts,
                   engagement=[make_engagement(1)])  # fmt: skip
    with stores.open() as store, store.transaction():
        store.posts.add(page, source="mastodon/contoh.example", now=NOON + 6 * HOUR)
        store.database.run(
            "update posts set captured_as = 'removed', removed_at = $at where post_key = $key",
            at=NOON, key=posts[-1].post_key,
        )  # fmt: skip
        store.privacy.salt()
    return stores


def asking(stores):
    """Give what asks a store: each question opens it anew, as the command does."""

    def ask(question, *, naming=None, **bounds):
        with stores.open(read_only=True) as store:
            return answer(store.database, question, bounds=Bounds(**bounds), naming=naming)

    return ask
