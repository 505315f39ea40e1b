"""Parquet with other tools' columns is read as a CSV with these columns is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from collectors.errors import ImportFileError
from collectors.imports.detect import recognize
from collectors.imports.sample import ImportOptions, Sample
from collectors.page import Page

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SECOND = 1_740_200_000
TABLES = {
    "coordination-network-toolkit": {
        "message_id": [11, 12, 13],
        "user_id": [1, 2, 1],
        "username": ["satu", "dua", "satu"],
        "repost_id": [None, 11, None],
        "reply_id": [None, None, 12],
        "message": ["Banjir lagi #AirBersih", "RT @satu: Banjir", "Benar @dua"],
        "timestamp": [SECOND, SECOND + 20, SECOND + 90],
        "urls": ["https://a.example/1 https://b.example/2", None, None],
    },
    "coortweet": {
        "object_id": ["https://a.example/1", "https://a.example/1", "#air"],
        "account_id": ["a1", "a2", "a1"],
        "content_id": ["c1", "c2", "c3"],
        "timestamp_share": [SECOND, SECOND + 5, SECOND + 9],
    },
    "minet": {
        "id": ["900000000000000001", "900000000000000002"],
        "timestamp_utc": [SECOND, SECOND + 60],
        "local_time": ["2025-02-22T04:53:20", "2025-02-22T04:54:20"],
        "user_screen_name": ["Satu", "dua"],
        "user_id": ["1", "2"],
        "text": ["Kabar #Air", "RT @Satu: Kabar #Air"],
        "retweeted_id": [None, "900000000000000001"],
        "retweeted_user": [None, "Satu"],
        "like_count": [5, 0],
    },
    "tweet-harvest": {
        "created_at": ["Sat Feb 22 04:53:20 +0000 2025"],
        "id_str": ["1893170000000000001"],
        "user_id_str": ["77"],
        "username": ["warga"],
        "full_text": ["Air bersih untuk semua #AirBersih"],
        "tweet_url": ["https://x.com/warga/status/1893170000000000001"],
        "favorite_count": [3],
        "retweet_count": [1],
        "reply_count": [0],
        "quote_count": [0],
        "lang": ["in"],
        "in_reply_to_screen_name": [None],
    },
}


def pages(path: Path, **mapping: str) -> list[Page]:
    options = ImportOptions(captured_at=NOW, mapping=mapping)
    return list(recognize(path).pages(path, options))


def both(folder: Path, table: dict[str, list[object]]) -> tuple[Path, Path]:
    frame = pl.DataFrame(table)
    frame.write_csv(folder / "posts.csv")
    frame.write_parquet(folder / "posts.parquet")
    return folder / "posts.csv", folder / "posts.parquet"


@pytest.mark.parametrize("tool", TABLES)
def test_a_table_says_the_same_in_either_form(tmp_path: Path, tool: str) -> None:
    csv, parquet = both(tmp_path, TABLES[tool])
    (one,), (other,) = pages(csv), pages(parquet)
    assert one.posts.height == len(next(iter(TABLES[tool].values())))
    for name in ("posts", "authors", "interactions"):
        assert_frame_equal(getattr(one, name), getattr(other, name))
    assert_frame_equal(one.engagement.drop("observer"), other.engagement.drop("observer"))
    assert other.rejected.is_empty()
    made = recognize(parquet).provenance(Sample.of(parquet))
    assert made == recognize(csv).provenance(Sample.of(csv))
    assert made.tool == tool


def test_columns_are_named_with_map_and_their_types_are_read(tmp_path: Path) -> None:
    path = tmp_path / "ekspor.parquet"
    pl.DataFrame(
        {
            "Kapan": [datetime(2025, 2, 22, 5, tzinfo=UTC)],
            "Isi": ["kabar"],
            "Akun": ["@Warga"],
            "Nomor": [7],
            "Tautan": [["https://a.example/1", "https://b.example/2"]],
        }
    ).write_parquet(path)
    with pytest.raises(ImportFileError, match="name it with --map created_at=COLUMN"):
        pages(path, author="Akun")
    mapping = {"created_at": "Kapan", "text": "Isi", "author": "Akun", "urls": "Tautan"}
    (page,) = pages(path, post_id="Nomor", platform="=x", **mapping)
    post = page.posts.row(0, named=True)
    assert (post["post_key"], post["author_key"]) == ("x:7", "x:@warga")
    assert post["created_at"] == datetime(2025, 2, 22, 5, tzinfo=UTC)
    assert post["urls"] == ["https://a.example/1", "https://b.example/2"]


def test_a_row_that_cannot_be_read_is_set_aside_by_its_number(tmp_path: Path) -> None:
    table = TABLES["coordination-network-toolkit"] | {"timestamp": [SECOND, None, SECOND]}
    _, parquet = both(tmp_path, table)
    (page,) = pages(parquet)
    assert page.posts.height == 2
    (row,) = page.rejected.to_dicts()
    assert (row["locator"], row["field"]) == ("posts.parquet:2", "created_at")


def test_a_platform_is_told_of_known_columns_too(tmp_path: Path) -> None:
    path = tmp_path / "posts.parquet"
    pl.DataFrame(
        {"post_id": ["1"], "author": ["a"], "created_at": [NOW], "text": ["x"]}
    ).write_parquet(path)
    (page,) = pages(path, platform="=instagram")
    assert page.posts["post_key"].to_list() == ["instagram:1"]
