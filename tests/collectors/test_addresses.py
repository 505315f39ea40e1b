"""A public name that leads into the operator's own network is not followed there."""

from __future__ import annotations

import contextlib
import http.server
import socket
import threading
from collections.abc import Iterator

import pytest

from collectors.errors import AccessRefusedError
from collectors.http import PoliteClient, connector
from collectors.http.addresses import is_private
from tests.collectors.servers import NOON


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.5",
        "172.16.3.4",
        "192.168.1.1",
        "169.254.169.254",  # where clouds keep secrets
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:192.168.1.1",
        "[::1]",
        "localhost",
    ],
)
def test_what_is_private(address: str) -> None:
    assert is_private(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "mastodon.example", "[::broken"])
def test_what_is_not(address: str) -> None:
    assert not is_private(address)


class _Counting(http.server.BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        body = b"[1]"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@contextlib.contextmanager
def near() -> Iterator[tuple[int, list[str]]]:
    asked: list[str] = []
    handler = type("_Handler", (_Counting,), {"asked": asked})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1], asked
        server.shutdown()
        thread.join()


@pytest.fixture
def name_leads_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """`public.example` is an address of this machine, as a hostile name server may say."""
    real = socket.getaddrinfo

    def resolve(host: object, *args: object, **options: object) -> object:
        return real("127.0.0.1" if host == "public.example" else host, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def ask(url: str, *, private_addresses: bool = False) -> object:
    client = PoliteClient(
        url,
        user_agent="gaung/test",
        now=lambda: NOON,
        sleep=lambda _: None,
        min_interval=0,
        private_addresses=private_addresses,
    )
    try:
        return client.get_json("/api").payload
    finally:
        client.close()


@pytest.mark.usefixtures("name_leads_home")
def test_a_name_that_leads_into_the_own_network_is_not_asked() -> None:
    with near() as (port, asked):
        with pytest.raises(AccessRefusedError) as caught:
            ask(f"http://public.example:{port}")
        assert asked == []
    assert "public.example leads to 127.0.0.1" in str(caught.value)
    assert "collect.private_addresses = true" in str(caught.value)


@pytest.mark.usefixtures("name_leads_home")
def test_the_operator_may_allow_it() -> None:
    with near() as (port, _):
        assert ask(f"http://public.example:{port}", private_addresses=True) == [1]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_private_address_in_the_settings_is_meant(host: str) -> None:
    with near() as (port, _):
        assert ask(f"http://{host}:{port}") == [1]


@pytest.mark.usefixtures("name_leads_home")
def test_a_websocket_is_not_opened_into_the_own_network() -> None:
    connect = connector(user_agent="gaung/test", now=lambda: NOON)
    with near() as (port, asked):
        with pytest.raises(AccessRefusedError, match=r"public\.example leads to 127\.0\.0\.1"):
            connect(f"ws://public.example:{port}/hear?kunci=rahasia")
        assert asked == []
