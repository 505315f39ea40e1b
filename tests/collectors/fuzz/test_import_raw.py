"""Damaged raw JSON of Mastodon and Bluesky costs no more than itself, as lines and as lists."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from collectors.imports.bluesky import Bluesky
from collectors.imports.mastodon import Mastodon
from collectors.imports.sample import Importer, ImportOptions
from tests.collectors.examples.bluesky import POSTS
from tests.collectors.fuzz.mutate import COUNT, mutations
from tests.collectors.imports.reading import NOON
from tests.collectors.servers import make_mention, make_status

STATUSES = [
    make_status(mentions=[make_mention("akun_c")]),
    make_status("akun_b@b.example", reblog=make_status()),
]
FILES = [(Bluesky(), POSTS[0]), (Bluesky(), {"posts": POSTS[:2]}), (Mastodon(), STATUSES[1])]


@pytest.mark.fuzz
@pytest.mark.parametrize(("importer", "given"), FILES, ids=["bluesky", "an answer", "mastodon"])
def test_stored_and_set_aside_is_no_less_than_what_was_given(
    tmp_path: Path, importer: Importer, given: object
) -> None:
    path = tmp_path / "a.jsonl"
    lines = [json.dumps(damaged) for damaged in mutations(given)]
    path.write_text("".join(line + "\n" for line in lines))
    received = read(importer, path)
    assert received >= len(lines) * 9 // 10 >= COUNT // 2
    path.write_text("[" + ",\n".join(lines) + "]")
    assert read(importer, path) > 0


def read(importer: Importer, path: Path) -> int:
    """Read it, and give how many records it was; none may vanish."""
    received = 0
    for page in importer.pages(path, ImportOptions(captured_at=NOON)):
        received += page.received
        kept = page.posts.height + page.interactions.height + page.removals.height
        assert page.rejected.height <= page.received
        assert kept + page.rejected.height > 0 or page.received == 0
        assert page.posts["post_key"].is_unique().all()
        assert set(page.interactions["author_key"]) <= set(page.authors["author_key"])
    return received
