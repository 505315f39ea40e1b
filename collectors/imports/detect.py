"""Which format a file is of, told by what it holds, whatever its name is."""

from __future__ import annotations

import re
from pathlib import Path

from collectors.errors import ImportFileError
from collectors.imports import jsonl, packed
from collectors.imports.bluesky import Bluesky
from collectors.imports.csv_mapped import CsvMapped
from collectors.imports.fourcat import FourCat
from collectors.imports.lake import Lake
from collectors.imports.mastodon import Mastodon
from collectors.imports.parquet import Parquet
from collectors.imports.sample import Importer, Sample
from collectors.imports.tweet_harvest import TweetHarvest
from collectors.imports.twitter_v1 import TwitterV1
from collectors.imports.twitter_v2 import TwitterV2
from collectors.imports.zeeschuimer import Zeeschuimer

# In the order of asking: any table is a CSV, so that comes last.
IMPORTERS: dict[str, Importer] = {
    importer.name: importer
    for importer in (
        Parquet(),
        Lake(),
        Zeeschuimer(),
        FourCat(),
        TwitterV1(),
        TwitterV2(),
        Mastodon(),
        Bluesky(),
        TweetHarvest(),
        CsvMapped(),
    )
}

# What a file is that no importer reads, by its first bytes, and what to do with it.
_UNREADABLE = (
    (b"\x1f\x8b", "packed twice; unpack it once"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook; save it as CSV"),
    (b"SQLite format 3", "an SQLite database; export its table of posts as CSV"),
    (b"ARROW1", "an Arrow file; save it as Parquet"),
    (b"%PDF", "a PDF; look for the table it was made of"),
)


def recognize(path: Path) -> Importer:
    """Give the importer for a file. Raises `ImportFileError`, which says what the file is."""
    try:
        sample = Sample.of(path)
    except OSError as error:
        raise ImportFileError(f"{path} cannot be read: {error.strerror}") from error
    if not sample.head.strip():
        raise ImportFileError(f"{path} is empty; export it again")
    is_zip = sample.head.startswith(b"PK\x03\x04")  # of several files, or a workbook
    for importer in () if is_zip else IMPORTERS.values():
        if importer.recognizes(sample):
            if importer.name == "parquet" and packed.is_packed(path):
                raise ImportFileError(f"{path} is a packed Parquet file; unpack it")
            return importer
    raise ImportFileError(f"{path} {_look(sample.head)}")


def _look(head: bytes) -> str:
    """Say what an unknown file looks like and what to do."""
    for mark, what in _UNREADABLE:
        if head.startswith(mark):
            return f"is {what}"
    if head.startswith(b"PK\x03\x04"):
        is_workbook = b"xl/" in head or b"[Content_Types].xml" in head
        return "is an Excel workbook; save it as CSV" if is_workbook else "is a zip; unpack it"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(packed.DAMAGED.encode()):
        return "is an archive that is damaged from its beginning; get it again"
    if start.startswith((b"[", b"{")):
        return _look_json(start)
    if start.startswith(b"<"):
        return "is a page of HTML or XML; export the posts as CSV or JSON Lines"
    if b"\0" in head:
        return "is binary and of no known format; export the posts as CSV, JSON Lines or Parquet"
    return "is text without columns; give it a header line, or export the posts as JSON Lines"


def _look_json(start: bytes) -> str:
    first = jsonl.first_record(start)
    if not first:
        return "is JSON that holds no records; write one record per line, as `jq -c '.[]'` does"
    if b'"tweet_count"' in first and b'"start"' in first:
        return "holds counts per hour and no posts; search for the posts themselves"
    if b'"action"' in first and b'"reason"' in first:
        return "is a compliance list and holds no posts; import the posts that it is about"
    keys = ", ".join(re.findall(r'"(\w+)" ?:', first[:300].decode(errors="replace"))[:8])
    return f"is JSON of no known format (keys: {keys or 'none'}); export the posts as CSV"
