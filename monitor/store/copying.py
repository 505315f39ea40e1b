"""Writes all that a store holds into a new file, and proves that it is there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from monitor.errors import StoreAccessError, StoreDamagedError, StoreFullError
from monitor.store.database import Database
from monitor.store.store import StoreFile, literal

_NAME = "copy.duckdb"

_SAMPLED = 5_000  # keys
_AT_ONCE = 500

# Of each table, the number of its rows and a sum over all that stands in them.
Sums = dict[str, tuple[int, int]]


def write_copy(
    stores: StoreFile,
    folder: Path,
    *,
    on_copy: Callable[[Path], None] = lambda _: None,
    on_check: Callable[[], None] = lambda: None,
    take: Callable[[Path, Sums], None],
    are_indexes_read: bool = False,
) -> None:
    """Write the store anew into an empty `folder`, read both back, and hand the copy to `take`.

    Every block of every table is read, so a damaged store ends it. Rows are copied and not
    blocks: what was taken out of the store is not in the copy. `take` is called while the store is
    held, so what it is given is the store as it is. The copy has indexes of its own: those of the
    store are read only if that is wanted. Raises `StoreError`.
    """
    part = folder / _NAME
    with stores.held(folder) as database:
        on_copy(part)
        _copy(database, part)
        on_check()
        sums = _sums(database, "held")
        if are_indexes_read:
            _read_indexes(database, "held")
        if _sums_of_file(database, part) != sums:
            raise StoreAccessError(f"{folder.parent}: the copy differs: try another disk")
        take(part, sums)


def make_folder(folder: Path) -> None:
    """Make an empty folder for one copy, for its owner only, in place of one that a kill left."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if folder.is_symlink() or folder.is_file():
            folder.unlink()
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise StoreAccessError(
            f"{folder.parent}: cannot be written ({error.strerror}): mend its permissions, or name "
            "another"
        ) from None


def keep(part: Path, target: Path) -> None:
    """Name the copy once it is on the disk and not only in memory, and put its name there too."""
    _sync(part)
    try:
        part.replace(target)
    except OSError as error:  # a file that is mounted alone, as into a container
        raise StoreAccessError(f"{target}: cannot be replaced ({error.strerror})") from None
    _sync(target.parent)


def read_whole(database: Database) -> Sums:
    """Read all that a store holds, so that damage is found. Raises `StoreDamagedError`."""
    name = database.value("select current_database()")
    sums = _sums(database, name)
    _read_indexes(database, name)
    return sums


def _copy(database: Database, part: Path) -> None:
    umask = os.umask(0o077)
    try:
        database.script(f"attach {literal(part)} as fresh")
        database.script("copy from database held to fresh")
        database.script("checkpoint fresh")
        database.script("detach fresh")
    except StoreFullError:
        raise StoreFullError(
            f"{part.parent.parent}: the disk is full: make room and run again"
        ) from None
    finally:
        os.umask(umask)


def _sums_of_file(database: Database, part: Path) -> Sums:
    try:
        database.script(f"attach {literal(part)} as fresh (read_only)")
        found = _sums(database, "fresh")
        database.script("detach fresh")
    except StoreDamagedError as error:
        raise StoreAccessError(
            f"{part.parent.parent}: the copy cannot be read back: try another disk"
        ) from error
    return found


def _sums(database: Database, name: str) -> Sums:
    tables = database.rows(
        "select table_name from duckdb_tables() where database_name = $name order by table_name",
        name=name,
    )
    return {row["table_name"]: _sum(database, f'"{name}"."{row["table_name"]}"') for row in tables}


def _read_indexes(database: Database, name: str) -> None:
    """Read the index of each table with a key of one column: others are read by who writes only.

    What looks for few keys reads an index and not the table. To look for all keys would take a
    minute for a million; some thousands, spread over all, come by each block of the index.
    """
    indexes = database.rows(
        "select table_name, constraint_column_names[1] as column_name from duckdb_constraints() "
        "where database_name = $name and constraint_type = 'PRIMARY KEY' "
        "and len(constraint_column_names) = 1 order by table_name",
        name=name,
    )
    database.script("set index_scan_percentage = 1")
    for row in indexes:
        table, key = f'"{name}"."{row["table_name"]}"', f'"{row["column_name"]}"'
        found = database.rows(
            f"select {key} as key from {table} using sample reservoir({_SAMPLED} rows) "  # noqa: S608
            "repeatable (1)"
        )
        keys = [one["key"] for one in found]
        for at in range(0, len(keys), _AT_ONCE):
            some = {f"k{number}": one for number, one in enumerate(keys[at : at + _AT_ONCE])}
            wanted = ", ".join(f"${one}" for one in some)
            database.run(f"select {key} from {table} where {key} in ({wanted})", **some)  # noqa: S608
    database.script("reset index_scan_percentage")


def _sum(database: Database, table: str) -> tuple[int, int]:
    (row,) = database.rows(
        f"select count(*) as n, coalesce(bit_xor(hash(t)), 0) as told from {table} t"  # noqa: S608
    )
    return row["n"], row["told"]


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
