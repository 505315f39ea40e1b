"""Writes the store's file anew: DuckDB frees what is taken out, and does not clear it."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

from monitor.errors import StoreAccessError, StoreBusyError
from monitor.store.copying import Sums, keep, make_folder, write_copy
from monitor.store.store import StoreFile

_TRIES = 5
_MOMENT = 0.05  # seconds


def rewrite(stores: StoreFile, *, now: datetime) -> int | None:
    """Replace the store's file by one that holds only what is in it; return its bytes.

    At each moment there is the whole old file under the store's name, or the whole new one: a
    kill or a full disk changes nothing. Others may read meanwhile; who writes waits.
    None: this process keeps the file open itself, and nothing was done. Raises `StoreError`.
    """
    if stores.is_kept_open():
        return None
    path = stores.path.resolve()  # a link stays one
    folder = path.with_name(f".{path.name}.anew")
    for _ in range(_TRIES):
        with stores.open() as store:
            # What a killed process had spilled, and a half-written copy: nobody uses either now.
            shutil.rmtree(path.with_name(f"{path.name}.tmp"), ignore_errors=True)
            store.privacy.tried_to_rewrite(now=now)
        make_folder(folder)
        try:
            if size := _written(stores, path, folder, now=now):
                return size
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    raise StoreBusyError(
        f"{path}: others write all the while: stop the daemon, and run `gaung purge` again"
    )


def _written(stores: StoreFile, path: Path, folder: Path, *, now: datetime) -> int:
    """Return the bytes of the new file; 0 if a log lay beside the old one, which belongs to it."""
    size = 0

    def take(part: Path, _: Sums) -> None:
        nonlocal size
        log = path.with_name(f"{path.name}.wal")
        if log.exists() and log.stat().st_size:
            return
        with StoreFile(part).open() as anew, anew.transaction():
            anew.privacy.rewritten(now=now)
        _own(part, like=path)
        keep(part, path)
        # Who had opened the old file just before finds it locked for some time more, and opens
        # the new one (see `StoreFile`).
        stores.sleep(_MOMENT)
        size = path.stat().st_size

    write_copy(stores, folder, take=take)
    return size


def _own(part: Path, *, like: Path) -> None:
    """Give the new file the owner and the permissions of the old one: root may have begun this."""
    old = like.stat()
    try:
        if (old.st_uid, old.st_gid) != (part.stat().st_uid, part.stat().st_gid):
            os.chown(part, old.st_uid, old.st_gid)
        part.chmod(old.st_mode & 0o777)
    except OSError as error:
        raise StoreAccessError(
            f"{like}: belongs to somebody else ({error.strerror}): run this as its owner"
        ) from None
