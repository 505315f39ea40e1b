"""Damaged answers cost no more than what was damaged."""

from __future__ import annotations

import json

import httpx
import msgspec
import pytest

from collectors.collector import Pager
from collectors.errors import CollectorError
from collectors.options import ClientOptions
from collectors.platforms.threads import Settings, build
from tests.collectors.examples.threads import TOPICS, WORDS
from tests.collectors.fuzz.mutate import mutations
from tests.collectors.servers import NOON


@pytest.mark.fuzz
def test_stored_and_set_aside_and_not_matching_is_what_was_given() -> None:
    body = [b""]
    options = ClientOptions(
        secret=lambda _: "x",
        user_agent="t",
        now=lambda: NOON,
        sleep=lambda _: None,
        min_interval=0.0,
        transport=httpx.MockTransport(lambda _: httpx.Response(200, content=body[0])),
    )
    settings = msgspec.convert({"token_env": "T", "queries_per_day": 1_000_000}, Settings)
    (collector,) = build(settings, options)
    assert isinstance(collector, Pager)
    read = 0
    for damaged in mutations([*TOPICS, *WORDS]):
        body[0] = json.dumps({"data": damaged}).encode()
        try:
            page = next(collector.pages("banjirkota", cursor=None, now=NOON))
        except CollectorError:
            continue
        read += 1
        # Both searches give it: what has no id is told twice.
        given = 2 * len(damaged) if isinstance(damaged, list) else 0
        assert page.posts.height + page.rejected.height <= page.received <= given
        assert page.posts["post_key"].is_unique().all()
        assert set(page.posts["author_key"]) <= set(page.authors["author_key"])
    assert read > 0
