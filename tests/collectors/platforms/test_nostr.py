"""What a relay promises to the stage that collects, over a socket that a test plays."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import polars as pl
import pytest

from collectors.collector import Expander, Hydrator, Pager
from collectors.errors import (
    AccessRefusedError,
    CollectorError,
    PayloadError,
    RateLimitedError,
    SourceUnavailableError,
)
from collectors.http import Connect, PoliteClient
from collectors.page import Page
from collectors.platforms.nostr.collector import NostrCollector
from collectors.platforms.nostr.relay import Relay
from tests.collectors.examples.nostr import BUDI, SARI, FakeRelay, FakeSocket
from tests.collectors.servers import NOON, Patience, Script, make_client

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
DOCUMENT = httpx.Response(200, json={"name": "Warung", "software": "git+https://x.example/strfry"})


def open_collector(
    connect: Connect, *, page_size: int = 20, client: PoliteClient | None = None
) -> NostrCollector:
    patience = Patience()
    relay = Relay(
        "wss://relay.example",
        connect,
        now=lambda: NOON,
        sleep=patience.sleep,
        monotonic=patience.monotonic,
    )
    return NostrCollector(
        "relay.example", relay, client or make_client(Script(DOCUMENT)), page_size=page_size
    )


def read(relay: FakeRelay, cursor: str | None = None, **options: Any) -> list[Page]:
    collector = open_collector(relay.connect, **options)
    return list(collector.pages("banjirkota", cursor=cursor, now=NOON))


def keys(pages: list[Page]) -> list[str]:
    return [key for page in pages for key in page.posts["post_key"].to_list()]


def noted(count: int, *, step: timedelta = MINUTE, before: datetime = NOON) -> list[dict[str, Any]]:
    return [SARI.note(f"Catatan {n}", at=before - n * step) for n in range(count)]


def test_it_can_be_asked_for_pages_reposts_and_deletions() -> None:
    collector = open_collector(FakeRelay().connect)
    assert isinstance(collector, Pager)
    assert isinstance(collector, Expander)
    assert isinstance(collector, Hydrator)


@pytest.mark.parametrize("cap", [500, 20, 7, 2])
def test_pages_go_to_the_end_whatever_the_relay_gives_at_most(cap: int) -> None:
    events = noted(45)
    pages = read(FakeRelay(*events, cap=cap))
    assert keys(pages) == [f"nostr:{event['id']}" for event in events]
    assert sum(page.received for page in pages) == 45
    assert pages[-1].cursor is None
    assert [page.beyond for page in pages] == [None] * len(pages)


def test_reading_from_any_cursor_gives_the_rest_and_again_the_same() -> None:
    relay = FakeRelay(*noted(45, step=timedelta(seconds=0.3)))
    pages = read(relay)
    assert keys(read(relay)) == keys(pages)
    for place, page in enumerate(pages[:-1]):
        rest = read(relay, page.cursor)
        assert [one.posts.rows() for one in rest] == [
            one.posts.rows() for one in pages[place + 1 :]
        ]
        assert rest[-1].cursor is None


def test_notes_of_the_second_at_the_edge_of_a_page_come_once() -> None:
    relay = FakeRelay(*noted(45, step=timedelta(seconds=0.3)))  # three or four a second
    pages = read(relay)
    assert len(keys(pages)) == len(set(keys(pages))) == 45
    assert not any(page.beyond for page in pages)


def test_a_second_with_more_notes_than_a_page_holds_is_said_and_what_is_older_is_read() -> None:
    crowd = [SARI.note(f"Serentak {n}", at=NOON - MINUTE) for n in range(30)]
    older = noted(3, before=NOON - timedelta(hours=1))
    pages = read(FakeRelay(*crowd, *older))
    assert {f"nostr:{event['id']}" for event in older} <= set(keys(pages))
    assert [page.beyond for page in pages if page.beyond] == ["clamp"] * 2
    assert len(keys(pages)) == 23  # of the crowd a page full; the rest cannot be asked for
    first = next(place for place, page in enumerate(pages) if page.beyond)
    assert next(page.beyond for page in read(FakeRelay(*crowd, *older), pages[first].cursor))


def test_a_hidden_cap_within_a_second_is_said_too() -> None:
    crowd = [SARI.note(f"Serentak {n}", at=NOON - MINUTE) for n in range(9)]
    pages = read(FakeRelay(*crowd, *noted(3, before=NOON - timedelta(hours=1)), cap=5))
    assert "clamp" in [page.beyond for page in pages]


def test_a_page_reaches_as_far_as_all_has_been_read() -> None:
    pages = read(FakeRelay(*noted(45)))
    for page in pages[:-1]:
        assert page.oldest_at is not None
        # Of the oldest second itself there may be more.
        assert page.reached_at == page.oldest_at + SECOND
    assert pages[-1].reached_at is None


class Odd:
    """A relay whose answers to one question, counted from 1, are lost so often."""

    def __init__(self, relay: FakeRelay, lost: Callable[[int, dict[str, Any]], bool]) -> None:
        self.relay, self.lost, self.asked = relay, lost, 0

    def connect(self, url: str) -> Any:
        socket = self.relay.connect(url)
        send = socket.send

        def sent(text: str) -> None:
            message = json.loads(text)
            if message[0] == "REQ":
                self.asked += 1
                if self.lost(self.asked, message[2]):
                    message = ["REQ", message[1], {"ids": ["0" * 64]}]
            send(json.dumps(message))

        socket.send = sent
        return socket


def pages_of(odd: Odd) -> list[Page]:
    collector = open_collector(odd.connect)
    return list(collector.pages("banjirkota", cursor=None, now=NOON))


def test_an_answer_without_what_was_just_given_is_asked_for_again() -> None:
    events = noted(45)
    pages = pages_of(Odd(FakeRelay(*events), lambda number, _: number == 2))
    assert keys(pages) == [f"nostr:{event['id']}" for event in events]
    assert not any(page.beyond for page in pages)


@pytest.mark.parametrize("loses_ids", [False, True])
def test_an_answer_that_cannot_be_true_is_no_end(loses_ids: bool) -> None:
    def lost(number: int, question: dict[str, Any]) -> bool:
        return number >= 3 and ("#t" in question or loses_ids)

    relay = FakeRelay(*noted(80))
    *_, last = pages = pages_of(Odd(relay, lost))
    assert len(keys(pages)) < 80
    assert (last.beyond, last.received, last.reached_at) == ("cut short", 0, None)
    assert last.cursor is not None
    assert len(keys(pages) + keys(read(relay, last.cursor))) == 80


def test_a_relay_that_leaves_the_second_of_until_out_comes_to_its_end() -> None:
    relay = FakeRelay(*noted(45))

    class Excluding(Odd):
        def connect(self, url: str) -> Any:
            socket = self.relay.connect(url)
            send = socket.send

            def sent(text: str) -> None:
                message = json.loads(text)
                if message[0] == "REQ" and "until" in message[2]:
                    message[2]["until"] -= 1
                send(json.dumps(message))

            socket.send = sent
            return socket

    pages = pages_of(Excluding(relay, lambda *_: False))
    assert len(keys(pages)) == 45
    assert not any(page.beyond for page in pages)


def test_a_relay_that_says_that_this_is_all_is_not_asked_again() -> None:
    relay = FakeRelay(*noted(5), hint=True)
    (page,) = read(relay)
    assert (page.received, page.cursor, len(relay.questions)) == (5, None, 1)


def test_likely_spellings_are_asked_for_because_relays_compare_bytes() -> None:
    spelt = [SARI.sign("x", [["t", tag]]) for tag in ("banjirkota", "Banjirkota", "BANJIRKOTA")]
    assert len(keys(read(FakeRelay(*spelt, SARI.sign("x", [["t", "banjirdesa"]]))))) == 3


def test_what_a_relay_gives_without_the_hashtag_is_received_and_no_match() -> None:
    class Generous(FakeRelay):
        def answer(self, message: list[Any]) -> list[Any]:
            if message[0] == "REQ":
                message[2].pop("#t")
            return super().answer(message)

    pages = read(Generous(SARI.note(), BUDI.sign("lain", [["t", "lain"]])))
    assert (len(keys(pages)), sum(page.received for page in pages)) == (1, 2)


def test_a_relay_that_does_not_obey_until_is_refused() -> None:
    class Stubborn(FakeRelay):
        def answer(self, message: list[Any]) -> list[Any]:
            if message[0] == "REQ":
                message[2].pop("until")
            return super().answer(message)

    with pytest.raises(PayloadError, match="until"):
        read(Stubborn(*noted(45)))


def test_a_line_that_was_closed_while_idle_is_opened_again() -> None:
    relay, sockets = FakeRelay(*noted(3)), []

    def connect(url: str) -> FakeSocket:
        sockets.append(relay.connect(url))
        return sockets[-1]

    collector = open_collector(connect)
    list(collector.pages("banjirkota", cursor=None, now=NOON))
    sockets[0].close()
    assert len(keys(list(collector.pages("banjirkota", cursor=None, now=NOON)))) == 3
    assert len(sockets) == 2
    collector.close()
    assert sockets[1].is_closed
    with pytest.raises(SourceUnavailableError, match="stopping"):
        list(collector.pages("banjirkota", cursor=None, now=NOON))


def said(*messages: Any) -> Connect:
    """A relay that answers each question with these messages; NAME stands for the question."""

    def answer(message: list[Any]) -> list[Any]:
        return [
            json.loads(json.dumps(one).replace("NAME", message[1]))
            if isinstance(one, list)
            else one
            for one in messages
        ]

    return lambda _: FakeSocket(answer)


def unreachable(_: str) -> FakeSocket:
    raise SourceUnavailableError("wss://relay.example: OSError no route")


ODD = {"surprise": 1}
FAILURES: dict[str, tuple[Callable[[str], Any], type[CollectorError]]] = {
    "rate limited": (said(["CLOSED", "NAME", "rate-limited: slow down"]), RateLimitedError),
    "rate notice": (said(["NOTICE", "rate-limited: slow down"]), RateLimitedError),
    "auth": (
        said(["AUTH", "challenge"], ["CLOSED", "NAME", "auth-required: log in"]),
        AccessRefusedError,
    ),
    "restricted": (said(["CLOSED", "NAME", "restricted: members only"]), AccessRefusedError),
    "error": (said(["CLOSED", "NAME", "error: disk is full"]), SourceUnavailableError),
    "bad filter": (said(["NOTICE", "ERROR: bad req: no such filter"]), PayloadError),
    "invalid": (said(["CLOSED", "NAME", "invalid: filter"]), PayloadError),
    "unknown end": (said(["CLOSED", "NAME", "\x1b[2Jbecause"]), PayloadError),
    "unknown verb": (said(["SURPRISE", 1]), PayloadError),
    "no list": (said('{"surprise": 1}'), PayloadError),
    "half": (said('["EVENT", "gau'), PayloadError),
    "a web page": (said("<html>One moment</html>"), PayloadError),
    "bytes": (said(b"\x00"), PayloadError),
    "silence": (said(["NOTICE", "welcome"]), SourceUnavailableError),
    "cut off": (said(SourceUnavailableError("connection closed")), SourceUnavailableError),
    "no route": (unreachable, SourceUnavailableError),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_each_failure_has_its_name_and_a_check_its_remedy(failure: str) -> None:
    connect, error = FAILURES[failure]
    with pytest.raises(error) as caught:
        list(open_collector(connect).pages("banjirkota", cursor=None, now=NOON))
    assert str(caught.value).isprintable()
    report = open_collector(connect).check()
    assert report.remedy
    assert "\n" not in report.summary


def test_events_of_another_shape_are_another_relay() -> None:
    connect = said(["EVENT", "NAME", ODD], ["EVENT", "NAME", ODD], ["EOSE", "NAME"])
    with pytest.raises(PayloadError, match="none of 2"):
        list(open_collector(connect).pages("banjirkota", cursor=None, now=NOON))


def test_a_relay_that_never_stops_is_cut_off() -> None:
    connect = said(*[["EVENT", "NAME", ODD]] * 5_001)
    with pytest.raises(PayloadError, match="more than"):
        list(open_collector(connect).pages("banjirkota", cursor=None, now=NOON))


def test_answers_to_an_earlier_question_are_not_taken_for_this_one() -> None:
    connect = said(["EVENT", "old", ODD], ["EOSE", "old"], ["EOSE", "NAME"])
    (page,) = open_collector(connect).pages("banjirkota", cursor=None, now=NOON)
    assert page.received == 0


def test_a_wrong_cursor_is_refused() -> None:
    with pytest.raises(PayloadError, match="no cursor"):
        read(FakeRelay(), "max_id=1")


def test_a_check_says_what_the_relay_is_and_needs_no_document() -> None:
    report = open_collector(FakeRelay().connect).check()
    assert (report.summary, report.remedy) == ("Warung (strfry); shows notes", None)
    shy = open_collector(FakeRelay().connect, client=make_client(Script(httpx.Response(404))))
    assert shy.check().remedy is None


def test_a_hashtag_that_nobody_used_is_an_empty_page() -> None:
    (page,) = read(FakeRelay())
    assert (page.received, page.cursor) == (0, None)
    assert pl.concat([page.posts]).is_empty()
