from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import polars as pl
import pytest

from collectors.errors import AccessRefusedError, PayloadError, RateLimitedError
from collectors.http import PoliteClient
from collectors.page import Page
from collectors.platforms.bluesky import Settings
from collectors.platforms.bluesky.search import SearchCollector
from collectors.platforms.bluesky.session import Session
from tests.collectors.examples.bluesky import HANDLE, POSTS, answer, did, moment, person, post, uri
from tests.collectors.servers import NOON, Script

Answering = Callable[[httpx.Request], httpx.Response]


def opened(answering: Answering) -> SearchCollector:
    client = PoliteClient(
        "https://pds.example",
        user_agent="gaung/test",
        now=lambda: NOON,
        sleep=lambda _: None,
        transport=httpx.MockTransport(answering),
        min_interval=0.0,
    )
    return SearchCollector(Session(client, handle=HANDLE, password="kata-sandi"))


class Server:
    """A server that answers searches from a list, and counts what it was asked."""

    def __init__(self, *searches: httpx.Response | Answering) -> None:
        self._searches = Script(*searches)
        self.calls: list[tuple[str, str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        method = request.url.path.rpartition(".")[2]
        self.calls.append((method, request.headers.get("Authorization", "")))
        if method == "searchPosts":
            return self._searches(request)
        number = sum(name == method for name, _ in self.calls)
        tokens = {"accessJwt": f"{method} {number}", "refreshJwt": f"refresh {number}"}
        return httpx.Response(200, json=tokens)

    def questions(self) -> list[httpx.QueryParams]:
        return [request.url.params for request in self._searches.requests]


def found(*rows: Any, cursor: str | None = None) -> httpx.Response:
    return httpx.Response(200, json={"posts": list(rows)} | ({"cursor": cursor} if cursor else {}))


def pages_of(*searches: httpx.Response) -> list[Page]:
    return list(opened(Server(*searches)).pages("banjirkota", cursor=None, now=NOON))


def refused(error: str, status: int = 400) -> httpx.Response:
    return httpx.Response(status, json={"error": error, "message": "no"})


def test_a_search_keeps_the_hashtag_wherever_it_stands_and_not_what_only_begins_with_it() -> None:
    (page, *_) = pages_of(found(*POSTS))
    assert page.posts["post_key"].to_list() == [
        f"bluesky:{uri(name, number)}"
        for name, number in (("sari", 1), ("budi", 2), ("wayan", 4), ("budi", 5))
    ]
    assert page.received == 5
    author = page.authors.filter(author_key=f"bluesky:{did('sari')}").row(0, named=True)
    assert (author["handle"], author["display_name"]) == ("sari.pds.example", "Sari")
    counts = page.engagement.row(0, named=True)
    assert (counts["reposts"], counts["replies"], counts["likes"]) == (2, 1, 3)
    assert counts["observer"] == "bluesky/search"


def test_where_the_search_stops_it_is_begun_again_before_the_oldest_and_loses_no_twin() -> None:
    twins = [post("sari", n, minutes=9, text="#banjirkota") for n in (1, 2)]
    older = post("budi", 3, minutes=12, text="#banjirkota")
    server = Server(found(twins[0]), found(*twins, older), found(older))
    pages = list(opened(server).pages("banjirkota", cursor=None, now=NOON))
    keys = pl.concat(page.posts for page in pages)["post_key"].unique()
    assert keys.len() == 3
    asked = [params.get("until") for params in server.questions()]
    assert asked == [None, moment(9 - 1 / 60_000), moment(12 - 1 / 60_000)]
    assert all(params["sort"] == "latest" for params in server.questions())
    assert pages[-1].reached_at == NOON - timedelta(minutes=12)


def test_a_server_that_does_not_know_until_is_not_read_for_ever() -> None:
    row = post("sari", 1, minutes=1, text="#banjirkota")
    newer = post("sari", 2, minutes=0, text="#banjirkota")
    assert len(pages_of(found(row), found(newer), found(newer))) == 2


def test_a_dirty_record_costs_itself_and_not_its_page() -> None:
    good = post("sari", 1, minutes=1, text="#banjirkota")
    no_record = {**post("sari", 2, minutes=2, text="x"), "record": None}
    foreign = {**post("sari", 3, minutes=3, text="#banjirkota"), "author": person("budi")}
    odd = post(
        "budi",
        4,
        minutes=4,
        text="#banjirkota",
        createdAt="0000-01-01T00:00:00Z",
        facets=[{"features": [{"$type": "other#Tag", "tag": " spasi"}]}, 7],
        embed={"$type": "lain.app.embed", "record": {"uri": "at://x/y/z"}},
        langs="id",
    )
    page = pages_of(found(good, no_record, foreign, "?", odd))[0]
    assert page.posts.height == 2
    assert page.received == 5
    assert dict(page.rejected.select("field", "reason").rows()) == {
        "record": "not there",
        "author.did": "another account than the post's address names",
        None: "no post",
    }
    row = page.posts.row(1, named=True)
    assert (row["created_at"], row["lang"], row["quote_of_key"]) == (row["indexed_at"], None, None)
    assert row["hashtags"] == ["spasi", "banjirkota"]


@pytest.mark.parametrize("kind", ["viewNotFound", "viewBlocked", "viewDetached"])
def test_a_quote_whose_post_is_not_shown_is_a_quote_all_the_same(kind: str) -> None:
    quoted = uri("budi", 7)
    row = post(
        "sari", 1, minutes=1, text="#banjirkota", embed={"record": {"uri": quoted, "cid": "b"}}
    )
    row["embed"] = {"record": {"$type": f"app.bsky.embed.record#{kind}", "uri": quoted}}
    page = pages_of(found(row))[0]
    assert page.posts.row(0, named=True)["kind"] == "quote"
    (act,) = page.interactions.rows(named=True)
    assert (act["kind"], act["target_post_key"]) == ("quote", f"bluesky:{quoted}")
    assert act["target_author_key"] == f"bluesky:{did('budi')}"


def test_a_quoted_post_that_is_shown_comes_along() -> None:
    original = post("budi", 7, minutes=9, text="tanpa tagar")
    shown = {**original, "value": original.pop("record")}
    strong = {"record": {"record": {"uri": uri("budi", 7), "cid": "b"}}, "media": {}}
    row = post("sari", 1, minutes=1, text="#banjirkota", embed=strong)
    row["embed"] = {"record": {"record": shown}}
    page = pages_of(found(row))[0]
    assert page.posts.select("captured_as", "text").rows() == [
        ("matched", "#banjirkota"),
        ("referenced", "tanpa tagar"),
    ]


def test_a_token_that_ends_in_the_middle_is_renewed_and_a_session_that_ended_opened_anew() -> None:
    server = Server(found(POSTS[0], cursor="1"), refused("ExpiredToken"), found(POSTS[1]), found())
    pages = list(opened(server).pages("banjirkota", cursor=None, now=NOON))
    assert sum(page.posts.height for page in pages) == 2
    assert server.calls[:5] == [
        ("createSession", ""),
        ("searchPosts", "Bearer createSession 1"),
        ("searchPosts", "Bearer createSession 1"),
        ("refreshSession", "Bearer refresh 1"),
        ("searchPosts", "Bearer refreshSession 1"),
    ]

    def ended(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("refreshSession"):
            return refused("ExpiredToken")
        return expiring(request)

    expiring = Server(refused("ExpiredToken"), found(POSTS[0]), found())
    list(opened(ended).pages("banjirkota", cursor=None, now=NOON))
    assert [name for name, _ in expiring.calls][:4] == [
        "createSession",
        "searchPosts",
        "createSession",
        "searchPosts",
    ]


def test_a_wrong_password_says_what_to_do_and_shows_no_secret() -> None:
    collector = opened(Script(refused("AuthenticationRequired", 401)))
    with pytest.raises(AccessRefusedError, match="app password") as caught:
        next(collector.pages("banjirkota", cursor=None, now=NOON))
    assert "kata-sandi" not in str(caught.value)
    report = collector.check()
    assert report.remedy is not None
    assert report.remedy.startswith("make an app password at pds.example")


def test_too_many_sessions_are_waited_for() -> None:
    limited = httpx.Response(
        429, headers={"Retry-After": "289"}, json={"error": "RateLimitExceeded"}
    )
    with pytest.raises(RateLimitedError) as caught:
        next(opened(Script(limited)).pages("banjirkota", cursor=None, now=NOON))
    assert caught.value.retry_at >= NOON + timedelta(seconds=289)


@pytest.mark.parametrize("cursor", ["", "1", "x||", "|yesterday|2"])
def test_a_cursor_of_another_source_is_refused(cursor: str) -> None:
    with pytest.raises(PayloadError, match="none of this source's"):
        next(opened(answer).pages("banjirkota", cursor=cursor, now=NOON))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"jetstream": []}, "jetstream is empty"),
        ({"handle": "@warga"}, "without the @"),
        ({"server": "http://pds.example"}, "is no address"),
        ({"appview": "public.api.bsky.app"}, "is no address"),
        ({"password_env": " "}, "password_env is empty"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=words):
        msgspec.convert(settings, Settings)


def test_a_first_page_of_which_all_is_hidden_is_not_the_end() -> None:
    pages = pages_of(found(cursor="1"), found(cursor="2"), found(POSTS[0], cursor=""), found())
    assert sum(page.received for page in pages) == 1


@pytest.mark.parametrize(("hits", "beyond"), [(None, None), (3, None), (500, "clamp")])
def test_many_more_hits_than_posts_are_told(hits: int | None, beyond: str | None) -> None:
    payload = {"posts": POSTS[:3]} | ({} if hits is None else {"hitsTotal": hits})
    *_, last = pages_of(httpx.Response(200, json=payload), found(*POSTS[:3]))
    assert last.beyond == beyond
