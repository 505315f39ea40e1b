from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from collectors.errors import AccessRefusedError, PayloadError, RateLimitedError
from collectors.page import Page
from collectors.platforms.mastodon.collector import MastodonCollector
from tests.collectors.servers import (
    NOON,
    Script,
    make_collector,
    make_status,
    page,
)

OPEN = httpx.Response(200, json={"version": "4.6.4"})


def drain(collector: MastodonCollector, cursor: str | None = None) -> list[Page]:
    try:
        return list(collector.pages("banjirkota", cursor=cursor, now=NOON))
    finally:
        collector.close()


def test_pages_follow_the_link_until_there_is_none() -> None:
    script = Script(
        page([make_status()], next_id="30"), page([make_status()], next_id="20"), page([])
    )
    pages = drain(make_collector(script))
    assert [(one.received, one.cursor) for one in pages] == [(1, "30"), (1, "20"), (0, None)]
    assert [dict(request.url.params) for request in script.requests] == [
        {"limit": "40"},
        {"limit": "40", "max_id": "30"},
        {"limit": "40", "max_id": "20"},
    ]


def test_reading_resumes_where_the_cursor_says() -> None:
    script = Script(page([]))
    (only,) = drain(make_collector(script), cursor="20")
    assert (only.received, only.cursor) == (0, None)
    assert script.requests[0].url.params["max_id"] == "20"
    assert len(script.requests) == 1


def test_only_the_id_is_taken_from_a_link_to_another_server() -> None:
    link = '<https://evil.example/steal?max_id=30&x=1>; rel="next", <https://a.example>; rel="prev"'
    script = Script(page([make_status()], link=link), page([]))
    drain(make_collector(script))
    assert str(script.requests[1].url) == (
        "https://a.example/api/v1/timelines/tag/banjirkota?limit=40&max_id=30"
    )


def test_a_link_that_leads_in_a_circle_is_refused() -> None:
    script = Script(
        page([make_status()], next_id="30"),
        page([make_status()], next_id="20"),
        page([make_status()], next_id="30"),
    )
    with pytest.raises(PayloadError, match="leads back"):
        drain(make_collector(script))
    assert len(script.requests) == 3


def test_a_hashtag_is_written_into_the_address_whole() -> None:
    script = Script(page([make_status()]))
    collector = make_collector(script)
    list(collector.pages("気候/ストライキ", cursor=None, now=NOON))
    collector.close()
    assert script.requests[0].url.raw_path.startswith(
        b"/api/v1/timelines/tag/%E6%B0%97%E5%80%99%2F%E3%82%B9"
    )


@pytest.mark.parametrize("body", ['{"statuses": []}', "null", '"[]"'])
def test_a_page_of_another_shape_is_an_unknown_shape(body: str) -> None:
    with pytest.raises(PayloadError, match="a list was expected"):
        drain(make_collector(Script(httpx.Response(200, text=body))))


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_tells_the_operator_which_setting_helps(status: int) -> None:
    script = Script(httpx.Response(status, json={"error": "Sign in, please"}))
    with pytest.raises(
        AccessRefusedError, match=r"Sign in, please; set collectors\.mastodon\.token_env"
    ):
        drain(make_collector(script))
    with pytest.raises(AccessRefusedError, match="check the token"):
        drain(make_collector(script, token="s3cret"))


def closed_feeds(local: str, remote: str) -> httpx.Response:
    feeds = {"local": local, "remote": remote}
    configuration = {"timelines_access": {"hashtag_feeds": feeds}}
    return httpx.Response(200, json={"version": "4.6.4", "configuration": configuration})


@pytest.mark.parametrize(
    ("local", "remote", "words"),
    [
        ("disabled", "disabled", "no token helps"),
        ("authenticated", "authenticated", "set collectors.mastodon.token_env"),
        ("public", "authenticated", "local posts public, posts of other servers authenticated"),
    ],
)
def test_an_empty_timeline_of_a_server_that_hides_it_is_a_refusal(
    local: str, remote: str, words: str
) -> None:
    with pytest.raises(AccessRefusedError, match=words):
        drain(make_collector(Script(page([]), closed_feeds(local, remote))))


@pytest.mark.parametrize("instance", [OPEN, closed_feeds("public", "public")])
def test_an_empty_timeline_of_an_open_server_is_an_empty_page(instance: httpx.Response) -> None:
    script = Script(page([]), instance)
    (only,) = drain(make_collector(script))
    assert (only.received, only.cursor) == (0, None)
    assert script.asked() == ["/api/v1/timelines/tag/banjirkota", "/api/v2/instance"]


def test_a_token_opens_what_is_closed_to_strangers() -> None:
    script = Script(page([]), closed_feeds("authenticated", "authenticated"))
    assert len(drain(make_collector(script, token="s3cret"))) == 1


def test_a_rate_limit_keeps_the_pages_before_it() -> None:
    limited = httpx.Response(429, headers={"X-RateLimit-Reset": "2026-03-01T12:02:00Z"})
    collector = make_collector(Script(page([make_status()], next_id="30"), limited))
    pages = collector.pages("banjirkota", cursor=None, now=NOON)
    assert next(pages).cursor == "30"
    with pytest.raises(RateLimitedError) as caught:
        next(pages)
    assert caught.value.retry_at == NOON + timedelta(minutes=2)
    collector.close()
