"""A store in which every kind of graph has something to draw."""

from __future__ import annotations

from datetime import timedelta

import pytest

from collectors.page import page_of
from monitor.store import StoreFile
from tests.builders import HOUR, NOON, make_author, make_post, make_repost


@pytest.fixture
def ran(gaung, stores: StoreFile, tmp_path):
    """The program over a store in which all kinds of graph have something to draw."""
    posts = [
        make_post(
            n,
            hashtags_raw=("AirBersih", f"Kota{n % 3}", "<b>&"),
            urls=(f"https://air.example/{n % 7}",),
            author_key=f"mastodon:@warga{n % 40}@contoh.example",
            created_at=NOON - n * HOUR,
        )
        for n in range(200)
    ]
    # Three who say the same within seconds, again and again.
    for turn in range(12):
        for who in range(5):
            posts.append(
                make_post(
                    1000 + 10 * turn + who,
                    author_key=f"mastodon:@serempak{who}@contoh.example",
                    text=f"Tolak air mahal sekarang juga, ini seruan ke-{turn} untuk semua warga",
                    created_at=NOON - turn * 5 * HOUR - timedelta(seconds=who),
                )
            )
    boosts = [
        make_repost(
            f"mastodon:@warga{n % 7}@contoh.example",
            f"mastodon:@warga{(n * 3 + 1) % 7}@contoh.example",
            target_post_key=f"mastodon:https://contoh.example/{n % 60}",
            acted_at=NOON - n * 5 * HOUR,
        )
        for n in range(40)
    ]
    authors = [
        make_author(f"mastodon:@warga{n}@contoh.example", handle=f'warga{n}"<&>@contoh.example')
        for n in range(7)
    ]
    page = page_of(posts=posts, interactions=boosts, authors=authors)
    with stores.open() as store, store.transaction():
        store.posts.add(page, source="mastodon/contoh.example", now=NOON)
    (tmp_path / "config.toml").write_text('[store]\npath = "data/gaung.duckdb"\n')
    return gaung
