"""Where a server may lead a token: to its own name and below, over an encrypted line."""

from __future__ import annotations

import threading

import httpx
import pytest

from collectors.collector import Interest, Streamer
from collectors.errors import AccessRefusedError, CollectorError, PayloadError
from collectors.platforms.mastodon import Settings
from collectors.platforms.mastodon.streaming import streaming_address
from collectors.registry import collectors_for
from tests.collectors.servers import NOON
from tests.collectors.test_websocket_hostile import Place, hold


@pytest.mark.parametrize(
    ("said", "server"),
    [
        ("wss://a.example", "a.example"),
        ("wss://A.example/", "a.example"),
        ("wss://a.example:4000", "a.example"),
        ("wss://streaming.a.example", "a.example"),
        ("wss://a.example", "a.example:8443"),
        ("ws://127.0.0.1:3000", "127.0.0.1:3000"),
        ("wss://[::1]:3000", "[::1]:3000"),
    ],
)
def test_a_server_streams_at_its_own_name_or_below_it(said: str, server: str) -> None:
    assert streaming_address(said, server=server, named=()) == said.rstrip("/")


@pytest.mark.parametrize(
    "said",
    [
        "wss://evil.example",
        "wss://evila.example",
        "wss://a.example.evil.example",
        "wss://10.0.0.1",
        "wss://127.0.0.1:5432",
        "wss://[::ffff:10.0.0.1]",
        "wss://2130706433",
    ],
)
def test_no_token_goes_to_another_host_that_nobody_named(said: str) -> None:
    with pytest.raises(AccessRefusedError, match=r"collectors\.mastodon\.streaming_hosts"):
        streaming_address(said, server="a.example", named=())
    place = said.removeprefix("wss://")
    assert streaming_address(said, server="a.example", named=(place,)) == said


@pytest.mark.parametrize(
    "said",
    [
        "ws://a.example",
        "ws://127.0.0.1:4000",
        "ws://localhost:4000",
        "ws://streaming.a.example",
        "https://a.example",
        "wss://user:pw@a.example",
        "wss://a.example/?x=1",
        "wss://a.example:99999999",
        "wss://a.example:abc",
        "wss://.",
        f"wss://{'x' * 300}.a.example/",
        "wss://a.example\n.evil.example",
        "",
    ],
)
def test_what_is_not_encrypted_or_no_address_is_refused_in_one_line(said: str) -> None:
    with pytest.raises(PayloadError) as caught:
        streaming_address(said, server="a.example", named=("a.example",))
    assert str(caught.value).isprintable()


def test_on_this_machine_each_port_is_somebody_else() -> None:
    with pytest.raises(PayloadError, match="not encrypted"):
        streaming_address("ws://127.0.0.1:4000", server="127.0.0.1:3000", named=())
    with pytest.raises(AccessRefusedError):
        streaming_address("wss://127.0.0.1:4000", server="127.0.0.1:3000", named=())
    named = ("127.0.0.1:4000",)
    assert streaming_address("ws://127.0.0.1:4000", server="127.0.0.1:3000", named=named)


@pytest.mark.parametrize("scheme", ["ws", "wss"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.1."])
def test_a_public_server_leads_no_token_into_the_own_network(scheme: str, host: str) -> None:
    with Place(hold) as place:
        urls = {"streaming": f"{scheme}://{host}:{place.port}"}
        document = {"version": "4.6.4", "configuration": {"urls": urls}}
        (collector,) = collectors_for(
            "mastodon",
            Settings(servers=("a.example",), token_env="TOKEN", stream=True),
            secret=lambda _: "s3cret",
            user_agent="gaung/test",
            now=lambda: NOON,
            sleep=lambda _: None,
            min_interval=0.0,
            transport=httpx.MockTransport(lambda _: httpx.Response(200, json=document)),
        )
        assert isinstance(collector, Streamer)
        pages = collector.stream(
            Interest(frozenset({"air"})),
            cursor=None,
            now=lambda: NOON,
            stop=threading.Event(),
            live=True,
        )
        with pytest.raises(CollectorError) as caught:
            next(pages)
        collector.close()
        assert place.asked == []
        assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("written", ["https://a.example", "A.example", "a example", ""])
def test_a_streaming_host_is_written_as_a_host(written: str) -> None:
    with pytest.raises(ValueError, match="is no host as"):
        Settings(streaming_hosts=(written,))
