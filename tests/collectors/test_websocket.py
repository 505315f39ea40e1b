"""Websockets on loopback: each way to fail has its name, and no question is told in full."""

from __future__ import annotations

import http
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from collectors.errors import (
    AccessRefusedError,
    CollectorError,
    RateLimitedError,
    SourceUnavailableError,
)
from collectors.http import connector

CONNECT = connector(user_agent="gaung/test", now=lambda: datetime(2026, 3, 1, tzinfo=UTC))


@contextmanager
def served(
    handle: Callable[[ServerConnection], None],
    refuse: Callable[[ServerConnection, Request], Response | None] | None = None,
) -> Iterator[str]:
    with serve(handle, "127.0.0.1", 0, process_request=refuse) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}/hear?kunci=rahasia"
        server.shutdown()
        thread.join()


def test_messages_come_and_go_and_silence_is_none() -> None:
    def echo(connection: ServerConnection) -> None:
        connection.send(f"{connection.request.headers['User-Agent']}: {connection.recv()}")
        connection.recv()

    with served(echo) as url:
        socket = CONNECT(url)
        socket.send("halo")
        assert socket.recv(5) == "gaung/test: halo"
        assert socket.recv(0.05) is None
        socket.close()


def test_a_server_that_closes_is_unavailable() -> None:
    with served(lambda connection: connection.close()) as url:
        socket = CONNECT(url)
        with pytest.raises(SourceUnavailableError, match="closed"):
            socket.recv(5)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (http.HTTPStatus.TOO_MANY_REQUESTS, RateLimitedError),
        (http.HTTPStatus.FORBIDDEN, AccessRefusedError),
        (http.HTTPStatus.SERVICE_UNAVAILABLE, SourceUnavailableError),
    ],
)
def test_a_refusal_has_its_name(status: http.HTTPStatus, error: type[CollectorError]) -> None:
    def refuse(connection: ServerConnection, request: Request) -> Response:
        return connection.respond(status, "tidak\n")

    with served(lambda _: None, refuse) as url, pytest.raises(error) as raised:
        CONNECT(url)
    assert "rahasia" not in str(raised.value)


def test_nobody_there_is_unavailable() -> None:
    with pytest.raises(SourceUnavailableError) as raised:
        CONNECT("ws://127.0.0.1:9/hear?kunci=rahasia")
    assert "rahasia" not in str(raised.value)
