"""Damaged posts and accounts, as the AppView shows them, cost no more than what was damaged."""

from __future__ import annotations

import json

import msgspec
import pytest

from collectors.errors import CollectorError
from collectors.platforms.bluesky.search import add_matches
from collectors.platforms.bluesky.views import Shown
from tests.collectors.examples.bluesky import POSTS, person, post, uri
from tests.collectors.fuzz.mutate import mutations
from tests.collectors.servers import NOON

QUOTED = {**post("budi", 7, minutes=9, text="lama"), "value": {"text": "lama #banjirkota"}}
ROWS = [
    *POSTS,
    post(
        "made",
        6,
        minutes=30,
        text="#banjirkota",
        facets=[{"features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "banjirkota"}]}],
        reply={"root": {"uri": uri("budi", 2)}, "parent": {"uri": uri("budi", 2)}},
        embed={"record": {"uri": uri("budi", 7)}, "external": {"uri": "https://a.example/"}},
    )
    | {"embed": {"record": QUOTED}},
]


@pytest.mark.fuzz
def test_stored_and_set_aside_is_no_more_than_what_was_given() -> None:
    read = 0
    for damaged in mutations(ROWS):
        rows = given(damaged)
        shown = Shown("bluesky/search", NOON)
        try:
            views = shown.read(rows, "pds.example")
        except CollectorError:
            continue
        read += 1
        assert len(views) + len(shown.rejected) == len(rows) == shown.received
        add_matches(shown, views, "banjirkota")
        page = shown.page()
        assert page.posts["post_key"].is_unique().all()
        assert page.engagement["post_key"].is_unique().all()
        assert set(page.posts["author_key"]) <= set(page.authors["author_key"])
        assert set(page.interactions["author_key"]) <= set(page.authors["author_key"])
    assert read > 0


@pytest.mark.fuzz
def test_damaged_accounts_are_set_aside() -> None:
    read = 0
    for damaged in mutations([person("sari"), person("budi", followersCount=3, labels=[{}])]):
        rows = given(damaged)
        shown = Shown("bluesky/appview", NOON)
        try:
            people = shown.read_people(rows, "view.example")
        except CollectorError:
            continue
        read += 1
        assert len(people) + len(shown.rejected) == len(rows)
        for one in people:
            shown.add_author(one)
        assert shown.page().authors["author_key"].is_unique().all()
    assert read > 0


def given(damaged: object) -> list[object]:
    """Give the rows as they come in, if they still come in."""
    try:
        rows = msgspec.json.decode(json.dumps(damaged))
    except msgspec.DecodeError:
        return []
    return rows if isinstance(rows, list) else []
