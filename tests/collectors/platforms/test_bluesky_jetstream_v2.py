"""Jetstream's second version: the same network, numbered by the server that tells it."""

from __future__ import annotations

import json
import threading
from datetime import datetime
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from collectors.collector import Interest
from collectors.errors import PayloadError, SourceUnavailableError
from collectors.page import Page
from collectors.platforms.bluesky.jetstream import JetstreamCollector
from collectors.platforms.bluesky.wires import wire_of
from tests.collectors.platforms.jetstream_network import (
    ALI,
    BUDI,
    SECOND,
    START,
    FakeSocket,
    commit,
    facet,
    post,
    repost,
    uri,
)

PATH = "/xrpc/network.bsky.jetstream.subscribeEvents"
ONE, OTHER = f"wss://satu.example{PATH}", f"wss://dua.example{PATH}"
V1 = "wss://lama.example/subscribe"
NOW = START + 60 * SECOND


def frame_of(seq: int, event: dict[str, Any]) -> str:
    """Tell an event of version 1 as version 2 does."""
    at = datetime.fromtimestamp(event["time_us"] / 1e6).astimezone(START.tzinfo)
    payload = {
        "$type": f"network.bsky.jetstream.subscribeEvents#{event['kind']}",
        "seq": seq,
        "did": event["did"],
        "time": f"{at:%Y-%m-%dT%H:%M:%S.%f}Z",
        **event[event["kind"]],
    }
    return json.dumps({"$type": "message", "payload": payload}, separators=(",", ":"))


EVENTS = [
    post(1, ALI, "1", "halo #banjir", facets=[facet("banjir")]),
    repost(2, BUDI, "r1", uri(ALI, "1"), via={"uri": uri(ALI, "0")}),
    post(3, BUDI, "2", "lain"),
    post(4, BUDI, "3", "#banjir lagi"),
    commit(5, BUDI, "3", None),
    {
        "did": ALI,
        "time_us": int((START + 6 * SECOND).timestamp() * 1e6),
        "kind": "account",
        "account": {"active": False, "status": "deactivated"},
    },
    *[post(n, "did:plc:lain", f"n{n}") for n in range(7, 60)],
]


class Server:
    """Numbers events from its own first number on, and takes a time for a place, too."""

    def __init__(self, first: int, *, keeps_from: int = 0) -> None:
        self.first, self.keeps_from = first, keeps_from
        self.breaks_after: list[int | None] = []
        self.ends_with: list[str] = []
        self.asked: list[int | None] = []

    def connect(self, url: str) -> FakeSocket:
        query = parse_qs(urlsplit(url).query)
        assert query["kinds"] == ["commit", "account"]
        assert query["collections"] == ["app.bsky.feed.post", "app.bsky.feed.repost"]
        cursor = int(query["cursor"][0]) if "cursor" in query else None
        self.asked.append(cursor)
        frames = [frame_of(self.first + n, e) for n, e in enumerate(EVENTS)]
        frames = self._from(cursor, frames, url)
        breaks = self.breaks_after.pop(0) if self.breaks_after else None
        if breaks is not None and self.ends_with:
            frames, breaks = [*frames[:breaks], self.ends_with.pop(0)], None
        return FakeSocket(frames, breaks)

    def _from(self, cursor: int | None, frames: list[str], url: str) -> list[str]:
        """Begin where `network.bsky.jetstream.subscribeEvents` says."""
        if cursor is None:
            return frames[-2:]
        if cursor >= 10**15:
            since = sum(event["time_us"] < cursor for event in EVENTS)
            outdated = [info("OutdatedCursor")] if since < self.keeps_from else []
            return outdated + frames[max(since, self.keeps_from) :]
        start = cursor - self.first + 1
        if start < self.keeps_from:
            raise PayloadError(f"{url}: answered 400: CursorTooOld")
        if start > len(frames):
            return [info("FutureCursor"), *frames[-2:]]
        return frames[max(0, start) :]


def info(name: str) -> str:
    payload = {"$type": f"{PATH[6:]}#info", "name": name}
    return json.dumps({"$type": "message", "payload": payload})


def heard(
    servers: dict[str, Any], cursor: str | None, *, tags: str = "banjir"
) -> tuple[list[Page], Interest]:
    interest = Interest(frozenset({tags}))
    collector = JetstreamCollector(
        list(servers),
        connect=lambda url: servers[url.partition("?")[0]].connect(url),
        sleep=lambda _: None,
        now=lambda: NOW,
    )
    stop = threading.Event()
    return list(
        collector.stream(interest, cursor=cursor, now=lambda: NOW, stop=stop, live=False)
    ), interest


def beginning(host: str, seq: int) -> str:
    return f"{int(START.timestamp() * 1e6)}/{host}/{seq}"


@pytest.mark.parametrize(
    "said",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-02-31T00:00:00Z", "\ud800"],
)
def test_a_time_that_is_none_is_no_time(said: str) -> None:
    wire = wire_of("wss://a.example/xrpc/network.bsky.jetstream.subscribeEvents")
    payload = {"$type": "x#commit", "did": "did:plc:a", "time": said}
    assert wire.micros_in(f'{{"time":"{said}"}}'.encode(errors="replace")) is None
    event = wire.event_of({"payload": payload})
    assert event is not None
    assert event["time_us"] is None


def test_words_of_the_server_are_marked_as_such() -> None:
    wire = wire_of("wss://a.example/xrpc/network.bsky.jetstream.subscribeEvents")
    with pytest.raises(SourceUnavailableError, match='says "no, run: x level=error"'):
        wire.event_of({"$type": "error", "error": "no; run: x\nlevel=error"})


def test_it_tells_what_version_1_tells() -> None:
    pages, interest = heard({ONE: Server(1000)}, beginning("satu.example", 999))
    posts = [row for page in pages for row in page.posts.rows(named=True)]
    assert [row["text"] for row in posts] == ["halo #banjir", "#banjir lagi"]
    (act,) = [row for page in pages for row in page.interactions.rows(named=True)]
    assert (act["kind"], act["acted_at"]) == ("repost", START + 2 * SECOND)
    assert act["via_key"] == f"bluesky:{uri(ALI, '0')}"
    removals = [row for page in pages for row in page.removals.select("kind", "reason").rows()]
    assert removals == [("post", "deleted"), ("away", "deactivated")]
    assert pages[-1].cursor == f"{int((START + 59 * SECOND).timestamp() * 1e6)}/satu.example/1058"
    assert f"bluesky:{uri(ALI, '1')}" in interest.posts


def test_a_connection_that_breaks_goes_on_at_the_same_server_by_its_number() -> None:
    server = Server(1000)
    server.breaks_after = [3]
    pages, _ = heard({ONE: server, OTHER: Server(7)}, beginning("satu.example", 999))
    assert server.asked == [999, 1002]
    assert sum(page.posts.height for page in pages) == 2
    assert all(page.beyond is None for page in pages)


@pytest.mark.parametrize("error", ["ConsumerTooSlow", "FutureCursor"])
def test_what_it_says_of_an_error_ends_the_connection_and_loses_nothing(error: str) -> None:
    server = Server(1000)
    server.breaks_after = [2]
    server.ends_with = [json.dumps({"$type": "error", "error": error, "message": "x"})]
    pages, _ = heard({ONE: server}, beginning("satu.example", 999))
    assert server.asked[:2] == [999, 1001]
    assert sum(page.posts.height for page in pages) == 2


def seconds(after: float) -> int:
    """Return a time after the start as a cursor, less the five seconds that are heard again."""
    return int((START + (after - 5) * SECOND).timestamp() * 1e6)


def test_another_server_is_asked_by_the_time_and_nothing_is_missing() -> None:
    server = Server(7)
    pages, _ = heard({OTHER: server}, beginning("satu.example", 999))
    assert server.asked == [seconds(0)]
    assert pages[0].since_at == START
    assert (pages[0].beyond, sum(page.posts.height for page in pages)) == (None, 2)


def test_a_server_that_goes_away_is_followed_by_another_from_there() -> None:
    one, other = Server(1000), Server(7)
    one.breaks_after = [3, 0, 0]
    pages, _ = heard({ONE: one, OTHER: other}, beginning("satu.example", 999))
    assert (one.asked, other.asked) == ([999, 1002], [seconds(3)])
    keys = {key for page in pages for key in page.posts["post_key"]}
    assert len(keys) == 2
    assert all(page.beyond is None for page in pages)
    for before, after in pairwise(pages):
        assert after.since_at == before.reached_at


def test_what_no_server_keeps_is_told_however_short_it_is() -> None:
    server = Server(7, keeps_from=8)
    pages, _ = heard({OTHER: server}, beginning("satu.example", 999))
    assert (pages[0].since_at, pages[0].beyond) == (START + 9 * SECOND, "too old")


def test_a_number_that_is_no_longer_kept_is_told_as_too_old() -> None:
    late = f"{int((START - 3600 * SECOND).timestamp() * 1e6)}/satu.example/1001"
    server = Server(1000, keeps_from=30)
    pages, _ = heard({ONE: server}, late)
    assert server.asked[:2] == [1001, seconds(-3600)]
    assert pages[0].beyond == "too old"
    assert pages[0].since_at == START + 31 * SECOND


def test_a_server_that_counts_anew_is_asked_by_the_time() -> None:
    server = Server(7)
    pages, _ = heard({ONE: server}, beginning("satu.example", 123456))
    assert server.asked == [123456, seconds(0)]
    assert sum(page.posts.height for page in pages) == 2
    assert pages[-1].cursor is not None
    assert pages[-1].cursor.endswith("/satu.example/65")


def test_an_outdated_cursor_is_told_without_an_event_lost() -> None:
    server = Server(1000)
    server.breaks_after = [0]
    server.ends_with = [info("OutdatedCursor")]
    pages, _ = heard({ONE: server}, beginning("satu.example", 999))
    assert not any(page.rejected.height for page in pages)


def test_a_time_is_a_place_to_version_2_too() -> None:
    server = Server(7)
    pages, _ = heard({OTHER: server}, str(int(START.timestamp() * 1e6)))
    assert server.asked == [seconds(0)]
    assert sum(page.posts.height for page in pages) == 2


def test_a_cursor_of_version_2_is_a_time_to_version_1() -> None:
    asked: list[str] = []

    class Old:
        def connect(self, url: str) -> FakeSocket:
            asked.append(url)
            raise SourceUnavailableError("away")

    with pytest.raises(SourceUnavailableError):
        heard({V1: Old()}, beginning("satu.example", 999))
    micros = int((START - 5 * SECOND).timestamp() * 1e6)
    assert asked[0].endswith(f"&cursor={micros}")


def test_a_check_hears_one_event() -> None:
    collector = JetstreamCollector(
        [ONE], connect=Server(1).connect, sleep=lambda _: None, now=lambda: NOW
    )
    assert collector.check().remedy is None


@pytest.mark.parametrize("cursor", ["x", "1/satu.example", "1//2", "1/satu.example/x"])
def test_a_cursor_that_is_none_is_refused(cursor: str) -> None:
    with pytest.raises(PayloadError, match="none of Jetstream's"):
        heard({ONE: Server(1)}, cursor)
