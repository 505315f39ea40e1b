"""Copies the store while others use it: they wait their turn until the copy is there."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from monitor.errors import StoreAccessError, StoreFullError, StoreMissingError
from monitor.store.store import StoreFile
from monitor.store.subjects import Store


def backup(
    stores: StoreFile, target: Path, on_copy: Callable[[Path, int], None] = lambda *_: None
) -> tuple[int, int]:
    """Copy the store to `target`, whole and checked; give its posts and its bytes.

    on_copy: is told the file that grows and how large it becomes, for people who wait.
    The store is held meanwhile, so nothing is written half. An interrupted copy leaves no `target`.
    Raises `StoreError`: there is no store, it is busy, `target` is there already, the disk is full.
    """
    if not stores.path.exists():
        raise StoreMissingError(f"{stores.path}: there is no store yet, and nothing to copy")
    if target.exists():
        raise StoreAccessError(f"{target}: is there already: name another file, or remove it first")
    part = target.with_name(f".{target.name}.part")
    _make(target.parent, part)
    try:
        with stores.open() as store:
            posts = _count(store)
            store.database.script("checkpoint")  # what lies beside the file goes into it
            on_copy(part, stores.path.stat().st_size)
            _copy(stores.path, part)
        with StoreFile(part).open(read_only=True) as copied:
            found = _count(copied)
        if found != posts:
            raise StoreAccessError(
                f"{target}: the copy has {found:,} posts and not {posts:,}: try another disk"
            )
        _keep(part, target)
    finally:
        part.unlink(missing_ok=True)
    return posts, target.stat().st_size


def _make(folder: Path, part: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    except OSError as error:
        raise StoreAccessError(
            f"{folder}: cannot be written ({error.strerror}): mend its permissions, or name another"
        ) from None


def _copy(source: Path, part: Path) -> None:
    # By another process: closing the file here, once read, would give DuckDB's lock on it back.
    done = subprocess.run(  # noqa: S603
        ["cp", "--", str(source), str(part)],  # noqa: S607
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C"},
    )
    if done.returncode and "No space left" in done.stderr:
        raise StoreFullError(f"{part.parent}: the disk is full: make room and run again")
    if done.returncode:
        raise StoreAccessError(f"{part.parent}: cannot be written: {done.stderr.strip()}")


def _keep(part: Path, target: Path) -> None:
    """Give the copy its name once it is on the disk, and not only in memory."""
    for path in (part, part.parent):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    part.rename(target)


def _count(store: Store) -> int:
    count: int = store.database.value("select count(*) from posts")
    return count
