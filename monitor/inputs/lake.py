"""A lake: what `gaung export` wrote, as Parquet files by platform and day.

    DIR/posts/platform=x/day=2025-02-22/part.parquet    POSTS
    DIR/acts/platform=x/day=2025-02-22/part.parquet     ACTS
    DIR/gaung-lake.json                                 what it is, and what is in it

Any engine that reads Hive partitions reads it; the day is that of sort_at or acted_at, in UTC.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.frames import ACTS, POSTS
from analysis.graphs.acts import resolved
from collectors.imports.lake import MANIFEST as MANIFEST
from collectors.imports.lake import SCHEMA as SCHEMA
from collectors.moments import EARLIEST, possible
from monitor.errors import OperatorError
from monitor.inputs.input import Aside, Wanted, in_order, names_of
from monitor.inputs.reading import OnRead, Read, unheard

PART = "part.parquet"
BOOST = "repost|"  # how the keys begin of reposts that are no posts
NO_DAY = "__HIVE_DEFAULT_PARTITION__"  # as Hive, Spark and DuckDB write null
TABLES = {"posts": (POSTS, "sort_at"), "acts": (ACTS, "acted_at")}
_BATCH_BYTES = 32 << 20  # of files, packed


def is_lake(path: Path) -> bool:
    """Tell whether a folder is a lake."""
    return (path / MANIFEST).is_file()


def manifest_of(path: Path) -> dict[str, Any]:
    """Give what a lake says of itself. Raises `OperatorError`."""
    try:
        told: dict[str, Any] = json.loads((path / MANIFEST).read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise OperatorError(f"{path / MANIFEST} cannot be read ({error}): export again") from error
    if told.get("schema") != SCHEMA:
        raise OperatorError(
            f"{path} was written by another gaung ({told.get('schema')}, not {SCHEMA}): export "
            "again to a new folder"
        )
    return told


def place_of(table: str, platform: str, day: date | None) -> str:
    """Give where the rows of a platform and day are, within a lake.

    >>> place_of("acts", "x", date(2025, 2, 22))
    'acts/platform=x/day=2025-02-22/part.parquet'
    """
    when = NO_DAY if day is None else day.isoformat()
    return f"{table}/platform={quote(platform, safe='')}/day={when}/{PART}"


def day_of(file: Path) -> date | None:
    """Give the day of a file of a lake; None: of rows without a time."""
    told = file.parent.name.removeprefix("day=")
    return None if told == NO_DAY else date.fromisoformat(told)


class LakeInput:
    """Reads a lake, only the days and columns that are asked for."""

    def __init__(self, path: Path, wanted: Wanted, on_read: OnRead = unheard) -> None:
        manifest_of(path)
        self.path = path
        self.wanted = wanted
        self._on_read = on_read
        self.set_aside: list[Aside] = []
        self.notes: list[str] = []
        if left := self._odd():
            self.notes.append(f"{left:,} posts are left out: their times are impossible.")
        if wanted.watch is not None:
            self.notes.append(
                f"{wanted.name}: by its hashtags; which files were imported for a watch, "
                "only the store knows."
            )

    def files(self) -> list[Path]:
        """Give the files with posts of the time that is asked for, by day."""
        return [file for file in self._files("posts") if _meets(day_of(file), self.wanted)]

    def batches(self, *columns: str) -> Iterator[pl.DataFrame]:
        """Give the posts batch by batch."""
        names = names_of(columns)
        tagged = self._tagged()
        chosen_files, done = self.files(), 0
        total = sum(file.stat().st_size for file in chosen_files)
        for files in _grouped(chosen_files):
            self._on_read(Read(done, total, "bytes"))
            done += sum(file.stat().st_size for file in files)
            rows = self._scan(files, "posts").filter(self.wanted.timely())
            if tagged is None:
                yield self._read(rows.select(names))
                continue
            # A repost that is no post has no hashtags; it is chosen by what it passes on.
            of = pl.when(pl.col("post_key").str.starts_with(BOOST)).then("repost_of_key")
            chosen = rows.with_columns(of.otherwise("post_key").alias("#of")).join(
                tagged, on="#of", how="semi"
            )
            yield self._read(chosen.select(names))

    def posts(self, *columns: str) -> pl.DataFrame:
        """Give all posts at once."""
        return in_order(self.batches(*columns), columns)

    def acts(self) -> pl.DataFrame:
        """Give who acted on whom by or on these posts."""
        acts = self._scan(self._files("acts"), "acts").filter(self.wanted.timely("acted_at"))
        tagged = self._tagged()
        if tagged is not None:
            of = pl.coalesce("post_key", "target_post_key").alias("#of")
            acts = acts.with_columns(of).join(tagged, on="#of", how="semi").drop("#of")
        return resolved(self._read(acts), POSTS.to_frame())

    def handles(self, keys: Iterable[str]) -> dict[str, str]:
        """Give the handles of accounts that posted."""
        asked = pl.LazyFrame({"author_key": list(keys)}, schema={"author_key": pl.String})
        posts = self._scan(self._files("posts"), "posts")
        named = posts.select("author_key", "handle").drop_nulls().join(
            asked, on="author_key", how="semi"
        )  # fmt: skip
        # Parts are by day within a platform: the last is the newest.
        last = named.unique("author_key", keep="last", maintain_order=True)
        return dict(self._read(last).iter_rows())

    def _tagged(self) -> pl.LazyFrame | None:
        """Give the keys (#of) of all posts with the hashtags, of any time; None: all posts."""
        if not self.wanted.hashtags:
            return None
        posts = self._scan(self._files("posts"), "posts").filter(self.wanted.tagged())
        return self._read(posts.select(pl.col("post_key").alias("#of"))).lazy()

    def _odd(self) -> int:
        """Count the posts that have an impossible time, by the days that they are filed under."""
        odd = [f for f in self._files("posts") if (day_of(f) or date.max) < EARLIEST.date()]
        try:
            return sum(pq.read_metadata(file).num_rows for file in odd)
        except (pa.ArrowException, OSError) as error:
            raise OperatorError(f"{self.path} is damaged ({error}): export again") from error

    def _files(self, table: str) -> list[Path]:
        return sorted(
            (self.path / table).glob(f"platform=*/day=*/{PART}"),
            key=lambda file: (day_of(file) or date.max, file),
        )

    def _scan(self, files: list[Path], table: str) -> pl.LazyFrame:
        schema, at = TABLES[table]
        if not files:
            return schema.to_frame().lazy()
        # Without its partitions: a folder above may be named like one.
        rows = pl.scan_parquet(files, hive_partitioning=False).select(schema.names())
        # Up to 0.1.0 a store, and so a lake, kept posts of impossible times.
        return rows.filter(possible(at) | pl.col(at).is_null())

    def _read(self, rows: pl.LazyFrame) -> pl.DataFrame:
        try:
            return rows.collect(engine="streaming")
        except (pl.exceptions.PolarsError, OSError) as error:
            raise OperatorError(f"{self.path} is damaged ({error}): export again") from error


def _meets(day: date | None, wanted: Wanted) -> bool:
    if day is None:
        return wanted.since is None and wanted.until is None
    if day < (wanted.since or EARLIEST).astimezone(UTC).date():
        return False
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return wanted.until is None or begin < wanted.until


def _grouped(files: list[Path]) -> Iterator[list[Path]]:
    """Give files together as far as they are small."""
    group: list[Path] = []
    size = 0
    for file in files:
        size += file.stat().st_size
        group.append(file)
        if size >= _BATCH_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group
