from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from collectors.imports.bluesky import Bluesky
from collectors.imports.detect import recognize
from collectors.imports.sample import Sample
from tests.collectors.examples.bluesky import POSTS, did, moment, person, post, uri
from tests.collectors.imports.reading import Whole, read
from tests.collectors.platforms import test_bluesky_jetstream as jetstream
from tests.collectors.servers import NOON as THEN


def written(tmp_path: Path, content: object, *, lines: bool = False) -> Path:
    path = tmp_path / "a.json"
    rows = content if lines and isinstance(content, list) else [content]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert recognize(path).name == "bluesky"
    return path


def whole_of(tmp_path: Path, content: object, *, lines: bool = False) -> Whole:
    return read(Bluesky(), written(tmp_path, content, lines=lines))


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (POSTS, True),
        (POSTS, False),
        ({"posts": POSTS, "cursor": "5"}, False),
        ([{"posts": POSTS[:2]}, {"posts": POSTS[2:]}], True),
        ({"feed": [{"post": row} for row in POSTS]}, False),
    ],
    ids=["lines", "a list", "an answer", "answers", "a feed"],
)
def test_posts_are_read_however_they_are_packed(
    tmp_path: Path, content: object, lines: bool
) -> None:
    whole = whole_of(tmp_path, content, lines=lines)
    assert whole.received == whole.matched.height == len(POSTS)
    first = whole.post(f"bluesky:{uri('sari', 1)}")
    assert (first["text"], first["hashtags"]) == ("Air naik #BanjirKota", ["banjirkota"])
    assert first["created_at"] == THEN - timedelta(minutes=5)
    assert whole.counts(f"bluesky:{uri('sari', 1)}")["likes"] == 3
    assert set(whole.authors["handle"]) == {f"{n}.pds.example" for n in ("sari", "budi", "wayan")}


def test_a_repost_in_a_feed_is_the_act_of_who_reposted(tmp_path: Path) -> None:
    reason = {
        "$type": "app.bsky.feed.defs#reasonRepost",
        "by": person("made"),
        "uri": f"at://{did('made')}/app.bsky.feed.repost/3k",
        "indexedAt": moment(2),
    }
    whole = whole_of(tmp_path, {"feed": [{"post": POSTS[0], "reason": reason}]})
    (act,) = whole.interactions.rows(named=True)
    assert (act["kind"], act["author_key"]) == ("repost", f"bluesky:{did('made')}")
    assert act["target_post_key"] == f"bluesky:{uri('sari', 1)}"
    assert act["acted_at"] == THEN - timedelta(minutes=2)
    assert whole.matched.is_empty()
    assert whole.posts.height == 1


def test_what_jetstream_told_is_read_whole(tmp_path: Path) -> None:
    first = jetstream.uri(jetstream.ALI, "1")
    events = [
        jetstream.post(1, jetstream.ALI, "1", "halo #banjir"),
        jetstream.repost(2, jetstream.BUDI, "r1", first),
        jetstream.commit(3, jetstream.ALI, "1", None),
        {"did": jetstream.ALI, "time_us": 1, "kind": "identity"},
    ]
    whole = whole_of(tmp_path, [*events, {"uri": 1}], lines=True)
    assert whole.matched["hashtags"].to_list() == [["banjir"]]
    assert whole.interactions["kind"].to_list() == ["repost"]
    assert whole.pages[0].removals["key"].to_list() == [f"bluesky:{first}"]
    assert whole.rejected.select("locator", "field").rows() == [("a.json:5", "uri")]
    made = Bluesky().provenance(Sample.of(tmp_path / "a.json"))
    assert (made.tool, made.capture_mode) == ("jetstream", "streamed")


def test_what_cannot_be_read_is_set_aside_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    damaged = json.dumps(POSTS).replace('"indexedAt": ', '"indexedAt" ', 1)
    path.write_text(damaged)
    whole = read(Bluesky(), path)
    assert (whole.matched.height, whole.rejected.height) == (len(POSTS) - 1, 1)
    assert whole.rejected["reason"].to_list() == ["broken JSON"]
    odd: list[Any] = [POSTS[0], {**POSTS[1], "record": None}, 7]
    whole = whole_of(tmp_path, {"posts": odd})
    assert whole.rejected["reason"].to_list() == ["not there", "no post"]
    assert (whole.received, whole.matched.height) == (3, 1)


def test_a_post_is_once_on_a_page_and_pages_are_no_longer_than_asked(tmp_path: Path) -> None:
    rows = [post("sari", n, minutes=n, text="#banjirkota") for n in range(1, 12)]
    path = written(tmp_path, [*rows, rows[0]])
    whole = read(Bluesky(), path, page_size=5)
    assert [page.received for page in whole.pages] == [5, 5, 2]
    assert whole.matched["post_key"].n_unique() == 11
