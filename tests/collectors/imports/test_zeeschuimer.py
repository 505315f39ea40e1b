from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collectors.imports.detect import recognize
from collectors.imports.sample import Sample
from collectors.imports.zeeschuimer import Zeeschuimer
from tests.collectors.imports.browsed_items import (
    SEEN_MS,
    graph_node,
    instagram,
    line,
    threads,
    tiktok,
    x,
    x_repost,
)
from tests.collectors.imports.reading import NOON, Whole, read

MORNING = datetime(2026, 3, 2, 10, tzinfo=UTC)


def whole_of(tmp_path: Path, *lines: dict[str, Any], page_size: int = 20_000) -> Whole:
    path = tmp_path / "a.ndjson"
    path.write_text("".join(json.dumps(one) + "\n" for one in lines))
    return read(Zeeschuimer(), path, page_size=page_size)


@pytest.mark.parametrize(
    "first",
    [
        line("tiktok.com", "1", tiktok()),
        line("threads.net", "1", threads()),
        line("x.com", "1", x()),
        line("linkedin.com", "1", {}),
    ],
)
def test_it_is_recognized_whatever_platform_comes_first(tmp_path: Path, first: Any) -> None:
    path = tmp_path / "a"
    path.write_text(json.dumps(first) + "\n" + json.dumps(line("x.com", "2", x())) + "\n")
    assert recognize(path).name == "zeeschuimer"


def test_what_was_browsed_is_said_to_be_no_complete_record(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text(json.dumps(line("x.com", "1", x())))
    told = Zeeschuimer().provenance(Sample.of(path))
    assert (told.tool, told.capture_mode) == ("zeeschuimer", "browsed")


def test_a_tiktok_video_is_read_with_its_hashtags_accounts_and_counts(tmp_path: Path) -> None:
    whole = whole_of(tmp_path, line("tiktok.com", "7400000000000000001", tiktok()))
    key = "tiktok:7400000000000000001"
    post = whole.post(key)
    assert post["created_at"] == MORNING
    assert post["hashtags"] == ["airbersih", "kemarau"]
    assert post["urls"] == ["https://berita.example/a"]
    assert post["url"] == "https://www.tiktok.com/@warga_a/video/7400000000000000001"
    assert post["author_key"] == "tiktok:6900000000000000001"
    assert whole.authors["followers"].to_list() == [1200]
    assert whole.edges(key) == [("mention", "tiktok:6900000000000000002", None)]
    counts = whole.counts(key)
    assert [counts[name] for name in ("likes", "replies", "reposts", "views", "quotes")] == [
        10, 2, 1, 1050, None,
    ]  # fmt: skip
    assert counts["taken_at"] == NOON


def test_a_duet_quotes_the_other_video_and_a_bare_handle_is_an_author(tmp_path: Path) -> None:
    data = tiktok(
        author="Warga_A",
        nickname="Warga A",
        duetInfo={"duetFromId": "55"},
        stats=None,
        statsV2={"diggCount": "9", "commentCount": "0", "shareCount": "1", "playCount": "2"},
    )
    whole = whole_of(tmp_path, line("tiktok.com", "1", data))
    post = whole.posts.row(0, named=True)
    assert (post["kind"], post["quote_of_key"]) == ("quote", "tiktok:55")
    assert post["author_key"] == "tiktok:@warga_a"
    assert whole.counts(post["post_key"])["likes"] == 9


def test_both_shapes_of_instagram_are_read(tmp_path: Path) -> None:
    whole = whole_of(
        tmp_path,
        line("instagram.com", "1", instagram()),
        line("instagram.com", "2", graph_node()),
    )
    first, second = whole.post("instagram:CxAbc_1"), whole.post("instagram:CxAbc_2")
    assert first["url"] == "https://www.instagram.com/p/CxAbc_1/"
    assert first["hashtags"] == second["hashtags"] == ["airbersih"]
    assert (first["author_key"], second["author_key"]) == ("instagram:5001", "instagram:5002")
    assert whole.edges("instagram:CxAbc_1") == [("mention", "instagram:@warga.b", None)]
    assert whole.counts("instagram:CxAbc_1")["likes"] == 12
    assert whole.counts("instagram:CxAbc_2")["views"] == 90


def test_hidden_likes_are_unknown_and_not_few(tmp_path: Path) -> None:
    hidden = instagram(like_count=3, like_and_view_counts_disabled=True)
    whole = whole_of(tmp_path, line("instagram.com", "1", hidden))
    assert whole.counts("instagram:CxAbc_1")["likes"] is None
    assert whole.counts("instagram:CxAbc_1")["replies"] == 3


def test_a_threads_post_is_named_by_the_code_in_its_address(tmp_path: Path) -> None:
    whole = whole_of(tmp_path, line("threads.net", "3300000000000000001", threads()))
    post = whole.post("threads:DAbc1")
    assert post["url"] == "https://www.threads.com/@warga_a/post/DAbc1"
    assert post["urls"] == ["https://berita.example/a"]
    assert post["hashtags"] == ["airbersih"]
    assert whole.edges("threads:DAbc1") == [("mention", "threads:@warga.b", None)]
    counts = whole.counts("threads:DAbc1")
    assert [counts[n] for n in ("likes", "reposts", "replies", "quotes")] == [10, 1, 2, 0]


def test_reposts_quotes_and_replies_on_threads_are_told(tmp_path: Path) -> None:
    original = threads("DOld", user={"pk": "7002", "username": "warga_b"})
    repost = threads(
        "DRe",
        caption=None,
        text_post_app_info={"share_info": {"reposted_post": original}},
    )
    quote = threads("DQu", text_post_app_info={"share_info": {"quoted_post": original}})
    reply = threads(
        "DAn",
        caption={"text": "setuju #AirBersih"},
        text_post_app_info={
            "is_reply": True,
            "reply_to_author": {"username": "warga_b", "pk": "7002"},
        },
    )
    whole = whole_of(tmp_path, *(line("threads.com", o["code"], o) for o in (repost, quote, reply)))
    assert whole.post("threads:DRe")["kind"] == "repost"
    assert whole.post("threads:DRe")["hashtags"] == ["airbersih"]
    assert whole.edges("threads:DRe") == [("repost", "threads:7002", "threads:DOld")]
    assert whole.edges("threads:DQu")[0] == ("quote", "threads:7002", "threads:DOld")
    assert whole.edges("threads:DAn") == [("reply", "threads:7002", None)]
    assert whole.post("threads:DOld")["captured_as"] == "referenced"


def test_a_post_on_x_is_the_same_as_from_its_api(tmp_path: Path) -> None:
    whole = whole_of(tmp_path, line("twitter.com", "2028000000000000001", x()))
    post = whole.post("x:2028000000000000001")
    assert post["created_at"] == MORNING
    assert post["text"] == "@warga_b Air mati lagi & lagi #AirBersih https://t.co/a"
    assert (post["lang"], post["author_key"]) == ("id", "x:111")
    assert post["url"] == "https://x.com/warga_a/status/2028000000000000001"
    assert post["urls"] == ["https://berita.example/a"]
    assert whole.edges("x:2028000000000000001") == [("mention", "x:222", None)]
    counts = whole.counts("x:2028000000000000001")
    assert [counts[n] for n in ("likes", "reposts", "replies", "quotes", "views")] == [
        4, 3, 2, 1, 321,
    ]  # fmt: skip
    assert whole.authors["followers"].to_list() == [7]


def test_a_repost_on_x_takes_text_and_hashtags_from_its_original(tmp_path: Path) -> None:
    whole = whole_of(tmp_path, line("x.com", "2", x_repost()))
    post = whole.post("x:2028000000000000002")
    assert (post["kind"], post["hashtags"]) == ("repost", ["airbersih"])
    assert post["text"] == "Air mati sejak pagi tadi #AirBersih"
    assert whole.edges("x:2028000000000000002") == [("repost", "x:222", "x:2028000000000000009")]
    assert whole.engagement["post_key"].to_list() == ["x:2028000000000000009"]


def test_a_quote_that_is_gone_is_still_a_quote(tmp_path: Path) -> None:
    data = x(quoted_status_id_str="5", in_reply_to_status_id_str="6", in_reply_to_user_id_str="222")
    data["quoted_status_result"] = {"result": {"__typename": "TweetTombstone", "tombstone": {}}}
    whole = whole_of(tmp_path, line("x.com", "1", data))
    key = "x:2028000000000000001"
    assert whole.post(key)["kind"] == "quote"
    assert whole.edges(key) == [("quote", None, "x:5"), ("reply", "x:222", "x:6")]


def test_an_item_seen_twice_is_one_post_as_last_seen_with_both_counts(tmp_path: Path) -> None:
    late = threads(caption={"text": "disunting #AirBersih"}, like_count=20)
    whole = whole_of(
        tmp_path,
        line("threads.net", "1", late, last_updated=SEEN_MS + 60_000),
        line("threads.net", "1", threads()),
    )
    assert whole.received == 2
    assert whole.posts["text"].to_list() == ["disunting #AirBersih"]
    assert sorted(whole.engagement["likes"]) == [10, 20]


def test_what_cannot_be_read_is_set_aside_with_its_line_and_without_the_browser(
    tmp_path: Path,
) -> None:
    renamed = threads()
    renamed["likes"] = renamed.pop("like_count")
    path = tmp_path / "a.ndjson"
    rows = [
        line("threads.net", "1", renamed),
        line("linkedin.com", "1", {}),
        line("tiktok.com", "1", tiktok(isAd=True)),
        line("tiktok.com", "1", {"id": "1"}),
        {"item_id": "1"},
        line("threads.net", "2", threads("Dgood")),
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + '{"item_id": "7"')
    whole = read(Zeeschuimer(), path)
    assert whole.rejected.select("locator", "reason", "field").rows() == [
        (
            "a.ndjson:1",
            "threads.net: unexpected format: Object missing required field `like_count`",
            "$.like_count",
        ),
        ("a.ndjson:2", "platform not read yet: linkedin.com", "source_platform"),
        ("a.ndjson:3", "an advertisement", None),
        (
            "a.ndjson:4",
            "tiktok.com: unexpected format: Object missing required field `desc`",
            None,
        ),
        ("a.ndjson:5", "Object missing required field `source_platform`", None),
        ("a.ndjson:7", "Input data was truncated", None),
    ]
    assert whole.matched["post_key"].to_list() == ["threads:Dgood"]
    assert not whole.rejected["raw"].str.contains("Mozilla").any()


def test_a_file_may_have_several_pages(tmp_path: Path) -> None:
    rows = [line("tiktok.com", str(n), tiktok(str(n))) for n in range(5)]
    whole = whole_of(tmp_path, *rows, page_size=2)
    assert len(whole.pages) == 3
    assert whole.matched.height == 5
