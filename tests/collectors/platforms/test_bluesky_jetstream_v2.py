"""Jetstream's second version: the same network, numbered by the server that tells it."""

from __future__ import annotations

import json
import threading
from datetime import datetime
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
    """Numbers events from its own first number on, and knows no other server's."""

    def __init__(self, first: int, *, keeps_from: int = 0) -> None:
        self.first, self.keeps_from = first, keeps_from
        self.breaks_after: list[int | None] = []
        self.ends_with: list[str] = []
        self.asked: list[int | None] = []

    def connect(self, url: str) -> FakeSocket:
        query = parse_qs(urlsplit(url).query)
        assert query["kinds"] == ["commit", "account"]
        assert query["collections"] == ["app.bsky.feed.post", "app.bsky.feed.repost"]
        seq = int(query["cursor"][0]) if "cursor" in query else None
        self.asked.append(seq)
        start = len(EVENTS) - 2 if seq is None else seq - self.first + 1
        if seq is not None and start < self.keeps_from:
            raise PayloadError(f"{url}: answered 400: CursorTooOld")
        frames = [frame_of(self.first + n, e) for n, e in enumerate(EVENTS)][max(0, start) :]
        breaks = self.breaks_after.pop(0) if self.breaks_after else None
        if breaks is not None and self.ends_with:
            frames, breaks = [*frames[:breaks], self.ends_with.pop(0)], None
        return FakeSocket(frames, breaks)


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
    assert removals == [("post", "deleted"), ("author", "deactivated")]
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


def test_a_number_of_another_server_is_not_asked_for_and_the_hole_is_told() -> None:
    server = Server(7)
    pages, _ = heard({OTHER: server}, beginning("satu.example", 999))
    assert server.asked[0] is None
    first = pages[0]
    assert first.since_at == START + 58 * SECOND  # a hole, though it is short
    late = f"{int((START - 3600 * SECOND).timestamp() * 1e6)}/satu.example/1"
    pages, _ = heard({OTHER: Server(7)}, late)
    assert pages[0].since_at == START + 58 * SECOND


def test_a_number_that_is_no_longer_kept_is_told_as_too_old() -> None:
    late = f"{int((START - 3600 * SECOND).timestamp() * 1e6)}/satu.example/1001"
    server = Server(1000, keeps_from=30)
    pages, _ = heard({ONE: server}, late)
    assert server.asked[:2] == [1001, None]
    assert pages[0].beyond == "too old"
    assert pages[0].since_at == START + 58 * SECOND


def test_an_outdated_cursor_is_told_without_an_event_lost() -> None:
    info = {"$type": f"{PATH[6:]}#info", "name": "OutdatedCursor"}
    server = Server(1000)
    server.breaks_after = [0]
    server.ends_with = [json.dumps({"$type": "message", "payload": info})]
    pages, _ = heard({ONE: server}, beginning("satu.example", 999))
    assert not any(page.rejected.height for page in pages)


def test_a_time_is_no_number_so_version_2_begins_now() -> None:
    server = Server(7)
    heard({OTHER: server}, str(int(START.timestamp() * 1e6)))
    assert server.asked[0] is None


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
