from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors.errors import ImportFileError
from collectors.imports.tweet_harvest import TweetHarvest
from tests.collectors.imports.reading import PAYLOADS, SHARED, Whole, needs_shared, read

FIRST = "x:1895262175704556019"


@pytest.fixture(scope="module")
def whole() -> Whole:
    return read(TweetHarvest(), PAYLOADS / "tweet_harvest.csv")


def test_ids_that_excel_rounded_are_taken_from_the_address(whole: Whole) -> None:
    post = whole.post(FIRST)
    assert post["author_key"] == "x:@warga_a"
    assert whole.post("x:1895262160923828569")["author_key"] == "x:2568916987"


def test_hashtags_and_links_are_found_in_the_text(whole: Whole) -> None:
    post = whole.post(FIRST)
    assert post["text"] == "@warga_b @warga_c setuju & ikut #AirBersih\nbaca https://t.co/AbC, ya"
    assert post["hashtags"] == ["airbersih"]
    assert post["urls"] == ["https://t.co/AbC"]
    assert post["lang"] == "id"
    assert post["created_at"] == datetime(2025, 2, 27, 23, 58, 9, tzinfo=UTC)


def test_a_reply_names_the_answered_handle_once(whole: Whole) -> None:
    assert whole.post(FIRST)["kind"] == "reply"
    assert whole.edges(FIRST) == [
        ("reply", "x:@warga_b", None),
        ("mention", "x:@warga_c", None),
    ]


def test_counts_are_read(whole: Whole) -> None:
    counts = whole.counts(FIRST)
    assert (counts["reposts"], counts["quotes"], counts["replies"], counts["likes"]) == (2, 0, 1, 4)


def test_bad_rows_are_set_aside_with_the_line_they_begin_at(whole: Whole) -> None:
    assert whole.received == whole.posts.height + whole.rejected.height == 5
    assert whole.rejected.select("locator", "field").rows() == [
        ("tweet_harvest.csv:5", "tweet_url"),
        ("tweet_harvest.csv:6", "created_at"),
        ("tweet_harvest.csv:7", None),
    ]
    assert whole.rejected["reason"][2] == "4 cells where the header has 15 columns"


def test_semicolons_and_missing_columns_are_understood() -> None:
    whole = read(TweetHarvest(), PAYLOADS / "tweet_harvest_semicolons.csv")
    assert whole.rejected.is_empty()
    assert whole.edges("x:1732912847670395241") == [("reply", "x:@warga_d", None)]
    assert whole.post("x:1732912746528723024")["kind"] == "original"


def test_another_table_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,created_at\n1,2\n")
    with pytest.raises(ImportFileError, match="lacks full_text, tweet_url and has a, created_at"):
        read(TweetHarvest(), path)


@needs_shared
def test_a_real_file_that_excel_ruined_is_read_whole() -> None:
    whole = read(TweetHarvest(), SHARED / "data/raw/id_indonesiagelap_2025.csv")
    assert whole.rejected.is_empty()
    assert whole.posts["post_key"].n_unique() == 3054
    assert whole.posts["author_key"].n_unique() == 1709
    assert whole.posts["created_at"].min() == datetime(2025, 2, 22, 15, 13, 35, tzinfo=UTC)


@needs_shared
def test_a_real_file_with_semicolons_gives_all_its_rows() -> None:
    path = SHARED / "data/raw/id_prabowo_gibran_2023-12-07.csv"
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = sum(1 for _ in csv.DictReader(file, delimiter=";"))
    whole = read(TweetHarvest(), path)
    assert whole.rejected.is_empty()
    assert whole.posts.height == whole.received == rows
