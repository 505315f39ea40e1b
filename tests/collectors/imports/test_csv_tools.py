from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collectors.imports.detect import recognize
from collectors.imports.sample import ImportOptions, Sample

OPTIONS = ImportOptions(captured_at=datetime(2026, 3, 1, tzinfo=UTC))


def read(path: Path, content: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]], str | None]:
    path.write_text(content, encoding="utf-8")
    importer = recognize(path)
    pages = list(importer.pages(path, OPTIONS))
    posts = [row for page in pages for row in page.posts.to_dicts()]
    rejected = [row for page in pages for row in page.rejected.to_dicts()]
    assert len(posts) + len(rejected) <= sum(page.received for page in pages)
    return posts, rejected, importer.provenance(Sample.of(path)).tool


def test_minet_writes_tweets(tmp_path: Path) -> None:
    posts, _, tool = read(
        tmp_path / "a.csv",
        "id,timestamp_utc,local_time,user_screen_name,text,hashtags,links,retweeted_id,retweeted_user,"
        "user_id,collected_via,match_query\n"
        "1895262175704556019,1772323200,2026-03-01T00:00:00,ani,Air mati,airbersih|banjir,"
        "https://a.example/1|https://b.example,,,7,search,1\n"
        "1895262175704556020,1772323201,2026-03-01T00:00:01,budi,RT @ani: Air,airbersih,,"
        "1895262175704556019,ani,8,search,1\n",
    )
    assert tool == "minet"
    assert [p["post_key"] for p in posts] == ["x:1895262175704556019", "x:1895262175704556020"]
    assert posts[0]["hashtags"] == ["airbersih", "banjir"]
    assert posts[0]["urls"] == ["https://a.example/1", "https://b.example"]
    assert (posts[1]["kind"], posts[1]["repost_of_key"]) == ("repost", "x:1895262175704556019")


def test_minet_writes_bluesky_posts_under_their_live_keys(tmp_path: Path) -> None:
    uri = "at://did:plc:abcdefghijklmnopqrstuvwx/app.bsky.feed.post/3l"
    posts, _, tool = read(
        tmp_path / "a.csv",
        "cid,uri,timestamp_utc,user_did,user_handle,text,hashtags\n"
        f"x,{uri},1772323200,did:plc:abcdefghijklmnopqrstuvwx,ani.example,Air,airbersih\n",
    )
    assert tool == "minet"
    assert posts[0]["post_key"] == f"bluesky:{uri}"
    assert posts[0]["author_key"] == "bluesky:did:plc:abcdefghijklmnopqrstuvwx"


def test_dmi_tcat_exports_are_of_x(tmp_path: Path) -> None:
    posts, _, tool = read(
        tmp_path / "a.csv",
        "id,time,created_at,from_user_name,text,filter_level,from_user_id,to_user_name,"
        "in_reply_to_status_id,retweet_id\n"
        "1895262175704556019,1772323200,2026-03-01 00:00:00,ani,Air #AirBersih,low,7,,,\n",
    )
    assert tool == "dmi-tcat"
    assert (posts[0]["post_key"], posts[0]["author_key"]) == ("x:1895262175704556019", "x:7")


def test_4cat_exports_are_read_by_their_columns(tmp_path: Path) -> None:
    posts, _, tool = read(
        tmp_path / "a.csv",
        "id,thread_id,author,body,timestamp,unix_timestamp,hashtags,likes\n"
        '7300000000000000001,7300000000000000001,ani,"Air, mati",2026-03-01 00:00:00,1772323200,'
        '"airbersih,banjir",12\n',
    )
    assert tool == "4cat"
    assert posts[0]["text"] == "Air, mati"
    assert posts[0]["hashtags"] == ["airbersih", "banjir"]


@pytest.mark.parametrize("header", [True, False])
def test_the_coordination_toolkits_table_is_read_with_and_without_a_header(
    tmp_path: Path, header: bool
) -> None:
    head = "message_id,user_id,username,repost_id,reply_id,message,timestamp,urls\n"
    posts, _, tool = read(
        tmp_path / "a.csv",
        (head if header else "")
        + "1895262175704556019,7,ani,,,Air mati #AirBersih,1772323200,https://a.example/1 https://b.example\n"
        "1895262175704556020,8,budi,1895262175704556019,,Air mati,1772323260,\n",
    )
    assert tool == "coordination-network-toolkit"
    assert [p["kind"] for p in posts] == ["original", "repost"]
    assert posts[0]["urls"] == ["https://a.example/1", "https://b.example"]
    assert posts[0]["created_at"] == datetime(2026, 3, 1, tzinfo=UTC)


def test_coortweet_rows_are_shares_of_links_hashtags_and_posts(tmp_path: Path) -> None:
    posts, rejected, tool = read(
        tmp_path / "a.csv",
        "object_id,account_id,content_id,timestamp_share\n"
        "https://a.example/1,a1,c1,1772323200\n"
        "#AirBersih,a1,c1,1772323200\n"
        "1895262175704556019,a2,c2,1772323260\n"
        "https://a.example/1,a3,c3,kapan\n",
    )
    assert tool == "coortweet"
    by_key = {post["post_key"]: post for post in posts}
    first, second = by_key["import:c1"], by_key["import:c2"]
    assert (first["urls"], first["hashtags"]) == (["https://a.example/1"], ["airbersih"])
    assert (second["kind"], second["repost_of_key"]) == ("repost", "import:1895262175704556019")
    assert [row["locator"] for row in rejected] == ["a.csv:5"]


def test_a_table_of_any_other_tool_is_no_tools(tmp_path: Path) -> None:
    _, _, tool = read(tmp_path / "a.csv", "waktu,author,isi\n2026-03-01T00:00:00Z,a,x\n")
    assert tool is None
