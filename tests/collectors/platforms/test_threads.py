from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from collectors.collector import Pager
from collectors.errors import AccessRefusedError, CollectorError, PayloadError, RateLimitedError
from collectors.options import ClientOptions
from collectors.page import Page
from collectors.platforms.threads import Settings, build
from tests.collectors.examples.threads import answer, search, thread
from tests.collectors.servers import NOON, Script

Answering = Callable[[httpx.Request], httpx.Response]


def serving(
    words: list[dict[str, Any]], topics: list[dict[str, Any]] | None = None, *, me: str = "humas"
) -> Answering:
    def answering(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1.0/me":
            return httpx.Response(200, json={"id": "1", "username": me})
        params = request.url.params
        rows = (topics or []) if params["search_mode"] == "TAG" else words
        return httpx.Response(200, json={"data": search(rows, params)})

    return answering


def opened(answering: Answering, *, now: Callable[..., Any] = lambda: NOON, **more: Any) -> Pager:
    options = ClientOptions(
        secret=lambda _: "rahasia",
        user_agent="gaung/test",
        now=now,
        sleep=lambda _: None,
        min_interval=0.0,
        transport=httpx.MockTransport(answering),
    )
    (collector,) = build(msgspec.convert({"token_env": "T"} | more, Settings), options)
    assert isinstance(collector, Pager)
    return collector


def pages_of(collector: Pager) -> list[Page]:
    return list(collector.pages("banjirkota", cursor=None, now=NOON))


def keys(pages: list[Page]) -> list[str]:
    return [key for page in pages for key in page.posts["post_key"]]


def error(code: int, status: int = 400) -> httpx.Response:
    return httpx.Response(status, json={"error": {"code": code, "message": "kata Meta"}})


def test_both_searches_are_read_as_one_in_the_order_of_time() -> None:
    pages = pages_of(opened(answer, page_size=3))
    assert keys(pages) == [f"threads:C0de{n:02}" for n in (11, 10, 7, 6, 5)]
    times = [time for page in pages for time in page.posts["created_at"]]
    assert times == sorted(times, reverse=True)
    reached = [page.reached_at for page in pages if page.reached_at is not None]
    assert reached == sorted(reached, reverse=True)


@pytest.mark.parametrize("shift", [0, 1])
@pytest.mark.parametrize("page_size", [1, 2, 3, 7, 100])
def test_nothing_is_lost_whatever_until_means_and_however_many_come(
    page_size: int, shift: int
) -> None:
    """Whether `until` counts its own second in is not documented: both must work."""
    rows = [thread(n) for n in range(11, 0, -1)]
    topics = [thread(n, "Kabar", topic_tag="banjir kota") for n in (10, 9, 3)]

    def answering(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1.0/me":
            return httpx.Response(200, json={"id": "1", "username": "humas"})
        params = request.url.params
        if shift and "until" in params:
            params = params.set("until", str(int(params["until"]) + 1))
        shown = topics if params.get("search_mode") == "TAG" else rows
        return httpx.Response(200, json={"data": search(shown, params)})

    pages = pages_of(opened(answering, page_size=page_size))
    assert sorted(set(keys(pages))) == [f"threads:C0de{n:02}" for n in range(1, 12)]


@pytest.mark.parametrize(("lost", "is_whole"), [(1, True), (2, False)])
def test_an_answer_without_what_was_just_given_is_no_end(lost: int, is_whole: bool) -> None:
    rows = [thread(n, f"Air naik {n} #BanjirKota") for n in range(11, 0, -1)]
    asked = []

    def answering(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1.0/keyword_search":
            asked.append(request.url.params)
            # Both searches of the second page, so often.
            if 2 < len(asked) <= 2 + 2 * lost:
                return httpx.Response(200, json={"data": []})
        return serving(rows)(request)

    pages = pages_of(opened(answering, page_size=3))
    assert (len(set(keys(pages))) == 11) == is_whole
    if not is_whole:
        assert (pages[-1].beyond, pages[-1].received) == ("cut short", 0)
        assert pages[-1].cursor == pages[-2].cursor


def test_a_second_with_more_posts_than_a_page_is_told() -> None:
    rows = [thread(5, id=str(n), permalink=f"https://t/post/k{n}") for n in range(9)]
    pages = pages_of(opened(serving(rows), page_size=4))
    assert "clamp" in [page.beyond for page in pages]


def test_a_post_has_the_code_of_its_address_as_its_key() -> None:
    (page, *_) = pages_of(opened(serving([thread(11, "Baca https://a.example/x #BanjirKota")])))
    post = page.posts.row(0, named=True)
    assert (post["post_key"], post["author_key"]) == ("threads:C0de11", "threads:@akun_2")
    assert post["urls"] == ["https://a.example/x"]
    assert page.engagement.is_empty()  # the API shows no counts


def test_quotes_replies_and_mentions_are_acts() -> None:
    rows = [
        thread(7, is_quote_post=True, quoted_post={"id": "5"}),
        thread(5, "Ya @Akun.B #BanjirKota", is_reply=True, replied_to={"id": "4"}),
    ]
    pages = pages_of(opened(serving(rows)))
    acts = [
        row
        for page in pages
        for row in page.interactions.select("kind", "target_author_key", "target_post_key").rows()
    ]
    assert set(acts) == {
        ("quote", None, "threads:id/5"),
        ("reply", None, "threads:id/4"),
        ("mention", "threads:@akun.b", None),
    }


def test_a_topic_with_a_space_is_the_hashtag() -> None:
    pages = pages_of(opened(serving([], [thread(9, "Kabar", topic_tag="Banjir Kota")])))
    assert keys(pages) == ["threads:C0de09"]


def test_without_approval_only_own_posts_come_which_is_a_refusal() -> None:
    rows = [thread(n, username="Humas") for n in (9, 8, 7)]
    with pytest.raises(AccessRefusedError, match="only your own posts"):
        pages_of(opened(serving(rows)))
    assert keys(pages_of(opened(serving(rows, me="lain"))))


@pytest.mark.parametrize(
    ("answered", "kind", "words"),
    [
        (error(190), AccessRefusedError, "renew the token"),
        (error(10), AccessRefusedError, "Meta's approval"),
        (error(200, 403), AccessRefusedError, "Meta's approval"),
        (error(4), RateLimitedError, "kata Meta"),
        (error(613), RateLimitedError, "kata Meta"),
        (error(100), PayloadError, "kata Meta"),
        (httpx.Response(200, json={"data": {}}), PayloadError, "unknown shape"),
    ],
)
def test_each_refusal_has_its_name(
    answered: httpx.Response, kind: type[CollectorError], words: str
) -> None:
    with pytest.raises(kind, match=words):
        pages_of(opened(Script(answered)))
    assert opened(Script(answered)).check().remedy


def test_the_queries_of_a_day_are_counted_and_empty_ones_are_free() -> None:
    moment = [NOON]
    collector = opened(serving([thread(9)]), now=lambda: moment[0], queries_per_day=3)
    assert keys(pages_of(collector)) == ["threads:C0de09"]
    pages = collector.pages("banjirkota", cursor=None, now=NOON)
    with pytest.raises(RateLimitedError) as caught:
        list(pages)
    assert caught.value.retry_at == NOON + timedelta(hours=24)
    moment[0] += timedelta(hours=25)
    assert keys(pages_of(collector))


def test_a_check_tells_whose_token_it_is_and_what_it_lacks() -> None:
    assert opened(answer).check().remedy is None

    def unapproved(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("debug_token"):
            return httpx.Response(200, json={"data": {"scopes": ["threads_basic"]}})
        return answer(request)

    assert "advanced access" in (opened(unapproved).check().remedy or "")


def test_threads_is_not_asked_without_a_token() -> None:
    options = ClientOptions(
        secret=lambda _: "x", user_agent="t", now=lambda: NOON, sleep=lambda _: None
    )
    assert build(Settings(), options) == []
    with pytest.raises(msgspec.ValidationError, match="token_env is empty"):
        msgspec.convert({"token_env": ""}, Settings)


@pytest.mark.parametrize("cursor", ["besok", "", "2026-13-01 x"])
def test_a_wrong_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(PayloadError, match="no time to go on from"):
        list(opened(answer).pages("banjirkota", cursor=cursor, now=NOON))


def test_the_token_goes_into_no_address() -> None:
    script = Script(answer)
    pages_of(opened(script))
    assert all("rahasia" not in str(request.url) for request in script.requests)
    assert script.requests[0].headers["authorization"] == "Bearer rahasia"
