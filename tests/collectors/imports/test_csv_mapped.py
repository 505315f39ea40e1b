from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors.errors import ImportFileError
from collectors.imports.csv_mapped import CsvMapped
from tests.collectors.imports.reading import SHARED, Whole, needs_shared, read


def read_text(tmp_path: Path, content: str, **mapping: str) -> Whole:
    path = tmp_path / "a.csv"
    path.write_text(content)
    return read(CsvMapped(), path, mapping=mapping)


def test_columns_are_found_by_their_usual_names(tmp_path: Path) -> None:
    whole = read_text(
        tmp_path,
        "Tweet ID,Date,User,Message,Likes,Retweets,Views\n"
        "7,2024-01-02 03:04,@Warga_A,Air #AirBersih @warga_b https://a.example/x,3,,1.2K\n",
    )
    post = whole.post("import:7")
    assert post["author_key"] == "import:@warga_a"
    assert post["created_at"] == datetime(2024, 1, 2, 3, 4, tzinfo=UTC)
    assert post["hashtags"] == ["airbersih"]
    assert post["urls"] == ["https://a.example/x"]
    assert whole.edges("import:7") == [("mention", "import:@warga_b", None)]
    counts = whole.counts("import:7")
    assert (counts["likes"], counts["reposts"], counts["views"]) == (3, None, 1200)
    assert whole.authors["handle"].to_list() == ["Warga_A"]


def test_the_operator_says_which_column_is_which(tmp_path: Path) -> None:
    whole = read_text(
        tmp_path,
        "kapan,siapa,isi,id\n1701993593,a,x,9\n",
        created_at="kapan",
        author="siapa",
        text="isi",
        platform="=Twitter",
        post_id="id",
    )
    assert whole.post("x:9")["text"] == "x"
    assert whole.post("x:9")["platform"] == "x"


def test_edges_come_from_columns(tmp_path: Path) -> None:
    whole = read_text(
        tmp_path,
        "message_id,user_id,username,repost_id,reply_id,message,timestamp,urls,retweeted_user\n"
        "1,11,a,9,,RT @b: x,1701993593,,b\n"
        "2,12,b,,1,@a y,1701993594,https://a.example/1 https://b.example/2,\n",
    )
    assert whole.post("import:1")["kind"] == "repost"
    assert whole.edges("import:1") == [("repost", "import:@b", "import:9")]
    assert whole.post("import:2")["kind"] == "reply"
    assert whole.post("import:2")["urls"] == ["https://a.example/1", "https://b.example/2"]
    assert whole.post("import:2")["author_key"] == "import:12"


def test_where_nothing_else_marks_a_repost_its_text_does(tmp_path: Path) -> None:
    whole = read_text(tmp_path, "id,date,user,text\n1,2024-01-02,a,RT @B: halo @c\n")
    assert whole.post("import:1")["kind"] == "repost"
    assert whole.edges("import:1") == [("repost", "import:@b", None)]


def test_authors_without_handles_are_pointed_to_by_id(tmp_path: Path) -> None:
    whole = read_text(tmp_path, "id,date,account_id,text,reply_to_author\n1,2024-01-02,f00,x,ba5\n")
    assert whole.edges("import:1") == [("reply", "import:ba5", None)]


def test_a_post_without_id_gets_the_same_id_in_every_file(tmp_path: Path) -> None:
    row = "2024-01-02,a,x\n"
    first = read_text(tmp_path, "date,user,text\n" + row)
    second = read_text(tmp_path, "date,user,text\n2024-01-03,a,x\n" + row)
    assert first.posts["post_key"][0] == second.posts["post_key"][1]
    assert second.posts["post_key"].is_unique().all()


def test_ids_that_a_spreadsheet_rounded_never_make_two_posts_one(tmp_path: Path) -> None:
    whole = read_text(
        tmp_path,
        "id,date,user,text,url,platform\n"
        "1.90E+18,2024-01-02,a,x,https://x.com/a/status/1895262175704556019,twitter\n"
        "1.90E+18,2024-01-02,a,y,,twitter\n"
        "1.90E+18,2024-01-02,a,z,,twitter\n",
    )
    assert whole.posts["post_key"][0] == "x:1895262175704556019"
    assert whole.posts["post_key"].n_unique() == 3


def test_lists_are_read_however_they_are_written(tmp_path: Path) -> None:
    whole = read_text(
        tmp_path,
        "id;date;user;text;hashtags;entities.mentions\n"
        "1;2024-01-02;a;x;\"['#Satu', 'dua']\";\n"
        '2;2024-01-02;a;x;"satu,dua";"[{""username"": ""b"", ""id"": ""4""}]"\n'
        "3;2024-01-02;a;#tiga;;\n",
    )
    assert whole.posts["hashtags"].to_list() == [["satu", "dua"], ["satu", "dua"], ["tiga"]]
    assert whole.edges("import:2") == [("mention", "import:@b", None)]


def test_bad_rows_are_set_aside(tmp_path: Path) -> None:
    whole = read_text(
        tmp_path,
        "id,date,user,text,likes,platform\n"
        "1,kemarin,a,x,1,\n2,2024-01-02,,x,1,\n3,2024-01-02,a,x,banyak,\n4,2024-01-02,a,x,1,a:b\n"
        "5,2024-01-02,a\n",
    )
    assert whole.received == whole.rejected.height == 5
    assert whole.posts.is_empty()
    assert whole.rejected.select("locator", "reason", "field").rows() == [
        ("a.csv:2", "not a time: 'kemarin'", "created_at"),
        ("a.csv:3", "no author", "author"),
        ("a.csv:4", "not a count: 'banyak'", "like_count"),
        ("a.csv:5", "not the name of a platform: 'a:b'", "platform"),
        ("a.csv:6", "3 cells where the header has 6 columns", None),
    ]
    assert whole.rejected["raw"][0] == "1,kemarin,a,x,1,"


@pytest.mark.parametrize(
    ("header", "mapping", "says"),
    [
        ("a,user", {}, "no column that tells the time; it has a, user; .* --map created_at=COLUMN"),
        ("a,date", {}, "no column that tells the author; it has a, date; .* --map author=COLUMN"),
        ("date,user", {"text": "isi"}, "has no column 'isi'; it has date, user"),
        ("date,user", {"teks": "a"}, "there is no field 'teks' to map; the fields are post_id"),
    ],
)
def test_a_table_that_cannot_be_mapped_is_refused_before_the_first_page(
    tmp_path: Path, header: str, mapping: dict[str, str], says: str
) -> None:
    with pytest.raises(ImportFileError, match=rf"a\.csv.*{says}"):
        read_text(tmp_path, header + "\n1,2\n", **mapping)


@needs_shared
def test_a_real_file_gives_the_same_posts_as_its_own_importer() -> None:
    path = SHARED / "data/raw/id_prabowo_gibran_2023-12-07.csv"
    whole = read(CsvMapped(), path, mapping={"platform": "=x"})
    assert whole.rejected.is_empty()
    assert whole.posts["post_key"].n_unique() == 1833
    assert whole.posts["author_key"].n_unique() == 1262
