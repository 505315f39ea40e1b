"""One daemon per store: a lock that the system takes back when its holder ends, however it ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path

from monitor.errors import DaemonRunningError, StoreAccessError


class DaemonLock:
    """The lock beside a store; its file names the holder's process."""

    def __init__(self, store: Path) -> None:
        self.path = store.with_name(f"{store.name}.daemon")
        self._file: int | None = None

    def take(self) -> None:
        """Take the lock. Raises `DaemonRunningError`, `StoreAccessError`."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreAccessError(
                f"{error.filename}: the store's folder cannot be written ({error.strerror}): "
                "set store.path to where this user may write, or mend its permissions"
            ) from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = os.read(file, 32).decode().strip() or "unknown"
            os.close(file)
            raise DaemonRunningError(
                f"a daemon already runs on this store (process {pid}): stop it first, or leave it"
            ) from None
        os.ftruncate(file, 0)
        with contextlib.suppress(OSError):  # on a full disk the lock holds without a name
            os.write(file, str(os.getpid()).encode())
        self._file = file

    def release(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None

    def holder(self) -> int | None:
        """Give the process that holds the lock, if any."""
        try:
            file = os.open(self.path, os.O_RDONLY)
        except OSError:
            return None
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            text = os.read(file, 32).decode().strip()
            return int(text) if text.isdigit() else 0
        finally:
            os.close(file)
        return None
