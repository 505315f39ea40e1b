"""Against a server that nobody here wrote: posts go in by its API and come out by the collector."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import polars as pl
import pytest

from collectors.errors import (
    AccessRefusedError,
    PayloadError,
    RateLimitedError,
    SourceUnavailableError,
)
from collectors.platforms.mastodon.collector import MastodonCollector
from tests.collectors.mastodon_mock import (
    NAMES,
    break_next,
    clients_of,
    open_collector,
    read,
    running,
    say,
)

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("mastodon_mock")) as address:
        yield address


@pytest.fixture
def people(url: str) -> Iterator[dict[str, httpx.Client]]:
    with clients_of(url) as clients:
        yield clients


@pytest.fixture
def collector(url: str) -> Iterator[MastodonCollector]:
    opened = open_collector(url)
    yield opened
    opened.close()


def test_posts_come_out_as_they_went_in(
    people: dict[str, httpx.Client], collector: MastodonCollector
) -> None:
    first = say(people["alice"], "We march on Saturday. #ClimateStrike #Lisbon")
    reply = say(people["bob"], "I'm in @alice #climatestrike", in_reply_to_id=first["id"])
    say(people["carol"], "Not the same: #ClimateStrikeOnline")
    say(people["dan"], "unlisted #ClimateStrike", visibility="unlisted")
    say(people["dan"], "private #ClimateStrike", visibility="private")

    now = datetime.now(UTC)
    page = next(collector.pages("climatestrike", cursor=None, now=now))
    posts = {post["post_key"]: post for post in page.posts.to_dicts()}
    assert posts.keys() == {f"mastodon:{first['uri']}", f"mastodon:{reply['uri']}"}
    assert page.rejected.height == 0
    post = posts[f"mastodon:{first['uri']}"]
    host = collector.source.removeprefix("mastodon/")
    assert post["author_key"] == f"mastodon:@alice@{host}"
    assert post["hashtags"] == ["climatestrike", "lisbon"]
    assert "We march on Saturday." in post["text"]
    assert timedelta() <= now - post["created_at"] < timedelta(minutes=1)
    assert posts[f"mastodon:{reply['uri']}"]["reply_to_key"] == f"mastodon:{first['uri']}"
    edges = page.interactions.select("kind", "author_key", "target_author_key").rows()
    alice, bob = f"mastodon:@alice@{host}", f"mastodon:@bob@{host}"
    assert set(edges) == {("reply", bob, alice), ("mention", bob, alice)}


def test_forty_five_posts_come_in_three_pages_and_from_a_cursor_on(
    people: dict[str, httpx.Client], collector: MastodonCollector
) -> None:
    said = {f"mastodon:{say(people[NAMES[n % 4]], f'bulk {n} #BulkTag')['uri']}" for n in range(45)}
    now = datetime.now(UTC)
    pages = [page for page in collector.pages("bulktag", cursor=None, now=now) if page.received]
    assert [page.received for page in pages] == [20, 20, 5]
    assert set(pl.concat(page.posts for page in pages)["post_key"]) == said
    rest = list(collector.pages("bulktag", cursor=pages[0].cursor, now=now))
    assert sum(page.received for page in rest) == 25


def test_a_hashtag_that_nobody_used_is_an_empty_page(collector: MastodonCollector) -> None:
    (page,) = collector.pages("nobodysaidthis", cursor=None, now=datetime.now(UTC))
    assert (page.received, page.cursor) == (0, None)


def test_a_check_names_the_server_and_finds_a_wrong_token(url: str) -> None:
    well, wrong = open_collector(url), open_collector(url, token="not-a-token")
    report = well.check()
    assert report.remedy is None
    assert "Mastodon" in report.summary
    assert "check the token" in (wrong.check().remedy or "")
    well.close()
    wrong.close()


def test_a_rate_limit_of_the_server_says_when_to_come_back(
    url: str, collector: MastodonCollector
) -> None:
    break_next(url, {"type": "ratelimit"})
    with pytest.raises(RateLimitedError) as caught:
        read(collector, "bulktag")
    wait = caught.value.retry_at - datetime.now(UTC)
    assert timedelta(seconds=290) < wait <= timedelta(seconds=300)


@pytest.mark.parametrize(
    ("effect", "count", "error"),
    [
        ({"type": "malformed"}, 1, PayloadError),
        ({"type": "malformed", "truncate": False}, 1, PayloadError),
        ({"type": "status", "status": 503}, 3, SourceUnavailableError),
        ({"type": "status", "status": 401}, 1, AccessRefusedError),
        ({"type": "timeout"}, 1, SourceUnavailableError),
    ],
)
def test_a_fault_of_the_server_has_its_name(
    url: str, effect: dict[str, Any], count: int, error: type[Exception]
) -> None:
    collector = open_collector(url, total_timeout=2.0)
    break_next(url, effect, count=count)
    with pytest.raises(error):
        read(collector, "bulktag")
    # The fault is over, and so is its effect.
    read(collector, "bulktag")
    collector.close()


def test_a_passing_fault_costs_nothing(url: str, collector: MastodonCollector) -> None:
    break_next(url, {"type": "status", "status": 502}, count=2)
    read(collector, "bulktag")
