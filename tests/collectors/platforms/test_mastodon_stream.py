"""Hearing hashtags over a websocket."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import polars as pl
import pytest

from collectors.collector import Expander, Hydrator, Interest, Pager, Replayer, Streamer
from collectors.errors import AccessRefusedError, PayloadError, SourceUnavailableError
from collectors.page import Page
from collectors.platforms.mastodon import Settings
from collectors.platforms.mastodon.collector import MastodonCollector
from collectors.platforms.mastodon.stream import ListeningCollector
from collectors.registry import collectors_for
from tests.collectors.servers import NOON, make_status

TAGS = frozenset({"banjirkota", "jalanrusak"})


def event(name: str, payload: object, tag: str | None = "banjirkota") -> str:
    """Give a message: what it tells is JSON within JSON."""
    told = payload if isinstance(payload, str) else json.dumps(payload)
    stream = ["hashtag", tag] if tag else ["hashtag"]
    return json.dumps({"stream": stream, "event": name, "payload": told})


class FakeSocket:
    """Hands over messages, then is silent, then closed by the server."""

    def __init__(self, *messages: object) -> None:
        self.messages = list(messages)
        self.sent: list[Any] = []
        self.is_closed = False

    def send(self, message: str) -> None:
        self.sent.append(json.loads(message))

    def recv(self, timeout: float) -> str | bytes | None:
        if not self.messages:
            raise SourceUnavailableError("wss://stream.a.example: connection closed")
        message = self.messages.pop(0)
        if isinstance(message, Exception):
            raise message
        assert message is None or isinstance(message, str | bytes)
        return message

    def close(self) -> None:
        self.is_closed = True


class Place:
    """A server with a stream, and a clock that moves a second with each look."""

    def __init__(self, *messages: object, streaming: str | None = "wss://stream.a.example") -> None:
        self.socket = FakeSocket(*messages)
        self.urls: list[str] = []
        self.streaming = streaming
        self.refusal: Exception | None = None
        self.now = NOON

    def clock(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def answer(self, request: httpx.Request) -> httpx.Response:
        urls = {"streaming": self.streaming}
        document = {"version": "4.6.4", "configuration": {"urls": urls}}
        return httpx.Response(200, json=document)

    def connect(self, url: str) -> FakeSocket:
        self.urls.append(url)
        if self.refusal is not None:
            raise self.refusal
        return self.socket

    def collector(self, **settings: Any) -> ListeningCollector | MastodonCollector:
        written = {"servers": ["a.example"], "token_env": "TOKEN", "stream": True} | settings
        (collector,) = collectors_for(
            "mastodon",
            Settings(**written),
            secret={"TOKEN": "s3cret"}.__getitem__,
            user_agent="gaung/test",
            now=lambda: NOON,
            sleep=lambda _: None,
            transport=httpx.MockTransport(self.answer),
            connect=self.connect,
        )
        assert isinstance(collector, ListeningCollector | MastodonCollector)
        return collector


def heard(place: Place, *, live: bool = True) -> Iterator[Page]:
    collector = place.collector()
    assert isinstance(collector, Streamer)
    return collector.stream(
        Interest(TAGS), cursor=None, now=place.clock, stop=threading.Event(), live=live
    )


def all_heard(place: Place) -> list[Page]:
    """Give the pages until the server closes."""
    told, pages = heard(place), list[Page]()
    with pytest.raises(SourceUnavailableError):
        _gather(told, pages)
    return pages


def _gather(told: Iterator[Page], pages: list[Page]) -> None:
    for page in told:
        pages.append(page)  # `extend` would lose them with the error


def posts_of(pages: list[Page]) -> pl.DataFrame:
    return pl.concat(page.posts for page in pages)


SILENCE = (None, None, None)


def test_what_was_heard_before_the_connection_broke_is_kept() -> None:
    assert posts_of(all_heard(Place(event("update", make_status())))).height == 1


def test_one_connection_hears_all_hashtags() -> None:
    place = Place(*SILENCE)
    all_heard(place)
    assert place.urls == [
        "wss://stream.a.example/api/v1/streaming?access_token=s3cret&stream=hashtag&tag=banjirkota"
    ]
    assert place.socket.sent == [{"type": "subscribe", "stream": "hashtag", "tag": "jalanrusak"}]
    assert place.socket.is_closed


def test_posts_and_edits_are_matches_with_their_counts_and_authors() -> None:
    status = make_status("akun_b@b.example")
    edited = status | {
        "content": "<p>Air sudah surut semua</p>",
        "edited_at": "2026-03-01T12:00:05.000Z",
    }
    pages = all_heard(
        Place(event("update", status), *SILENCE, event("status.update", edited), *SILENCE)
    )
    posts = posts_of(pages)
    assert posts.select("post_key", "captured_as", "text").rows() == [
        (f"mastodon:{status['uri']}", "matched", "Air naik lagi"),
        (f"mastodon:{status['uri']}", "matched", "Air sudah surut semua"),
    ]
    assert sum(page.received for page in pages) == 2
    assert pages[0].engagement.height == pages[0].authors.height == 1


def test_a_page_comes_every_few_seconds_and_says_nothing_of_what_was_read() -> None:
    pages = all_heard(Place(*[None] * 20))
    assert len(pages) >= 5
    assert {(page.since_at, page.reached_at, page.cursor, page.beyond) for page in pages} == {
        (None, None, None, None)
    }


def test_a_post_has_the_hashtag_that_it_was_told_for_however_it_spells_it() -> None:
    status = make_status(tags=[{"name": "BanjirKöta"}])
    (tags,) = posts_of(all_heard(Place(event("update", status), *SILENCE)))["hashtags"].to_list()
    assert "banjirkota" in tags


def test_a_deleted_post_of_the_server_itself_is_gone() -> None:
    status = make_status("akun_a")
    told = Place(event("update", status), *SILENCE, event("delete", status["id"]), *SILENCE)
    removals = pl.concat(page.removals for page in all_heard(told))
    assert removals.select("kind", "key", "reason").rows() == [
        ("post", f"mastodon:{status['uri']}", "deleted")
    ]


def test_what_a_server_takes_away_of_others_or_never_told_is_left_to_the_check() -> None:
    status = make_status("akun_b@b.example")
    told = Place(
        event("update", status),
        event("delete", status["id"]),
        event("delete", "4711"),
        event("filters_changed", ""),
        *SILENCE,
    )
    pages = all_heard(told)
    assert sum(page.removals.height + page.rejected.height for page in pages) == 0
    assert sum(page.received for page in pages) == 4


@pytest.mark.parametrize(
    "frame",
    [
        "{half",
        "[]",
        b"\xff\xfe",
        json.dumps({"event": 7}),
        event("update", "{half"),
        event("update", {"id": "1"}),
        event("update", make_status() | {"created_at": "kemarin"}),
    ],
)
def test_an_event_that_cannot_be_read_is_set_aside_and_the_next_is_heard(frame: str) -> None:
    pages = all_heard(Place(frame, event("update", make_status()), *SILENCE))
    rejected = pl.concat(page.rejected for page in pages)
    assert (rejected.height, posts_of(pages).height) == (1, 1)
    assert sum(page.received for page in pages) == 2
    assert rejected["locator"][0].startswith("mastodon/a.example@2026-03-01T")


def test_a_stream_of_nothing_but_unreadable_events_is_an_unknown_shape() -> None:
    with pytest.raises(PayloadError, match="events of an unknown shape"):
        list(heard(Place(*[event("update", {"id": "1"})] * 20)))


def test_a_token_that_the_stream_does_not_take_is_a_refusal_with_its_remedy() -> None:
    place = Place()
    place.refusal = AccessRefusedError("wss://stream.a.example answered 401")
    with pytest.raises(AccessRefusedError, match="token of a user"):
        list(heard(place))
    collector = place.collector()
    report = collector.check()
    assert "token of a user" in (report.remedy or "")
    assert "s3cret" not in report.summary
    collector.close()
    with pytest.raises(AccessRefusedError, match="Invalid access token"):
        list(heard(Place(json.dumps({"error": "Invalid access token", "status": 401}))))


def test_a_check_opens_the_stream_and_closes_it() -> None:
    place = Place()
    collector = place.collector()
    report = collector.check()
    collector.close()
    assert (report.remedy, place.socket.is_closed) == (None, True)
    assert report.summary.endswith("; tells posts as they come in")


@pytest.mark.parametrize(
    "streaming", [None, "ws://stream.a.example", "http://a.example", "wss://", "wss://["]
)
def test_a_token_does_not_travel_in_the_clear(streaming: str | None) -> None:
    place = Place(streaming=streaming)
    with pytest.raises(PayloadError):
        list(heard(place))
    assert place.urls == []


def test_what_came_in_before_is_asked_for_and_not_heard() -> None:
    place = Place()
    assert list(heard(place, live=False)) == []
    assert place.urls == []


def test_it_ends_when_told_to_stop() -> None:
    stop = threading.Event()
    place = Place(*[None] * 100)
    collector = place.collector()
    assert isinstance(collector, Streamer)
    pages = collector.stream(Interest(TAGS), cursor=None, now=place.clock, stop=stop, live=True)
    next(pages)
    stop.set()
    assert len(list(pages)) == 1
    assert place.socket.is_closed
    collector.close()


def test_without_the_setting_or_a_token_a_server_is_only_asked() -> None:
    collector = Place().collector()
    for kind in (Pager, Expander, Hydrator, Streamer):
        assert isinstance(collector, kind)
    assert not isinstance(collector, Replayer)
    assert collector.source == "mastodon/a.example"
    collector.close()
    assert not isinstance(Place().collector(stream=False), Streamer)
    assert not isinstance(Place().collector(token_env={}, stream=False), Streamer)
    with pytest.raises(ValueError, match="needs the token of a user: set token_env"):
        Settings(stream=True)
