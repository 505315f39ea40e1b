"""Sources that cost money or quota are asked for what is not known yet, and for no more."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from collectors.collector import Collector
from collectors.options import ClientOptions
from collectors.platforms import threads, x, youtube
from collectors.registry import SOURCES
from monitor.collect import collect
from monitor.config import CollectSettings
from monitor.schedule import Wish
from tests.builders import NOON

# What is read again, and asked about posts, is another matter.
SETTINGS = CollectSettings(check_limit=0, expand_limit=0, nightly=timedelta(0), rescan=timedelta(0))
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


class Clock:
    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


class Source:
    """A server with posts at given times, and what it counts of those who ask."""

    def __init__(self, name: str, clock: Clock, times: list[datetime], **settings: Any) -> None:
        self.clock, self.times = clock, sorted(times, reverse=True)
        self.paid: list[str] = []  # ids, or questions, as the platform counts
        self.ahead = timedelta(0)  # its clock, of ours
        options = ClientOptions(
            secret=lambda _: "rahasia",
            user_agent="gaung/test",
            now=clock,
            sleep=lambda _: None,
            min_interval=0.0,
            transport=httpx.MockTransport(getattr(self, f"answer_{name}")),
        )
        module = {"x": x, "threads": threads, "youtube": youtube}[name]
        self.collector: Collector = module.build(
            msgspec.convert(settings, SOURCES[name].settings), options
        )[0]

    def between(self, start: datetime, end: datetime) -> list[tuple[int, datetime]]:
        numbered = list(enumerate(reversed(self.times)))[::-1]
        return [(n, at) for n, at in numbered if start <= at < end and at <= self.clock.at]

    def answer_x(self, request: httpx.Request) -> httpx.Response:
        params = request.url.params
        if request.url.path == "/2/usage/tweets":
            return httpx.Response(200, json={"data": {"daily_project_usage": {"usage": []}}})
        oldest = self.clock.at + self.ahead - 7 * DAY
        start = datetime.fromisoformat(params["start_time"])
        if start < oldest:
            return httpx.Response(400, json={"title": "Invalid Request"})
        found = self.between(start, self.clock.at)
        if below := int(params.get("until_id", "0")):
            found = [(n, at) for n, at in found if 19 * 10**17 + n < below]
        if request.url.path == "/2/tweets/counts/recent":
            self.paid.append("count")
            return httpx.Response(200, json={"meta": {"total_tweet_count": len(found)}})
        first = int(params.get("next_token", "0"))
        last = first + int(params["max_results"])
        rows = [
            {
                "id": str(19 * 10**17 + number),
                "text": f"Air naik lagi #BanjirKota {number}",
                "author_id": str(500 + number),
                "created_at": f"{at:%Y-%m-%dT%H:%M:%S}.000Z",
                "entities": {"hashtags": [{"start": 0, "end": 1, "tag": "BanjirKota"}]},
            }
            for number, at in found[first:last]
        ]
        self.paid += [row["id"] for row in rows]
        meta = {"result_count": len(rows)} | (
            {"next_token": str(last)} if last < len(found) else {}
        )
        return httpx.Response(200, json={"data": rows, "meta": meta} if rows else {"meta": meta})

    def answer_threads(self, request: httpx.Request) -> httpx.Response:
        params = request.url.params
        if request.url.path == "/v1.0/me":
            return httpx.Response(200, json={"id": "1", "username": "humas"})
        start = datetime.fromtimestamp(int(params.get("since", "1688540400")), UTC)
        end = datetime.fromtimestamp(int(params.get("until", "4000000000")), UTC)
        rows = [
            {
                "id": str(17 * 10**15 + number),
                "text": "Air naik #BanjirKota",
                "permalink": f"https://www.threads.example/@akun_{number}/post/C{number}",
                "timestamp": f"{at:%Y-%m-%dT%H:%M:%S}+0000",
                "username": f"akun_{number}",
            }
            for number, at in self.between(start, end)
        ][: int(params["limit"])]
        if rows:  # empty ones are free
            self.paid.append(params["search_mode"])
        return httpx.Response(200, json={"data": rows})

    def answer_youtube(self, request: httpx.Request) -> httpx.Response:
        params, kind = request.url.params, request.url.path.rpartition("/")[2]
        if kind == "search":
            self.paid.append("search")
            start = datetime.fromisoformat(params["publishedAfter"])
            found = self.between(start, datetime.fromisoformat(params["publishedBefore"]))
            first = int(params.get("pageToken", "0"))
            rows = [
                {
                    "kind": "youtube#searchResult",
                    "id": {"kind": "youtube#video", "videoId": f"vid{number:08}"},
                    "snippet": {"publishedAt": f"{at:%Y-%m-%dT%H:%M:%SZ}", "title": "x"},
                }
                for number, at in found[first : first + 50]
            ]
            more = {"nextPageToken": str(first + 50)} if first + 50 < len(found) else {}
            return httpx.Response(200, json={"kind": kind, "items": rows} | more)
        if kind == "channels":
            return httpx.Response(200, json={"kind": kind, "items": []})
        ids = [int(one[3:]) for one in params["id"].split(",")]
        oldest_first = sorted(self.times)
        items = [
            {
                "id": f"vid{number:08}",
                "kind": "youtube#video",
                "snippet": {
                    "publishedAt": f"{oldest_first[number]:%Y-%m-%dT%H:%M:%SZ}",
                    "channelId": "UCposko",
                    "channelTitle": "Posko",
                    "title": "Air naik #BanjirKota",
                    "description": "",
                },
                "statistics": {},
            }
            for number in ids
        ]
        return httpx.Response(200, json={"kind": kind, "items": items})


def poll(stores: Any, source: Source, *, times: int, every: timedelta) -> list[Any]:
    name = source.collector.source
    wish = Wish(
        name,
        "banjirkota",
        every,
        7 * DAY,
        is_metered=getattr(source.collector, "is_metered", False),
    )
    results = []
    for _ in range(times):
        results += collect(
            stores,
            {name: source.collector},
            [wish],
            settings=SETTINGS,
            now=source.clock.at,
            stop=threading.Event(),
        )
        source.clock.at += every
    return results


def stored(stores: Any) -> int:
    with stores.open(read_only=True) as store:
        return int(store.count_posts(matched=True))


def observed(stores: Any) -> Any:
    with stores.open(read_only=True) as store:
        (stream,) = store.coverage.streams()
    return stream


X = {"token_env": "X", "terms_read": True, "dollars_per_day": 2.0}


def test_x_is_paid_once_for_what_it_has_and_heard_all_day(stores) -> None:
    clock = Clock(NOON)
    source = Source("x", clock, [NOON - 2 * DAY + 15 * MINUTE * n for n in range(150)], **X)
    results = poll(stores, source, times=12, every=10 * MINUTE)
    assert len(source.paid) == 151  # and one count
    assert {result.verdict for result in results} <= {"complete", "truncated", "empty"}
    assert stored(stores) == 150
    assert observed(stores).covered_to == NOON + 110 * MINUTE


@pytest.mark.soak  # long, for what it adds to the tests of each change
def test_new_posts_of_x_are_paid_for_as_they_come(stores) -> None:
    clock = Clock(NOON)
    times = [NOON - DAY + 20 * MINUTE * n for n in range(80)]  # the last eight yet to come
    source = Source("x", clock, times, **X)
    poll(stores, source, times=18, every=10 * MINUTE)
    assert stored(stores) == 80
    posts = [one for one in source.paid if one != "count"]
    # What fell into the five minutes before a poll comes again; that day X does not charge it.
    assert len(set(posts)) == 80
    assert len(posts) <= 80 + 8
    assert source.paid.count("count") == 1


@pytest.mark.soak  # long, for what it adds to the tests of each change
def test_x_that_cannot_be_paid_for_at_once_is_read_in_pieces(stores) -> None:
    clock = Clock(NOON.replace(hour=0, minute=1))
    start = clock.at
    source = Source(
        "x",
        clock,
        [start - DAY + MINUTE * n for n in range(60, 1440, 2)],
        **X | {"dollars_per_day": 4.0},
    )
    results = poll(stores, source, times=24, every=HOUR)
    assert "failed" not in {result.verdict for result in results}
    hours = {(at - start) // HOUR for at in _read_at(stores)}
    assert len(hours) > 8  # not the first hour only
    assert stored(stores) > 600
    assert len([one for one in source.paid if one != "count"]) * 0.005 <= 4.0


def _read_at(stores: Any) -> list[datetime]:
    with stores.open(read_only=True) as store:
        rows = store.database.rows("select distinct first_seen_at from posts")
    return [row["first_seen_at"] for row in rows]


def test_a_clock_that_is_slow_by_minutes_does_not_make_x_unreadable(stores) -> None:
    clock = Clock(NOON)
    source = Source("x", clock, [NOON - HOUR], **X)
    source.ahead = 5 * MINUTE
    (result, *_) = poll(stores, source, times=1, every=10 * MINUTE)
    assert (result.verdict, stored(stores)) == ("truncated", 1)


def test_threads_that_has_nothing_new_costs_nothing(stores) -> None:
    clock = Clock(NOON)
    source = Source("threads", clock, [NOON - 3 * DAY + HOUR * n for n in range(60)], token_env="T")
    poll(stores, source, times=1, every=10 * MINUTE)
    first = len(source.paid)
    poll(stores, source, times=12, every=10 * MINUTE)
    assert stored(stores) == 60
    assert len(source.paid) == first
    assert observed(stores).covered_to == NOON + 120 * MINUTE


def test_threads_is_asked_once_for_each_search_where_there_is_something(stores) -> None:
    clock = Clock(NOON)
    source = Source(
        "threads", clock, [NOON - DAY + 10 * MINUTE * n for n in range(290)], token_env="T"
    )
    poll(stores, source, times=1, every=10 * MINUTE)
    before = len(source.paid)
    poll(stores, source, times=12, every=10 * MINUTE)
    assert stored(stores) >= 144 + 12
    assert len(source.paid) - before <= 24


@pytest.mark.soak  # long, for what it adds to the tests of each change
def test_youtube_is_not_paged_below_what_is_known(stores) -> None:
    clock = Clock(NOON)
    source = Source(
        "youtube",
        clock,
        [NOON - DAY + 2 * MINUTE * n for n in range(1440)],
        key_env="K",
        searches_per_day=10_000,
    )
    poll(stores, source, times=1, every=10 * MINUTE)
    before = len(source.paid)
    poll(stores, source, times=12, every=10 * MINUTE)
    # An hour is read again, which is thirty videos; six hours would be four pages.
    assert len(source.paid) - before == 12
    assert observed(stores).covered_to == NOON + 120 * MINUTE
    assert stored(stores) >= 720 + 55
