"""Against a server that nobody here wrote: what becomes of posts, asked for and heard."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from collectors.collector import Interest, PostRef
from collectors.platforms.mastodon import Settings
from collectors.platforms.mastodon.collector import MastodonCollector
from collectors.platforms.mastodon.stream import ListeningCollector
from collectors.registry import collectors_for
from tests.collectors.mastodon_mock import (
    clients_of,
    open_collector,
    read,
    ref_of,
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


def test_boosts_come_out_as_reposts(
    people: dict[str, httpx.Client], collector: MastodonCollector
) -> None:
    said = say(people["alice"], "Pass it on #BoostTag")
    for name in ("bob", "carol"):
        people[name].post(f"/api/v1/statuses/{said['id']}/reblog").raise_for_status()
    page = next(collector.pages("boosttag", cursor=None, now=datetime.now(UTC)))
    post = page.posts.row(0, named=True)
    assert page.engagement["reposts"].to_list() == [2]

    now = datetime.now(UTC)
    ref = PostRef(post["post_key"], post["author_key"], post["url"], post["created_at"], None)
    found = collector.expand(ref, now=now)
    host = collector.source.removeprefix("mastodon/")
    assert set(found.interactions["author_key"]) == {
        f"mastodon:@bob@{host}",
        f"mastodon:@carol@{host}",
    }
    assert set(found.interactions["target_post_key"]) == {post["post_key"]}
    assert set(found.interactions["target_author_key"]) == {f"mastodon:@alice@{host}"}
    windows = found.interactions.select("not_before", "acted_at").rows()
    assert all(post["created_at"] <= low <= high <= now for low, high in windows)


def test_boosts_are_found_after_a_restart_too(
    url: str, people: dict[str, httpx.Client], collector: MastodonCollector
) -> None:
    said = say(people["alice"], "Once more #RestartTag")
    people["dan"].post(f"/api/v1/statuses/{said['id']}/reblog").raise_for_status()
    assert collector.expand(ref_of(said), now=datetime.now(UTC)).interactions.height == 1


def test_a_deleted_post_is_gone(
    people: dict[str, httpx.Client], collector: MastodonCollector
) -> None:
    said = say(people["alice"], "Oops #GoneTag")
    assert read(collector, "gonetag").height == 1
    people["alice"].delete(f"/api/v1/statuses/{said['id']}").raise_for_status()
    assert read(collector, "gonetag").height == 0
    now = datetime.now(UTC)
    assert collector.expand(ref_of(said), now=now) is None  # of what is gone nobody can tell
    found = collector.hydrate([ref_of(said)], now=now)
    assert found.removals.select("key", "reason", "removed_at").rows() == [
        (f"mastodon:{said['uri']}", "deleted", now)
    ]


def test_what_became_of_posts_is_told_for_many_at_once(
    people: dict[str, httpx.Client], collector: MastodonCollector
) -> None:
    said = [say(people["alice"], f"Still here {n} #StayTag") for n in range(collector.batch)]
    people["bob"].post(f"/api/v1/statuses/{said[0]['id']}/reblog").raise_for_status()
    changed = {"status": "Still here, and edited #StayTag"}
    people["alice"].put(f"/api/v1/statuses/{said[1]['id']}", json=changed).raise_for_status()
    people["alice"].delete(f"/api/v1/statuses/{said[2]['id']}").raise_for_status()
    found = collector.hydrate([ref_of(one) for one in said], now=datetime.now(UTC))
    counts = dict(found.engagement.select("post_key", "reposts").rows())
    assert len(counts) == collector.batch - 1
    assert counts[f"mastodon:{said[0]['uri']}"] == 1
    (edited,) = found.posts.filter(post_key=f"mastodon:{said[1]['uri']}").to_dicts()
    assert edited["text"] == "Still here, and edited #StayTag"
    assert edited["edited_at"] is not None
    assert found.removals["key"].to_list() == [f"mastodon:{said[2]['uri']}"]


def test_answers_and_quotes_come_out_with_their_posts(
    url: str, people: dict[str, httpx.Client]
) -> None:
    said = say(people["alice"], "What do you think? #AskTag")
    reply = say(people["bob"], "I think so", in_reply_to_id=said["id"])
    deeper = say(people["carol"], "I do not", in_reply_to_id=reply["id"])
    quote = say(people["dan"], "Look at this", quoted_status_id=said["id"])
    collector = open_collector(url, token="tok-alice")
    found = collector.expand(ref_of(said), now=datetime.now(UTC))
    collector.close()
    assert found is not None
    acts = {
        (act["kind"], act["post_key"], act["target_post_key"])
        for act in found.interactions.to_dicts()
    }
    target = f"mastodon:{said['uri']}"
    assert acts == {
        ("reply", f"mastodon:{reply['uri']}", target),
        ("quote", f"mastodon:{quote['uri']}", target),
    }
    texts = dict(found.posts.filter(captured_as="referenced").select("post_key", "text").rows())
    assert texts[f"mastodon:{reply['uri']}"] == "I think so"
    assert f"mastodon:{deeper['uri']}" not in texts


def test_posts_and_deletions_are_heard_as_they_happen(
    url: str, people: dict[str, httpx.Client]
) -> None:
    def now() -> datetime:
        return datetime.now(UTC)

    (collector,) = collectors_for(
        "mastodon",
        Settings(servers=(url,), token_env="TOKEN", stream=True),
        secret=lambda _: "tok-alice",
        user_agent="gaung/test",
        now=now,
        sleep=lambda _: None,
        min_interval=0.0,
        private_addresses=True,
    )
    assert isinstance(collector, ListeningCollector)
    with contextlib.closing(collector):
        stop = threading.Event()
        told = collector.stream(
            Interest(frozenset({"livetag"})), cursor=None, now=now, stop=stop, live=True
        )
        assert next(told).received == 0  # it is connected
        said = say(people["alice"], "Live from the square #LiveTag")
        say(people["bob"], "Something else #OtherTag")
        heard = next(page for page in told if page.received)
        assert heard.posts.select("post_key", "captured_as").rows() == [
            (f"mastodon:{said['uri']}", "matched")
        ]
        people["alice"].delete(f"/api/v1/statuses/{said['id']}").raise_for_status()
        gone = next(page for page in told if page.received)
        assert gone.removals["key"].to_list() == [f"mastodon:{said['uri']}"]
        stop.set()
        list(told)
