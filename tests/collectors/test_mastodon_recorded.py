"""Answers that real servers gave. They hold real people's posts and stay out of the repository."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import polars as pl
import pytest

from collectors.collector import PostRef
from collectors.errors import AccessRefusedError
from tests.collectors.platforms.test_mastodon import Timeline
from tests.collectors.platforms.test_mastodon_boosts import Boosts
from tests.collectors.servers import (
    NOON,
    Answering,
    make_collector,
    page,
    recorded,
    replay,
)


def by_address(exchanges: list[dict[str, Any]]) -> Answering:
    """Answer each address as it was answered the first time, whatever the page size."""
    answers: dict[str, httpx.Response] = {}
    for exchange, answer in zip(exchanges, replay(exchanges), strict=True):
        url = httpx.URL(exchange["uri"])
        answers.setdefault(f"{url.path.rstrip('/')} {url.params.get('max_id')}", answer)

    def answering(request: httpx.Request) -> httpx.Response:
        return answers[f"{request.url.path} {request.url.params.get('max_id')}"]

    return answering


def test_a_campaign_of_160_posts_is_read_whole() -> None:
    exchanges = recorded("rtoot/handle_params_max_id.json")
    script = Timeline(*replay(exchanges), page([]))
    collector = make_collector(script, server="mastodon.social")
    pages = list(collector.pages("ichbinhanna", cursor=None, now=NOON))
    collector.close()
    assert [one.received for one in pages] == [40, 40, 40, 40, 0]
    # The end of one page and the cursor in its link are what the recorder asked for next.
    asked = [dict(request.url.params).get("max_id") for request in script.requests[:4]]
    assert asked == [httpx.URL(exchange["uri"]).params.get("max_id") for exchange in exchanges]
    posts = pl.concat(one.posts for one in pages)
    assert posts["post_key"].n_unique() == posts.height == 160
    assert posts["author_key"].n_unique() == 74
    assert posts.filter(kind="reply").height == 57
    assert posts["edited_at"].drop_nulls().len() == 19
    assert posts["hashtags"].list.contains("ichbinhanna").all()
    assert sum(one.rejected.height for one in pages) == 0


def test_every_copy_that_a_real_bridge_made_is_known_as_the_original() -> None:
    exchanges = recorded("rtoot/handle_params_max_id.json")
    bridged = {
        row["id"]: row["uri"]
        for exchange in exchanges
        for row in exchange["body"]
        if row["account"]["acct"].endswith("@bsky.brid.gy")
    }
    assert len(bridged) > 10
    collector = make_collector(Timeline(*replay(exchanges), page([])), server="mastodon.social")
    posts = pl.concat(
        one.posts for one in collector.pages("ichbinhanna", cursor=None, now=NOON)
    ).filter(platform="bluesky")
    collector.close()
    assert {key.removeprefix("bluesky:") for key in posts["post_key"]} == {
        uri.partition("/convert/ap/")[2] for uri in bridged.values()
    }
    # Its author is in the address of a post, and is the one that the account names.
    dids = posts["post_key"].str.extract(r"at://([^/]+)/")
    assert posts["author_key"].to_list() == [f"bluesky:{did}" for did in dids]


def test_two_servers_show_the_same_posts_under_the_same_keys() -> None:
    keys: list[set[str]] = []
    for name in ("anonymous", "default"):
        exchanges = recorded(f"rtoot/get_timeline_hashtag_{name}.json")
        host = urlsplit(exchanges[0]["uri"]).netloc
        collector = make_collector(Timeline(*replay(exchanges[:1])), server=host)
        first = next(collector.pages("rstats", cursor=None, now=NOON))
        collector.close()
        keys.append(set(first.posts["post_key"]) | set(first.posts["author_key"]))
    assert keys[0] == keys[1]


def test_paging_ends_with_an_empty_page_after_a_full_one() -> None:
    exchanges = recorded("Mastodon.py/cassettes__test_pagination_iterator.json")
    tag = httpx.URL(exchanges[0]["uri"]).path.rpartition("/")[2]
    collector = make_collector(
        Timeline(by_address(exchanges)), server="localhost:3000", page_size=10
    )
    pages = list(collector.pages(tag, cursor=None, now=NOON))
    collector.close()
    assert [one.received for one in pages] == [10, 10, 10, 0]
    assert pl.concat(one.posts for one in pages)["post_key"].n_unique() == 30


def test_a_server_that_hides_its_live_feeds_only_is_told_from_one_that_hides_hashtags() -> None:
    exchanges = recorded("Mastodon.py/cassettes__test_timeline_disabled.json")
    (document,) = (
        exchange["body"]
        for exchange in exchanges
        if exchange["uri"].startswith("https://mastodon.social/api/v2/instance")
    )
    access = document["configuration"]["timelines_access"]
    assert access["live_feeds"] == {"local": "disabled", "remote": "disabled"}

    collector = make_collector(Timeline(page([]), instance=httpx.Response(200, json=document)))
    (empty,) = collector.pages("tag", cursor=None, now=NOON)
    collector.close()
    assert empty.received == 0

    access["hashtag_feeds"] = access["live_feeds"]
    collector = make_collector(Timeline(page([]), instance=httpx.Response(200, json=document)))
    with pytest.raises(AccessRefusedError, match="hashtag timelines disabled"):
        next(collector.pages("tag", cursor=None, now=NOON))
    collector.close()


def test_forty_real_boosters_are_bounded_by_the_ids_in_the_links() -> None:
    exchanges = recorded("rtoot/get_reblogged_by_anonymous.json")
    recorded_at = datetime(2025, 7, 17, 20, 5, tzinfo=UTC)
    written = datetime(2022, 11, 5, 18, tzinfo=UTC)
    local_id = urlsplit(exchanges[0]["uri"]).path.split("/")[-2]
    collector = make_collector(Boosts(*replay(exchanges), page([])))
    ref = PostRef(
        f"mastodon:https://a.example/users/x/statuses/{local_id}",
        "mastodon:@x@a.example",
        None,
        written,
        None,
    )
    found = collector.expand(ref, now=recorded_at)
    collector.close()
    assert (found.received, found.rejected.height) == (40, 0)
    windows = found.interactions.select("not_before", "acted_at").unique().rows()
    assert len(windows) == 1
    not_before, acted_at = windows[0]
    assert timedelta() < acted_at - not_before < timedelta(days=30)
    assert written < not_before < acted_at < written + timedelta(days=40)
