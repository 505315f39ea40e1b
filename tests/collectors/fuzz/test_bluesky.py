"""Damaged events: set aside or passed over, never an exception, and no other event is lost."""

from __future__ import annotations

import json

import msgspec
import pytest

from collectors.collector import Interest
from collectors.errors import RecordError
from collectors.page import page_of
from collectors.platforms.bluesky.candidates import Candidates
from collectors.platforms.bluesky.events import Found, read_event
from collectors.platforms.bluesky.wires import wire_of
from tests.collectors.fuzz.mutate import mutations
from tests.collectors.platforms.test_bluesky_jetstream import (
    ALI,
    BUDI,
    TAGS,
    commit,
    facet,
    post,
    repost,
    uri,
)

FIRST = uri(ALI, "1")
EVENTS = [
    post(
        1,
        ALI,
        "1",
        "halo #banjir",
        facets=[facet("banjir")],
        tags=["tolakruu"],
        langs=["id"],
        reply={"root": {"uri": FIRST}, "parent": {"uri": FIRST}},
        embed={"external": {"uri": "https://a.example/"}, "record": {"record": {"uri": FIRST}}},
    ),
    repost(2, BUDI, "r1", FIRST, via={"uri": FIRST}),
    commit(3, ALI, "1", None),
    {
        "did": ALI,
        "time_us": 1_772_366_400_000_000,
        "kind": "account",
        "account": {"active": False, "did": ALI, "status": "deleted"},
    },
]


@pytest.mark.fuzz
def test_no_damage_costs_more_than_the_event() -> None:
    interest = Interest(TAGS, posts={f"bluesky:{FIRST}"}, authors={f"bluesky:{ALI}"})
    candidates, found = Candidates(interest), Found()
    for seed, event in enumerate(EVENTS):
        for damaged in mutations(event, seed=seed):
            raw = json.dumps(damaged, ensure_ascii=True).encode()
            for path in ("/subscribe", "/xrpc/network.bsky.jetstream.subscribeEvents"):
                if (head := wire_of(f"wss://a.example{path}").head_of(raw)) is not None:
                    assert candidates.may_matter(head, raw) in (True, False)
            try:
                decoded = msgspec.json.decode(raw)
            except msgspec.DecodeError:
                continue  # set aside by the collector as it stands
            if not isinstance(decoded, dict):
                continue
            before = len(found)
            try:
                read_event(decoded, interest, found)
            except RecordError:
                assert len(found) == before  # nothing of a record that was set aside is kept
        page_of(  # whatever was read has a place in the frames
            posts=found.posts,
            authors=found.authors.values(),
            interactions=found.interactions,
            removals=found.removals,
        )
