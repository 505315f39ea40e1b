"""Damaged notes cost no more than what was damaged."""

from __future__ import annotations

import json

import msgspec
import pytest

from collectors.errors import CollectorError
from collectors.platforms.misskey.notes import View, page_of_notes
from tests.collectors.examples.misskey import HOST, NOTES
from tests.collectors.fuzz.mutate import mutations
from tests.collectors.servers import NOON


@pytest.mark.fuzz
def test_stored_and_set_aside_is_no_more_than_what_was_given() -> None:
    view = View(f"misskey/{HOST}", HOST, NOON)
    read = 0
    for damaged in mutations(NOTES):
        try:
            rows = msgspec.json.decode(json.dumps(damaged))  # as it comes in
        except msgspec.DecodeError:
            continue
        if not isinstance(rows, list):
            continue
        try:
            page = page_of_notes(rows, "banjirkota", address="https://x/", view=view, cursor=None)
        except CollectorError:
            continue
        read += 1
        kept = page.posts.filter(captured_as="matched").height
        assert page.received == len(rows)
        assert kept + page.rejected.height <= len(rows)
        assert page.posts["post_key"].is_unique().all()
        assert set(page.interactions["author_key"]) <= set(page.authors["author_key"])
    assert read > 0
