from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collectors.imports.detect import recognize
from collectors.imports.fourcat import FourCat
from collectors.imports.sample import Sample
from tests.collectors.imports.browsed_items import (
    fourcat_row,
    instagram,
    kept,
    line,
    threads,
    tiktok,
    x,
)
from tests.collectors.imports.reading import NOON, Whole, read


def written(tmp_path: Path, *rows: dict[str, Any]) -> Path:
    path = tmp_path / "a.ndjson"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def whole_of(tmp_path: Path, *rows: dict[str, Any], mapping: Any = None) -> Whole:
    return read(FourCat(), written(tmp_path, *rows), mapping=mapping)


RAW = [
    kept(line("tiktok.com", "1", tiktok())),
    kept(line("instagram.com", "2", instagram())),
    kept(line("threads.net", "3", threads())),
    kept(line("twitter.com", "4", x())),
]


@pytest.mark.parametrize("row", [*RAW, fourcat_row(), fourcat_row(thread_id=None)])
def test_both_forms_are_recognized(tmp_path: Path, row: dict[str, Any]) -> None:
    assert recognize(written(tmp_path, row)).name == "4cat"


def test_raw_items_are_the_same_posts_as_from_zeeschuimer(tmp_path: Path) -> None:
    whole = whole_of(tmp_path, *RAW)
    assert whole.matched["post_key"].to_list() == [
        "tiktok:7400000000000000001",
        "instagram:CxAbc_1",
        "threads:DAbc1",
        "x:2028000000000000001",
    ]
    assert whole.rejected.is_empty()
    assert whole.engagement["taken_at"].unique().to_list() == [NOON]
    assert whole.engagement["observer"].unique().to_list() == ["import:4cat"]


def test_how_the_posts_were_come_by_is_told_where_it_is_known(tmp_path: Path) -> None:
    raw = FourCat().provenance(Sample.of(written(tmp_path, RAW[0])))
    rows = FourCat().provenance(Sample.of(written(tmp_path, fourcat_row())))
    assert (raw.capture_mode, rows.capture_mode) == ("browsed", "unknown")
    assert raw.tool == rows.tool == "4cat"


def test_a_row_of_tiktok_is_the_same_post_as_the_raw_item(tmp_path: Path) -> None:
    whole = whole_of(tmp_path, fourcat_row())
    post = whole.post("tiktok:7400000000000000001")
    assert post["created_at"] == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert post["hashtags"] == ["airbersih", "kemarau"]
    assert post["author_key"] == "tiktok:6900000000000000001"
    assert whole.authors["followers"].to_list() == [1200]
    counts = whole.counts("tiktok:7400000000000000001")
    assert [counts[n] for n in ("likes", "replies", "reposts", "views", "quotes")] == [
        10, 2, 1, 1050, None,
    ]  # fmt: skip


def test_rows_of_other_platforms_have_other_names(tmp_path: Path) -> None:
    ig = {
        "id": "CxAbc_1", "thread_id": "CxAbc_1", "parent_id": "CxAbc_1", "author": "warga.a",
        "body": "Antre #AirBersih @warga.b", "timestamp": "2026-03-02 10:00:00",
        "url": "https://www.instagram.com/p/CxAbc_1", "num_likes": 12, "num_comments": -1,
    }  # fmt: skip
    tw = {
        "id": "2028000000000000002", "thread_id": "1", "author": "warga_a", "author_id": "111",
        "body": "RT @warga_b: a &amp; b #AirBersih", "timestamp": "2026-03-02 10:00:00",
        "link": "https://x.com/warga_a/status/2028000000000000002", "language_guess": "in",
        "is_retweet": "yes", "retweeted_user": "Warga_B", "retweet_count": 3, "mentions": "warga_b",
    }  # fmt: skip
    whole = whole_of(tmp_path, ig, tw)
    assert whole.counts("instagram:CxAbc_1")["replies"] is None
    assert whole.edges("instagram:CxAbc_1") == [("mention", "instagram:@warga.b", None)]
    post = whole.post("x:2028000000000000002")
    assert (post["kind"], post["text"], post["lang"]) == (
        "repost",
        "RT @warga_b: a & b #AirBersih",
        "id",
    )
    assert whole.edges("x:2028000000000000002") == [("repost", "x:@warga_b", None)]
    assert whole.engagement.height == 1


def test_a_row_without_an_address_needs_to_be_told_its_platform(tmp_path: Path) -> None:
    row = fourcat_row(tiktok_url=None)
    assert whole_of(tmp_path, row).rejected["field"].to_list() == ["$.url"]
    whole = whole_of(tmp_path, row, mapping={"platform": "=tiktok"})
    assert whole.matched["post_key"].to_list() == ["tiktok:7400000000000000001"]


def test_what_cannot_be_read_is_set_aside_with_its_line(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        fourcat_row(likes="banyak"),
        kept(line("linkedin.com", "1", {})),
        fourcat_row(body=None),
        fourcat_row(id="7.4E+18"),
        {"__import_meta": {}},
        fourcat_row(),
    )
    with path.open("a") as file:
        file.write("{")
    whole = read(FourCat(), path)
    assert whole.rejected.select("locator", "reason", "field").rows() == [
        ("a.ndjson:1", "not a count: 'banyak'", "$.likes"),
        ("a.ndjson:2", "platform not read yet: linkedin.com", "source_platform"),
        ("a.ndjson:3", "Expected `str`, got `null`", "$.body"),
        ("a.ndjson:4", "Object missing required field `id`", "$.id"),
        ("a.ndjson:5", "not told of which platform it is", "$.__import_meta"),
        ("a.ndjson:7", "Input data was truncated", None),
    ]
    assert whole.matched.height == 1
