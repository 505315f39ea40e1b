"""Damaged lines cost no more than themselves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from collectors.imports.sample import ImportOptions
from collectors.imports.zeeschuimer import Zeeschuimer
from tests.collectors.fuzz.mutate import COUNT, mutations
from tests.collectors.imports.browsed_items import (
    graph_node,
    instagram,
    line,
    threads,
    tiktok,
    x,
    x_repost,
)
from tests.collectors.imports.reading import NOON

QUOTE = threads("DQu", text_post_app_info={"share_info": {"quoted_post": threads("DOld")}})
LINES = [
    line("tiktok.com", "1", tiktok()),
    line("instagram.com", "2", instagram()),
    line("instagram.com", "3", graph_node()),
    line("threads.net", "4", QUOTE),
    line("x.com", "5", x()),
    line("x.com", "6", x_repost()),
]


@pytest.mark.fuzz
@pytest.mark.parametrize("given", LINES, ids=lambda given: str(given["item_id"]))
def test_stored_and_set_aside_and_repeated_is_what_was_given(
    tmp_path: Path, given: dict[str, object]
) -> None:
    path = tmp_path / "a.ndjson"
    with path.open("w") as file:
        for damaged in mutations(given, COUNT // len(LINES) + 1):
            # A post that is not there twice is told from one that is lost.
            file.write(json.dumps(damaged) + "\n")
    options = ImportOptions(captured_at=NOON, page_size=1)
    stored = set_aside = received = 0
    for page in Zeeschuimer().pages(path, options):
        matched = page.posts.filter(page.posts["captured_as"] == "matched")
        assert matched.height + page.rejected.height == page.received == 1
        assert set(page.posts["author_key"]) <= set(page.authors["author_key"])
        stored += matched.height
        set_aside += page.rejected.height
        received += page.received
    assert received == COUNT // len(LINES) + 1
    assert stored > 0
    assert set_aside > 0
