from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import msgspec
import polars as pl
import pytest

from collectors.collector import PostRef
from collectors.errors import AccessRefusedError, PayloadError, RateLimitedError
from collectors.http import PoliteClient
from collectors.page import Page
from collectors.platforms.misskey import Settings
from collectors.platforms.misskey.api import Api
from collectors.platforms.misskey.collector import MisskeyCollector
from tests.collectors.examples.misskey import HOST, answer, error, note, remote, user
from tests.collectors.servers import NOON, Script

OWN = f"mastodon:https://{HOST}/notes/9n0009"
REMOTE = "mastodon:https://lain.example/users/tetangga/statuses/8"


def opened(answering: Callable[[httpx.Request], httpx.Response]) -> MisskeyCollector:
    client = PoliteClient(
        f"https://{HOST}",
        user_agent="gaung/test",
        now=lambda: NOON,
        sleep=lambda _: None,
        transport=httpx.MockTransport(answering),
        min_interval=0.0,
    )
    return MisskeyCollector(Api(HOST, client))


def page_of(*rows: dict[str, Any]) -> Page:
    script = Script(httpx.Response(200, json=list(rows)), httpx.Response(200, json=[]))
    return next(opened(script).pages("banjirkota", cursor=None, now=NOON))


def post_of(row: dict[str, Any]) -> dict[str, Any]:
    page = page_of(row)
    return page.posts.filter(captured_as="matched").row(0, named=True)


def ref(key: str) -> PostRef:
    return PostRef(key, "mastodon:@warga_a@catatan.example", None, NOON, None)


def test_an_empty_page_in_the_midst_is_asked_for_once_more() -> None:
    script = Script(
        httpx.Response(200, json=[note(9)]),
        httpx.Response(200, json=[]),
        httpx.Response(200, json=[note(8)]),
        httpx.Response(200, json=[]),
    )
    pages = list(opened(script).pages("banjirkota", cursor=None, now=NOON))
    assert [page.received for page in pages] == [1, 1, 0]
    assert len(script.requests) == 5


def test_a_note_has_the_keys_that_all_the_fediverse_has() -> None:
    own, other = post_of(note(9)), post_of(remote(8))
    assert (own["post_key"], own["author_key"]) == (OWN, f"mastodon:@warga_a@{HOST}")
    assert (other["post_key"], other["author_key"]) == (REMOTE, "mastodon:@tetangga@lain.example")
    assert own["url"] == f"https://{HOST}/notes/9n0009"
    assert other["url"] == "https://lain.example/@tetangga/8"


def test_hashtags_are_kept_as_they_are_written() -> None:
    assert post_of(note(9))["hashtags_raw"] == ["BanjirKota"]
    assert post_of(note(9))["hashtags"] == ["banjirkota"]


def test_a_warning_before_a_note_is_part_of_it() -> None:
    assert post_of(note(9, cw="Berita duka"))["text"] == "Berita duka\nAir naik #BanjirKota"


def test_links_are_found_in_the_text() -> None:
    text = "Baca https://koran.example/a?b=1 #BanjirKota"
    assert post_of(note(9, text))["urls"] == ["https://koran.example/a?b=1"]


def test_a_quote_a_reply_and_a_mention_are_acts_with_their_time() -> None:
    text = "@relawan@lain.example tolong @warga_b #BanjirKota"
    page = page_of(
        note(9, text, renoteId="9n0008", renote=remote(8), mentions=["a1", "b2"]),
        note(7, "ya #BanjirKota", replyId="9n0006", reply=note(6, "?", user=user("penanya"))),
    )
    acts = page.interactions.select("kind", "target_author_key", "target_post_key").rows()
    assert set(acts) == {
        ("quote", "mastodon:@tetangga@lain.example", REMOTE),
        ("mention", "mastodon:@relawan@lain.example", None),
        ("mention", f"mastodon:@warga_b@{HOST}", None),
        ("reply", f"mastodon:@penanya@{HOST}", f"mastodon:https://{HOST}/notes/9n0006"),
    }
    assert page.interactions["precision"].unique().to_list() == ["exact"]
    kinds = dict(page.posts.filter(captured_as="matched").select("post_key", "kind").rows())
    assert sorted(kinds.values()) == ["quote", "reply"]


def test_what_is_not_for_all_is_received_and_not_kept() -> None:
    page = page_of(note(9), note(8, visibility="home"), note(7, visibility="followers"))
    assert (page.posts.height, page.received, page.rejected.height) == (1, 3, 0)


def test_counts_are_what_this_server_saw_and_unknown_is_not_zero() -> None:
    (counts,) = page_of(note(9)).engagement.to_dicts()
    assert (counts["likes"], counts["reposts"], counts["replies"]) == (4, 2, 1)
    assert (counts["quotes"], counts["views"]) == (None, None)
    assert counts["observer"] == f"misskey/{HOST}"


def test_an_older_server_counts_reactions_one_by_one() -> None:
    row = note(9)
    del row["reactionCount"]
    assert page_of(row).engagement["likes"].to_list() == [4]


def test_a_page_of_another_shape_is_an_unknown_shape() -> None:
    with pytest.raises(PayloadError, match="none of 2 notes can be read"):
        page_of({"id": "1", "x": 1}, {"id": "2", "x": 1})


def test_a_page_that_leads_to_itself_is_refused() -> None:
    with pytest.raises(PayloadError, match="leads back to a page"):
        list(opened(Script(httpx.Response(200, json=[note(9)]))).pages("x", cursor=None, now=NOON))


def test_renotes_quotes_and_answers_are_told_with_their_times() -> None:
    page = opened(answer).expand(ref(OWN), now=NOON)
    assert page is not None
    acts = page.interactions.sort("kind").select("kind", "author_key", "post_key").rows()
    assert acts == [
        ("quote", f"mastodon:@pengutip@{HOST}", f"mastodon:https://{HOST}/notes/9n0011"),
        ("reply", f"mastodon:@penjawab@{HOST}", f"mastodon:https://{HOST}/notes/9n0012"),
        ("repost", f"mastodon:@penerus@{HOST}", None),
    ]
    repost = page.interactions.filter(kind="repost").row(0, named=True)
    assert str(repost["acted_at"]) == "2026-03-01 10:10:00.123000+00:00"
    assert page.posts["captured_as"].unique().to_list() == ["referenced"]


def test_a_note_of_another_server_is_asked_for_by_the_id_that_this_one_gave() -> None:
    collector = opened(answer)
    assert collector.expand(ref(REMOTE), now=NOON) is None
    list(collector.pages("banjirkota", cursor=None, now=NOON))
    assert collector.expand(ref(REMOTE), now=NOON) is not None


def test_many_renotes_are_read_page_by_page() -> None:
    def many(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("children"):
            return httpx.Response(200, json=[])
        until = int(json.loads(request.content).get("untilId", "9n0350")[2:])
        rows = [
            note(1, None, id=f"9n{n:04}", renoteId="9n0009", user=user(f"u{n}"))
            for n in range(until - 1, max(until - 101, 0), -1)
        ]
        return httpx.Response(200, json=rows)

    page = opened(many).expand(ref(OWN), now=NOON)
    assert page is not None
    assert page.interactions.height == 349


def without_note(account: httpx.Response) -> Callable[[httpx.Request], httpx.Response]:
    """Have no note, and answer so about its author."""

    def told(request: httpx.Request) -> httpx.Response:
        found = account if request.url.path.endswith("users/show") else error("NO_SUCH_NOTE")
        return httpx.Response(found.status_code, content=found.content)

    return told


def test_a_note_that_is_gone_is_unknown_to_expansion_and_deleted_to_a_check() -> None:
    collector = opened(without_note(httpx.Response(200, json={"username": "akun_a"})))
    assert collector.expand(ref(OWN), now=NOON) is None
    page = collector.hydrate([ref(OWN)], now=NOON)
    assert page.removals.select("kind", "key", "reason").rows() == [("post", OWN, "deleted")]


@pytest.mark.parametrize(
    "account",
    [
        error("NO_SUCH_USER", 404),
        error("USER_SUSPENDED", 403),
        httpx.Response(200, json={"username": "akun_a", "isSuspended": True}),
    ],
)
def test_a_note_of_an_account_that_is_not_shown_either_may_come_back_with_it(
    account: httpx.Response,
) -> None:
    page = opened(without_note(account)).hydrate([ref(OWN)], now=NOON)
    assert page.removals.select("kind", "key", "reason").rows() == [("hidden", OWN, "unavailable")]


def test_a_note_of_another_server_that_is_gone_here_is_not_deleted() -> None:
    def gone(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("show"):
            return error("NO_SUCH_NOTE")
        return answer(request)

    collector = opened(gone)
    list(collector.pages("banjirkota", cursor=None, now=NOON))
    assert collector.hydrate([ref(REMOTE)], now=NOON).removals.is_empty()


def test_counts_are_asked_for_again() -> None:
    collector = opened(lambda _: httpx.Response(200, json=note(9, renoteCount=40)))
    page = collector.hydrate([ref(OWN), ref(REMOTE)], now=NOON)
    assert page.engagement["reposts"].to_list() == [40]
    assert page.posts["captured_as"].to_list() == ["referenced"]


def test_another_note_than_the_one_asked_for_is_set_aside() -> None:
    page = opened(lambda _: httpx.Response(200, json=note(3))).hydrate([ref(OWN)], now=NOON)
    assert (page.posts.height, page.rejected["field"].to_list()) == (0, ["uri"])


def test_refusals_carry_the_words_of_the_server() -> None:
    collector = opened(Script(error("CREDENTIAL_REQUIRED", 401)))
    with pytest.raises(AccessRefusedError, match="Credential_Required"):
        list(collector.pages("x", cursor=None, now=NOON))
    limited = opened(Script(error("RATE_LIMIT_EXCEEDED", 429)))
    with pytest.raises(RateLimitedError):
        list(limited.pages("x", cursor=None, now=NOON))


def test_a_check_tells_the_version_or_what_it_is_not() -> None:
    assert "version 2025.8.0" in opened(answer).check().summary
    assert opened(Script(httpx.Response(200, json={}))).check().remedy


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"servers": []}, "servers is empty"),
        ({"servers": ["a.example", "https://A.example/"]}, "twice"),
        ({"servers": ["http://a.example"]}, "is not encrypted"),
        ({"servers": ["a b"]}, "is not the name of a server"),
        ({"page_size": 101}, "100"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=words):
        msgspec.convert(settings, Settings)


def test_a_note_seen_on_two_servers_is_one_post() -> None:
    from tests.collectors.servers import make_collector, make_status

    address = "https://lain.example/users/tetangga/statuses/8"
    status = make_status("tetangga@lain.example", uri=address, tags=[{"name": "banjirkota"}])
    mastodon = make_collector(Script(httpx.Response(200, json=[status])))
    there = next(mastodon.pages("banjirkota", cursor=None, now=NOON)).posts
    here = page_of(remote(8)).posts
    both = pl.concat([here, there])
    assert both["post_key"].n_unique() == 1
    assert both["author_key"].n_unique() == 1
