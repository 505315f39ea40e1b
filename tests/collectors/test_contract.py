"""What each source promises to the stage that collects, whichever it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC

import httpx
import msgspec
import polars as pl
import pytest

from collectors import hashtags
from collectors.collector import PostRef
from collectors.errors import (
    AccessRefusedError,
    CollectorError,
    PayloadError,
    RateLimitedError,
    SourceUnavailableError,
)
from collectors.page import AUTHORS, ENGAGEMENT, INTERACTIONS, POSTS, REJECTED, Page
from collectors.registry import SETTINGS, SOURCES, LiveCollector, collectors_for
from tests.collectors.servers import NOON, PAYLOADS, Script

TAG = "banjirkota"


def mastodon_server(request: httpx.Request) -> httpx.Response:
    """Answer as https://server.example does, out of the payloads."""
    name, link = "", {}
    match request.url.path, request.url.params.get("max_id"):
        case "/api/v1/timelines/tag/banjirkota", None:
            name, link = "tag_page_1", {"Link": f'<{request.url}&max_id=49>; rel="next"'}
        case "/api/v1/timelines/tag/banjirkota", "49":
            name, link = "tag_page_2", {"Link": f'<{request.url.host}?max_id=29>; rel="next"'}
        case "/api/v1/timelines/tag/banjirkota", _:
            return httpx.Response(200, json=[])
        case "/api/v2/instance", _:
            name = "instance_v2"
        case path, _ if path.endswith("/reblogged_by"):
            name = "boosters"
    if not name:
        return httpx.Response(404, json={"error": "Not Found"})
    return httpx.Response(200, content=(PAYLOADS / f"{name}.json").read_bytes(), headers=link)


# Per source: its settings, a server, and how many posts that server shows for the hashtag.
EXAMPLES: dict[str, tuple[dict[str, object], Callable[[httpx.Request], httpx.Response], int]] = {
    "mastodon": ({"servers": ["server.example"]}, mastodon_server, 6),
}
every_source = pytest.mark.parametrize("name", SOURCES)


def open_collector(
    name: str, answering: Callable[[httpx.Request], httpx.Response]
) -> LiveCollector:
    settings = msgspec.convert(EXAMPLES[name][0], SETTINGS[name])
    (collector,) = collectors_for(
        name,
        settings,
        secret=lambda variable: f"value of {variable}",
        user_agent="gaung/test",
        now=lambda: NOON,
        sleep=lambda _: None,
        min_interval=0.0,
        transport=httpx.MockTransport(answering),
    )
    return collector


@pytest.fixture
def collector(name: str) -> Iterator[LiveCollector]:
    opened = open_collector(name, EXAMPLES[name][1])
    yield opened
    opened.close()


@pytest.fixture
def pages(collector: LiveCollector) -> list[Page]:
    return list(collector.pages(TAG, cursor=None, now=NOON))


@every_source
def test_pages_become_posts(name: str, pages: list[Page]) -> None:
    posts = pl.concat(page.posts for page in pages)
    assert posts.filter(captured_as="matched").height == EXAMPLES[name][2]
    assert sum(page.received for page in pages) == EXAMPLES[name][2]
    assert sum(page.rejected.height for page in pages) == 0
    assert set(posts["platform"]) == {name}
    assert posts["post_key"].str.starts_with(f"{name}:").all()


@every_source
def test_pages_have_the_declared_columns(pages: list[Page]) -> None:
    for page in pages:
        assert page.posts.schema == POSTS
        assert page.authors.schema == AUTHORS
        assert page.interactions.schema == INTERACTIONS
        assert page.engagement.schema == ENGAGEMENT
        assert page.rejected.schema == REJECTED


@every_source
def test_a_post_an_author_and_a_count_come_once_per_page(pages: list[Page]) -> None:
    for page in pages:
        assert page.posts["post_key"].is_unique().all()
        assert page.authors["author_key"].is_unique().all()
        assert page.engagement["post_key"].is_unique().all()
        assert page.interactions.is_unique().all()


@every_source
def test_each_post_comes_with_its_author_and_each_repost_with_its_posts(pages: list[Page]) -> None:
    for page in pages:
        assert set(page.posts["author_key"]) <= set(page.authors["author_key"])
        assert set(page.engagement["post_key"]) <= set(page.posts["post_key"])
        assert set(page.interactions["author_key"]) <= set(page.authors["author_key"])


@every_source
def test_times_know_their_zone_and_pages_how_far_they_reach(pages: list[Page]) -> None:
    for page in pages:
        times = page.posts.filter(captured_as="matched")["created_at"]
        assert (page.oldest_at, page.newest_at) == (times.min(), times.max())
        assert page.oldest_at is None or page.oldest_at.utcoffset() == UTC.utcoffset(None)
    reach = [page.oldest_at for page in pages if page.oldest_at is not None]
    assert reach == sorted(reach, reverse=True)


@every_source
def test_hashtags_have_their_one_spelling(pages: list[Page]) -> None:
    for page in pages:
        for raw, normalized in page.posts.select("hashtags_raw", "hashtags").rows():
            assert tuple(normalized) == hashtags.normalize_all(raw)
        matched = page.posts.filter(captured_as="matched")
        assert matched["hashtags"].list.contains(TAG).all()


@every_source
def test_reading_again_gives_the_same(collector: LiveCollector, pages: list[Page]) -> None:
    again = list(collector.pages(TAG, cursor=None, now=NOON))
    assert [page.posts.rows() for page in again] == [page.posts.rows() for page in pages]
    assert [page.interactions.rows() for page in again] == [
        page.interactions.rows() for page in pages
    ]


@every_source
def test_reading_from_a_cursor_gives_the_rest(collector: LiveCollector, pages: list[Page]) -> None:
    rest = list(collector.pages(TAG, cursor=pages[0].cursor, now=NOON))
    assert [page.posts.rows() for page in rest] == [page.posts.rows() for page in pages[1:]]
    assert pages[-1].cursor is None


@every_source
def test_reposts_point_to_the_post_and_are_not_later_than_now(
    collector: LiveCollector, pages: list[Page]
) -> None:
    post = pages[0].posts.row(0, named=True)
    created_at = post["created_at"]
    ref = PostRef(post["post_key"], post["author_key"], post["url"], created_at, None)
    found = collector.reposts(ref, now=NOON)
    assert found.received == found.interactions.height > 0
    assert set(found.interactions["kind"]) == {"repost"}
    assert set(found.interactions["target_post_key"]) == {post["post_key"]}
    assert set(found.interactions["target_author_key"]) == {post["author_key"]}
    assert set(found.interactions["author_key"]) == set(found.authors["author_key"])
    bounds = found.interactions.filter(precision="bounded").select("not_before", "acted_at").rows()
    assert all(created_at <= low <= high <= NOON for low, high in bounds)


@every_source
def test_a_check_of_a_source_that_is_well_has_no_remedy(
    name: str, collector: LiveCollector
) -> None:
    report = collector.check()
    assert report.source == collector.source
    assert report.source.startswith(f"{name}/")
    assert (report.remedy, bool(report.summary)) == (None, True)


FAILURES = [
    (httpx.Response(401, json={"error": "no"}), AccessRefusedError),
    (httpx.Response(403, json={"error": "no"}), AccessRefusedError),
    (httpx.Response(429, headers={"Retry-After": "60"}), RateLimitedError),
    (httpx.Response(503), SourceUnavailableError),
    (httpx.ConnectError("no route"), SourceUnavailableError),
    (httpx.Response(200, json={"surprise": 1}), PayloadError),
    (httpx.Response(200, json=[{"surprise": 1}, {"surprise": 2}]), PayloadError),
    (httpx.Response(200, html="<html>One moment</html>"), PayloadError),
]


@every_source
@pytest.mark.parametrize(("failure", "error"), FAILURES)
def test_each_failure_has_its_name_and_a_check_its_remedy(
    name: str, failure: httpx.Response | Exception, error: type[CollectorError]
) -> None:
    opened = open_collector(name, Script(failure))
    with pytest.raises(error):
        list(opened.pages(TAG, cursor=None, now=NOON))
    opened.close()
    opened = open_collector(name, Script(failure))
    report = opened.check()
    opened.close()
    assert report.remedy
    assert "\n" not in report.summary


def test_each_source_has_an_example_here() -> None:
    assert EXAMPLES.keys() == SOURCES.keys() == SETTINGS.keys()
