"""What becomes of notes, reposts, quotes, replies and deletions."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest

from collectors.collector import PostRef
from collectors.page import Page
from tests.collectors.examples.nostr import BUDI, SARI, WAYAN, Event, FakeRelay
from tests.collectors.platforms.test_nostr import open_collector, read
from tests.collectors.servers import NOON

FIRST = SARI.note("Turun ke jalan", at=NOON - timedelta(hours=1))


def key(event: Event) -> str:
    return f"nostr:{event['id']}"


def ref(event: Event) -> PostRef:
    return PostRef(key(event), f"nostr:{event['pubkey']}", None, NOON, None)


def one(*events: Event) -> Page:
    page = read(FakeRelay(*events))[0]
    assert page.posts["post_key"].is_unique().all()
    return page


def edges(page: Page) -> list[tuple[Any, ...]]:
    columns = ("kind", "author_key", "target_author_key", "target_post_key")
    return page.interactions.select(columns).rows()


def test_a_note_becomes_a_post() -> None:
    note = SARI.note(
        'Air naik 😢 "tinggi"\nlihat https://berita.example/a, ya',
        ["t", "JakartaBanjir"],
        ["r", "https://berita.example/b"],
        ["l", "id", "ISO-639-1"],
    )
    (post,) = one(note).posts.to_dicts()
    assert post["post_key"] == key(note)
    assert post["author_key"] == SARI.key
    assert (post["kind"], post["created_at"], post["lang"]) == ("original", NOON, "id")
    assert post["url"] == f"https://njump.me/{note['id']}"
    assert post["text"] == note["content"]
    assert post["hashtags"] == ["banjirkota", "jakartabanjir"]
    assert post["urls"] == ["https://berita.example/a", "https://berita.example/b"]


def test_a_quote_and_a_mention_are_interactions() -> None:
    page = one(BUDI.note("Ini", ["q", FIRST["id"], "wss://x", SARI.pubkey], ["p", WAYAN.pubkey]))
    assert page.posts.select("kind", "quote_of_key").rows() == [("quote", key(FIRST))]
    assert edges(page) == [
        ("quote", BUDI.key, SARI.key, key(FIRST)),
        ("mention", BUDI.key, WAYAN.key, None),
    ]
    assert page.interactions["acted_at"].to_list() == [NOON, NOON]


ROOT, PARENT = "a" * 64, "b" * 64


@pytest.mark.parametrize(
    ("tags", "parent", "author"),
    [
        ([["e", ROOT, "", "root"], ["e", PARENT, "", "reply", SARI.pubkey]], PARENT, SARI.key),
        ([["e", ROOT, "", "root"]], ROOT, None),
        ([["e", ROOT], ["e", PARENT]], PARENT, None),  # by place, as before the marks
        ([["e", ROOT, "", "mention"]], None, None),
        ([["e", "no id"]], None, None),
    ],
)
def test_replies_are_told_by_marks_or_by_place(
    tags: list[list[str]], parent: str | None, author: str | None
) -> None:
    page = one(BUDI.note("Setuju", *tags))
    expected = None if parent is None else f"nostr:{parent}"
    assert page.posts["reply_to_key"].to_list() == [expected]
    assert page.posts["kind"].to_list() == ["reply" if parent else "original"]
    assert edges(page) == ([("reply", BUDI.key, author, expected)] if parent else [])


def test_a_repost_with_the_hashtag_is_a_post_and_brings_what_it_passes_on() -> None:
    repost = BUDI.sign(
        json.dumps(FIRST), [["e", FIRST["id"]], ["p", SARI.pubkey], ["t", "banjirkota"]], kind=6
    )
    page = one(repost)
    posts = {post["post_key"]: post for post in page.posts.to_dicts()}
    assert (posts[key(repost)]["kind"], posts[key(repost)]["repost_of_key"]) == (
        "repost",
        key(FIRST),
    )
    assert posts[key(repost)]["text"] is None
    assert posts[key(FIRST)]["captured_as"] == "referenced"
    assert edges(page) == [("repost", BUDI.key, SARI.key, key(FIRST))]


def test_a_repost_cannot_put_words_into_anothers_mouth() -> None:
    forged = json.dumps(FIRST | {"content": "Saya mundur"})
    tags = [["e", FIRST["id"]], ["p", SARI.pubkey], ["t", "banjirkota"]]
    page = one(BUDI.sign(forged, tags, kind=6))
    assert page.posts["text"].to_list() == [None]
    assert edges(page) == [("repost", BUDI.key, SARI.key, key(FIRST))]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"content": "Saya mundur"}, "id"),
        ({"pubkey": WAYAN.pubkey}, "id"),
        ({"sig": "0" * 128}, "sig"),
        ({"created_at": 1_700_000_000}, "id"),
        ({"tags": "none"}, "tags"),
        ({"id": "x"}, "id"),
        ({"created_at": 2**70}, "created_at"),
    ],
)
def test_a_forged_or_broken_event_is_set_aside_and_costs_nothing_else(
    change: dict[str, Any], field: str
) -> None:
    events = [FIRST, BUDI.note() | change]

    class Careless(FakeRelay):
        def answer(self, message: list[Any]) -> list[Any]:
            if message[0] != "REQ":
                return []
            return [
                *(["EVENT", message[1], event] for event in events),
                ["EOSE", message[1], ["finish"]],
            ]

    (page,) = read(Careless())
    assert page.posts["post_key"].to_list() == [key(FIRST)]
    assert (page.received, page.rejected["field"].to_list()) == (2, [field])
    if field in ("sig",) or change.keys() & {"content", "pubkey"}:
        assert "bad signature" in page.rejected["reason"][0]
    assert json.loads(page.rejected["raw"][0]) == events[1]


def test_a_forgery_does_not_hide_the_true_note() -> None:
    page = one(FIRST | {"sig": "0" * 128}, FIRST)
    assert page.posts["text"].to_list() == ["Turun ke jalan"]
    assert page.rejected.height == 1


def test_a_key_that_is_none_is_a_bad_signature() -> None:
    nobody = "f" * 64
    body = [0, nobody, int(NOON.timestamp()), 1, [["t", "banjirkota"]], "x"]
    event_id = hashlib.sha256(json.dumps(body, separators=(",", ":")).encode()).hexdigest()
    event = BUDI.note("x") | {"pubkey": nobody, "id": event_id}
    page = one(event, FIRST)
    assert page.rejected["field"].to_list() == ["pubkey"]


def test_what_claims_to_be_of_tomorrow_or_of_long_ago_is_set_aside() -> None:
    future, ancient = (
        BUDI.note(at=NOON + timedelta(days=1)),
        BUDI.note(at=NOON - timedelta(days=20_000)),
    )

    class Careless(FakeRelay):
        def answer(self, message: list[Any]) -> list[Any]:
            found = super().answer(message)
            return [["EVENT", message[1], future], *found] if found else []

    (page,) = read(Careless(FIRST, ancient, hint=True))
    assert page.posts["post_key"].to_list() == [key(FIRST)]
    assert page.rejected["field"].to_list() == ["created_at"] * 2


def test_a_repost_that_only_carries_the_note_names_it_by_that() -> None:
    page = one(BUDI.sign(json.dumps(FIRST), [["t", "banjirkota"]], kind=6))
    assert edges(page) == [("repost", BUDI.key, SARI.key, key(FIRST))]
    assert key(FIRST) in page.posts["repost_of_key"].to_list()


def test_a_repost_of_nothing_is_set_aside() -> None:
    page = one(FIRST, BUDI.sign("", [["t", "banjirkota"]], kind=6))
    assert page.rejected["field"].to_list() == ["tags"]


def acts() -> list[Event]:
    to = ["e", FIRST["id"]]
    return [
        BUDI.sign("", [to, ["p", SARI.pubkey]], kind=6),
        WAYAN.sign("", [to, ["p", SARI.pubkey], ["k", "1"]], kind=16),
        WAYAN.sign("Baca", [["q", FIRST["id"]]]),
        BUDI.sign("Benar", [[*to, "", "root"]]),
        BUDI.sign("Jauh di bawah", [[*to, "", "root"], ["e", PARENT, "", "reply"]]),
        BUDI.sign("+", [to], kind=7),
    ]


def test_reposts_quotes_and_replies_of_a_post_are_found_with_their_times() -> None:
    relay = FakeRelay(FIRST, *acts())
    page = open_collector(relay.connect).expand(ref(FIRST), now=NOON)
    assert page is not None
    assert sorted(edges(page)) == sorted(
        [
            ("repost", BUDI.key, SARI.key, key(FIRST)),
            ("repost", WAYAN.key, SARI.key, key(FIRST)),
            ("quote", WAYAN.key, SARI.key, key(FIRST)),
            ("reply", BUDI.key, SARI.key, key(FIRST)),
        ]
    )
    assert set(page.interactions["acted_at"]) == {NOON}
    assert set(page.interactions["precision"]) == {"exact"}
    assert set(page.posts["captured_as"]) == {"referenced"}
    assert set(page.interactions["author_key"]) <= set(page.authors["author_key"])
    assert len(relay.questions) == 1


def test_a_post_that_the_relay_does_not_know_is_not_one_without_reposts() -> None:
    assert open_collector(FakeRelay().connect).expand(ref(FIRST), now=NOON) is None
    page = open_collector(FakeRelay(FIRST).connect).expand(ref(FIRST), now=NOON)
    assert page is not None
    assert page.interactions.is_empty()


def test_many_reposts_are_read_page_by_page() -> None:
    reposts = [
        BUDI.sign("", [["e", FIRST["id"]]], kind=6, at=NOON - timedelta(seconds=n))
        for n in range(70)
    ]
    page = open_collector(FakeRelay(FIRST, *reposts).connect).expand(ref(FIRST), now=NOON)
    assert page is not None
    assert page.interactions.filter(kind="repost").height == 70


def test_a_deletion_is_heard_from_the_author_and_from_nobody_else() -> None:
    other = BUDI.note("Masih ada")
    gone = SARI.sign("", [["e", FIRST["id"]], ["e", other["id"]]], kind=5)
    relay = FakeRelay(gone, WAYAN.sign("", [["e", other["id"]]], kind=5))
    page = open_collector(relay.connect).hydrate([ref(FIRST), ref(other)], now=NOON)
    assert page.removals.rows() == [("post", key(FIRST), "deleted", NOON)]
    assert page.engagement.is_empty()  # relays keep no counts: unknown, not zero
