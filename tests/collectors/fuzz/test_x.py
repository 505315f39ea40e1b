"""Damaged answers cost no more than what was damaged."""

from __future__ import annotations

import json

import msgspec
import pytest

from collectors.errors import CollectorError
from collectors.platforms.x.payloads import listing_of
from collectors.platforms.x.tweets import View, page_of_tweets
from tests.collectors.examples.x import TWEETS
from tests.collectors.fuzz.mutate import mutations
from tests.collectors.servers import NOON

PAYLOAD = {
    "data": TWEETS,
    "includes": {"users": [{"id": "1000", "username": "akun_a", "public_metrics": {}}]},
    "meta": {"result_count": 7, "next_token": "t"},
}


@pytest.mark.fuzz
def test_stored_and_set_aside_is_what_was_given() -> None:
    view, read = View("x/api.x.com", NOON, "banjirkota"), 0
    for damaged in mutations(PAYLOAD):
        try:
            payload = msgspec.json.decode(json.dumps(damaged))  # as it comes in
        except msgspec.DecodeError:
            continue
        try:
            found = listing_of(payload, "https://x/")
            users = found.includes.users
            page = page_of_tweets(found.data, users, address="https://x/", view=view)
        except CollectorError:
            continue
        read += 1
        ids = [row.get("id") for row in found.data if isinstance(row, dict)]
        doubled = len(ids) - len(set(map(str, ids)))
        kept = page.posts.height
        aside = page.rejected.filter(~page.rejected["locator"].str.contains("users"))
        assert len(found.data) - doubled <= kept + aside.height <= len(found.data)
        assert set(page.posts["author_key"]) <= set(page.authors["author_key"])
        assert set(page.interactions["author_key"]) <= set(page.authors["author_key"])
    assert read > 0
