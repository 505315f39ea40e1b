"""What naive collectors of hashtags lose or count twice: from server to store.

The numbers are those of the list that the source was designed by.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from collectors.errors import RateLimitedError
from collectors.platforms.mastodon.collector import MastodonCollector
from monitor.collect import collect
from monitor.collect.run import RunResult
from monitor.config import CollectSettings
from monitor.schedule import Wish
from monitor.store import StoreFile
from tests.collectors.platforms.test_mastodon_posts import read_page
from tests.collectors.servers import NOON, make_client, make_status, page

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
ONLY_PAGES = CollectSettings(expand_limit=0, check_limit=0)


def id_at(moment: datetime) -> str:
    return str(int(moment.timestamp() * 1000) << 16)


def written(moment: datetime, author: str = "akun_a", **fields: Any) -> dict[str, Any]:
    """Give a status that was filed at its time, if `id` does not say otherwise."""
    return make_status(author, **{"id": id_at(moment), "created_at": moment.isoformat()} | fields)


class Server:
    """A hashtag timeline in the order of ids, as Mastodon keeps it."""

    def __init__(self, *statuses: dict[str, Any], page_size: int = 3) -> None:
        self.statuses = list(statuses)
        self.page_size = page_size
        self.asked: list[str | None] = []
        self.instance: dict[str, Any] = {"version": "4.6.4"}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/v2/instance":
            return httpx.Response(200, json=self.instance)
        max_id = request.url.params.get("max_id")
        self.asked.append(max_id)
        newest = sorted(self.statuses, key=lambda status: int(status["id"]), reverse=True)
        older = [one for one in newest if max_id is None or int(one["id"]) < int(max_id)]
        shown = older[: self.page_size]
        return page(shown, next_id=shown[-1]["id"] if shown else None)


def read(stores: StoreFile, servers: dict[str, Server], *, now: datetime = NOON) -> list[RunResult]:
    """Do one turn of collecting."""
    collectors = {
        f"mastodon/{host}": MastodonCollector(
            host, make_client(server, now=lambda: now), page_size=server.page_size
        )
        for host, server in servers.items()
    }
    wishes = [Wish(source, "banjirkota", 10 * MINUTE, 7 * DAY) for source in collectors]
    runs = collect(stores, collectors, wishes, settings=ONLY_PAGES, now=now, stop=threading.Event())
    for collector in collectors.values():
        collector.close()
    return runs


def stored(stores: StoreFile, question: str) -> list[dict[str, Any]]:
    with stores.open(read_only=True) as store:
        return store.database.rows(question)


def keys(stores: StoreFile) -> set[str]:
    return {row["post_key"] for row in stored(stores, "select post_key from posts")}


def test_pitfall_1_the_end_is_an_empty_list_after_a_full_page(stores: StoreFile) -> None:
    server = Server(*[written(NOON - n * MINUTE) for n in range(1, 7)])
    (run,) = read(stores, {"a.example": server})
    assert (run.verdict, run.received, len(keys(stores))) == ("complete", 6, 6)
    assert len(server.asked) == 4  # two full pages, and the empty one twice


@pytest.mark.parametrize("place", [0, 1, 2])
def test_pitfall_2_an_old_post_among_new_ones_does_not_end_the_reading(
    stores: StoreFile, place: int
) -> None:
    statuses = [written(NOON - n * MINUTE) for n in range(1, 7)]
    # Delivered just now, written a month ago: further back than is asked for.
    statuses[place]["created_at"] = (NOON - 30 * DAY).isoformat()
    (run,) = read(stores, {"a.example": Server(*statuses)})
    assert (run.verdict, run.received) == ("complete", 6)
    assert keys(stores) == {f"mastodon:{status['uri']}" for status in statuses}


@pytest.mark.parametrize(
    ("age", "step", "hours"),
    [(30 * MINUTE, 1, 1), (20 * HOUR, 1, 3), (5 * DAY + MINUTE, 12, 24)],
    ids=["by the overlap", "by the day", "by the week"],
)
def test_pitfall_3_a_post_filed_below_what_was_read_is_found_by_reading_again(
    stores: StoreFile, age: timedelta, step: int, hours: int
) -> None:
    server = Server(*[written(NOON - n * 6 * HOUR) for n in range(1, 28)])
    read(stores, {"a.example": server})
    # Fetched after that, and filed under the time it was written.
    late = written(NOON - age, "akun_b@b.example")
    server.statuses.append(late)
    found = None
    for hour in range(step, 25, step):
        read(stores, {"a.example": server}, now=NOON + hour * HOUR)
        if f"mastodon:{late['uri']}" in keys(stores):
            found = hour
            break
    assert found == hours


def test_pitfall_4_a_post_that_two_servers_show_is_one_with_two_observers(
    stores: StoreFile,
) -> None:
    at = NOON - 5 * MINUTE
    here = written(at, "akun_a", reblogs_count=2)
    there = here | {"id": id_at(at + MINUTE), "reblogs_count": 1}
    there["account"] = here["account"] | {"id": "77", "acct": "akun_a@a.example"}
    read(stores, {"a.example": Server(here), "b.example": Server(there)})
    assert keys(stores) == {f"mastodon:{here['uri']}"}
    counts = stored(stores, "select observer, reposts from engagement order by observer")
    assert [tuple(row.values()) for row in counts] == [
        ("mastodon/a.example", 2),
        ("mastodon/b.example", 1),
    ]
    authors = stored(stores, "select author_key from authors")
    assert authors == [{"author_key": "mastodon:@akun_a@a.example"}]
    seen = stored(stores, "select source from sightings order by source")
    assert [row["source"] for row in seen] == ["mastodon/a.example", "mastodon/b.example"]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"X-RateLimit-Reset": "2026-03-01T12:02:00.729285Z"}, 120.729285),  # Mastodon
        ({"X-RateLimit-Reset": str(int(NOON.timestamp()) + 90)}, 90),  # GoToSocial
        ({"X-RateLimit-Reset": "45"}, 45),
        ({"Retry-After": "Sun, 01 Mar 2026 12:00:30 GMT"}, 30),
        ({}, 60),
    ],
    ids=["ISO", "epoch", "seconds left", "date", "none"],
)
def test_pitfall_6_a_rate_limit_is_waited_for_however_the_server_says_it(
    headers: dict[str, str], seconds: float
) -> None:
    limited = httpx.Response(429, headers=headers, json={"error": "Throttled"})
    collector = MastodonCollector("a.example", make_client(lambda _: limited))
    with pytest.raises(RateLimitedError) as caught:
        list(collector.pages("banjirkota", cursor=None, now=NOON))
    collector.close()
    assert caught.value.retry_at == NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        ("BANJIRkota", "banjirkota"),
        ("＃ＢａｎｊｉｒＫｏｔａ", "banjirkota"),
        ("TolakRUU_TNI", "tolakruu_tni"),
        ("17Agustus", "17agustus"),
        ("BanjirKota\u200b", "banjirkota"),
        ("2026", None),
    ],
)
def test_pitfall_13_a_hashtag_has_one_spelling(name: str, spelling: str | None) -> None:
    (tags,) = read_page(make_status(tags=[{"name": name}])).posts["hashtags"].to_list()
    assert tags == ([spelling] if spelling else [])


def test_pitfall_13_a_hash_in_a_link_or_before_a_full_stop_makes_no_other_hashtag() -> None:
    content = (
        '<p>Kumpul di <a href="https://a.example/peta/#tagar">a.example/peta/#tagar</a>! '
        '<a href="https://a.example/tags/BanjirKota" class="mention hashtag">#BanjirKota</a>.</p>'
    )
    post = read_page(make_status(content=content)).posts.row(0, named=True)
    assert post["hashtags"] == ["banjirkota"]
    assert post["urls"] == ["https://a.example/peta/#tagar"]


def test_pitfall_19_a_server_that_closes_is_a_refusal_with_a_remedy_and_a_gap(
    stores: StoreFile,
) -> None:
    server = Server(written(NOON - HOUR))
    assert read(stores, {"a.example": server})[0].verdict == "complete"
    server.statuses.clear()  # it shows an empty list, and answers 200
    feeds = {"local": "authenticated", "remote": "authenticated"}
    server.instance = {
        "version": "4.6.4",
        "configuration": {"timelines_access": {"hashtag_feeds": feeds}},
    }
    (run,) = read(stores, {"a.example": server}, now=NOON + HOUR)
    assert run.verdict == "refused"
    assert "set collectors.mastodon.token_env" in (run.detail or "")
    (gap,) = stored(stores, "select reason, from_at, to_at from gaps where closed_at is null")
    assert tuple(gap.values()) == ("refused", NOON, NOON + HOUR)
