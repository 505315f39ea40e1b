"""Who answered and quoted a post."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from collectors.collector import PostRef
from collectors.errors import AccessRefusedError, PayloadError
from collectors.page import Page
from collectors.platforms.mastodon.collector import MastodonCollector
from tests.collectors.servers import NOON, make_client, make_mention, make_status, page

HERE = "https://a.example/users/akun_a/statuses/7"
POST = PostRef(
    f"mastodon:{HERE}", "mastodon:@akun_a@a.example", None, NOON - timedelta(days=1), None
)
MISSING = httpx.Response(404, json={"error": "Record not found"})


def answer_to(local_id: str, author: str = "akun_b@b.example", **fields: Any) -> dict[str, Any]:
    return make_status(
        author, in_reply_to_id=local_id, in_reply_to_account_id="id-of-akun_a", tags=[], **fields
    )


class Server:
    """Answers about one post, by the last part of the address; no answer is a 404."""

    def __init__(self, **answers: Any) -> None:
        self.answers = {"reblogged_by": [], "context": []} | answers
        self.asked: list[str] = []
        self.headers: dict[str, str] = {}
        self.sleeps: list[float] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        last = request.url.path.rpartition("/")[2]
        self.asked.append(last)
        answer = self.answers.get(last, MISSING)
        if isinstance(answer, httpx.Response):
            return httpx.Response(answer.status_code, content=answer.content)
        if last == "context":
            answer = {"ancestors": [], "descendants": answer}
            return httpx.Response(200, json=answer, headers=self.headers)
        return page(answer)

    def collector(self, **options: Any) -> MastodonCollector:
        return MastodonCollector(
            "a.example", make_client(self, **options), sleep=self.sleeps.append
        )


def expanded(server: Server, **options: Any) -> Page:
    collector = server.collector(**options)
    try:
        found = collector.expand(POST, now=NOON)
    finally:
        collector.close()
    assert found is not None
    return found


def test_an_answer_is_a_reply_with_its_post_which_only_came_along() -> None:
    reply = answer_to("7", mentions=[make_mention("akun_a")])
    found = expanded(Server(context=[reply]))
    (act,) = found.interactions.to_dicts()
    assert (act["kind"], act["precision"]) == ("reply", "exact")
    assert act["author_key"] == "mastodon:@akun_b@b.example"
    assert act["target_post_key"] == POST.post_key
    assert act["target_author_key"] == POST.author_key
    assert act["post_key"] == f"mastodon:{reply['uri']}"
    assert found.posts.select("post_key", "captured_as", "kind", "reply_to_key").rows() == [
        (f"mastodon:{reply['uri']}", "referenced", "reply", POST.post_key)
    ]
    assert found.authors["author_key"].to_list() == ["mastodon:@akun_b@b.example"]
    assert found.engagement.height == found.received == 1


def test_an_answer_to_an_answer_is_received_and_is_no_act_on_the_post() -> None:
    reply = answer_to("7")
    deeper = answer_to(reply["id"], "akun_c")
    found = expanded(Server(context=[reply, deeper]))
    assert (found.received, found.posts.height, found.interactions.height) == (2, 1, 1)


def test_an_answer_that_is_not_public_is_left_out() -> None:
    found = expanded(Server(context=[answer_to("7", visibility="unlisted")]))
    assert (found.received, found.posts.height, found.interactions.height) == (1, 0, 0)


def test_a_bad_answer_is_set_aside() -> None:
    found = expanded(Server(context=[answer_to("7"), answer_to("7") | {"uri": None}]))
    assert (found.received, found.posts.height, found.rejected.height) == (2, 1, 1)
    assert found.rejected["locator"].to_list()[0].endswith("/7/context#1")
    assert found.rejected["field"].to_list() == ["uri"]


def test_a_conversation_of_an_unknown_shape_ends_the_asking() -> None:
    with pytest.raises(PayloadError, match="unknown answer to a conversation"):
        expanded(Server(context=httpx.Response(200, json={"replies": []})))
    with pytest.raises(PayloadError, match="none of 2 records"):
        expanded(Server(context=[{"surprise": 1}, {"surprise": 2}]))


def test_a_server_that_shows_conversations_to_its_users_only_is_a_refusal() -> None:
    closed = httpx.Response(401, json={"error": "Sign in, please"})
    with pytest.raises(AccessRefusedError, match="token_env"):
        expanded(Server(context=closed))


def test_quotes_are_asked_for_with_a_token_only() -> None:
    quoting = make_status(
        "akun_c", quote={"state": "accepted", "quoted_status": make_status(uri=HERE, id="7")}
    )
    assert expanded(server := Server(quotes=[quoting])).received == 0
    assert server.asked == ["context", "reblogged_by"]

    found = expanded(server := Server(quotes=[quoting]), token="s3cret")
    assert server.asked == ["context", "reblogged_by", "quotes"]
    (act,) = found.interactions.to_dicts()
    assert (act["kind"], act["target_post_key"]) == ("quote", POST.post_key)
    assert found.posts.select("captured_as", "quote_of_key").rows() == [
        ("referenced", POST.post_key)
    ]


@pytest.mark.parametrize("status", [403, 404, 422])
def test_a_server_that_does_not_tell_of_quotes_is_not_asked_again(status: int) -> None:
    server = Server(quotes=httpx.Response(status, json={"error": "authenticated user required"}))
    collector = server.collector(token="s3cret")
    for _ in range(2):
        assert collector.expand(POST, now=NOON) is not None
    collector.close()
    assert server.asked.count("quotes") == 1


def test_a_post_that_is_gone_says_nothing_of_quotes_in_general() -> None:
    server = Server(context=MISSING, reblogged_by=MISSING, quotes=MISSING)
    collector = server.collector(token="s3cret")
    for _ in range(2):
        assert collector.expand(POST, now=NOON) is None  # unknown, and not nobody
    collector.close()
    assert server.asked.count("quotes") == 2


@pytest.mark.parametrize("status", [400, 404, 405, 410, 501])
@pytest.mark.parametrize("missing", ["context", "reblogged_by", "quotes"])
def test_a_question_that_a_server_does_not_know_leaves_the_others(
    missing: str, status: int
) -> None:
    server = Server(**{missing: httpx.Response(status, json={"error": "no such endpoint"})})
    assert expanded(server, token="s3cret").received == 0
    assert server.asked.count(missing) == 1  # also 501: to ask thrice brings no endpoint


def test_a_server_that_just_fetches_answers_is_asked_once_more_after_a_while() -> None:
    server = Server(context=[])
    server.headers = {"Mastodon-Async-Refresh": 'id="ImNvbnRleHQ", retry=3, result_count=0'}

    def fetched(seconds: float) -> None:
        server.sleeps.append(seconds)
        server.answers["context"] = [answer_to("7")]

    collector = MastodonCollector("a.example", make_client(server, token="t"), sleep=fetched)
    found = collector.expand(POST, now=NOON)
    collector.close()
    assert found is not None
    assert found.posts.height == found.received == 1
    assert server.asked.count("context") == 2  # it says so again, and is not believed again
    assert server.sleeps == [3.0]


def test_waiting_has_an_end_in_each_run() -> None:
    server = Server()
    server.headers = {"Mastodon-Async-Refresh": 'id="x", retry=3600'}
    collector = server.collector(token="t")
    for _ in range(10):
        collector.expand(POST, now=NOON)
    assert server.sleeps == [5.0] * 6
    collector.expand(POST, now=NOON + timedelta(minutes=10))
    assert len(server.sleeps) == 7
    collector.close()


def test_one_who_boosts_and_answers_is_one_author_with_two_acts() -> None:
    reply = answer_to("7")
    found = expanded(Server(context=[reply], reblogged_by=[reply["account"]]))
    assert sorted(found.interactions["kind"]) == ["reply", "repost"]
    assert (found.authors.height, found.received) == (1, 2)
