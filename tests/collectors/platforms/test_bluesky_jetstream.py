"""Jetstream: a recorded network told through a fake websocket."""

from __future__ import annotations

import json
import threading
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from collectors.collector import Interest, Replayer
from collectors.errors import PayloadError, SourceUnavailableError
from collectors.platforms.bluesky.candidates import Candidates
from collectors.platforms.bluesky.settings import Settings
from collectors.platforms.bluesky.wires import wire_of
from tests.collectors.platforms.jetstream_network import (
    ALI,
    BUDI,
    CITRA,
    SECOND,
    START,
    TAGS,
    FakeSocket,
    Network,
    acts,
    collector,
    commit,
    facet,
    hear,
    micros,
    post,
    posts,
    repost,
    uri,
)


@pytest.mark.parametrize(
    "record",
    [
        {"facets": [facet("TolakRUU")]},
        {"facets": [facet(" tolakruu")]},
        {"facets": [facet("tolakruu", "facet#Tag")]},
        {"facets": [facet("TOLAKRUU", "blue.other.FACETTAG")]},
        {"tags": ["lain", "TolakRUU"]},
        {"text": "🔥🔥 turun ke jalan #TolakRUU!"},
        {"text": "lebar penuh ＃TolakRUU"},
        {"text": "lihat #TolakRUU", "embed": {"$type": "com.lain.aplikasi", "record": 7}},
        {"text": "lihat #TolakRUU", "langs": "id", "facets": "rusak", "tags": {"a": 1}},
    ],
)
def test_a_hashtag_is_found_wherever_it_stands(record: dict[str, Any]) -> None:
    event = post(1, ALI, "1", **record)
    found = posts(hear(Network([event])))
    assert list(found) == [f"bluesky:{uri(ALI, '1')}"]
    assert "tolakruu" in found[f"bluesky:{uri(ALI, '1')}"]["hashtags"]
    escaped = json.dumps(event).encode()
    head = wire_of("wss://a.example/subscribe").head_of(escaped)
    assert head is not None
    assert Candidates(Interest(TAGS)).may_matter(head, escaped)


@pytest.mark.parametrize(
    "record",
    [
        {"facets": [facet("TolakRUUTNI")]},
        {"text": "https://a.example/#tolakruu"},
        {"text": "tolakruu tanpa pagar"},
        {"tags": ["lain"]},
    ],
)
def test_what_only_looks_alike_is_not(record: dict[str, Any]) -> None:
    assert posts(hear(Network([post(1, ALI, "1", **record)]))) == {}


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("0000-01-01T00:00:00Z", START + SECOND),
        ("2026-03-01T11:59:59.123456789Z", START - SECOND + timedelta(microseconds=123456)),
        ("2026-03-01T19:00:01+07:00", START + SECOND),
        ("2031-01-01T00:00:00Z", START + SECOND),
        (None, START + SECOND),
    ],
)
def test_absurd_times_give_way_to_the_servers(said: str | None, kept: datetime) -> None:
    event = post(1, ALI, "1", "#banjir", createdAt=said)
    (row,) = posts(hear(Network([event]))).values()
    assert (row["created_at"], row["indexed_at"]) == (kept, START + SECOND)


def test_amplification_comes_with_its_time_and_through_whom() -> None:
    first = uri(ALI, "1")
    via = f"at://{BUDI}/app.bsky.feed.repost/r1"
    events = [
        post(1, ALI, "1", "#banjir di hulu"),
        repost(2, BUDI, "r1", first),
        repost(3, CITRA, "r2", first, via={"uri": via, "cid": "c"}),
        post(4, BUDI, "2", "benar", reply={"root": {"uri": first}, "parent": {"uri": first}}),
        post(5, CITRA, "3", "ini", embed={"$type": "x", "record": {"uri": first, "cid": "c"}}),
        post(6, CITRA, "4", "?", embed={"record": {"record": {"uri": first, "cid": "c"}}}),
        repost(7, CITRA, "r3", uri("did:plc:orang", "9")),
    ]
    pages = hear(Network(events))
    found = {(a["kind"], a["author_key"].rpartition(":")[2]): a for a in acts(pages)}
    assert set(found) == {
        ("repost", "budi"),
        ("repost", "citra"),
        ("reply", "budi"),
        ("quote", "citra"),
    }
    again = found["repost", "citra"]
    assert (again["acted_at"], again["precision"]) == (START + 3 * SECOND, "exact")
    assert again["via_key"] == f"bluesky:{via}"
    assert {a["target_author_key"] for a in acts(pages)} == {f"bluesky:{ALI}"}
    kinds = {row["post_key"][-1]: row["captured_as"] for row in posts(pages).values()}
    assert kinds == {"1": "matched", "2": "referenced", "3": "referenced", "4": "referenced"}


def test_deletions_and_accounts_that_go_are_told_of_what_is_known_only() -> None:
    gone = {
        "did": ALI,
        "time_us": micros(START + 6 * SECOND),
        "kind": "account",
        "account": {"active": False, "did": ALI, "status": "deleted"},
    }
    stranger = gone | {"did": CITRA, "time_us": micros(START + 7 * SECOND)}
    events = [
        post(1, ALI, "1", "#banjir"),
        repost(2, BUDI, "r1", uri(ALI, "1")),
        commit(3, BUDI, "r1", None, "repost"),
        commit(4, ALI, "1", None),
        commit(5, "did:plc:lain", "n1", None),
        gone,
        stranger,
    ]
    removals = [
        (row["kind"], row["key"], row["reason"])
        for page in hear(Network(events))
        for row in page.removals.iter_rows(named=True)
    ]
    assert removals == [
        ("undone", f"bluesky:at://{BUDI}/app.bsky.feed.repost/r1", "deleted"),
        ("post", f"bluesky:{uri(ALI, '1')}", "deleted"),
        ("author", f"bluesky:{ALI}", "deleted"),
    ]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("throttled", None),
        ("desynchronized", None),
        ("deactivated", "away"),
        ("suspended", "away"),
        ("takendown", "away"),
        ("sesuatu yang baru", "away"),
        (None, "away"),
        ("deleted", "author"),
    ],
)
def test_only_an_account_that_was_deleted_is_gone_for_good(
    status: str | None, kind: str | None
) -> None:
    # https://atproto.com/specs/account, and com.atproto.sync.subscribeRepos#account
    away = {"active": False, "did": ALI} | ({} if status is None else {"status": status})
    back = {"active": True, "did": ALI}
    events = [
        post(1, ALI, "1", "#banjir"),
        {"did": ALI, "time_us": micros(START + 2 * SECOND), "kind": "account", "account": away},
        {"did": ALI, "time_us": micros(START + 3 * SECOND), "kind": "account", "account": back},
        {"did": ALI, "time_us": micros(START + 4 * SECOND), "kind": "account", "account": {}},
    ]
    removals = [row for page in hear(Network(events)) for row in page.removals.rows(named=True)]
    told = [(row["kind"], row["key"], row["reason"]) for row in removals]
    key = f"bluesky:{ALI}"
    expected = [] if kind is None else [(kind, key, status or "deactivated")]
    assert told == [*expected, ("back", key, "active")]


@pytest.mark.parametrize("word", ["delete", "account", "commit", "operation"])
@pytest.mark.parametrize("where", ["hashtag", "field", "text"])
def test_a_post_is_one_whatever_words_its_author_uses(word: str, where: str) -> None:
    record: dict[str, Any] = {
        "hashtag": {"text": f"#banjir #{word}", "facets": [facet("banjir"), facet(word)]},
        "field": {"text": "#banjir", word: "delete", "kind": "account", "did": "did:plc:x"},
        "text": {"text": f'#banjir dan "{word}"'},
    }[where]
    event = post(1, ALI, "1")
    event["commit"]["record"] |= record
    assert list(posts(hear(Network([event])))) == [f"bluesky:{uri(ALI, '1')}"]


def test_pages_join_without_a_hole_from_the_cursor_to_now() -> None:
    network = Network([post(n + 0.5, ALI, str(n), "#banjir") for n in range(50)])
    pages = hear(network, since=10)
    assert pages[0].since_at == START + 10 * SECOND
    for before, after in pairwise(pages):
        assert after.since_at == before.reached_at
    assert pages[-1].reached_at is not None
    assert pages[-1].reached_at >= network.now - 3 * SECOND
    assert all(page.beyond is None for page in pages)
    assert len(posts(pages)) >= 40


def test_from_any_cursor_the_rest_comes_and_nothing_is_lost() -> None:
    network = Network([post(n + 0.5, ALI, str(n), "#banjir") for n in range(50)])
    whole = posts(hear(network))
    for since in (0, 1, 17, 49):
        rest = posts(hear(network, since=since))
        wanted = {k for k, row in whole.items() if row["created_at"] >= START + since * SECOND}
        assert wanted <= rest.keys() <= whole.keys()


def test_without_a_cursor_it_begins_now() -> None:
    (page,) = hear(Network([post(1, ALI, "1", "#banjir")]), since=None)
    assert page.since_at == page.reached_at == START + 60 * SECOND


def test_a_cursor_that_was_moved_forward_in_silence_is_noticed() -> None:
    hours = 40 * 3600
    network = Network([], until=hours, keeps=36 * 3600)
    network.events = [post(hours - 10, ALI, "1", "#banjir")]
    pages = hear(network)
    assert pages[0].beyond == "clamp"
    assert pages[0].since_at == START + 4 * 3600 * SECOND


def test_a_connection_that_breaks_is_taken_up_elsewhere_without_loss() -> None:
    network = Network([post(n + 0.5, ALI, str(n), "#banjir") for n in range(50)])
    network.breaks_after = [30, 0]
    pages = hear(network)
    assert len(posts(pages)) == 50
    hosts = {url.partition("/subscribe")[0] for url in network.opened}
    assert len(hosts) > 1


def test_a_network_that_stays_away_is_an_outage() -> None:
    network = Network([])
    network.breaks_after = [0] * 10
    with pytest.raises(SourceUnavailableError):
        hear(network)


def test_after_a_long_replay_the_last_seconds_are_heard_again() -> None:
    network = Network([], until=600)
    hear(network)
    assert len(network.opened) == 2


@pytest.mark.parametrize("raw", ["{", "[]", '{"kind":"commit"}', '{"time_us":"x"}'])
def test_a_record_that_cannot_be_read_costs_only_itself(raw: str) -> None:
    pages = hear(Network([raw, post(1, ALI, "1", "#banjir")]))
    assert len(posts(pages)) == 1
    (row,) = [row for page in pages for row in page.rejected.iter_rows(named=True)][:1]
    assert row["raw"] == raw


@pytest.mark.parametrize("odd", [b"\xff", b"\xc0\x80", b"\xed\xa0\x80"])
def test_an_event_that_is_no_utf_8_costs_only_itself(odd: bytes) -> None:
    network = Network([post(1, ALI, "1", "#banjir")])

    def connect(url: str) -> FakeSocket:
        told = network.connect(url)
        event = (
            b'{"did":"did:plc:a","time_us":%d,"kind":"commit","commit":{"operation":"create",'
            b'"collection":"app.bsky.feed.post","rkey":"1","record":{"text":"%s #banjir"}}}'
        ) % (micros(START) + 7, odd)
        told._frames.insert(0, event)
        return told  # type: ignore[no-any-return]

    source = collector(connect, network.now)
    stop = threading.Event()
    pages = list(
        source.stream(
            Interest(TAGS),
            cursor=source.cursor_at(START),
            now=lambda: network.now,
            stop=stop,
            live=False,
        )
    )
    assert len(posts(pages)) == 1
    assert sum(page.rejected.height for page in pages) == 1
    assert source.check() is not None


@pytest.mark.parametrize("live", [True, False])
def test_a_network_that_tells_nothing_is_an_outage_though_the_line_is_open(live: bool) -> None:
    """Also where old events are asked for: it was asked again without end."""
    opened: list[str] = []

    def connect(url: str) -> FakeSocket:
        opened.append(url)
        return FakeSocket([], None)

    now = START + timedelta(hours=2)
    source = collector(connect, now)
    pages = source.stream(
        Interest(TAGS),
        cursor=source.cursor_at(START),
        now=lambda: now,
        stop=threading.Event(),
        live=live,
    )
    with pytest.raises(SourceUnavailableError, match="not one event in a minute"):
        list(pages)
    assert len(opened) == 3


def test_what_is_no_jetstream_is_told_so() -> None:
    with pytest.raises(PayloadError):
        hear(Network(['{"surprise": 1}'] * 200))


def test_it_is_a_stream_that_can_be_heard_again() -> None:
    assert isinstance(collector(Network([]).connect, START), Replayer)


def test_a_check_hears_one_event_or_says_what_to_do() -> None:
    network = Network([])
    assert collector(network.connect, network.now).check().remedy is None
    network.breaks_after = [0]
    assert collector(network.connect, network.now).check().remedy


@pytest.mark.parametrize("urls", [[], ["https://a.example/subscribe"], ["ws://a.example/s"]])
def test_settings_that_cannot_work_are_refused(urls: list[str]) -> None:
    with pytest.raises(ValueError, match="jetstream"):
        Settings(jetstream=tuple(urls))
