"""Folders, packed files, dry runs and provenance, as a user meets them."""

from __future__ import annotations

import gzip
import json

from tests.monitor.test_cli import MAPPED, write_csv

TWEET = {
    "data": {
        "id": "1895262175704556019",
        "author_id": "7",
        "text": "Air mati #AirBersih",
        "created_at": "2026-03-01T00:00:00.000Z",
        "entities": {"hashtags": [{"tag": "AirBersih"}]},
    },
    "__twarc": {"url": "x", "version": "2.14.0", "retrieved_at": "2026-03-01T01:00:00+00:00"},
}


def test_a_folder_is_read_whole_and_what_is_no_export_is_passed_over(gaung, tmp_path):
    folder = tmp_path / "ekspor" / "dalam"
    folder.mkdir(parents=True)
    (folder / "b.jsonl.gz").write_bytes(gzip.compress(json.dumps(TWEET).encode()))
    write_csv(tmp_path / "ekspor" / "a.csv", rows=5)
    (tmp_path / "ekspor" / "catatan.txt").write_text("halo dunia\n")
    (tmp_path / "ekspor" / ".tersembunyi.csv").write_text("x")
    code, out, err = gaung("import", "ekspor", *MAPPED)
    assert code == 0
    assert "a.csv: CSV with a header line: 5 read, 5 new" in out
    assert "b.jsonl.gz: " in out
    assert "by twarc" in out
    assert "passed over: ekspor/catatan.txt is text without columns" in err
    assert "2 files read, 1 passed over, 0 failed" in err
    _, out, _ = gaung("import", "ekspor", *MAPPED)
    assert out.count("(imported before)") == 2
    assert out.count(" 0 new") == 2


def test_a_folder_without_exports_is_a_failure(gaung, tmp_path):
    (tmp_path / "kosong").mkdir()
    code, _, err = gaung("import", "kosong")
    assert (code, "0 files read" in err) == (1, True)


def test_a_dry_run_shows_the_mapping_and_ten_rows_and_stores_nothing(gaung, tmp_path):
    write_csv(tmp_path / "warga.csv", rows=30)
    with (tmp_path / "warga.csv").open("a") as file:
        file.write("kapan-kapan,warga1,rusak,7\n")
    code, out, err = gaung("import", "warga.csv", *MAPPED, "--dry-run")
    assert (code, err) == (0, "")
    assert "31 records: 30 posts, 1 would be set aside" in out
    assert "waktu" in out
    assert "created_at" in out
    assert out.count("Kabar air bersih") == 10
    assert "warga.csv:32" in out
    assert not (tmp_path / "data").exists()


def test_a_dry_run_as_json_is_for_programs(gaung, tmp_path):
    (tmp_path / "a.jsonl").write_text(json.dumps(TWEET))
    shown = json.loads(gaung("import", "a.jsonl", "--dry-run", "--json")[1])
    assert (shown["format"], shown["tool"], shown["posts"]) == ("twitter-v2", "twarc", 1)
    assert shown["capture_mode"] in ("searched", "streamed", "unknown")
    assert len(shown["sha256"]) == 64
    assert {"from", "to"} == set(shown["mapping"][0])
    assert shown["rows"][0]["post_key"] == "x:1895262175704556019"
    assert gaung("import", "a.jsonl", "--json")[0] == 2


def test_whose_posts_a_table_holds_can_be_said(gaung, tmp_path):
    write_csv(tmp_path / "warga.csv", rows=3)
    assert gaung("import", "warga.csv", *MAPPED, "--platform", "instagram")[0] == 0
    report = json.loads(gaung("report", "#airbersih", "--format", "json")[1])
    assert all(row["author"].startswith("instagram:") for row in report["top_authors"])


def test_a_report_says_what_nothing_can_be_concluded_from(gaung, tmp_path):
    line = {
        "nav_index": "1",
        "item_id": "7300000000000000001",
        "timestamp_collected": 1772323200000,
        "source_platform": "tiktok.com",
        "source_platform_url": "https://www.tiktok.com/tag/airbersih",
        "source_url": "https://www.tiktok.com/api/challenge/item_list/",
        "user_agent": "x",
        "data": {
            "id": "7300000000000000001",
            "desc": "Air mati #airbersih",
            "createTime": 1772323200,
            "author": {"id": "9", "uniqueId": "warga", "nickname": "Warga"},
            "stats": {"diggCount": 1, "shareCount": 2, "commentCount": 3, "playCount": 4},
            "challenges": [{"title": "airbersih"}],
            "textExtra": [],
            "music": {"id": "1"},
        },
    }
    (tmp_path / "z.ndjson").write_text(json.dumps(line))
    code, _, err = gaung("import", "z.ndjson")
    assert (code, "its volume tells nothing" in err) == (0, True)
    report = json.loads(gaung("report", "#airbersih", "--format", "json")[1])
    assert any("nothing can be concluded" in note for note in report["notes"])


def test_a_field_that_is_unknown_names_the_nearest(gaung, tmp_path):
    (tmp_path / "p.csv").write_text("waktu,akun\n2025-02-22T15:00:00Z,a\n")
    code, _, err = gaung("import", "p.csv", "--map", "autor=akun")
    assert code == 2
    assert "--map: there is no field 'autor'; did you mean 'author'?" in err
    code, _, err = gaung("import", "p.csv", "--map", "author")
    assert (code, "such as text=Isi" in err) == (2, True)
