"""What goes along when a server leads elsewhere: a question, and no secret."""

from __future__ import annotations

import json

import httpx
import pytest

from collectors.errors import AccessRefusedError, CollectorError, PayloadError
from collectors.http import PoliteClient
from collectors.platforms.bluesky.session import Session
from tests.collectors.servers import NOON, Script, make_client

OK = httpx.Response(200, json=[1])


def moved(to: str, status: int = 307) -> httpx.Response:
    return httpx.Response(status, headers={"Location": to})


def client_of(script: Script, **options: object) -> PoliteClient:
    return make_client(script, **options)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "to",
    ["https://b.example/x", "https://a.example:8443/x", "//b.example/x", "https://A.b.example/"],
)
def test_an_app_password_is_not_sent_to_another_host(status: int, to: str) -> None:
    script = Script(moved(to, status), OK)
    session = Session(client_of(script), handle="a.example", password="rahasia-sekali")
    with pytest.raises(AccessRefusedError, match="what was sent goes to no other server; if"):
        session.get("/xrpc/app.bsky.feed.searchPosts", {"q": "x"})
    assert [request.url.host for request in script.requests] == ["a.example"]


def test_a_question_with_a_body_is_repeated_on_the_same_server() -> None:
    script = Script(moved("/new"), OK)
    client_of(script).post_json("/old", {"tag": "air"})
    assert [json.loads(request.content) for request in script.requests] == [{"tag": "air"}] * 2
    script = Script(moved("/new", 303), OK)
    client_of(script).post_json("/old", {"tag": "air"})
    assert [(r.method, r.content) for r in script.requests][1] == ("GET", b"")


def test_keys_in_headers_stay_at_home_and_a_token_does_not_come_back() -> None:
    script = Script(moved("https://b.example/x"), moved("https://a.example/y"), OK)
    headers = {"X-goog-api-key": "kunci", "Authorization": "Bearer lain", "Accept": "text/x"}
    client_of(script, token="s3cret").get_json("/x", headers=headers)
    first, second, third = script.requests
    assert first.headers["X-goog-api-key"] == "kunci"
    for later in (second, third):
        assert "kunci" not in str(later.headers)
        assert "Authorization" not in later.headers
        assert later.headers["Accept"] == "text/x"


def test_cookies_are_neither_kept_nor_sent() -> None:
    script = Script(httpx.Response(200, json=[], headers={"Set-Cookie": "a=b; Path=/"}), OK)
    client = client_of(script)
    client.get_json("/x")
    client.get_json("/x")
    assert all("Cookie" not in request.headers for request in script.requests)


@pytest.mark.parametrize(
    "to",
    [
        "http://a..example/",
        f"https://{'a' * 64}.example/",
        "https://xn--a/",
        "https://a.example:99999999/",
        "https://a.example:0/",
        "https://[::1",
        "https://user:pw@b.example/",
        "file:///etc/passwd",
        "gopher://b.example/",
        "http://b.example/",
        "https://b.example/\x00",
    ],
)
def test_an_address_that_is_none_is_told_in_one_line(to: str) -> None:
    script = Script(moved(to), OK)
    with pytest.raises(PayloadError, match="redirected to") as caught:
        client_of(script).get_json("/x")
    assert str(caught.value).isprintable()
    assert len(script.requests) == 1


def test_the_operators_own_host_may_have_a_name_that_nothing_finds() -> None:
    client = PoliteClient(
        f"https://{'a' * 64}.example",
        user_agent="gaung/test",
        now=lambda: NOON,
        sleep=lambda _: None,
        min_interval=0,
    )
    with pytest.raises(CollectorError):
        client.get_json("/x")
    client.close()
