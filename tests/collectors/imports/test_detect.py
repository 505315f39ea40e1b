from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import polars as pl
import pytest

from collectors.errors import ImportFileError
from collectors.imports.detect import IMPORTERS, recognize
from tests.collectors.imports.reading import PAYLOADS, SHARED, needs_shared, read


def refusal(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "a.dat"
    path.write_bytes(content)
    with pytest.raises(ImportFileError) as refused:
        recognize(path)
    message = str(refused.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    return message.removeprefix(f"{path} ")


@pytest.mark.parametrize(
    ("name", "importer"),
    [
        ("twitter_v1.jsonl", "twitter-v1"),
        ("twitter_v2.jsonl", "twitter-v2"),
        ("tweet_harvest.csv", "tweet-harvest"),
        ("tweet_harvest_semicolons.csv", "tweet-harvest"),
    ],
)
def test_a_file_is_recognized_by_what_it_holds(tmp_path: Path, name: str, importer: str) -> None:
    path = tmp_path / "whatever"
    path.write_bytes(b"\xef\xbb\xbf" + (PAYLOADS / name).read_bytes())
    assert recognize(path).name == importer


def test_each_line_of_api_v2_is_recognized_alone(tmp_path: Path) -> None:
    for line in (PAYLOADS / "twitter_v2.jsonl").read_bytes().splitlines()[:-1]:
        path = tmp_path / "a"
        path.write_bytes(line)
        assert recognize(path).name == "twitter-v2"


def test_a_page_longer_than_the_sample_is_recognized(tmp_path: Path) -> None:
    path = tmp_path / "a"
    tweet = b'{"author_id":"1","id":"1","text":"%s"},' % (b"x" * 1000)
    path.write_bytes(b'{"data":[' + tweet * 1000 + b"{}]}\n")
    assert recognize(path).name == "twitter-v2"


def test_any_other_table_is_csv_and_parquet_is_told_by_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("kapan;siapa;isi\n2024-01-02;a;x\n")
    assert recognize(path).name == "csv"
    path.write_bytes("kapan,siapa\n1,2\n".encode("utf-16"))
    assert recognize(path).name == "csv"
    pl.DataFrame({"a": [1]}).write_parquet(path)
    assert recognize(path).name == "parquet"


def test_the_names_of_the_formats_are_those_of_the_help() -> None:
    assert list(IMPORTERS) == [
        "parquet",
        "lake",
        "zeeschuimer",
        "4cat",
        "twitter-v1",
        "twitter-v2",
        "mastodon",
        "bluesky",
        "tweet-harvest",
        "csv",
    ]
    assert all(importer.title for importer in IMPORTERS.values())


@pytest.mark.parametrize("content", [b"", b" \r\n"])
def test_an_empty_file_is_told(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path, content) == "is empty; export it again"


def test_a_workbook_is_told_from_a_zip(tmp_path: Path) -> None:
    for names, says in [
        (["xl/workbook.xml"], "is an Excel workbook; save it as CSV"),
        (["a.csv", "b.csv"], "is a zip; unpack it"),
    ]:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name in names:
                archive.writestr(name, "x")
        assert refusal(tmp_path, packed.getvalue()) == says


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x1f\x8b\x08\x00", "is an archive that is damaged from its beginning"),
        (b"\xd0\xcf\x11\xe0", "is an Excel workbook; save it as CSV"),
        (b"%PDF-1.4", "is a PDF"),
        (bytes(range(256)), "is binary and of no known format"),
        (b"<!doctype html>", "is a page of HTML or XML"),
        (b'[{"id_str": "1"}]', r"is JSON of no known format \(keys: id_str\)"),
        (b"[1, 2]", "is JSON that holds no records"),
        (b'{\n "id_str": "1"\n}', r"is JSON of no known format \(keys: id_str\)"),
        (b'{"a": 1, "b": 2}\n', r"is JSON of no known format \(keys: a, b\)"),
        (b'{"data":[{"start":"x","tweet_count":1}]}\n', "holds counts per hour and no posts"),
        (b'{"id":"1","action":"delete","reason":"x"}\n', "is a compliance list"),
        (b"halo dunia\n", "is text without columns"),
    ],
)
def test_an_unknown_file_is_told_by_its_looks(tmp_path: Path, content: bytes, says: str) -> None:
    assert re.match(says, refusal(tmp_path, content))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match="cannot be read: No such file"):
        recognize(tmp_path / "a")


@needs_shared
@pytest.mark.parametrize(
    "path", sorted((SHARED / "fixtures/twarc-csv").glob("*.jsonl")), ids=lambda path: path.stem
)
def test_real_files_of_twarc_are_read_or_refused_with_a_reason(path: Path) -> None:
    if path.stem in {"counts", "tweets_compliance", "users_compliance"}:
        with pytest.raises(ImportFileError, match=r"holds? .*no posts"):
            recognize(path)
        return
    whole = read(recognize(path), path)
    assert whole.matched.height + whole.rejected.height == whole.received
    assert whole.rejected.height == (path.stem == "streaming_output_with_error")
