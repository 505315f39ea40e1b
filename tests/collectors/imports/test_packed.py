from __future__ import annotations

import bz2
import gzip
import json
import lzma
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import zstandard

from collectors.errors import ImportFileError
from collectors.imports import packed
from collectors.imports.detect import recognize
from collectors.imports.sample import ImportOptions

OPTIONS = ImportOptions(captured_at=datetime(2026, 3, 1, tzinfo=UTC), page_size=100)
LINES = [
    json.dumps(
        {
            "data": {
                "id": str(10**18 + n),
                "text": f"Air bersih {n}",
                "author_id": str(n % 7),
                "created_at": "2026-03-01T00:00:00.000Z",
            }
        }
    )
    for n in range(500)
]
PLAIN = ("\n".join(LINES) + "\n").encode()
CSV = (
    "waktu,author,isi\n" + "\n".join(f"2026-03-01T0{n % 9}:00:00Z,a{n},x {n}" for n in range(500))
).encode()
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "zst": lambda data: zstandard.ZstdCompressor().compress(data),
    "bz2": bz2.compress,
    "xz": lzma.compress,
}


def read(path: Path) -> tuple[int, list[dict[str, Any]], list[int]]:
    pages = list(recognize(path).pages(path, OPTIONS))
    rejected = [row for page in pages for row in page.rejected.to_dicts()]
    return sum(page.posts.height for page in pages), rejected, [page.progress for page in pages]


@pytest.mark.parametrize("kind", PACKERS)
@pytest.mark.parametrize("content", [PLAIN, CSV], ids=["jsonl", "csv"])
def test_a_packed_file_is_read_as_if_it_were_not(tmp_path: Path, kind: str, content: bytes) -> None:
    path = tmp_path / "ekspor.dat"  # whatever its name
    path.write_bytes(PACKERS[kind](content))
    posts, rejected, progress = read(path)
    assert (posts, rejected) == (500, [])
    assert progress == sorted(progress)
    assert progress[-1] <= path.stat().st_size


@pytest.mark.parametrize("kind", ["gz", "zst"])
def test_files_packed_one_after_the_other_are_one(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a"
    half = PLAIN.index(b"\n", len(PLAIN) // 2) + 1
    path.write_bytes(PACKERS[kind](PLAIN[:half]) + PACKERS[kind](PLAIN[half:]))
    assert read(path)[0] == 500


@pytest.mark.parametrize("kind", PACKERS)
def test_what_comes_before_a_damage_is_kept_and_the_damage_is_told(
    tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(PACKERS[kind](PLAIN * 40)[:-200])
    posts, rejected, _ = read(path)
    assert posts > 0 or kind in ("bz2", "xz")  # which pack in large blocks
    if rejected:
        assert "damaged from here on" in rejected[-1]["raw"]
        assert rejected[-1]["locator"].startswith("a.jsonl:")


def test_a_zip_of_one_file_is_read_and_of_several_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ekspor/a.jsonl", PLAIN)
        archive.writestr("__MACOSX/._a.jsonl", b"x")
    assert read(path)[0] == 500
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("b.jsonl", PLAIN)
    with pytest.raises(ImportFileError, match="is a zip; unpack it"):
        recognize(path)


def test_a_plain_file_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(PLAIN)
    assert read(path)[0] == 500
    assert not packed.is_packed(path)


def test_what_is_packed_twice_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.gz.gz"
    path.write_bytes(gzip.compress(gzip.compress(PLAIN)))
    with pytest.raises(ImportFileError, match="packed twice"):
        recognize(path)
