"""Different posts stay different: what is no id of the record itself is not its key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from collectors.imports.csv_mapped import CsvMapped
from collectors.imports.parquet import Parquet
from tests.collectors.imports.reading import Whole, read


def read_text(tmp_path: Path, content: str, **mapping: str) -> Whole:
    path = tmp_path / "a.csv"
    path.write_text(content)
    return read(CsvMapped(), path, mapping=mapping)


def keys(whole: Whole) -> list[str]:
    return whole.posts["post_key"].to_list()


def test_comments_are_not_the_post_under_which_they_stand(tmp_path: Path) -> None:
    whole = read_text(
        tmp_path,
        "comment_id,post_id,created_time,author,message,like_count\n"
        "9001,5001,2025-02-28T00:15:02Z,warga_a,Setuju,1\n"
        "9002,5001,2025-02-28T00:16:02Z,warga_b,Tidak setuju,2\n",
    )
    assert keys(whole) == ["import:9001", "import:9002"]
    assert whole.posts["reply_to_key"].to_list() == ["import:5001"] * 2
    assert whole.engagement["likes"].to_list() == [1, 2]


def test_of_two_ids_the_one_that_tells_records_apart_is_theirs(tmp_path: Path) -> None:
    whole = read_text(
        tmp_path,
        "id,thread_id,post_id,timestamp,author,body\n"
        "7301,7001,7001,2025-02-28 00:15:02,warga_a,Setuju\n"
        "7209,7001,7001,2025-02-28 00:16:02,warga_b,Tidak\n",
    )
    assert keys(whole) == ["import:7301", "import:7209"]


def test_the_number_of_a_row_is_no_id(tmp_path: Path) -> None:
    whole = read_text(
        tmp_path,
        "id,post_id,date,user,text\n"
        "0,8801,2025-02-28T00:15:02Z,warga_a,satu\n"
        "1,8802,2025-02-28T00:16:02Z,warga_b,dua\n"
        "2,8802,2025-02-28T00:16:02Z,warga_b,dua\n",
    )
    assert keys(whole) == ["import:8801", "import:8802", "import:8802"]
    assert sum(page.repeated for page in whole.pages) == 1


def test_messages_are_numbered_in_each_channel_for_itself(tmp_path: Path) -> None:
    whole = read_text(
        tmp_path,
        "channel,id,date,message,views,reply_to_msg_id\n"
        "Kabar_Satu,101,2025-02-28 00:15:02+00:00,Antre,500,\n"
        "Kabar_Satu,102,2025-02-28 00:16:02+00:00,Antre lagi,500,101\n"
        "kabar_dua,101,2025-02-28 00:17:02+00:00,Macet,900,\n",
        platform="=telegram",
    )
    # As the live source has them, so that a message is one in both.
    assert keys(whole) == [
        "telegram:kabar_satu/101",
        "telegram:kabar_satu/102",
        "telegram:kabar_dua/101",
    ]
    assert whole.posts["reply_to_key"].to_list() == [None, "telegram:kabar_satu/101", None]
    assert whole.posts["author_key"].to_list() == [
        "telegram:@kabar_satu",
        "telegram:@kabar_satu",
        "telegram:@kabar_dua",
    ]
    assert whole.counts("telegram:kabar_dua/101")["views"] == 900


def test_ids_of_a_whole_network_stay_as_they_are(tmp_path: Path) -> None:
    whole = read_text(
        tmp_path,
        "channel_id,id,date,user,text\n7,1895262175704556019,2025-02-28T00:15:02Z,warga_a,satu\n",
    )
    assert keys(whole) == ["import:1895262175704556019"]


def test_another_post_with_the_same_id_is_set_aside_and_told(tmp_path: Path) -> None:
    whole = read_text(
        tmp_path,
        "id,date,user,text\n"
        "5,2025-02-28T00:15:02Z,warga_a,satu\n"
        "5,2025-02-28T00:15:02Z,warga_b,dua\n"
        "5,2025-02-28T00:19:02Z,warga_a,lain lagi\n",
    )
    assert keys(whole) == ["import:5"]
    assert whole.posts["text"].to_list() == ["satu"]
    assert whole.rejected["locator"].to_list() == ["a.csv:3", "a.csv:4"]
    assert "--map post_id=COLUMN" in whole.rejected["reason"][0]


def test_a_post_that_stands_in_a_file_again_is_counted_and_keeps_its_highest_counts(
    tmp_path: Path,
) -> None:
    whole = read_text(
        tmp_path,
        "id,created_at,username,text,like_count,retweet_count\n"
        "5,2025-02-28T00:15:02Z,warga_a,Antre,10,7\n"
        "5,2025-02-28T00:15:02Z,warga_a,Antre,25,1\n"
        "6,2025-02-28T00:16:02Z,warga_b,Antre,2,\n",
    )
    assert sum(page.repeated for page in whole.pages) == 1
    counts = whole.counts("import:5")
    assert (counts["likes"], counts["reposts"]) == (25, 7)


def test_a_repost_is_told_by_its_text_in_the_rows_that_tell_it_by_nothing_else(
    tmp_path: Path,
) -> None:
    whole = read_text(
        tmp_path,
        "id,date,user,text,retweet_id\n"
        "1,2025-02-28T00:15:02Z,warga_a,RT @Warga_C: antre,\n"
        "2,2025-02-28T00:16:02Z,warga_b,RT @Warga_C: antre,9\n",
    )
    assert whole.posts["kind"].to_list() == ["repost", "repost"]
    assert whole.edges("import:1") == [("repost", "import:@warga_c", None)]


def test_a_records_own_object_id_makes_no_repost(tmp_path: Path) -> None:
    whole = read_text(
        tmp_path,
        "path;id;object_id;object_type;created_time;from.name;message\n"
        "warga;51;51;data;2025-02-28T00:15:02+0000;Warga Kota;Antre\n",
        author="from.name",
    )
    assert whole.posts.select("post_key", "kind").rows() == [("import:51", "original")]


def read_columns(tmp_path: Path, page_size: int = 50_000, **columns: list[object]) -> Whole:
    path = tmp_path / "a.parquet"
    start, rows = datetime(2025, 2, 28, 0, 15, 2, tzinfo=UTC), range(len(columns["post_id"]))
    usual = {
        "created_at": [start + timedelta(minutes=n) for n in rows],
        "author": [f"warga_{n}" for n in rows],
        "text": [f"kata {n}" for n in rows],
    }
    pl.DataFrame(usual | columns).write_parquet(path)
    return read(Parquet(), path, page_size=page_size)


@pytest.mark.parametrize("name", ["comment_id", "commentId", "comment_pk", "cid", "id"])
def test_comments_in_columns_have_their_own_ids(tmp_path: Path, name: str) -> None:
    whole = read_columns(tmp_path, post_id=["500", "500"], **{name: ["9001", "9007"]})
    assert keys(whole) == ["import:9001", "import:9007"]
    assert whole.posts["reply_to_key"].to_list() == ["import:500"] * 2


@pytest.mark.parametrize("name", ["channel", "chat_id", "owner_id", "Chat Title"])
def test_messages_in_columns_are_one_beyond_their_channel(tmp_path: Path, name: str) -> None:
    whole = read_columns(tmp_path, post_id=["1", "2", "1"], **{name: ["-100", "-100", "-200"]})
    assert keys(whole) == ["import:-100/1", "import:-100/2", "import:-200/1"]


def test_ids_in_columns_that_a_tool_has_marked_are_read_without_the_mark(tmp_path: Path) -> None:
    whole = read_columns(tmp_path, post_id=["x1895262175704556019", "42.0"])
    assert keys(whole)[1] == "import:42"
    assert read_columns(tmp_path, post_id=["x1895262175704556019"] * 1).posts["post_key"][0] == (
        "import:1895262175704556019"
    )


@pytest.mark.parametrize("page_size", [1, 2, 50_000])
def test_another_post_in_columns_with_the_same_id_is_set_aside(
    tmp_path: Path, page_size: int
) -> None:
    whole = read_columns(
        tmp_path,
        page_size,
        post_id=["5", "6", "5", "6"],
        author=["warga_a", "warga_b", "warga_c", "warga_b"],
        text=["satu", "dua", "tiga", "dua"],
        like_count=[1, 2, 3, 9],
    )
    assert keys(whole) == ["import:5", "import:6", "import:6"]
    assert whole.rejected["locator"].to_list() == ["a.parquet:3"]
    assert "another post" in whole.rejected["reason"][0]
    assert sum(page.repeated for page in whole.pages) == 1
    assert whole.counts("import:5")["likes"] == 1
