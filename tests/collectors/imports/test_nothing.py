"""What a tool writes where there is nothing never becomes an account, a post or a hashtag."""

from __future__ import annotations

import csv
import io
import random
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from collectors.imports.csv_mapped import CsvMapped
from collectors.imports.fourcat import FourCat
from collectors.imports.parquet import Parquet
from collectors.imports.tweet_harvest import TweetHarvest
from tests.collectors.imports.reading import Whole, read

# R; MySQL and Postgres; pandas; JavaScript; spreadsheets; Python; Lua; databases' dumps.
NOTHINGS = (
    "NA", r"\N", "NaN", "nan", "<NA>", "NaT", "None", "null", "NULL", "undefined", "#N/A", "N/A",
    "[]", "{}", "()", "set()", "-", "--", "—", "0", "0.0", "-1", "-1.0", "False", "FALSE", "nil",
    "(null)", '""', "''", "#VALUE!", " NA ", "",
    "n.a.", "(none)", "(empty)", r"\\N", "[None]",
)  # fmt: skip
REFERENCES = (
    "retweet_id", "retweet_screen_name", "quoted_id", "in_reply_to_status_id",
    "in_reply_to_screen_name",
)  # fmt: skip


def table(rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def post(number: int, **others: str) -> dict[str, str]:
    return {
        "tweet_id": str(1_895_262_175_704_556_000 + number),
        "created_at": f"2025-02-28T00:{number % 60:02d}:02Z",
        "username": f"warga_{number}",
        "text": "Antre di loket #JembatanRaya",
        **others,
    }


def read_csv(tmp_path: Path, rows: list[dict[str, str]]) -> Whole:
    path = tmp_path / "a.csv"
    path.write_text(table(rows))
    return read(CsvMapped(), path, mapping={"platform": "=x"})


@pytest.mark.parametrize("nothing", NOTHINGS)
def test_a_column_that_says_nothing_points_to_nobody(tmp_path: Path, nothing: str) -> None:
    lists = {"hashtags": nothing, "mentions": nothing, "urls": nothing, "lang": nothing}
    counts = {"like_count": nothing if nothing.strip() not in {"0", "0.0"} else ""}
    empty = dict.fromkeys(REFERENCES, nothing) | lists
    empty |= {name: "" if "alse" in value.lower() else value for name, value in counts.items()}
    whole = read_csv(tmp_path, [post(n, **empty) for n in range(3)])
    assert whole.rejected.is_empty()
    assert set(whole.posts["kind"]) == {"original"}
    assert whole.interactions.is_empty()
    assert whole.posts["hashtags"].to_list() == [["jembatanraya"]] * 3
    assert whole.posts["urls"].to_list() == [[]] * 3
    assert whole.engagement.is_empty()
    assert set(whole.authors["author_key"]) == {"x:@warga_0", "x:@warga_1", "x:@warga_2"}


def test_rows_that_point_somewhere_stand_beside_rows_that_do_not(tmp_path: Path) -> None:
    chance = random.Random(7)
    rows, reposts = [], {}
    for number in range(200):
        others = {name: chance.choice(NOTHINGS) for name in REFERENCES}
        if number % 9 == 8:
            others |= {"retweet_id": "1895262175704556000", "retweet_screen_name": "warga_0"}
            reposts[f"x:{1_895_262_175_704_556_000 + number}"] = "x:1895262175704556000"
        rows.append(post(number, **others))
    whole = read_csv(tmp_path, rows)
    found = whole.posts.filter(kind="repost")
    assert dict(found.select("post_key", "repost_of_key").iter_rows()) == reposts
    assert set(whole.interactions["target_author_key"]) == {"x:@warga_0"}


@pytest.mark.parametrize("nothing", ["NA", r"\N", "undefined", "[]", "0", "-1", "False"])
def test_parquet_says_nothing_in_the_same_words(tmp_path: Path, nothing: str) -> None:
    path = tmp_path / "a.parquet"
    at = pl.datetime(2025, 2, 28, time_zone="UTC")
    frame = pl.DataFrame(
        {
            "post_id": ["11", "12"],
            "author": ["warga_satu", "warga_dua"],
            "text": ["Antre", "Antre lagi"],
            "repost_of_id": [nothing, "11"],
            "repost_of_author": [nothing, "warga_satu"],
            "reply_to_id": [nothing, nothing],
            "reply_to_author": [nothing, nothing],
        }
    ).with_columns(at.alias("created_at"))
    frame.write_parquet(path)
    whole = read(Parquet(), path)
    assert whole.posts.select("post_key", "kind").rows() == [
        ("import:11", "original"),
        ("import:12", "repost"),
    ]
    assert whole.interactions["target_author_key"].to_list() == ["import:@warga_satu"]


@pytest.mark.parametrize("nothing", ["NA", r"\N", "undefined", "-", "nan"])
def test_tweet_harvest_and_4cat_say_nothing_in_the_same_words(tmp_path: Path, nothing: str) -> None:
    path = tmp_path / "harvest.csv"
    row = {
        "created_at": "Fri Feb 28 00:15:02 +0000 2025",
        "id_str": "1895262175704556019",
        "full_text": "Antre #JembatanRaya",
        "tweet_url": "https://x.com/warga_satu/status/1895262175704556019",
        "in_reply_to_screen_name": nothing,
        "username": nothing,
        "lang": "in",
    }
    path.write_text(table([row]))
    whole = read(TweetHarvest(), path)
    assert whole.posts.select("author_key", "kind").rows() == [("x:@warga_satu", "original")]

    path = tmp_path / "rows.ndjson"
    pl.DataFrame(
        {
            "id": ["7"],
            "thread_id": ["7"],
            "timestamp": ["2025-02-28 00:15:02"],
            "unix_timestamp": [1740701702],
            "author": ["warga_satu"],
            "body": ["Antre #JembatanRaya"],
            "url": ["https://x.com/warga_satu/status/7"],
            "hashtags": [nothing],
            "mentions": [nothing],
            "replied_user": [nothing],
            "likes": [nothing],
        }
    ).write_ndjson(path)
    whole = read(FourCat(), path)
    assert whole.posts["hashtags"].to_list() == [["jembatanraya"]]
    assert whole.interactions.is_empty()
    assert whole.engagement.is_empty()


def test_a_number_of_hashtags_is_no_hashtag(tmp_path: Path) -> None:
    whole = read_csv(tmp_path, [post(1, hashtags="2")])
    assert whole.posts["hashtags"].to_list() == [["jembatanraya"]]


def test_lists_in_cells_are_decoded_as_they_were_written(tmp_path: Path) -> None:
    rows = [
        post(1, hashtags=r'["#\ub354\uc1fc", "Caf\u00e9"]', mentions="[]"),
        post(2, hashtags="[{'text': 'JembatanRaya', 'indices': [11, 24]}]",
             mentions="[{'screen_name': 'dinas_satu', 'name': 'Dinas @dua', 'id_str': '77'}]"),
    ]  # fmt: skip
    whole = read_csv(tmp_path, rows)
    assert whole.posts["hashtags"].to_list() == [["더쇼", "café"], ["jembatanraya"]]
    assert whole.interactions["target_author_key"].to_list() == ["x:@dinas_satu"]


def test_an_object_never_becomes_a_name(tmp_path: Path) -> None:
    person = "{'_type': 'User', 'username': 'warga_satu', 'id': 1001, 'followersCount': %d}"
    rows = [
        post(1, username=person % 5),
        post(2, username=person % 6),
        post(3, username="{'_type': 'User', 'joined': datetime(2020, 1, 1)}"),
    ]
    whole = read_csv(tmp_path, rows)
    assert whole.authors["author_key"].to_list() == ["x:1001"]
    assert whole.authors["handle"].to_list() == ["warga_satu"]
    assert whole.rejected["field"].to_list() == ["author"]
    assert "an object without a name" in whole.rejected["reason"][0]


@pytest.mark.parametrize("written", ["'{}", '="{}"', "x{}"])
def test_marks_that_keep_an_id_whole_are_no_part_of_it(tmp_path: Path, written: str) -> None:
    guarded = {"tweet_id": written.format(1895262175704556019), "user_id": written.format(1001)}
    whole = read_csv(tmp_path, [post(1, **guarded)])
    assert whole.posts.select("post_key", "author_key").rows() == [
        ("x:1895262175704556019", "x:1001")
    ]


@pytest.mark.parametrize("word", ["no", "Empty", "missing", "kosong", "tidak ada", "unknown"])
def test_a_word_that_is_no_id_points_to_no_post(tmp_path: Path, word: str) -> None:
    whole = read_csv(tmp_path, [post(1, retweet_id=word, in_reply_to_status_id=word)])
    assert whole.posts["kind"].to_list() == ["original"]
    assert whole.posts["repost_of_key"].to_list() == whole.posts["reply_to_key"].to_list() == [None]
    columns = {"post_id": ["1"], "created_at": [datetime(2025, 2, 28, tzinfo=UTC)]}
    named = {"author": [word], "text": ["a"], "repost_of_id": [word]}  # an account may be called so
    pl.DataFrame(columns | named).write_parquet(tmp_path / "a.parquet")
    whole = read(Parquet(), tmp_path / "a.parquet")
    assert whole.posts["kind"].to_list() == ["original"]
    assert whole.posts["author_key"].to_list() == [f"import:@{word.lower()}"]
