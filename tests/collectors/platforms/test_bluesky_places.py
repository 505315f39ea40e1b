"""Where an event stands in the network is read where the format has it, and nowhere else."""

from __future__ import annotations

import json
import random
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.collector import Interest
from collectors.errors import SourceUnavailableError
from collectors.platforms.bluesky.wires import wire_of
from tests.collectors.platforms.jetstream_network import (
    ALI,
    BUDI,
    SECOND,
    START,
    TAGS,
    FakeSocket,
    Network,
    acts,
    collector,
    hear,
    micros,
    post,
    posts,
    repost,
    uri,
)

V1 = wire_of("wss://a.example/subscribe")
V2 = wire_of("wss://a.example/xrpc/network.bsky.jetstream.subscribeEvents")
METHOD = "network.bsky.jetstream.subscribeEvents"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# What anybody may write into a record, and a relay into an account.
NAMES = ["seq", "time", "time_us", "did", "kind", "operation", "witnessedAt", "payload", "rkey"]
VALUES = st.recursive(
    st.one_of(
        st.integers(0, 10**12),
        st.sampled_from(["2030-01-01T00:00:00.000Z", "delete", "account", '"seq":1', "naïf\n"]),
        st.none(),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
    max_leaves=8,
)
RECORDS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6)


def shuffled(value: Any, rng: random.Random) -> Any:
    """Return the same with its keys in another order, all the way down."""
    if isinstance(value, dict):
        keys = list(value)
        rng.shuffle(keys)
        return {key: shuffled(value[key], rng) for key in keys}
    return value


def written(event: dict[str, Any], rng: random.Random) -> bytes:
    """Write JSON as any server may: order, space and escapes are its own affair."""
    comma, colon = rng.choice([",", ", ", " ,\n\t"]), rng.choice([":", ": ", " :  "])
    text = json.dumps(
        shuffled(event, rng), separators=(comma, colon), ensure_ascii=rng.random() < 0.5
    )
    return text.encode()


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1))  # noqa: DTZ001


@given(RECORDS, MOMENTS, st.integers(1, 10**14), st.integers())
def test_version_2_is_read_by_its_structure(record, at, seq, seed) -> None:
    moment = (at.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
    payload = {
        "$type": f"{METHOD}#commit",
        "seq": seq,
        "did": ALI,
        "time": f"{at:%Y-%m-%dT%H:%M:%S.%f}Z",
        "operation": "create",
        "collection": "app.bsky.feed.post",
        "rkey": "k",
        "record": record,
    }
    frame = written({"$type": "message", "payload": payload}, random.Random(seed))
    assert (V2.micros_in(frame), V2.seq_in(frame)) == (moment, seq)
    account = {
        "$type": f"{METHOD}#account",
        "account": {"active": False, "did": ALI, "status": "deactivated", **record},
    }
    ours = {name: payload[name] for name in ("seq", "did", "time")}
    frame = written({"$type": "message", "payload": account | ours}, random.Random(seed))
    assert (V2.micros_in(frame), V2.seq_in(frame)) == (moment, seq)


@given(RECORDS, MOMENTS, st.integers())
def test_version_1_is_read_by_its_structure(record, at, seed) -> None:
    moment = (at.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
    commit = {
        "operation": "delete",
        "collection": "app.bsky.feed.post",
        "rkey": "k",
        "record": record,
    }
    event = {"did": ALI, "time_us": moment, "kind": "commit", "commit": commit}
    head = V1.head_of(written(event, random.Random(seed)))
    assert head is not None
    assert (head.moment, head.did, head.kind) == (moment, ALI, "commit")
    assert (head.operation, head.collection, head.rkey) == ("delete", "app.bsky.feed.post", "k")


@pytest.mark.parametrize(
    "payload",
    [
        {"seq": 7, "time": "kemarin"},
        {"seq": "7", "time": "2026-03-01T12:00:00Z"},
        {"seq": 7},
        {"record": {"seq": 7, "time": "2026-03-01T12:00:00Z"}},
        [],
        None,
    ],
)
def test_what_has_no_place_of_its_own_has_none(payload: Any) -> None:
    if isinstance(payload, dict):
        payload = {"$type": f"{METHOD}#commit", "did": ALI} | payload
    frame = json.dumps({"$type": "message", "payload": payload, "seq": 9}).encode()
    assert (V2.micros_in(frame), V2.seq_in(frame)) == (None, 0)


def test_the_time_by_which_a_server_finds_an_event_is_its_place() -> None:
    # An operator may import other times: `time` is then what is shown, not what is asked for.
    payload = {
        "$type": f"{METHOD}#commit",
        "seq": 7,
        "did": ALI,
        "time": "2024-05-06T07:08:09.000001Z",
        "witnessedAt": "2026-03-01T12:00:00.000001Z",
    }
    frame = json.dumps({"$type": "message", "payload": payload}).encode()
    assert V2.micros_in(frame) == micros(START) + 1


@pytest.mark.parametrize("seed", range(6))
def test_a_network_is_heard_to_its_end_however_its_json_is_written(seed: int) -> None:
    events = [
        post(5, ALI, "1", "#banjir"),
        post(6, ALI, "2", "\uff03TolakRUU"),
        repost(7, BUDI, "r1", uri(ALI, "1")),
        *(post(n, "did:plc:lain", f"n{n}") for n in range(8, 60)),
    ]
    rng = random.Random(seed)
    frames = [written(event, rng).decode() for event in events]
    if seed % 2:
        frames = [frame.replace("/", "\\/").replace("#", "\\u0023") for frame in frames]
    network = Network([])
    network.connect = lambda _: FakeSocket(list(frames), None)  # type: ignore[method-assign]
    pages = hear(network)
    assert len(posts(pages)) == 2
    assert [act["target_post_key"] for act in acts(pages)] == [f"bluesky:{uri(ALI, '1')}"]
    assert pages[-1].reached_at == START + 59 * SECOND


@pytest.mark.parametrize("ahead", [timedelta(days=2), timedelta(minutes=6)])
def test_one_time_that_is_yet_to_come_is_no_place_and_costs_nothing(ahead: timedelta) -> None:
    network = Network([post(5, ALI, "1", "#banjir"), post(55, ALI, "2", "#banjir")])
    strange = post(0, ALI, "3", "#banjir")
    strange["time_us"] = micros(network.now + ahead)
    network.events.append({"time_us": micros(START + 30 * SECOND), "raw": json.dumps(strange)})
    pages = hear(network)
    assert set(posts(pages)) == {f"bluesky:{uri(ALI, n)}" for n in "123"}
    assert max(page.reached_at for page in pages if page.reached_at) == network.now
    assert all(int(page.cursor or 0) <= micros(network.now) for page in pages)
    indexed = [row["indexed_at"] for row in posts(pages).values()]
    assert max(indexed) <= network.now


def test_a_server_whose_clock_is_a_little_ahead_is_heard_and_not_beyond_now() -> None:
    network = Network([post(5, ALI, "1", "#banjir")])
    ours = network.now - timedelta(minutes=2)
    pages = hear_at(network, ours)
    assert len(posts(pages)) == 1
    assert max(page.reached_at for page in pages if page.reached_at) == ours


@pytest.mark.parametrize("cursor", [True, False])
def test_a_server_that_lives_in_the_future_is_an_outage_with_a_remedy(cursor: bool) -> None:
    network = Network([], until=600)
    network.connect = with_all(network)  # type: ignore[method-assign]
    with pytest.raises(SourceUnavailableError, match="yet to come: see whether the clock"):
        hear_at(network, START - timedelta(days=1), cursor=cursor)


def with_all(network: Network) -> Any:
    """Let the network be heard from its start, whatever is asked."""
    whole = Network.connect

    def connect(url: str) -> Any:
        return whole(network, f"{url.partition('&cursor')[0]}&cursor={micros(START)}")

    return connect


def hear_at(network: Network, ours: datetime, *, cursor: bool = True) -> list[Any]:
    """Hear a network whose clock is another than ours."""
    source = collector(network.connect, ours)
    stream = source.stream(
        Interest(TAGS),
        cursor=source.cursor_at(min(START, ours - timedelta(hours=1))) if cursor else None,
        now=lambda: ours,
        stop=threading.Event(),
        live=False,
    )
    return list(stream)
