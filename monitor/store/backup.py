"""Copies the store while others use it: readers go on, writers wait until the copy is there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from monitor.errors import StoreAccessError, StoreMissingError
from monitor.store.copying import Sums, keep, make_folder, write_copy
from monitor.store.store import StoreFile


def backup(
    stores: StoreFile,
    target: Path,
    on_copy: Callable[[Path, int], None] = lambda *_: None,
    on_check: Callable[[], None] = lambda: None,
) -> tuple[int, int]:
    """Copy the store to `target`, whole and checked; return its posts and its bytes.

    on_copy: is told the file that grows and how large it becomes, for people who wait.
    on_check: is told that the copy is there, and that it is being read back.
    The store is held meanwhile, so nothing is written half. An interrupted copy leaves no `target`,
    and neither does a damaged store: what is copied was read to the last block.
    Raises `StoreError`: there is no store, it is busy or damaged, `target` is there already, the
    disk is full.
    """
    if not stores.path.exists():
        raise StoreMissingError(f"{stores.path}: there is no store yet, and nothing to copy")
    if target.exists():
        raise StoreAccessError(f"{target}: is there already: name another file, or remove it first")
    with stores.open(read_only=True):
        pass  # brings an older store up to date, and refuses a newer one
    folder = target.with_name(f".{target.name}.part")
    make_folder(folder)
    posts = 0

    def take(part: Path, sums: Sums) -> None:
        nonlocal posts
        posts = sums["posts"][0]
        keep(part, target)

    try:
        write_copy(
            stores,
            folder,
            on_copy=lambda part: on_copy(part, stores.path.stat().st_size),
            on_check=on_check,
            take=take,
            are_indexes_read=True,
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return posts, target.stat().st_size
