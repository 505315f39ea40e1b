"""Damaged events: set aside or passed over, never an exception but that of the source."""

from __future__ import annotations

import json

import pytest

from collectors.errors import PayloadError
from collectors.platforms.nostr.events import read_events
from collectors.platforms.nostr.notes import page_of_acts, page_of_notes
from tests.collectors.examples.nostr import BUDI, SARI, Event
from tests.collectors.fuzz.mutate import COUNT, mutations
from tests.collectors.platforms.test_nostr_notes import FIRST, acts, ref
from tests.collectors.servers import NOON

pytestmark = pytest.mark.fuzz

ROWS = [
    FIRST,
    BUDI.note("Ini https://a.example/", ["q", FIRST["id"], "", SARI.pubkey], ["r", "https://b.ex"]),
    BUDI.sign(json.dumps(FIRST), [["e", FIRST["id"]], ["t", "banjirkota"]], kind=6),
    *acts(),
]


def test_damaged_events_are_counted_and_cost_nothing_else() -> None:
    kept = 0
    for rows in mutations(ROWS):
        if not isinstance(rows, list):
            continue
        reading = read_events(rows, "wss://relay.example", now=NOON)
        assert reading.received == len(reading.events) + len(reading.rejected)
        try:
            page = page_of_notes(reading, "banjirkota", address="wss://relay.example", now=NOON)
            page_of_acts(reading, ref(FIRST), address="wss://relay.example", now=NOON)
        except PayloadError:
            continue
        assert page.received == reading.received
        kept += page.posts.height
    assert kept > 0


def _signed_anew(event: Event) -> Event | None:
    """Sign what was damaged: so that more than the signature is tried."""
    try:
        return SARI.sign(event["content"], event["tags"], kind=event["kind"], at=NOON)
    except (KeyError, TypeError, UnicodeError, RecursionError):
        return None


def test_damaged_events_with_a_good_signature_are_read_or_set_aside() -> None:
    for damaged in mutations(ROWS, COUNT // 10):
        if not isinstance(damaged, list):
            continue
        rows = [
            signed for row in damaged if isinstance(row, dict) and (signed := _signed_anew(row))
        ]
        reading = read_events([FIRST, *rows], "wss://relay.example", now=NOON)
        page = page_of_notes(reading, "banjirkota", address="wss://relay.example", now=NOON)
        assert page.posts["post_key"].is_in([f"nostr:{FIRST['id']}"]).any()
        page_of_acts(reading, ref(FIRST), address="wss://relay.example", now=NOON)
