"""Who is erased while hidden is erased as whole, and nobody hears of them afterwards."""

from __future__ import annotations

import time

import pytest

from collectors.page import page_of
from collectors.records import Author, Engagement, Interaction, Post, Removal
from monitor.store import Store, StoreFile
from tests.builders import HOUR, NOON, make_engagement, make_post

SARI, BUDI, TUTI = "bluesky:did:plc:sari", "bluesky:did:plc:budi", "mastodon:@tuti@rumah.example"
OWN = "saya melihat sendiri truk tangki itu kosong sejak subuh tadi"
PAGE = "https://s.example/sari-page"
HEARD = "bluesky/jetstream"


def written(number: int, author: str = SARI, **more: object) -> Post:
    key = f"bluesky:at://{author.removeprefix('bluesky:')}/app.bsky.feed.post/{number}"
    given = {"platform": "bluesky", "author_key": author, "indexed_at": NOON, "created_at": NOON}
    return make_post(number, **{"post_key": key, **given, **more})


def away(key: str = SARI) -> Removal:
    return Removal(kind="away", key=key, reason="deactivated", removed_at=NOON + HOUR)


def gone(kind: str, key: str) -> Removal:
    return Removal(kind=kind, key=key, reason="deleted", removed_at=NOON + 4 * HOUR)


def save(
    store: Store, *posts: Post, source: str = HEARD, removals: tuple[Removal, ...] = (),
    authors: tuple[Author, ...] = (), engagement: tuple[Engagement, ...] = (),
    interactions: tuple[Interaction, ...] = (),
) -> None:  # fmt: skip
    page = page_of(
        posts=posts, removals=removals, authors=authors, engagement=engagement,
        interactions=interactions,
    )  # fmt: skip
    store.posts.add(page, source=source, now=NOON + 4 * HOUR)


def erase(store: Store, key: str) -> None:
    with store.database.transaction():
        store.privacy.erase(key, now=NOON + 2 * HOUR)


def whole_store(store: Store) -> str:
    tables = store.database.rows("select table_name from duckdb_tables() where not internal")
    return "\n".join(
        f"{name}: {row}".lower()
        for name in sorted(row["table_name"] for row in tables)
        for row in store.database.rows(f"select * from {name}")  # noqa: S608
    )


@pytest.mark.parametrize("hidden", [(), (SARI,), (SARI, BUDI)])
def test_words_names_and_pages_go_from_others_whoever_is_hidden(
    stores: StoreFile, hidden: tuple[str, ...]
) -> None:
    sari = Author(
        author_key=SARI, platform="bluesky", handle="sari.example",
        display_name="Sari Rahmawati Dewi", url=PAGE,
    )  # fmt: skip
    budi = Author(author_key=BUDI, platform="bluesky", display_name="teman @sari.example")
    with stores.open() as store:
        save(
            store,
            written(1, text=OWN),
            written(2, BUDI, text=f'kata orang: "{OWN}" benarkah?'),
            written(3, BUDI, text=f"Sari Rahmawati Dewi bilang begitu, lihat {PAGE} ya"),
            authors=(sari, budi),
        )
        save(store, removals=tuple(away(key) for key in hidden))
        erase(store, SARI)
        save(store, removals=(gone("back", BUDI),))
        kept = store.database.rows("select text from posts order by post_key")
        assert [row["text"] for row in kept] == [
            'kata orang: "…" benarkah?',
            "… bilang begitu, lihat … ya",
        ]
        for trace in ("did:plc:sari", "sari.example", "rahmawati", "truk tangki", "sari-page"):
            assert trace not in whole_store(store), trace


def test_what_an_erased_account_does_later_is_not_heard(stores: StoreFile) -> None:
    with stores.open() as store:
        save(store, written(1), written(2, BUDI))
        erase(store, SARI)
        repost = "bluesky:at://did:plc:sari/app.bsky.feed.repost/1"
        save(
            store,
            removals=(
                away(), gone("author", SARI), gone("post", written(5).post_key),
                gone("undone", repost), gone("post", written(2, BUDI).post_key),
            ),
            engagement=(make_engagement(post_key=written(6).post_key),),
        )  # fmt: skip
        assert "did:plc:sari" not in whole_store(store)
        kept = store.database.rows("select key from removals")
        assert [row["key"] for row in kept] == [written(2, BUDI).post_key]


def test_a_post_of_an_erased_account_of_a_server_is_known_by_its_address(stores: StoreFile) -> None:
    mine = "mastodon:https://rumah.example/users/tuti/statuses/{}"
    with stores.open() as store:
        own = make_post(1, post_key=mine.format(1), author_key=TUTI)
        save(store, own, make_post(2), source="mastodon/rumah.example")
        erase(store, TUTI)
        told = (gone("post", mine.format(9)),)
        count = (make_engagement(post_key=mine.format(8)),)
        save(store, source="mastodon/rumah.example", removals=told, engagement=count)
        assert "tuti" not in whole_store(store)


@pytest.mark.parametrize(
    "link",
    [
        "https://bsky.app/profile/sari.example/post/3kabc",
        "https://bsky.app/profile/did:plc:sari/post/3kabc",
        "https://bsky.app/profile/did%3Aplc%3Asari",
        "https://pds.example/xrpc/get?repo=did:plc:sari&cid=1",
        "https://m.rumah.example/users/tuti/statuses/7",
        "https://rumah.example/web/@tuti/7",
        "https://lain.example/@tuti@rumah.example/8",
    ],
)
def test_a_new_link_to_the_erased_is_left_out_wherever_their_name_stands(
    stores: StoreFile, link: str
) -> None:
    sari = Author(author_key=SARI, platform="bluesky", handle="sari.example")
    other = "https://berita.example/users/rini/air"
    with stores.open() as store:
        save(store, written(1), authors=(sari,))
        save(store, make_post(1, author_key=TUTI), source="mastodon/rumah.example")
        erase(store, SARI)
        erase(store, TUTI)
        save(store, written(7, BUDI, text=f"lihat {link} dan {other}", urls=(link, other)))
        (row,) = store.database.rows("select text, urls from posts")
    assert row == {"text": f"lihat … dan {other}", "urls": [other]}


@pytest.mark.parametrize("part", ["a.", "a-", "a-.", "www.", "ab+", "a.b/", "@a", "a.b/a?a=", "."])
def test_a_text_that_is_made_to_be_slow_is_not_once_somebody_is_erased(
    stores: StoreFile, part: str
) -> None:
    with stores.open() as store:
        save(store, written(1, text=OWN))
        named = f"did:plc:sari {part * (60_000 // len(part))}"
        before = time.process_time()
        save(store, written(2, BUDI, text=named))
        erase(store, SARI)
        save(store, written(3, BUDI, text=named))
        assert time.process_time() - before < 10


def test_a_purge_leaves_no_word_of_whom_it_took_out(stores: StoreFile) -> None:
    with stores.open() as store:
        save(store, written(1), written(2, BUDI))
        undone = gone("undone", "bluesky:at://did:plc:sari/app.bsky.feed.repost/1")
        save(store, removals=(away(), undone, gone("post", written(2, BUDI).post_key)))
        with store.database.transaction():
            store.privacy.purge(posts_before=NOON + 3 * HOUR, raw_before=None)
        kept = {row["kind"] for row in store.database.rows("select kind from removals")}
        assert kept == {"away", "undone", "post"}  # nothing is so old
        with store.database.transaction():
            store.privacy.purge(posts_before=NOON + 24 * HOUR, raw_before=None)
        assert "did:plc" not in whole_store(store)
