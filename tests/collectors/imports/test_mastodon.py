from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from collectors.imports.detect import recognize
from collectors.imports.mastodon import Mastodon
from tests.collectors.imports.reading import Whole, read
from tests.collectors.servers import make_account, make_mention, make_status


def written(tmp_path: Path, content: object, *, lines: bool = False) -> Path:
    path = tmp_path / "a.json"
    rows = content if lines and isinstance(content, list) else [content]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert recognize(path).name == "mastodon"
    return path


def whole_of(tmp_path: Path, content: object, *, lines: bool = False) -> Whole:
    return read(Mastodon(), written(tmp_path, content, lines=lines))


def rows() -> list[dict[str, Any]]:
    root = make_status("akun_a", mentions=[make_mention("akun_c")])
    reply = make_status(
        "akun_b@b.example",
        in_reply_to_id=root["id"],
        in_reply_to_account_id=root["account"]["id"],
    )
    return [root, reply]


@pytest.mark.parametrize("shape", ["lines", "list", "search", "pages"])
def test_statuses_are_read_however_they_are_packed(tmp_path: Path, shape: str) -> None:
    given = rows()
    content: dict[str, Any] = {
        "lines": given,
        "list": given,
        "search": {"accounts": [], "statuses": given, "hashtags": []},
        "pages": [given[:1], given[1:]],
    }
    whole = whole_of(tmp_path, content[shape], lines=shape in ("lines", "pages"))
    assert whole.received == whole.matched.height == 2
    root, reply = (f"mastodon:{row['uri']}" for row in given)
    assert whole.post(root)["author_key"] == "mastodon:@akun_a@a.example"
    assert whole.post(root)["text"] == "Air naik lagi"
    assert whole.edges(root) == [("mention", "mastodon:@akun_c@a.example", None)]
    assert whole.edges(reply) == [("reply", "mastodon:@akun_a@a.example", root)]
    assert whole.counts(root)["reposts"] == 2
    assert whole.authors.filter(handle="akun_a@a.example")["followers"].to_list() == [113]


def test_a_reply_to_a_status_of_an_earlier_page_is_known_by_its_address(tmp_path: Path) -> None:
    given = rows()
    whole = read(Mastodon(), written(tmp_path, given), page_size=1)
    assert len(whole.pages) == 2
    assert (
        whole.post(f"mastodon:{given[1]['uri']}")["reply_to_key"] == f"mastodon:{given[0]['uri']}"
    )


def test_a_boost_is_the_act_of_who_boosted(tmp_path: Path) -> None:
    original = make_status("akun_b@b.example")
    boost = make_status("akun_a", reblog=original, created_at="2026-03-01T11:30:00.000Z")
    whole = whole_of(tmp_path, [boost])
    (act,) = whole.interactions.rows(named=True)
    assert (act["kind"], act["author_key"]) == ("repost", "mastodon:@akun_a@a.example")
    assert act["target_post_key"] == f"mastodon:{original['uri']}"
    assert f"{act['acted_at']:%H:%M}" == "11:30"
    assert whole.matched.is_empty()
    assert whole.posts["post_key"].to_list() == [f"mastodon:{original['uri']}"]


def test_what_is_not_public_is_told_and_not_kept(tmp_path: Path) -> None:
    secret = make_status(visibility="private", content="<p>rahasia</p>")
    whole = whole_of(tmp_path, [make_status(), secret])
    assert (whole.matched.height, whole.received) == (1, 2)
    assert whole.rejected.select("reason", "raw").rows() == [("not public: left out", "")]


def test_what_cannot_be_read_is_set_aside_with_its_field(tmp_path: Path) -> None:
    bad = make_status(account=make_account() | {"acct": 7})
    whole = whole_of(tmp_path, [make_status(), bad, "?"], lines=True)
    assert whole.matched.height == 1
    assert whole.rejected.select("locator", "field").rows() == [
        ("a.json:2", "account.acct"),
        ("a.json:3", None),
    ]
