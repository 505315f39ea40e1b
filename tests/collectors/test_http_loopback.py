"""What only a real connection shows; the servers here run on loopback, within the test."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from collectors.errors import PayloadError, SourceUnavailableError
from collectors.http import PoliteClient
from tests.collectors.servers import NOON

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
Talk = Callable[[socket.socket], None]


@contextlib.contextmanager
def server(talk: Talk) -> Iterator[str]:
    """Answer each connection by `talk`, after its request was read."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            while b"\r\n\r\n" not in connection.recv(65_536):
                pass
            talk(connection)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
        listener.close()


@contextlib.contextmanager
def client_of(url: str, **options: float) -> Iterator[PoliteClient]:
    client = PoliteClient(
        url,
        user_agent="gaung/test",
        now=lambda: NOON,
        sleep=lambda _: None,
        min_interval=0,
        **options,  # type: ignore[arg-type]
    )
    try:
        yield client
    finally:
        client.close()


def drip(connection: socket.socket, start: bytes) -> None:
    connection.sendall(start)
    for _ in range(1000):
        connection.sendall(b" ")
        time.sleep(0.02)


def drip_body(connection: socket.socket) -> None:
    drip(connection, HEAD + b"Content-Length: 1000\r\n\r\n")


def drip_body_of_unknown_length(connection: socket.socket) -> None:
    drip(connection, HEAD + b"Connection: close\r\n\r\n[]")


def drip_header(connection: socket.socket) -> None:
    drip(connection, HEAD + b"X-Slow: ")


def say_nothing(connection: socket.socket) -> None:
    connection.recv(1)


@pytest.mark.parametrize("talk", [drip_body, drip_body_of_unknown_length, drip_header, say_nothing])
def test_a_server_that_trickles_is_given_up_at_the_deadline(talk: Talk) -> None:
    with server(talk) as url, client_of(url, total_timeout=0.3) as client:
        before = time.monotonic()
        with pytest.raises(SourceUnavailableError, match=r"no whole answer within 0\.3 s"):
            client.get_json("/api")
        assert 0.25 < time.monotonic() - before < 2


@pytest.mark.parametrize("talk", [drip_body, drip_header, say_nothing])
def test_closing_from_another_thread_ends_a_request_at_once(talk: Talk) -> None:
    with server(talk) as url, client_of(url, total_timeout=20) as client:
        before = time.monotonic()
        threading.Timer(0.2, client.close).start()
        with pytest.raises(SourceUnavailableError, match="stopping"):
            client.get_json("/api")
        assert time.monotonic() - before < 2


def test_a_large_answer_is_cut_off() -> None:
    def flood(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"Connection: close\r\n\r\n")
        while True:
            connection.sendall(b" " * 65_536)

    with (
        server(flood) as url,
        client_of(url, max_bytes=1_000_000) as client,
        pytest.raises(PayloadError, match="larger than 1 MB"),
    ):
        client.get_json("/api")


def test_a_body_that_breaks_off_is_a_failure_of_the_server() -> None:
    def break_off(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"Content-Length: 100\r\n\r\n[1, 2")

    with (
        server(break_off) as url,
        client_of(url) as client,
        pytest.raises(SourceUnavailableError, match="RemoteProtocolError"),
    ):
        client.get_json("/api")


def test_a_server_that_is_not_there_is_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    with client_of(url) as client, pytest.raises(SourceUnavailableError, match="ConnectError"):
        client.get_json("/api")


def test_a_client_goes_on_after_a_request_was_cut() -> None:
    talks: list[Talk] = [
        drip_body,
        lambda connection: connection.sendall(HEAD + b"Content-Length: 3\r\n\r\n[1]"),
    ]
    with (
        server(lambda connection: talks.pop(0)(connection)) as url,
        client_of(url, total_timeout=0.3) as client,
    ):
        with pytest.raises(SourceUnavailableError):
            client.get_json("/api")
        assert client.get_json("/api").payload == [1]
