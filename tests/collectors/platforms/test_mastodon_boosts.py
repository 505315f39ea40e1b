from __future__ import annotations

from datetime import datetime, timedelta

import httpx
import pytest

from collectors.collector import PostRef
from collectors.errors import PayloadError
from collectors.page import Page
from tests.collectors.platforms.test_mastodon import Timeline
from tests.collectors.servers import (
    NOON,
    Script,
    make_account,
    make_collector,
    make_status,
    page,
)

WRITTEN = NOON - timedelta(hours=6)


def id_at(moment: datetime) -> int:
    """Give the id that Mastodon gives to a boost at that time."""
    return int(moment.timestamp() * 1000) << 16


def edges(newest: object, oldest: object = None) -> str:
    """Write a Link header over boosts from the newest to the oldest on the page."""
    address = "https://a.example/api/v1/statuses/7/reblogged_by"
    prev = f'<{address}?since_id={newest}>; rel="prev"'
    return prev if oldest is None else f'<{address}?max_id={oldest}>; rel="next", {prev}'


def post_at(address: str = "https://a.example/users/akun_a/statuses/7") -> PostRef:
    return PostRef(f"mastodon:{address}", "mastodon:@akun_a@a.example", None, WRITTEN, None)


class Boosts(Timeline):
    """A script of boosts: that nobody answered or quoted is said besides."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/context"):
            return httpx.Response(200, json={"ancestors": [], "descendants": []})
        if request.url.path.endswith("/quotes"):
            return page([])
        return super().__call__(request)


def boosts(script: Script, post: PostRef | None = None, **options: object) -> Page:
    found = expanded(script, post, **options)
    assert found is not None, "the server does not know the post"
    return found


def expanded(script: Script, post: PostRef | None = None, **options: object) -> Page | None:
    collector = make_collector(script, **options)
    try:
        return collector.expand(post or post_at(), now=NOON)
    finally:
        collector.close()


def test_boosters_are_reposts_without_a_post_of_their_own() -> None:
    script = Boosts(page([make_account("akun_b@b.example"), make_account("Akun_C")]))
    found = boosts(script)
    assert found.interactions["author_key"].to_list() == [
        "mastodon:@akun_b@b.example",
        "mastodon:@akun_c@a.example",
    ]
    act = found.interactions.row(0, named=True)
    assert (act["kind"], act["post_key"]) == ("repost", None)
    assert act["target_author_key"] == "mastodon:@akun_a@a.example"
    assert act["target_post_key"] == "mastodon:https://a.example/users/akun_a/statuses/7"
    assert (act["not_before"], act["acted_at"], act["precision"]) == (WRITTEN, NOON, "bounded")
    assert (found.received, found.authors.height, found.posts.height) == (2, 2, 0)
    assert script.asked() == ["/api/v1/statuses/7/reblogged_by"]
    assert script.requests[0].url.params["limit"] == "80"


def test_the_ids_in_the_links_bound_when_boosts_were_made() -> None:
    times = [WRITTEN + timedelta(hours=hours) for hours in (4, 3, 2)]
    script = Boosts(
        page([make_account("b"), make_account("c")], link=edges(id_at(times[0]), id_at(times[1]))),
        page([make_account("d")], link=edges(id_at(times[2]))),
    )
    found = boosts(script).interactions
    assert found.select("not_before", "acted_at").rows() == [
        (times[1], times[0]),
        (times[1], times[0]),
        (WRITTEN, times[2]),
    ]
    assert script.requests[1].url.params["max_id"] == str(id_at(times[1]))


@pytest.mark.parametrize(
    "newest",
    [
        "01JNXYZ0000000000000000000",  # GoToSocial counts in another way
        "1762345678901",  # so do others
        id_at(NOON + timedelta(hours=2)),
        id_at(WRITTEN - timedelta(days=2)),
        "9" * 40,
    ],
)
def test_an_id_that_cannot_be_a_time_is_none(newest: object) -> None:
    found = boosts(Boosts(page([make_account("b")], link=edges(newest)))).interactions
    assert found.select("not_before", "acted_at").rows() == [(WRITTEN, NOON)]


def test_bounds_are_never_after_now_nor_the_wrong_way_round() -> None:
    newest, oldest = id_at(NOON + timedelta(minutes=30)), id_at(NOON + timedelta(minutes=20))
    script = Boosts(page([make_account("b")], link=edges(newest, oldest)), page([]))
    assert boosts(script).interactions.select("not_before", "acted_at").rows() == [(NOON, NOON)]
    script = Boosts(page([make_account("b")], link=edges(oldest, newest)), page([]))
    act = boosts(script).interactions.row(0, named=True)
    assert act["not_before"] <= act["acted_at"] <= NOON


def test_who_boosted_twice_is_one() -> None:
    account = make_account("b")
    script = Boosts(page([account], link=edges(9, 8)), page([account]))
    found = boosts(script)
    assert (found.received, found.interactions.height, found.authors.height) == (2, 1, 1)


def test_boosters_are_read_for_ten_pages() -> None:
    numbers = iter(range(1000, 0, -1))
    script = Boosts(
        lambda _: page([make_account(f"b{next(numbers)}")], link=edges(1, next(numbers)))
    )
    assert boosts(script).received == len(script.requests) == 10


def test_a_list_of_boosters_that_leads_to_itself_is_refused() -> None:
    with pytest.raises(PayloadError, match="leads to itself"):
        boosts(Boosts(page([make_account("b")], link=edges(9, 8))))


def test_a_bad_account_is_set_aside() -> None:
    found = boosts(Boosts(page([make_account("b"), make_account("c", bot="maybe")])))
    assert (found.received, found.interactions.height, found.rejected.height) == (2, 1, 1)
    assert found.rejected["field"].to_list() == ["bot"]


@pytest.mark.parametrize("status", [404, 410])
def test_a_deleted_post_has_no_boosts(status: int) -> None:
    found = boosts(Boosts(httpx.Response(status, json={"error": "Record not found"})))
    assert (found.received, found.interactions.height) == (0, 0)


ELSEWHERE = "https://b.example/users/akun_b/statuses/5"


def test_a_post_of_another_server_that_was_just_seen_is_asked_for_by_its_id_here() -> None:
    status = make_status("akun_b@b.example", uri=ELSEWHERE)
    script = Boosts(page([status]), page([make_account("c")]))
    collector = make_collector(script)
    list(collector.pages("banjirkota", cursor=None, now=NOON))
    assert collector.expand(post_at(ELSEWHERE), now=NOON).interactions.height == 1
    assert script.asked()[1] == f"/api/v1/statuses/{status['id']}/reblogged_by"
    collector.close()


def test_a_post_of_another_server_is_looked_up_only_with_a_token() -> None:
    script = Boosts(page([]))
    assert expanded(script, post_at(ELSEWHERE)) is None
    assert script.requests == []

    found = {"statuses": [make_status(uri=ELSEWHERE, id="99")], "accounts": [], "hashtags": []}
    script = Boosts(httpx.Response(200, json=found), page([make_account("c")]))
    assert boosts(script, post_at(ELSEWHERE), token="s3cret").received == 1
    assert script.requests[0].url.params["q"] == ELSEWHERE
    assert script.asked()[1] == "/api/v1/statuses/99/reblogged_by"


def test_another_post_than_the_one_looked_up_is_not_taken_for_it() -> None:
    found = {"statuses": [make_status()], "accounts": [], "hashtags": []}
    script = Boosts(httpx.Response(200, json=found))
    assert expanded(script, post_at(ELSEWHERE), token="s3cret") is None
    assert len(script.requests) == 1
