"""Whatever a server answers, only named errors come out of a client and of a source.

The answers come over a real connection, byte by byte as the grammar makes them.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from random import Random

import httpx
import pytest

from collectors.collector import PostRef
from collectors.errors import CollectorError
from collectors.http import PoliteClient
from collectors.paces import Pace
from collectors.platforms.mastodon.collector import MastodonCollector
from tests.collectors.listening import Listening, head_of
from tests.collectors.servers import NOON
from tests.soak.hostile_grammar import ADDRESSES, DATES, answers

COUNT = int(os.environ.get("HOSTILE_COUNT", "300"))
POST = PostRef(
    "mastodon:https://a.example/users/akun_a/statuses/1",
    "mastodon:https://a.example/users/akun_a",
    "https://a.example/@akun_a/1",
    NOON,
    None,
    "1",
)


def hostile(seed: int) -> Listening:
    """Answer each connection with the next answer of a seed."""
    random = Random(seed)

    def serve(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(5)
            head_of(connection)
            connection.sendall(answers(random))
            connection.shutdown(socket.SHUT_WR)

    return Listening(serve)


@contextlib.contextmanager
def client_of(port: int, **options: object) -> Iterator[PoliteClient]:
    client = PoliteClient(
        f"http://127.0.0.1:{port}",
        user_agent="gaung/test",
        now=lambda: NOON,
        sleep=lambda _: None,
        min_interval=0,
        total_timeout=10.0,
        pace=_Tireless(),
        **options,  # type: ignore[arg-type]
    )
    try:
        yield client
    finally:
        client.close()


@pytest.fixture(autouse=True)
def no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is found but this machine itself, nor any way to it."""
    real = socket.getaddrinfo

    def resolve(host: object, *args: object, **options: object) -> object:
        if host not in ("127.0.0.1", "localhost", "127.0.0.1."):
            str(host).encode("idna")  # as the real one does first
            raise socket.gaierror("no such name")
        return real(str(host), *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


class _Tireless(Pace):
    """Asks again at once, whatever was answered."""

    def block(self, until: object) -> None: ...

    def failed(self, now: object) -> None: ...


def check_words(error: CollectorError) -> None:
    """See that an error is one line, without what a terminal would obey."""
    told = str(error)
    assert told.isprintable()
    assert len(told) <= 1_000


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_answered_only_a_named_error_comes_out_of_a_client(seed: int) -> None:
    with hostile(seed) as server, client_of(server.port, max_bytes=3_000_000) as client:
        for number in range(COUNT // 4):
            ask = client.get_document if number % 3 == 0 else client.get_json
            try:
                answer = ask("/api/v1/x", {"limit": 1}, allow={404} if number % 2 else ())
                getattr(answer, "links", None)
            except CollectorError as error:
                check_words(error)


@pytest.mark.parametrize("seed", [4, pytest.param(5, marks=pytest.mark.soak)])
def test_whatever_is_answered_only_a_named_error_comes_out_of_a_source(seed: int) -> None:
    outcomes = {"pages": 0, "errors": 0}
    with hostile(seed) as server:
        for number in range(COUNT // 4):
            with client_of(server.port, max_bytes=3_000_000) as client:
                collector = MastodonCollector(f"127.0.0.1:{server.port}", client)
                try:
                    if number % 4 == 0:
                        collector.expand(POST, now=NOON)
                    elif number % 4 == 1:
                        collector.hydrate([POST], now=NOON)
                    elif number % 4 == 2:
                        assert collector.check().source == collector.source
                    else:
                        for _ in collector.pages("air", cursor=None, now=NOON):
                            outcomes["pages"] += 1
                except CollectorError as error:
                    outcomes["errors"] += 1
                    check_words(error)
    assert outcomes["errors"] > 0


def _client(answer: httpx.Response) -> PoliteClient:
    def give(_: httpx.Request) -> httpx.Response:
        return httpx.Response(answer.status_code, headers=answer.headers, content=b"[]")

    return PoliteClient(
        "https://a.example",
        user_agent="gaung/test",
        now=lambda: NOON,
        sleep=lambda _: None,
        min_interval=0,
        transport=httpx.MockTransport(give),
        pace=_Tireless(),
    )


@pytest.mark.parametrize("status", [200, 429, 503])
@pytest.mark.parametrize("header", ["Date", "Retry-After", "X-RateLimit-Reset", "Age"])
def test_no_date_breaks_anything(status: int, header: str) -> None:
    for date in DATES:
        with contextlib.suppress(CollectorError):
            _client(httpx.Response(status, headers={header: date.encode()})).get_json("/x")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_address_of_a_redirect_breaks_anything(status: int) -> None:
    for address in ADDRESSES:
        headers = {"Location": address.encode("latin-1", "replace")}
        with pytest.raises(CollectorError) as caught:
            _client(httpx.Response(status, headers=headers)).get_json("/x")
        check_words(caught.value)


def test_no_link_breaks_anything() -> None:
    for address in ADDRESSES:
        link = f'<{address}>; rel="next"'.encode("latin-1", "replace")
        answer = _client(httpx.Response(200, headers={"Link": link})).get_json("/x")
        assert set(answer.links) <= {"next"}
