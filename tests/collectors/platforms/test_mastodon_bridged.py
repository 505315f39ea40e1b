"""Copies of Bluesky's posts: pitfall 20."""

from __future__ import annotations

import json
from typing import Any

import httpx
import msgspec
import pytest

from collectors.collector import Interest, PostRef
from collectors.page import Page, page_of
from collectors.platforms.bluesky.events import Found, read_event
from collectors.platforms.mastodon.bridges import original_author, original_post
from monitor.store import StoreFile
from tests.collectors.platforms.test_bluesky_jetstream import commit
from tests.collectors.platforms.test_mastodon_boosts import Boosts, expanded
from tests.collectors.platforms.test_mastodon_posts import read_page
from tests.collectors.servers import NOON, make_account, make_mention, make_status, page

DID = "did:plc:abcdefghijklmnopqrstuvwx"
AT = f"at://{DID}/app.bsky.feed.post/3lwarga"
COPY = f"https://bsky.brid.gy/convert/ap/{AT}"
KEY, AUTHOR = f"bluesky:{AT}", f"bluesky:{DID}"


def bridged_account(**fields: Any) -> dict[str, Any]:
    return make_account(
        "warga.example@bsky.brid.gy",
        uri=f"https://bsky.brid.gy/ap/{DID}",
        url="https://bsky.brid.gy/r/https://bsky.app/profile/warga.example",
        followers_count=3,
        **fields,
    )


def bridged_status(**fields: Any) -> dict[str, Any]:
    url = f"https://bsky.brid.gy/r/https://bsky.app/profile/{DID}/post/3lwarga"
    return make_status(account=bridged_account(), uri=COPY, url=url, **fields)


def told_by_bluesky() -> Page:
    event = commit(0, DID, "3lwarga", {"text": "Air naik lagi #banjirkota"})
    found = Found()
    decoded = msgspec.json.decode(json.dumps(event))
    read_event(decoded, Interest(frozenset({"banjirkota"})), found)
    return page_of(
        posts=found.posts, authors=found.authors.values(), interactions=found.interactions
    )


@pytest.mark.parametrize("first", ["bluesky", "mastodon"])
def test_pitfall_20_a_bridged_post_is_counted_once_whoever_shows_it_first(
    stores: StoreFile, first: str
) -> None:
    pages = [
        ("bluesky/jetstream", told_by_bluesky()),
        ("mastodon/a.example", read_page(bridged_status())),
    ]
    with stores.open() as store, store.transaction():
        for source, told in pages if first == "bluesky" else reversed(pages):
            store.posts.add(told, source=source, now=NOON)
        posts = store.database.rows("select post_key, platform, author_key from posts")
        authors = store.database.rows("select author_key, handle from authors")
        seen = store.database.rows("select source from sightings order by source")
    assert posts == [{"post_key": KEY, "platform": "bluesky", "author_key": AUTHOR}]
    assert authors == [{"author_key": AUTHOR, "handle": "warga.example"}]
    assert [row["source"] for row in seen] == ["bluesky/jetstream", "mastodon/a.example"]


def test_pitfall_20_who_mentions_or_answers_a_bridged_account_meets_it_in_one_key(
    stores: StoreFile,
) -> None:
    original = bridged_status()
    reply = make_status(
        "akun_b",
        in_reply_to_id=original["id"],
        in_reply_to_account_id=original["account"]["id"],
        mentions=[make_mention("Warga.example@bsky.brid.gy")],
    )
    with stores.open() as store, store.transaction():
        store.posts.add(read_page(reply, original), source="mastodon/a.example", now=NOON)
        acts = store.database.rows(
            "select kind, platform, target_author_key, target_post_key from interactions "
            "order by kind"
        )
    assert [tuple(act.values()) for act in acts] == [
        ("mention", "mastodon", AUTHOR, None),
        ("reply", "mastodon", AUTHOR, KEY),
    ]


def test_the_numbers_of_a_copy_are_not_those_of_the_account() -> None:
    found = read_page(bridged_status())
    author = found.authors.row(0, named=True)
    assert (author["platform"], author["display_name"]) == ("bluesky", "Warga.Example")
    assert author["url"] == "https://bsky.app/profile/warga.example"
    unknown = ("followers", "following", "posts", "created_at", "is_bot")
    assert {author[column] for column in unknown} == {None}
    post = found.posts.row(0, named=True)
    assert post["url"] == f"https://bsky.app/profile/{DID}/post/3lwarga"
    # What this server counts is still what this server counts.
    assert found.engagement.select("post_key", "observer").rows() == [(KEY, "mastodon/a.example")]


def test_a_bridged_account_that_boosts_is_itself() -> None:
    found = expanded(Boosts(page([bridged_account()])))
    assert found is not None
    assert found.interactions.select("platform", "author_key").rows() == [("bluesky", AUTHOR)]


def test_a_bridged_post_is_looked_up_by_its_copy() -> None:
    found = {"statuses": [{"id": "99", "uri": COPY}]}
    script = Boosts(httpx.Response(200, json=found), page([make_account("akun_c")]))
    post = PostRef(KEY, AUTHOR, f"https://bsky.app/profile/{DID}/post/3lwarga", NOON, None)
    acts = expanded(script, post, token="s3cret")
    assert acts is not None
    assert acts.interactions["target_post_key"].to_list() == [KEY]
    assert script.requests[0].url.params["q"] == COPY


@pytest.mark.parametrize(
    "uri",
    [
        COPY.replace("at://", "at:/"),
        COPY.replace("at://", "at%3A//"),
        COPY.replace("bsky.brid.gy", "fed.brid.gy"),
    ],
)
def test_the_original_is_found_however_it_is_written(uri: str) -> None:
    assert original_post(uri) == KEY


@pytest.mark.parametrize(
    "uri",
    [
        f"https://bsky.brid.gy.evil.example/convert/ap/{AT}",
        f"http://bsky.brid.gy/convert/ap/{AT}",
        "https://bsky.brid.gy/convert/ap/at://did:plc:short/app.bsky.feed.post/3l",
        f"https://bsky.brid.gy/convert/ap/at://{DID}/app.bsky.feed.like/3l",
        "https://bsky.brid.gy/convert/ap/at://warga.example/app.bsky.feed.post/3l",
        f"https://web.brid.gy/convert/ap/{AT}",
        f"{COPY}#bridgy-fed-create",
        "https://a.example/users/akun_a/statuses/1",
    ],
)
def test_what_is_no_certain_copy_stays_what_it_is(uri: str) -> None:
    assert original_post(uri) is None
    (key,) = read_page(make_status(uri=uri)).posts["post_key"].to_list()
    assert key == f"mastodon:{uri}"


@pytest.mark.parametrize("acct", ["akun_a", "@bsky.brid.gy", "akun@bsky.brid.gy.evil.example"])
def test_other_accounts_stay_what_they_are(acct: str) -> None:
    assert original_author(acct, None) is None
