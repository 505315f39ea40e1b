from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from collectors.errors import (
    AccessRefusedError,
    CollectorError,
    PayloadError,
    RateLimitedError,
    SourceUnavailableError,
)
from tests.collectors.servers import NOON, Patience, Script, make_client

OK = httpx.Response(200, json=[1])
BROKEN = httpx.Response(503, text="<html>maintenance</html>")


def answer_of(script: Script, **options: object) -> object:
    client = make_client(script, **options)
    try:
        return client.get_json("/api").payload
    finally:
        client.close()


def error_of(script: Script, **options: object) -> CollectorError:
    with pytest.raises(CollectorError) as caught:
        answer_of(script, **options)
    return caught.value


@pytest.mark.parametrize("failure", [BROKEN, httpx.ConnectError("refused"), httpx.ReadError("")])
def test_a_passing_failure_is_tried_again(failure: httpx.Response | Exception) -> None:
    script = Script(failure, failure, OK)
    assert answer_of(script) == [1]
    assert len(script.requests) == 3


@pytest.mark.parametrize("failure", [BROKEN, httpx.ConnectTimeout("slow")])
def test_a_lasting_failure_ends_after_three_attempts_and_a_few_seconds(
    failure: httpx.Response | Exception,
) -> None:
    patience, script = Patience(), Script(failure)
    error = error_of(script, sleep=patience.sleep)
    assert isinstance(error, SourceUnavailableError)
    assert "a.example: GET /api" in str(error)
    assert "3 attempts" in str(error)
    assert len(script.requests) == 3
    assert 0 < sum(patience.sleeps) < 5


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "The access token is invalid"),
        (403, "This action is outside the authorized scopes"),
        (422, "This method requires an authenticated user"),
        (404, "Not Found"),
        (451, ""),
    ],
)
def test_a_refusal_is_told_in_the_words_of_the_server(status: int, words: str) -> None:
    script = Script(httpx.Response(status, json={"error": words}))
    error = error_of(script)
    assert isinstance(error, AccessRefusedError)
    assert f"a.example: GET /api answered {status}" in str(error)
    assert words in str(error)
    assert len(script.requests) == 1


def test_words_of_the_server_cannot_write_to_the_terminal() -> None:
    error = error_of(
        Script(httpx.Response(403, json={"error": "no\x1b[2J\nFAKE LINE" + "x" * 999}))
    )
    assert "\x1b" not in str(error)
    assert "\n" not in str(error)
    assert len(str(error)) < 300


def test_a_question_that_the_server_does_not_understand_is_an_unknown_shape() -> None:
    error = error_of(Script(httpx.Response(400, json={"error": "Bad limit"})))
    assert isinstance(error, PayloadError)


def test_a_caller_may_want_to_see_a_status_itself() -> None:
    client = make_client(Script(httpx.Response(404, text="gone")))
    answer = client.get_json("/api", allow={404})
    assert (answer.status, answer.payload) == (404, None)
    client.close()


@pytest.mark.parametrize(
    "body",
    [b"<!DOCTYPE html><title>Checking your browser</title>", b'[{"id": "1', b"", b"[" * 100_000],
    ids=["web page", "half", "empty", "too deep"],
)
def test_what_is_no_json_is_an_unknown_shape(body: bytes) -> None:
    assert isinstance(error_of(Script(httpx.Response(200, content=body))), PayloadError)


def test_a_web_page_is_called_one() -> None:
    script = Script(httpx.Response(200, html="<html>Checking your browser</html>"))
    assert "a web page instead of JSON" in str(error_of(script))


def test_an_answer_that_is_too_large_is_not_read_to_its_end() -> None:
    read: list[int] = []

    def endless() -> Iterator[bytes]:
        for number in range(1000):
            read.append(number)
            yield b" " * 1000

    script = Script(lambda _: httpx.Response(200, content=endless()))
    error = error_of(script, max_bytes=10_000)
    assert isinstance(error, PayloadError)
    assert "larger than 0.01 MB" in str(error)
    assert len(read) < 20


def test_an_answer_that_trickles_is_given_up_at_the_deadline() -> None:
    patience = Patience()

    def trickle() -> Iterator[bytes]:
        while True:
            patience.seconds += 3
            yield b" "

    script = Script(lambda _: httpx.Response(200, content=trickle()))
    error = error_of(script, monotonic=patience.monotonic, total_timeout=30.0)
    assert isinstance(error, SourceUnavailableError)
    assert "no whole answer within 30 s" in str(error)
    assert patience.seconds == 30
    assert len(script.requests) == 1


def test_a_redirect_is_followed_without_the_token_when_it_leaves_the_server() -> None:
    script = Script(
        httpx.Response(301, headers={"Location": "/new"}),
        httpx.Response(302, headers={"Location": "https://b.example/api"}),
        OK,
    )
    assert answer_of(script, token="s3cret") == [1]
    assert [str(request.url) for request in script.requests] == [
        "https://a.example/api",
        "https://a.example/new",
        "https://b.example/api",
    ]
    assert ["authorization" in request.headers for request in script.requests] == [
        True,
        True,
        False,
    ]


def test_a_token_is_not_sent_to_another_server() -> None:
    script = Script(OK)
    client = make_client(script, token="s3cret")
    client.get_json("https://b.example/api")
    assert "authorization" not in script.requests[0].headers
    client.close()


@pytest.mark.parametrize("location", ["http://a.example/api", "https://a.example/again"])
def test_a_redirect_without_encryption_or_without_end_is_refused(location: str) -> None:
    script = Script(httpx.Response(302, headers={"Location": location}))
    assert isinstance(error_of(script), PayloadError)
    assert len(script.requests) <= 4


def test_a_token_is_in_no_message() -> None:
    script = Script(httpx.Response(401, json={"error": "no"}))
    client = make_client(script, token="s3cret")
    with pytest.raises(AccessRefusedError) as caught:
        client.get_json("/api")
    assert "s3cret" not in repr(client) + str(caught.value) + repr(caught.value)
    assert script.requests[0].headers["authorization"] == "Bearer s3cret"
    assert script.requests[0].headers["user-agent"] == "gaung/test"
    client.close()


def test_requests_keep_their_distance() -> None:
    patience, script = Patience(), Script(OK)
    client = make_client(
        script, sleep=patience.sleep, monotonic=patience.monotonic, min_interval=1.0
    )
    client.get_json("/api")
    patience.seconds += 0.25
    client.get_json("/api")
    patience.seconds += 5
    client.get_json("/api")
    assert patience.sleeps == [0.75]
    client.close()


def test_a_rate_limit_says_when_to_come_back_and_is_kept_until_then() -> None:
    moment = [NOON]
    script = Script(httpx.Response(429, headers={"Retry-After": "120"}), OK)
    client = make_client(script, now=lambda: moment[0])
    for _ in range(2):
        with pytest.raises(RateLimitedError) as caught:
            client.get_json("/api")
        assert caught.value.retry_at == NOON + timedelta(seconds=120)
    assert len(script.requests) == 1
    moment[0] += timedelta(seconds=121)
    assert client.get_json("/api").payload == [1]
    client.close()


@pytest.mark.parametrize(("seconds", "waits"), [(4, True), (60, False)])
def test_the_last_request_of_a_window_is_followed_by_none_before_its_end(
    seconds: int, waits: bool
) -> None:
    patience = Patience()
    used_up = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(seconds)}
    script = Script(httpx.Response(200, json=[], headers=used_up), OK)
    client = make_client(script, sleep=patience.sleep)
    client.get_json("/api")
    if waits:
        assert client.get_json("/api").payload == [1]
        assert patience.sleeps == [4]
    else:
        with pytest.raises(RateLimitedError) as caught:
            client.get_json("/api")
        assert caught.value.retry_at == NOON + timedelta(seconds=60)
        assert len(script.requests) == 1
    client.close()


def test_a_closed_client_asks_nothing() -> None:
    script = Script(OK)
    client = make_client(script)
    client.close()
    client.close()
    with pytest.raises(SourceUnavailableError, match="stopping"):
        client.get_json("/api")
    assert script.requests == []


def test_a_client_that_is_closed_while_it_waits_does_not_ask_again() -> None:
    script = Script(BROKEN)
    client = make_client(script, sleep=lambda _: client.close())
    with pytest.raises(SourceUnavailableError, match="stopping"):
        client.get_json("/api")
    assert len(script.requests) == 1
