from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from collectors import hashtags
from collectors.errors import ImportFileError
from collectors.imports.parquet import Parquet
from collectors.page import POSTS
from tests.collectors.imports.reading import NOON, SHARED, Whole, needs_shared, read

AT = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
BASE = {
    "post_id": "1",
    "platform": "twitter",
    "author": "Warga_A",
    "author_id": "11",
    "created_at": AT,
    "text": "Air #AirBersih",
    "hashtags": ["AirBersih", "airbersih", "17"],
    "post_type": "post",
    "repost_of_id": None,
    "repost_of_author": None,
    "reply_to_id": None,
    "reply_to_author": None,
    "mentions": [],
    "urls": None,
    "like_count": 3,
    "repost_count": None,
    "author_followers": 5,
}
TEXTS = {"repost_of_id", "repost_of_author", "reply_to_id", "reply_to_author"}
SCHEMA = {
    **dict.fromkeys(TEXTS, pl.String),
    "mentions": pl.List(pl.String),
    "urls": pl.List(pl.String),
    "repost_count": pl.Int64,
}


def read_rows(tmp_path: Path, *rows: dict[str, object], **options: int) -> Whole:
    path = tmp_path / "a.parquet"
    given = [{**BASE, "post_id": str(i), **row} for i, row in enumerate(rows, 1)]
    pl.DataFrame(given, schema_overrides=SCHEMA).write_parquet(path)
    return read(Parquet(), path, **options)


def test_a_row_becomes_a_post_with_author_and_counts(tmp_path: Path) -> None:
    whole = read_rows(tmp_path, {"lang": "in"})
    post = whole.post("x:1")
    assert (post["platform"], post["kind"], post["lang"]) == ("x", "original", "id")
    assert post["author_key"] == "x:11"
    assert post["created_at"] == AT
    assert post["hashtags"] == ["airbersih"]
    assert post["urls"] == []
    author = whole.authors.row(0, named=True)
    assert (author["handle"], author["followers"], author["following"]) == ("Warga_A", 5, None)
    counts = whole.counts("x:1")
    assert (counts["likes"], counts["reposts"], counts["taken_at"]) == (3, None, NOON)


def test_edges_come_from_columns(tmp_path: Path) -> None:
    whole = read_rows(
        tmp_path,
        {"post_type": "repost", "repost_of_id": "9", "repost_of_author": "B", "mentions": ["B"]},
        {"post_type": "reply", "reply_to_author": "B", "mentions": ["b", "C", "c"]},
        {"post_type": "repost", "text": "RT @D: x"},
    )
    assert whole.edges("x:1") == [("repost", "x:@b", "x:9")]
    assert whole.edges("x:2") == [("reply", "x:@b", None), ("mention", "x:@c", None)]
    assert whole.edges("x:3") == [("repost", "x:@d", None)]
    assert whole.engagement["post_key"].to_list() == ["x:2"]


def test_authors_without_handles_are_pointed_to_by_id(tmp_path: Path) -> None:
    row = {"platform": "weibo", "author": None, "author_id": "f0", "post_type": "comment_or_repost"}
    whole = read_rows(tmp_path, {"author": "a"}, {**row, "repost_of_author": "ba5"})
    assert whole.edges("weibo:2") == [("repost", "weibo:ba5", None)]


def test_authors_without_ids_are_known_by_handle(tmp_path: Path) -> None:
    whole = read_rows(tmp_path, {}, {"author_id": None})
    assert whole.posts["author_key"].to_list() == ["x:11", "x:@warga_a"]


def test_rows_that_lack_something_are_set_aside(tmp_path: Path) -> None:
    whole = read_rows(
        tmp_path,
        {},
        {"created_at": None},
        {"post_id": None},
        {"author": None, "author_id": None},
        {"post_type": "story"},
        page_size=2,
    )
    assert (whole.received, whole.posts.height, len(whole.pages)) == (5, 1, 3)
    assert whole.rejected.select("locator", "reason").rows() == [
        ("a.parquet:2", "no created_at"),
        ("a.parquet:3", "no post id"),
        ("a.parquet:4", "no author"),
        ("a.parquet:5", "not a kind of post: story"),
    ]
    assert '"Warga_A"' in whole.rejected["raw"][0]


def test_without_a_column_of_hashtags_they_are_found_in_the_text(tmp_path: Path) -> None:
    text = "Turun #IndonesiaGelap, https://a.example/#bagian (#Satu#Dua) ＃tiga &#39;"
    path = tmp_path / "a.parquet"
    row = {"post_key": "x:1", "author_key": "x:2", "created_at": AT, "text": text}
    pl.DataFrame([row]).write_parquet(path)
    found = read(Parquet(), path).post("x:1")["hashtags_raw"]
    assert found == list(hashtags.in_text(text))


def test_our_own_export_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    post = dict.fromkeys(POSTS.names()) | {
        "post_key": "mastodon:https://a.example/1",
        "platform": "mastodon",
        "author_key": "mastodon:https://a.example/@a",
        "kind": "reply",
        "created_at": AT,
        "indexed_at": AT + timedelta(seconds=1),
        "captured_as": "referenced",
        "hashtags_raw": ["Satu"],
        "urls": ["https://b.example"],
        "reply_to_key": "mastodon:https://a.example/0",
        "hashtags": ["satu"],
    }
    rows = pl.DataFrame([post], schema=POSTS)
    rows.with_columns(handle=pl.lit("a@a.example")).write_parquet(path)
    whole = read(Parquet(), path)
    assert whole.posts.equals(rows)
    assert whole.authors["handle"].to_list() == ["a@a.example"]
    assert whole.interactions.is_empty()


def test_some_of_our_columns_are_enough(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    row = {
        "post_key": "bluesky:1",
        "author_key": "bluesky:2",
        "created_at": AT.replace(tzinfo=None),
    }
    pl.DataFrame([{**row, "repost_of_key": "bluesky:0"}]).write_parquet(path)
    whole = read(Parquet(), path)
    assert whole.post("bluesky:1")["platform"] == "bluesky"
    assert whole.post("bluesky:1")["created_at"] == AT
    assert whole.edges("bluesky:1") == [("repost", None, "bluesky:0")]


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"a": ["1"]}, "has no column that tells the time; it has a; name it with --map"),
        ({"a": ["1"], "date": [AT]}, "has no column that tells the author"),
        ({"message_id": [1e18], "username": ["a"], "date": [AT]}, "holds message_id as a float"),
        ({"post_id": [1e18], "author": ["a"], "created_at": [AT]}, "holds post_id as a float"),
    ],
)
def test_a_table_of_another_kind_is_refused(
    tmp_path: Path, columns: dict[str, list[object]], says: str
) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame(columns).write_parquet(path)
    with pytest.raises(ImportFileError, match=rf"a\.parquet {says}"):
        read(Parquet(), path)


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame([BASE]).write_parquet(path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ImportFileError, match="is no whole Parquet file"):
        read(Parquet(), path)


BASE_TABLES = sorted(
    path
    for path in (SHARED / "data").glob("*.parquet")
    if {"post_id", "post_type"} <= pl.read_parquet_schema(path).keys()
)


@needs_shared
@pytest.mark.parametrize("path", BASE_TABLES, ids=lambda path: path.stem)
def test_real_tables_give_a_post_for_each_id(path: Path) -> None:
    columns = ["post_id", "platform", "author", "author_id", "created_at"]
    rows = pl.read_parquet(path, columns=columns).with_columns(
        author=pl.coalesce("author_id", pl.col("author").str.to_lowercase())
    )
    whole_rows = rows.drop_nulls(["post_id", "author", "created_at"])
    whole = read(Parquet(), path)
    assert whole.received == rows.height
    assert whole.rejected.height == rows.height - whole_rows.height
    ids = whole_rows.select("platform", "post_id").n_unique()
    assert whole.posts["post_key"].n_unique() == ids
    authors = whole_rows.select("platform", "author").n_unique()
    assert whole.posts["author_key"].n_unique() == authors == whole.authors["author_key"].n_unique()
