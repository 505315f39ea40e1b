"""A post in a file has its own time, in whichever spelling it stands there, or is set aside."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collectors.imports.bluesky import Bluesky
from tests.collectors.imports.reading import Whole, read

DID = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"


def shown(number: int, **record: Any) -> dict[str, Any]:
    """A post as Python's SDK dumps it."""
    return {
        "author": {"did": DID, "handle": "warga.example", "display_name": "Warga",
                   "created_at": "2023-08-01T00:00:00.000Z"},
        "indexed_at": "2025-02-26T00:15:03.100Z",
        "record": {
            "created_at": "2025-02-26T00:15:02.000Z", "text": "Antre #JembatanRaya",
            "facets": [{"features": [{"tag": "JembatanRaya",
                                      "py_type": "app.bsky.richtext.facet#tag"}]}],
            "langs": ["id"], "py_type": "app.bsky.feed.post", **record,
        },
        "uri": f"at://{DID}/app.bsky.feed.post/3l{number:011d}",
        "like_count": 10, "quote_count": 2, "reply_count": 1, "repost_count": 3,
        "py_type": "app.bsky.feed.defs#postView",
    }  # fmt: skip


def read_lines(tmp_path: Path, *items: dict[str, Any]) -> Whole:
    path = tmp_path / "posts.ndjson"
    path.write_text("".join(json.dumps(item) + "\n" for item in items))
    os.utime(path, (1_764_500_000, 1_764_500_000))
    return read(Bluesky(), path)


def test_the_spelling_of_pythons_sdk_is_read(tmp_path: Path) -> None:
    whole = read_lines(tmp_path, shown(1))
    post = whole.post(f"bluesky:at://{DID}/app.bsky.feed.post/3l00000000001")
    assert post["created_at"] == datetime(2025, 2, 26, 0, 15, 2, tzinfo=UTC)
    assert post["hashtags"] == ["jembatanraya"]
    counts = whole.engagement.select("likes", "reposts", "replies", "quotes").rows()
    assert counts == [(10, 3, 1, 2)]
    assert whole.authors["display_name"].to_list() == ["Warga"]


@pytest.mark.parametrize("said", [None, "", "kemarin", "0000-00-00", 1740528902])
def test_a_post_without_a_time_is_set_aside_not_dated_by_its_file(
    tmp_path: Path, said: object
) -> None:
    item = shown(1, created_at=said) | {"indexed_at": None}
    whole = read_lines(tmp_path, item, shown(2))
    assert whole.posts.height == 1
    assert whole.rejected["field"].to_list() == ["record.createdAt"]


def test_a_file_older_than_its_posts_does_not_date_them(tmp_path: Path) -> None:
    item = shown(1, created_at="2026-12-24T10:00:00Z") | {"indexed_at": None}
    whole = read_lines(tmp_path, item)
    assert whole.posts["created_at"].to_list() == [datetime(2026, 12, 24, 10, tzinfo=UTC)]
