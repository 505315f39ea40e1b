"""Writes a store, or files, as a lake: partitioned Parquet that any engine reads."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import polars as pl

from analysis.frames import POSTS
from monitor import __version__
from monitor.errors import OperatorError
from monitor.exporting.redact import Redaction, redacted
from monitor.inputs.input import Input
from monitor.inputs.lake import (
    MANIFEST,
    PART,
    SCHEMA,
    TABLES,
    day_of,
    is_lake,
    manifest_of,
    place_of,
)
from monitor.naming import Naming
from monitor.store import StoreFile
from monitor.store.queries import Selection

_CHUNK = 250_000  # rows that are read at once, if a day has not more
_BY = "gaung.pseudonyms"  # in each file, by whose salt


@dataclass(frozen=True, slots=True)
class Chunk:
    """The rows of some whole days."""

    since: date | None  # None: rows without a time
    until: date | None  # excluded
    tables: dict[str, pl.DataFrame]

    def has(self, day: date | None) -> bool:
        """Tell whether a day is one of these."""
        if day is None or self.since is None or self.until is None:
            return day is None and self.since is None
        return self.since <= day < self.until


@dataclass(slots=True)
class Exported:
    """What was done."""

    written: int = 0  # files
    unchanged: int = 0
    removed: int = 0
    rows: dict[str, int] = field(default_factory=dict)  # in the lake, by table


def export(
    chunks: Iterator[Chunk],
    folder: Path,
    *,
    now: datetime,
    naming: Naming | None = None,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Exported:
    """Write chunks into a lake, which is made if there is none. Raises `OperatorError`.

    naming: puts its pseudonyms for all that names anybody, and leaves handles and texts out.

    A file that would be the same is left alone; one whose rows are gone, erased or purged, is
    removed. Each file is whole at any time; the manifest is written last. on_progress: is told the
    rows of each chunk.
    """
    by = None if naming is None else Redaction(naming).fingerprint
    parts = _parts_of(folder, by)
    done = Exported()
    for chunk in chunks if naming is None else redacted(chunks, naming):
        fresh: set[str] = set()
        for table, frame in chunk.tables.items():
            for name, rows in _parted(table, frame):
                data = _packed(rows, by)
                fresh.add(name)
                changed = _write(folder / name, data)
                done.written += changed
                done.unchanged += not changed
                parts[name] = {"rows": rows.height, "sha256": hashlib.sha256(data).hexdigest()}
        for name in [n for n in parts if chunk.has(day_of(Path(n))) and n not in fresh]:
            _remove(folder / name)
            del parts[name]
            done.removed += 1
        on_progress(sum(frame.height for frame in chunk.tables.values()))
    for begun in folder.glob(f"*/platform=*/day=*/.{PART}.*"):
        begun.unlink()  # of an export that was interrupted
    for table in TABLES:
        done.rows[table] = sum(p["rows"] for n, p in parts.items() if n.startswith(f"{table}/"))
    _write(folder / MANIFEST, _manifest(parts, done.rows, now, by))
    return done


def chunks_of_store(
    stores: StoreFile, since: date | None = None, until: date | None = None
) -> tuple[Iterator[Chunk], int]:
    """Give the days of a store, and how many rows there are about.

    The store is given back between chunks, so that a daemon goes on.
    """
    with stores.open(read_only=True) as store:
        days = store.gathered.days()
    if since is not None:
        days = days.filter(pl.col("day") >= since)
    if until is not None:
        days = days.filter(pl.col("day") < until)
    return _chunks(stores, days, since, until), int(days["rows"].sum())


def chunk_of_input(source: Input) -> Iterator[Chunk]:
    """Give all rows of files at once."""
    tables = {"posts": source.posts(), "acts": source.acts()}
    dated = {name: frame.drop_nulls(TABLES[name][1]) for name, frame in tables.items()}
    yield Chunk(date.min, date.max, dated)
    yield Chunk(None, None, {"acts": tables["acts"].filter(pl.col("acted_at").is_null())})


def _chunks(
    stores: StoreFile, days: pl.DataFrame, since: date | None, until: date | None
) -> Iterator[Chunk]:
    # Between the days that have rows there may be such as had some once: the stretches touch.
    begin = since or date.min
    rows = 0
    for day, count in days.select("day", "rows").iter_rows():
        if rows and rows + count > _CHUNK:
            yield _chunk(stores, begin, day)
            begin, rows = day, 0
        rows += count
    yield _chunk(stores, begin, until or date.max)
    if since is None and until is None:
        with stores.open(read_only=True) as store:
            undated = store.gathered.acts(Selection(hashtags=()), undated=True)
        yield Chunk(None, None, {"acts": undated})


def _chunk(stores: StoreFile, since: date, until: date) -> Chunk:
    selection = Selection(
        hashtags=(),
        since=None if since == date.min else _midnight(since),
        until=None if until == date.max else _midnight(until),
    )
    with stores.open(read_only=True) as store:
        posts = list(store.gathered.posts(selection, POSTS.names()))
        acts = store.gathered.acts(selection).drop_nulls("acted_at")
    return Chunk(since, until, {"posts": pl.concat([POSTS.to_frame(), *posts]), "acts": acts})


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def _parted(table: str, frame: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Give the rows of each platform and day, in one order whatever order they came in."""
    schema, at = TABLES[table]
    platform = pl.col("platform" if "platform" in schema else "author_key")
    placed = frame.select(
        *schema.names(),
        platform.str.split(":").list.first().alias("#platform"),
        pl.col(at).dt.date().alias("#day"),
    )
    order = [at, *(name for name in schema if name != at and schema[name] == pl.String)]
    for (name, day), rows in placed.partition_by("#platform", "#day", as_dict=True).items():
        ordered = rows.select(schema.names()).sort(order, nulls_last=True, maintain_order=True)
        yield place_of(table, str(name), day), ordered


def _packed(rows: pl.DataFrame, by: str | None) -> bytes:
    packed = io.BytesIO()
    rows.rechunk().write_parquet(
        packed,
        compression="zstd",
        compression_level=3,
        metadata=None if by is None else {_BY: by},
    )
    return packed.getvalue()


def _write(path: Path, data: bytes) -> bool:
    """Write a file whole or not at all; tell whether it was another before."""
    if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    begun = path.with_name(f".{path.name}.{os.getpid()}")
    begun.write_bytes(data)
    begun.replace(path)
    return True


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    for folder in (path.parent, path.parent.parent):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _parts_of(folder: Path, by: str | None) -> dict[str, dict[str, Any]]:
    """Give the files of a lake with their rows, also those that no manifest names yet."""
    manifest = manifest_of(folder) if is_lake(folder) else None
    if manifest is not None:
        _require_alike(folder, manifest.get("pseudonyms"), by)
    told: dict[str, dict[str, Any]] = manifest["parts"] if manifest is not None else {}
    if folder.exists() and not is_lake(folder):
        others = {child.name for child in folder.iterdir()} - TABLES.keys()
        if others:
            raise OperatorError(
                f"{folder} holds other files ({min(others)}): name a new or an empty folder"
            )
    found: dict[str, dict[str, Any]] = {}
    for table in TABLES:
        for file in (folder / table).glob(f"platform=*/day=*/{PART}"):
            name = file.relative_to(folder).as_posix()
            if name not in told:
                _require_alike(folder, pl.read_parquet_metadata(file).get(_BY), by)
            found[name] = told.get(name) or _told_by(file)
    return found


def _require_alike(folder: Path, there: str | None, here: str | None) -> None:
    """Refuse to mix real names with pseudonyms, or those of two stores."""
    if there == here:
        return
    ways = {True: "with real names", False: "with --redact"}
    if (there is None) == (here is None):
        raise OperatorError(f"{folder} has the pseudonyms of another store: name a new folder")
    raise OperatorError(
        f"{folder} was exported {ways[there is None]}: go on so, or name a new folder"
    )


def _told_by(file: Path) -> dict[str, Any]:
    rows = pl.scan_parquet(file, hive_partitioning=False).select(pl.len()).collect().item()
    return {"rows": rows, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}


def _manifest(
    parts: dict[str, dict[str, Any]], rows: dict[str, int], now: datetime, by: str | None
) -> bytes:
    ordered = dict(sorted(parts.items()))
    together = hashlib.sha256(
        "".join(f"{part['sha256']}  {name}\n" for name, part in ordered.items()).encode()
    )
    told = {
        "schema": SCHEMA,
        "gaung": __version__,
        "written_at": now.isoformat().replace("+00:00", "Z"),
        "pseudonyms": by,  # tells by whose salt; null: real names
        "rows": rows,
        "sha256": together.hexdigest(),  # of what `sha256sum` prints of the parts, by name
        "parts": ordered,
    }
    return json.dumps(told, indent=1, ensure_ascii=False).encode()
