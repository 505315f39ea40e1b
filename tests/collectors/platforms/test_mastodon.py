from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from collectors.errors import AccessRefusedError, PayloadError, RateLimitedError
from collectors.page import Page
from collectors.platforms.mastodon.collector import MastodonCollector
from tests.collectors.servers import (
    NOON,
    Answering,
    Script,
    make_client,
    make_collector,
    make_status,
    page,
)

OPEN = httpx.Response(200, json={"version": "4.6.4"})


class Timeline(Script):
    """A script that is not asked for the instance document: that it answers besides."""

    def __init__(
        self, *answers: httpx.Response | Exception | Answering, instance: httpx.Response = OPEN
    ) -> None:
        super().__init__(*answers)
        self.instance = Script(instance)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/v2/instance":
            return self.instance(request)
        return super().__call__(request)


def drain(collector: MastodonCollector, cursor: str | None = None) -> list[Page]:
    try:
        return list(collector.pages("banjirkota", cursor=cursor, now=NOON))
    finally:
        collector.close()


def test_pages_follow_the_link_until_there_is_none() -> None:
    script = Timeline(
        page([make_status()], next_id="30"), page([make_status()], next_id="20"), page([])
    )
    pages = drain(make_collector(script))
    assert [(one.received, one.cursor) for one in pages] == [(1, "30"), (1, "20"), (0, None)]
    assert [dict(request.url.params) for request in script.requests] == [
        {"limit": "40"},
        {"limit": "40", "max_id": "30"},
        {"limit": "40", "max_id": "20"},
        {"limit": "40", "max_id": "20"},  # the end, said twice
    ]


def test_an_empty_page_in_the_midst_is_asked_for_once_more() -> None:
    script = Timeline(
        page([make_status()], next_id="30"),
        page([]),
        page([make_status()], next_id="20"),
        page([], next_id="10"),  # hidden, all of it; the link says that there is more
        page([make_status()]),
    )
    pages = drain(make_collector(script))
    assert [(one.received, one.cursor) for one in pages] == [
        (1, "30"), (1, "20"), (0, "10"), (1, None),
    ]  # fmt: skip


def test_reading_resumes_where_the_cursor_says() -> None:
    script = Timeline(page([]))
    (only,) = drain(make_collector(script), cursor="20")
    assert (only.received, only.cursor) == (0, None)
    assert script.requests[0].url.params["max_id"] == "20"
    assert {request.url.params["max_id"] for request in script.requests} == {"20"}


def test_only_the_id_is_taken_from_a_link_to_another_server() -> None:
    link = '<https://evil.example/steal?max_id=30&x=1>; rel="next", <https://a.example>; rel="prev"'
    script = Timeline(page([make_status()], link=link), page([]))
    drain(make_collector(script))
    assert str(script.requests[1].url) == (
        "https://a.example/api/v1/timelines/tag/banjirkota?limit=40&max_id=30"
    )


@pytest.mark.parametrize("link", ["http://[::1/x?max_id=3", "https://a.example/x", "", "x"])
def test_a_link_that_cannot_be_read_costs_no_post_and_is_no_end(link: str) -> None:
    """There is more, and nobody can tell where: the rest is missing, and not nothing."""
    header = f'<{link}>; rel="next"'
    pages = make_collector(Timeline(page([make_status()], link=header))).pages(
        "banjirkota", cursor=None, now=NOON
    )
    first = next(pages)
    assert (first.posts.height, first.cursor) == (1, None)
    with pytest.raises(PayloadError, match="has no max_id"):
        next(pages)
    with pytest.raises(PayloadError, match="has no max_id"):
        drain(make_collector(Timeline(page([], link=header))))


def test_a_link_that_leads_in_a_circle_is_refused() -> None:
    script = Timeline(
        page([make_status()], next_id="30"),
        page([make_status()], next_id="20"),
        page([make_status()], next_id="30"),
    )
    with pytest.raises(PayloadError, match="leads back"):
        drain(make_collector(script))
    assert len(script.requests) == 3


def test_a_hashtag_is_written_into_the_address_whole() -> None:
    script = Timeline(page([make_status()]))
    collector = make_collector(script)
    list(collector.pages("気候/ストライキ", cursor=None, now=NOON))
    collector.close()
    assert script.requests[0].url.raw_path.startswith(
        b"/api/v1/timelines/tag/%E6%B0%97%E5%80%99%2F%E3%82%B9"
    )


@pytest.mark.parametrize("body", ['{"statuses": []}', "null", '"[]"'])
def test_a_page_of_another_shape_is_an_unknown_shape(body: str) -> None:
    with pytest.raises(PayloadError, match="a list was expected"):
        drain(make_collector(Timeline(httpx.Response(200, text=body))))


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_tells_the_operator_which_setting_helps(status: int) -> None:
    script = Timeline(httpx.Response(status, json={"error": "Sign in, please"}))
    with pytest.raises(
        AccessRefusedError, match=r'"Sign in, please"; set collectors\.mastodon\.token_env'
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
def test_a_server_that_hides_a_part_of_its_hashtag_timelines_is_a_refusal(
    local: str, remote: str, words: str
) -> None:
    script = Timeline(page([make_status()]), instance=closed_feeds(local, remote))
    with pytest.raises(AccessRefusedError, match=words):
        drain(make_collector(script))
    assert script.requests == []


NOT_SAID = httpx.Response(404, json={"error": "Not Found"})


def test_what_a_server_shows_is_asked_first_and_then_for_an_hour_not_again() -> None:
    script = Script(OPEN, page([make_status()]))
    collector = make_collector(script)
    for minutes in (0, 10, 59, 60):
        list(collector.pages("banjirkota", cursor=None, now=NOON + timedelta(minutes=minutes)))
    collector.close()
    instance, tag = "/api/v2/instance", "/api/v1/timelines/tag/banjirkota"
    assert script.asked() == [instance, tag, tag, tag, instance, tag]


@pytest.mark.parametrize("instance", [OPEN, closed_feeds("public", "public")])
def test_an_empty_timeline_of_an_open_server_is_an_empty_page(instance: httpx.Response) -> None:
    script = Timeline(page([]), instance=instance)
    (only,) = drain(make_collector(script))
    assert (only.received, only.cursor) == (0, None)
    assert len(script.instance.requests) == len(script.requests) == 1


def test_a_server_that_says_nothing_of_itself_is_read_unless_it_shows_nothing() -> None:
    script = Script(NOT_SAID, NOT_SAID, page([make_status()]))
    assert [one.received for one in drain(make_collector(script))] == [1]
    assert script.asked()[:2] == ["/api/v2/instance", "/api/v1/instance"]
    with pytest.raises(AccessRefusedError, match="v1/instance"):
        drain(make_collector(Script(NOT_SAID, NOT_SAID, page([]), NOT_SAID)))


def test_a_token_opens_what_is_closed_to_strangers() -> None:
    script = Timeline(page([]), instance=closed_feeds("authenticated", "authenticated"))
    assert len(drain(make_collector(script, token="s3cret"))) == 1


def test_pitfall_19_a_server_that_closes_on_the_way_is_told_with_what_it_was_before() -> None:
    script = Timeline(page([make_status()]), instance=closed_feeds("public", "public"))
    collector = make_collector(script)
    assert len(list(collector.pages("banjirkota", cursor=None, now=NOON))) == 1
    script.instance = Script(closed_feeds("public", "authenticated"))
    for minutes in (61, 71):  # and it is not forgotten with the first refusal
        later = NOON + timedelta(minutes=minutes)
        with pytest.raises(
            AccessRefusedError, match=r"authenticated, before: hashtag timelines public\); set coll"
        ):
            list(collector.pages("banjirkota", cursor=None, now=later))
    script.instance = Script(OPEN)
    later = NOON + timedelta(minutes=81)
    assert len(list(collector.pages("banjirkota", cursor=None, now=later))) == 1
    collector.close()


def test_pitfall_19_an_empty_list_soon_after_is_asked_about_and_is_no_zero() -> None:
    script = Timeline(page([make_status()]), page([]))
    collector = make_collector(script)
    list(collector.pages("banjirkota", cursor=None, now=NOON))
    script.instance = Script(closed_feeds("disabled", "disabled"))
    with pytest.raises(AccessRefusedError, match="no token helps: name another server"):
        list(collector.pages("banjirkota", cursor=None, now=NOON + timedelta(minutes=10)))
    collector.close()


def test_a_rate_limit_keeps_the_pages_before_it() -> None:
    limited = httpx.Response(429, headers={"X-RateLimit-Reset": "2026-03-01T12:02:00Z"})
    collector = make_collector(Timeline(page([make_status()], next_id="30"), limited))
    pages = collector.pages("banjirkota", cursor=None, now=NOON)
    assert next(pages).cursor == "30"
    with pytest.raises(RateLimitedError) as caught:
        next(pages)
    assert caught.value.retry_at == NOON + timedelta(minutes=2)
    collector.close()


class Linkless:
    """A server that pages by `max_id`, gives so many at most, and no links: as Pixelfed does."""

    def __init__(self, count: int, *, most: int, knows_max_id: bool = True) -> None:
        self.rows = [make_status(id=str(1000 + n)) for n in range(count)]
        self.most, self.knows_max_id = most, knows_max_id
        self.asked = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/v2/instance":
            return httpx.Response(200, json={"version": "3.5.3 (compatible; Pixelfed 0.12.6)"})
        self.asked += 1
        below = int(request.url.params.get("max_id", 99_999)) if self.knows_max_id else 99_999
        rows = [row for row in reversed(self.rows) if int(row["id"]) < below]
        limit = min(int(request.url.params["limit"]), self.most)
        return page(rows[:limit], link="")


@pytest.mark.parametrize(("count", "most"), [(120, 40), (95, 20), (7, 40), (40, 40), (1, 1)])
def test_a_server_without_links_is_read_down_to_a_page_without_anything(
    count: int, most: int
) -> None:
    server = Linkless(count, most=most)
    collector = MastodonCollector("a.example", make_client(server))
    pages = list(collector.pages("banjirkota", cursor=None, now=NOON))
    collector.close()
    assert sum(one.received for one in pages) == count
    assert (pages[-1].received, pages[-1].beyond) == (0, None)


def test_a_server_without_links_that_gives_the_same_again_proves_no_end() -> None:
    server = Linkless(120, most=40, knows_max_id=False)
    collector = MastodonCollector("a.example", make_client(server))
    pages = list(collector.pages("banjirkota", cursor=None, now=NOON))
    collector.close()
    assert [one.beyond for one in pages] == [None, "clamp"]
    assert server.asked == 2


def test_a_full_page_that_links_back_only_is_no_end() -> None:
    class Backwards(Linkless):
        def __call__(self, request: httpx.Request) -> httpx.Response:
            answer = super().__call__(request)
            answer.headers["Link"] = '<https://a.example/api/v1/x?min_id=9999>; rel="prev"'
            return answer

    server = Backwards(95, most=40)
    collector = MastodonCollector("a.example", make_client(server))
    assert sum(one.received for one in collector.pages("x", cursor=None, now=NOON)) == 95
    assert server.asked == 3
    collector.close()
