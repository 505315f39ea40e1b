"""Websockets of hostile servers: where they lead, what they send, and how long they hold us."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import logging
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from collectors.errors import (
    AccessRefusedError,
    CollectorError,
    PayloadError,
    SourceUnavailableError,
)
from collectors.http import connector, give_up
from tests.collectors.listening import Listening, head_of
from tests.collectors.servers import NOON

Talk = Callable[[socket.socket], None]


def frame(payload: bytes, op: int = 1) -> bytes:
    """Return a frame of a server; https://www.rfc-editor.org/rfc/rfc6455#section-5.2."""
    head = bytes([0x80 | op])
    if len(payload) < 126:
        return head + bytes([len(payload)]) + payload
    return head + b"\x7f" + struct.pack(">Q", len(payload)) + payload


class Place:
    """Opens a websocket with each who asks, and then talks as it likes."""

    def __init__(self, talk: Talk, *, answer: bytes | None = None) -> None:
        self._talk, self._answer = talk, answer
        self.asked: list[bytes] = []
        self._listening = Listening(self._begin)
        self.port = self._listening.port
        self.url = f"ws://127.0.0.1:{self.port}/hear?kunci=rahasia"

    def __enter__(self) -> Place:
        self._listening.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._listening.__exit__(*error)

    def _begin(self, connection: socket.socket) -> None:
        threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            asked = head_of(connection)
            if b"\r\n\r\n" not in asked:
                return
            self.asked.append(asked)
            if self._answer is not None:
                connection.sendall(self._answer)
                return
            if self._talk is say_nothing:
                connection.recv(1)
                return
            key = asked.lower().partition(b"sec-websocket-key: ")[2].partition(b"\r\n")[0]
            start = asked.lower().index(b"sec-websocket-key: ") + 19
            key = asked[start : start + len(key)]
            digest = hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()  # noqa: S324
            connection.sendall(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\nSec-WebSocket-Accept: "
                + base64.b64encode(digest)
                + b"\r\n\r\n"
            )
            self._talk(connection)


def say_nothing(connection: socket.socket) -> None:
    """Not even open."""


def ping_without_end(connection: socket.socket) -> None:
    """Send pings, and never read what comes back."""
    while True:
        connection.sendall(frame(b"x" * 125, 9) * 500)


def ping_and_read(connection: socket.socket) -> None:
    threading.Thread(target=_drain, args=(connection,), daemon=True).start()
    ping_without_end(connection)


def pong_without_end(connection: socket.socket) -> None:
    """Answer what nobody asked."""
    while True:
        connection.sendall(frame(b"x" * 125, 10) * 500)


def _drain(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while connection.recv(65_536):
            pass


def flood(connection: socket.socket) -> None:
    while True:
        connection.sendall(frame(b'["NOTICE","x"]') * 1000)


def hold(connection: socket.socket) -> None:
    """Keep the connection, and answer nothing, not even a goodbye."""
    while connection.recv(65_536):
        pass
    time.sleep(0.1)


CONNECT = connector(user_agent="gaung/test", now=lambda: NOON)


@pytest.mark.parametrize("talk", [ping_without_end, ping_and_read, pong_without_end])
def test_pings_are_no_sign_of_life(talk: Talk) -> None:
    with Place(talk) as place:
        opened = CONNECT(place.url)
        before = time.monotonic()
        with pytest.raises(SourceUnavailableError, match="sends pings and nothing else"):
            opened.recv(20)
        opened.close()
        assert time.monotonic() - before < 5


@pytest.mark.parametrize("talk", [flood, hold, ping_without_end])
def test_closing_takes_no_longer_than_two_seconds_whatever_the_server_does(talk: Talk) -> None:
    with Place(talk) as place:
        opened = CONNECT(place.url)
        before = time.monotonic()
        opened.close()
        assert time.monotonic() - before < 2.5
        assert threading.active_count() < 12


def test_a_recv_in_another_thread_ends_when_it_is_closed() -> None:
    with Place(hold) as place:
        opened = CONNECT(place.url)
        threading.Timer(0.2, opened.close).start()
        before = time.monotonic()
        with pytest.raises(SourceUnavailableError):
            opened.recv(20)
        assert time.monotonic() - before < 3


def test_an_opening_can_be_given_up() -> None:
    connect = connector(user_agent="gaung/test", now=lambda: NOON)
    with Place(say_nothing) as place:
        threading.Timer(0.3, give_up, [connect]).start()
        before = time.monotonic()
        with pytest.raises(SourceUnavailableError, match="gaung is stopping"):
            connect(place.url)
        assert time.monotonic() - before < 3
        with pytest.raises(SourceUnavailableError, match="gaung is stopping"):
            connect(place.url)


@pytest.mark.parametrize(
    "payload", [b'["NOTICE","\xff\xfe"]', b"\xc0\x80", b"\xed\xa0\x80", b"[" * 100_000]
)
def test_what_is_no_text_is_a_closed_connection_or_a_message(payload: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(frame(payload))
        hold(connection)

    with Place(talk) as place:
        opened = CONNECT(place.url)
        with contextlib.suppress(CollectorError):
            assert opened.recv(5) == payload.decode()
        opened.close()


def test_words_of_a_goodbye_are_marked_as_the_servers() -> None:
    def talk(connection: socket.socket) -> None:
        words = "\u202e\x1b[31mno; run: x".encode()
        connection.sendall(frame(struct.pack(">H", 1008) + words, 8))

    with Place(talk) as place:
        opened = CONNECT(place.url)
        with pytest.raises(
            SourceUnavailableError, match=r'the server says ".31mno, run: x"'
        ) as told:
            opened.recv(5)
        opened.close()
        assert str(told.value).isprintable()
        assert "rahasia" not in str(told.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_websocket_follows_nowhere(status: int) -> None:
    with Place(hold) as other:
        location = f"ws://127.0.0.1:{other.port}/elsewhere"
        answer = f"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
        with Place(hold, answer=answer.encode()) as place:
            with pytest.raises(PayloadError, match=f"answered {status}"):
                CONNECT(place.url)
            assert len(place.asked) == 1
        assert other.asked == []


@pytest.mark.parametrize(
    "location", ["http://[::1", "wss://x:99999999/", "wss://a..b/", "", "\xff", "ws://xn--a/"]
)
def test_no_address_that_an_answer_names_breaks_anything(location: str) -> None:
    head = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
    with (
        Place(hold, answer=head.encode("latin-1")) as place,
        pytest.raises((PayloadError, SourceUnavailableError)),
    ):
        CONNECT(place.url)


@pytest.mark.parametrize(
    "url",
    [
        "wss://x:99999999",
        "wss://x:abc",
        "wss://x:-1",
        f"wss://{'a' * 300}/",
        "wss://.",
        "wss://",
        "wss://[::1",
        "wss://a..b/",
        "wss://\u2100/",
        "wss://a.example/\x00",
        "http://a.example/",
        "",
    ],
)
def test_what_is_no_address_is_told_as_such(url: str) -> None:
    with pytest.raises(PayloadError, match="is no address"):
        CONNECT(url)


@pytest.fixture
def changing_name(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Look `public.example` up as a public address first, and as this machine ever after."""
    real, asked = socket.getaddrinfo, list[str]()

    def resolve(host: object, *args: object, **options: object) -> object:
        if host != "public.example":
            return real(str(host), *args, **options)  # type: ignore[arg-type]
        asked.append(str(host))
        return real("8.8.8.8" if len(asked) == 1 else "127.0.0.1", *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


def test_what_was_checked_is_what_is_connected_to(
    changing_name: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reached: list[object] = []

    def refuse(_: socket.socket, address: object) -> None:
        reached.append(address)
        raise ConnectionRefusedError("refused")

    with Place(hold) as place:
        monkeypatch.setattr(socket.socket, "connect", refuse)
        with pytest.raises(SourceUnavailableError):
            CONNECT(f"ws://public.example:{place.port}/")
        assert place.asked == []
    assert changing_name == ["public.example"]
    assert reached == [("8.8.8.8", place.port)]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_an_address_that_a_server_names_is_not_the_operators(host: str) -> None:
    connect = connector(user_agent="gaung/test", now=lambda: NOON, named={"127.0.0.1:9"})
    with Place(hold) as place:
        with pytest.raises(AccessRefusedError, match="no address of the public internet"):
            connect(f"ws://{host}:{place.port}/hear")
        assert place.asked == []
        named = connector(user_agent="x", now=lambda: NOON, named={f"{host}:{place.port}"})
        named(f"ws://{host}:{place.port}/hear").close()
        assert len(place.asked) == 1


def test_what_the_library_has_to_say_is_not_said_twice(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    def talk(connection: socket.socket) -> None:
        # A frame that is said to be a gigabyte long.
        connection.sendall(b"\x81\x7f" + struct.pack(">Q", 1 << 30))
        while True:
            connection.sendall(b"x" * 65_536)

    with caplog.at_level(logging.DEBUG), Place(talk) as place:
        opened = CONNECT(place.url)
        with contextlib.suppress(SourceUnavailableError):
            opened.recv(1)
        opened.close()
    assert capfd.readouterr().err == ""
    assert [record for record in caplog.records if "websocket" in record.name] == []


@pytest.fixture(autouse=True)
def no_threads_left() -> Iterator[None]:
    yield
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(3)
