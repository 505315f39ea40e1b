"""What each source promises to the stage that collects, whichever it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC

import httpx
import msgspec
import polars as pl
import pytest

from collectors import hashtags
from collectors.collector import Expander, Pager, PostRef
from collectors.errors import (
    AccessRefusedError,
    CollectorError,
    PayloadError,
    RateLimitedError,
    SourceUnavailableError,
)
from collectors.page import AUTHORS, ENGAGEMENT, INTERACTIONS, POSTS, REJECTED, Page
from collectors.registry import SETTINGS, SOURCES, collectors_for
from tests.collectors.examples import examples
from tests.collectors.servers import NOON, Script

EXAMPLES = examples()
PAGERS = [name for name, example in EXAMPLES.items() if example.answering is not None]
every_source = pytest.mark.parametrize("name", PAGERS)


def open_collector(name: str, answering: Callable[[httpx.Request], httpx.Response]) -> Pager:
    settings = msgspec.convert(EXAMPLES[name].settings, SETTINGS[name])
    (collector,) = collectors_for(
        name,
        settings,
        secret=lambda variable: f"value of {variable}",
        user_agent="gaung/test",
        now=lambda: NOON,
        sleep=lambda _: None,
        min_interval=0.0,
        transport=httpx.MockTransport(answering),
        connect=EXAMPLES[name].connect,
    )
    assert isinstance(collector, Pager)
    return collector


@pytest.fixture
def collector(name: str) -> Iterator[Pager]:
    answering = EXAMPLES[name].answering
    assert answering is not None
    opened = open_collector(name, answering)
    yield opened
    opened.close()


@pytest.fixture
def pages(name: str, collector: Pager) -> list[Page]:
    return list(collector.pages(EXAMPLES[name].tag, cursor=None, now=NOON))


@every_source
def test_pages_become_posts(name: str, pages: list[Page]) -> None:
    posts = pl.concat(page.posts for page in pages)
    example = EXAMPLES[name]
    assert posts.filter(captured_as="matched").height == example.matched > 0
    assert sum(page.received for page in pages) == example.received
    assert sum(page.rejected.height for page in pages) == example.rejected
    assert posts["post_key"].str.contains("^[a-z]+:.").all()


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
def test_hashtags_have_their_one_spelling(name: str, pages: list[Page]) -> None:
    for page in pages:
        for raw, normalized in page.posts.select("hashtags_raw", "hashtags").rows():
            assert tuple(normalized) == hashtags.normalize_all(raw)
        matched = page.posts.filter(captured_as="matched")
        assert matched["hashtags"].list.contains(EXAMPLES[name].tag).all()


@every_source
def test_reading_again_gives_the_same(name: str, collector: Pager, pages: list[Page]) -> None:
    again = list(collector.pages(EXAMPLES[name].tag, cursor=None, now=NOON))
    assert [page.posts.rows() for page in again] == [page.posts.rows() for page in pages]
    assert [page.interactions.rows() for page in again] == [
        page.interactions.rows() for page in pages
    ]


@every_source
def test_reading_from_a_cursor_gives_the_rest(
    name: str, collector: Pager, pages: list[Page]
) -> None:
    if pages[0].cursor is None:
        pytest.skip("this source has one page")
    rest = list(collector.pages(EXAMPLES[name].tag, cursor=pages[0].cursor, now=NOON))
    assert [page.posts.rows() for page in rest] == [page.posts.rows() for page in pages[1:]]
    assert pages[-1].cursor is None


@every_source
def test_reposts_point_to_the_post_and_are_not_later_than_now(
    collector: Pager, pages: list[Page]
) -> None:
    if not isinstance(collector, Expander):
        pytest.skip("this source tells of no reposts")
    post = pages[0].posts.row(0, named=True)
    created_at = post["created_at"]
    ref = PostRef(post["post_key"], post["author_key"], post["url"], created_at, None)
    found = collector.expand(ref, now=NOON)
    assert found is not None
    assert found.interactions.height > 0
    assert set(found.interactions["kind"]) <= {"repost", "quote", "reply", "forward"}
    assert set(found.interactions["target_post_key"]) == {post["post_key"]}
    assert set(found.interactions["target_author_key"]) == {post["author_key"]}
    assert set(found.interactions["author_key"]) <= set(found.authors["author_key"])
    bounds = found.interactions.filter(precision="bounded").select("not_before", "acted_at").rows()
    assert all(created_at <= low <= high <= NOON for low, high in bounds)


@every_source
def test_a_check_of_a_source_that_is_well_has_no_remedy(name: str, collector: Pager) -> None:
    report = collector.check()
    assert report.source == collector.source
    assert report.source.startswith(f"{name}/")
    assert (report.remedy, bool(report.summary)) == (None, True)


FAILURES: dict[str, tuple[httpx.Response | Exception, type[CollectorError]]] = {
    "401": (httpx.Response(401, json={"error": "no"}), AccessRefusedError),
    "403": (httpx.Response(403, json={"error": "no"}), AccessRefusedError),
    "404": (httpx.Response(404, json={"error": "no"}), AccessRefusedError),
    "429": (httpx.Response(429, headers={"Retry-After": "60"}), RateLimitedError),
    "500": (httpx.Response(500), SourceUnavailableError),
    "503": (httpx.Response(503), SourceUnavailableError),
    "no route": (httpx.ConnectError("no route"), SourceUnavailableError),
    "too slow": (httpx.ReadTimeout("too slow"), SourceUnavailableError),
    "cut off": (httpx.RemoteProtocolError("peer closed"), SourceUnavailableError),
    "half": (httpx.Response(200, content=b'[{"id": "1", "created_at"'), PayloadError),
    "another shape": (httpx.Response(200, json={"surprise": 1}), PayloadError),
    "other records": (httpx.Response(200, json=[{"surprise": 1}, {"surprise": 2}]), PayloadError),
    "a web page": (httpx.Response(200, html="<html>One moment</html>"), PayloadError),
}


@every_source
@pytest.mark.parametrize("failure", FAILURES)
def test_each_failure_has_its_name_and_a_check_its_remedy(name: str, failure: str) -> None:
    if reason := EXAMPLES[name].exempt.get(failure):
        pytest.skip(reason)
    answer, error = FAILURES[failure]
    opened = open_collector(name, Script(answer))
    with pytest.raises(error):
        list(opened.pages(EXAMPLES[name].tag, cursor=None, now=NOON))
    opened.close()
    opened = open_collector(name, Script(answer))
    report = opened.check()
    opened.close()
    assert report.remedy
    assert "\n" not in report.summary


def test_each_source_has_an_example_here() -> None:
    assert EXAMPLES.keys() == SOURCES.keys() == SETTINGS.keys()
