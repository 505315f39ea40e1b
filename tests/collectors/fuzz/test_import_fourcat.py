"""Damaged rows cost no more than themselves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from collectors.imports.fourcat import FourCat
from collectors.imports.sample import ImportOptions
from tests.collectors.fuzz.mutate import COUNT, mutations
from tests.collectors.imports.browsed_items import fourcat_row, kept, line, threads
from tests.collectors.imports.reading import NOON

ROWS = [fourcat_row(), kept(line("threads.net", "3", threads()))]


@pytest.mark.fuzz
@pytest.mark.parametrize("given", ROWS, ids=["columns", "raw"])
def test_stored_and_set_aside_is_what_was_given(tmp_path: Path, given: dict[str, Any]) -> None:
    path = tmp_path / "a.ndjson"
    with path.open("w") as file:
        for damaged in mutations(given, COUNT // 2):
            file.write(json.dumps(damaged) + "\n")
    stored = set_aside = 0
    for page in FourCat().pages(path, ImportOptions(captured_at=NOON, page_size=1)):
        matched = page.posts.filter(page.posts["captured_as"] == "matched")
        assert matched.height + page.rejected.height == page.received == 1
        assert set(page.posts["author_key"]) <= set(page.authors["author_key"])
        stored += matched.height
        set_aside += page.rejected.height
    assert stored + set_aside == COUNT // 2
    assert stored > 0
    assert set_aside > 0
