"""What became of posts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from collectors.collector import Hydrator, PostRef
from collectors.errors import AccessRefusedError, CollectorError
from collectors.page import Page
from collectors.platforms.mastodon.collector import MastodonCollector
from collectors.platforms.mastodon.payloads import is_suspended
from tests.collectors.servers import NOON, make_account, make_client, make_status, page

LATER = NOON + timedelta(hours=1)
NOT_FOUND = httpx.Response(404, json={"error": "Record not found"})


def ref_of(status: dict[str, Any]) -> PostRef:
    key = f"mastodon:@{status['account']['acct']}"
    author = key if key.count("@") == 2 else f"{key}@a.example"
    return PostRef(f"mastodon:{status['uri']}", author, status["url"], NOON, None)


class Server:
    """A server that showed some statuses, and still has those that were not taken away."""

    def __init__(self, *statuses: dict[str, Any], batches: bool = True, status: int = 404) -> None:
        self.shown = list(statuses)
        self.there = {status["id"]: status for status in statuses}
        self.lookup = httpx.Response(200, json=make_account("akun_b@b.example"))
        self.not_found = NOT_FOUND
        self.batches, self.without = batches, httpx.Response(status, json={"error": "no"})
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.asked.append(path)
        if path.startswith("/api/v1/timelines/"):
            return page(self.shown)
        if path == "/api/v2/instance":
            return httpx.Response(200, json={"version": "4.6.4"})
        if path == "/api/v1/accounts/lookup":
            return httpx.Response(self.lookup.status_code, content=self.lookup.content)
        if path == "/api/v1/statuses" and self.batches:
            wanted = request.url.params.get_list("id[]")
            return page([self.there[one] for one in wanted if one in self.there])
        if path == "/api/v1/statuses":
            return httpx.Response(self.without.status_code, content=self.without.content)
        if status := self.there.get(path.rpartition("/")[2]):
            return httpx.Response(200, json=status)
        return httpx.Response(self.not_found.status_code, content=self.not_found.content)

    def collector(self, *, seen: bool = True) -> MastodonCollector:
        collector = MastodonCollector("a.example", make_client(self))
        if seen:
            list(collector.pages("banjirkota", cursor=None, now=NOON))
        self.asked.clear()
        return collector

    def hydrate(self, *refs: PostRef, seen: bool = True) -> Page:
        collector = self.collector(seen=seen)
        try:
            return collector.hydrate(refs, now=LATER)
        finally:
            collector.close()


HERE, ELSEWHERE = make_status("akun_a"), make_status("akun_b@b.example")


def removed(found: Page) -> list[tuple[Any, ...]]:
    return found.removals.select("kind", "key", "reason", "removed_at").rows()


def test_counts_and_edits_of_many_posts_come_in_one_question() -> None:
    server = Server(HERE, ELSEWHERE)
    server.there[HERE["id"]] = HERE | {
        "reblogs_count": 9,
        "content": "<p>Air sudah surut</p>",
        "edited_at": "2026-03-01T12:30:00.000Z",
    }
    found = server.hydrate(ref_of(HERE), ref_of(ELSEWHERE))
    assert server.asked == ["/api/v1/statuses"]
    assert found.engagement.select("post_key", "reposts", "taken_at").rows() == [
        (f"mastodon:{HERE['uri']}", 9, LATER),
        (f"mastodon:{ELSEWHERE['uri']}", 2, LATER),
    ]
    assert set(found.posts["captured_as"]) == {"referenced"}
    assert found.posts["text"][0] == "Air sudah surut"
    assert (found.received, found.removals.height, found.rejected.height) == (2, 0, 0)


def test_it_is_asked_about_as_many_posts_as_a_server_takes() -> None:
    collector = Server().collector()
    assert isinstance(collector, Hydrator)
    assert collector.batch == 20
    collector.close()


@pytest.mark.parametrize("batches", [True, False])
@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.parametrize("gone", [HERE, ELSEWHERE])
def test_a_post_that_its_server_had_and_has_no_more_is_deleted(
    gone: dict[str, Any], status: int, batches: bool
) -> None:
    server = Server(HERE, ELSEWHERE, batches=batches)
    server.not_found = httpx.Response(status, json={"error": "Record not found"})
    del server.there[gone["id"]]
    found = server.hydrate(ref_of(HERE), ref_of(ELSEWHERE))
    assert removed(found) == [("post", f"mastodon:{gone['uri']}", "deleted", LATER)]
    assert found.engagement.height == found.received == 1


def test_an_own_post_of_the_server_is_deleted_also_after_a_restart() -> None:
    server = Server()
    found = server.hydrate(ref_of(HERE), seen=False)
    assert [row[1] for row in removed(found)] == [f"mastodon:{HERE['uri']}"]


def test_of_a_post_whose_id_here_is_not_known_nothing_is_said() -> None:
    server = Server()
    found = server.hydrate(ref_of(ELSEWHERE), seen=False)
    assert (server.asked, found.received, found.removals.height) == ([], 0, 0)


@pytest.mark.parametrize(
    "lookup",
    [
        httpx.Response(200, json=make_account("akun_b@b.example", suspended=True)),
        NOT_FOUND,
    ],
)
def test_what_a_server_takes_away_from_others_by_its_own_choice_is_not_deleted(
    lookup: httpx.Response,
) -> None:
    server = Server(HERE, ELSEWHERE)
    server.there.clear()
    server.lookup = lookup
    found = server.hydrate(ref_of(HERE), ref_of(ELSEWHERE))
    assert [row[1] for row in removed(found)] == [f"mastodon:{HERE['uri']}"]


def test_a_post_whose_author_its_own_server_suspended_may_come_back() -> None:
    server = Server(HERE)
    server.there.clear()
    server.lookup = httpx.Response(200, json=make_account("akun_a", suspended=True))
    assert removed(server.hydrate(ref_of(HERE))) == [
        ("hidden", f"mastodon:{HERE['uri']}", "suspended", LATER)
    ]
    server.lookup = httpx.Response(200, json=make_account("akun_a"))
    assert [row[0] for row in removed(server.hydrate(ref_of(HERE)))] == ["post"]


def test_a_server_that_is_no_more_deletes_nothing() -> None:
    server = Server(HERE, ELSEWHERE)
    collector = server.collector()
    closed = httpx.Response(404, html="<html>This domain is for sale</html>")
    collector.close()
    collector = MastodonCollector("a.example", make_client(lambda _: closed))
    with pytest.raises(AccessRefusedError):
        collector.hydrate([ref_of(HERE)], now=LATER)
    collector.close()

    server.there.clear()
    server.not_found = closed
    assert server.hydrate(ref_of(HERE)).removals.height == 0


@pytest.mark.parametrize("status", [404, 405, 410, 501])
def test_a_server_without_the_question_for_many_is_asked_one_by_one(status: int) -> None:
    server = Server(HERE, ELSEWHERE, batches=False, status=status)
    collector = server.collector()
    for _ in range(2):
        found = collector.hydrate([ref_of(HERE), ref_of(ELSEWHERE)], now=LATER)
        assert found.engagement.height == 2
    collector.close()
    alone = [f"/api/v1/statuses/{status['id']}" for status in (HERE, ELSEWHERE)]
    assert server.asked == ["/api/v1/statuses", *2 * ["/api/v2/instance", *alone]]


def test_a_refusal_of_the_ids_of_one_question_is_none_of_the_question() -> None:
    server = Server(HERE, ELSEWHERE, batches=False, status=400)
    collector = server.collector()
    del server.there[HERE["id"]]
    found = collector.hydrate([ref_of(HERE), ref_of(ELSEWHERE)], now=LATER)
    assert (found.engagement.height, found.removals.height) == (1, 1)
    server.batches = True
    server.asked.clear()
    collector.hydrate([ref_of(ELSEWHERE)], now=LATER)
    assert server.asked == ["/api/v1/statuses"]
    collector.close()


def test_a_post_that_cannot_be_read_is_set_aside_and_not_deleted() -> None:
    server = Server(HERE, ELSEWHERE)
    server.there[HERE["id"]] = HERE | {"created_at": "kemarin"}
    found = server.hydrate(ref_of(HERE), ref_of(ELSEWHERE))
    assert (found.received, found.rejected.height, found.removals.height) == (2, 1, 0)
    assert found.engagement.height == 1


def test_another_post_under_the_same_id_is_not_taken_for_it() -> None:
    server = Server(HERE)
    server.there[HERE["id"]] = make_status("akun_c", id=HERE["id"])
    found = server.hydrate(ref_of(HERE))
    assert (found.posts.height, found.removals.height) == (0, 0)
    assert found.rejected["reason"].to_list() == ["another post than the one asked for"]


def test_a_server_that_is_down_says_nothing() -> None:
    collector = MastodonCollector("a.example", make_client(lambda _: httpx.Response(503)))
    with pytest.raises(CollectorError):
        collector.hydrate([ref_of(HERE)], now=LATER)
    collector.close()


def test_the_id_that_the_server_gave_before_a_restart_is_enough() -> None:
    server = Server(HERE, ELSEWHERE)
    collector = server.collector(seen=False)
    (shown,) = collector.pages("banjirkota", cursor=None, now=NOON)
    given = dict(shown.local_ids.rows())
    assert given == {f"mastodon:{one['uri']}": one["id"] for one in (HERE, ELSEWHERE)}
    collector.close()

    del server.there[ELSEWHERE["id"]]
    stored = replace(ref_of(ELSEWHERE), local_id=ELSEWHERE["id"])
    found = server.hydrate(stored, seen=False)
    assert [row[1] for row in removed(found)] == [f"mastodon:{ELSEWHERE['uri']}"]


def test_null_for_suspended_is_an_account_that_is_well() -> None:
    """As servers in Mastodon's shape answer that know no suspensions."""
    assert not is_suspended(make_account("akun_a", suspended=None), "a.example")
    assert is_suspended(make_account("akun_a", suspended=True), "a.example")
