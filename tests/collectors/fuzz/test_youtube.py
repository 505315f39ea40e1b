"""Damaged answers cost no more than what was damaged."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from collectors.collector import PostRef
from collectors.errors import CollectorError
from collectors.page import page_of
from collectors.platforms.youtube.comments import Comments
from collectors.platforms.youtube.videos import (
    View,
    carrying,
    page_of_counts,
    read_channels,
    read_videos,
    records_of,
    search_page,
)
from tests.collectors.examples.youtube import channel, found, thread, video
from tests.collectors.fuzz.mutate import mutations
from tests.collectors.servers import NOON

REF = PostRef("youtube:vid00000001", "youtube:UCposko", "https://y.example/?v=1", NOON, NOON)
PAYLOAD = {
    "search": {"items": [found("vid00000001"), found("vid00000003")], "nextPageToken": "N"},
    "videos": {"items": [video("vid00000001"), video("vid00000003")]},
    "channels": {"kind": "x", "items": [channel("UCposko"), channel("UClain")]},
    "comments": {"items": [thread("Ugy1"), thread("Ugy2")], "nextPageToken": "N"},
}


def received(damaged: Any) -> dict[str, Any] | None:
    """Give a payload as it comes in, which is JSON; None if it is none."""
    try:
        payload = msgspec.json.decode(json.dumps(damaged))
    except msgspec.DecodeError:
        return None
    return payload if isinstance(payload, dict) else None


@pytest.mark.fuzz
def test_stored_and_set_aside_and_not_matching_is_what_was_given() -> None:
    view, read = View("banjirkota", "youtube/api", NOON), 0
    for damaged in mutations(PAYLOAD):
        payload = received(damaged) or {}
        try:
            search = search_page(payload.get("search"), "search")
            videos, unread = read_videos(payload.get("videos"), "videos")
            channels, unread_channels = read_channels(payload.get("channels"), "channels")
        except CollectorError:
            continue
        known = {one.id: one for one in channels}
        posts, authors, engagement = records_of(carrying(videos, "banjirkota"), known, view)
        page = page_of(
            posts=posts,
            authors=authors,
            engagement=engagement,
            rejected=[*search.rejected, *unread, *unread_channels],
        )
        read += 1
        given = payload["videos"]["items"]
        assert len(videos) + len(unread) == len(given)
        assert len(search.ids) + len(search.rejected) <= search.received
        assert page.posts["post_key"].is_unique().all()
        assert set(page.posts["author_key"]) == set(page.authors["author_key"])
        assert page.engagement["post_key"].to_list() == page.posts["post_key"].to_list()
    assert read > 0


@pytest.mark.fuzz
def test_comments_and_counts_are_stored_or_set_aside() -> None:
    read = 0
    for damaged in mutations(PAYLOAD, seed=1):
        payload = received(damaged) or {}
        comments = Comments(REF, source="youtube/api", now=NOON)
        try:
            comments.add(payload.get("comments"), "comments")
            counts = page_of_counts(
                payload.get("videos"),
                {"vid00000001": REF},
                address="videos",
                source="youtube/api",
                now=NOON,
            )
        except CollectorError:
            continue
        page = comments.page()
        read += 1
        distinct = {json.dumps(row) for row in payload["comments"]["items"]}
        assert page.posts.height + page.rejected.height <= page.received
        assert page.posts.height + page.rejected.height >= min(len(distinct), 1)
        assert set(page.posts["author_key"]) == set(page.authors["author_key"])
        assert counts.engagement.height + counts.rejected.height <= counts.received
    assert read > 0
