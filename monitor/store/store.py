"""Opens the store, waits for its turn, has it migrated."""

from __future__ import annotations

import os
import random
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from monitor import clock
from monitor.errors import (
    StoreAccessError,
    StoreBusyError,
    StoreError,
    StoreFullError,
    StoreGoneError,
    StoreMissingError,
    StoreTooNewError,
)
from monitor.lock import Turnstile
from monitor.store.database import Database
from monitor.store.migrating import done, migrate, migrations
from monitor.store.subjects import Store

_HOLDER = re.compile(r"held in (.+?) \(PID (\d+)\)")
_TURN = threading.RLock()
_FOR_READERS = 3  # times as long as for a writer: a report over a month is read at once
_SETTINGS: dict[str, str | int | float | list[str]] = {
    "memory_limit": "1GB",
    "wal_autocheckpoint": "256MB",
    "preserve_insertion_order": True,
}


@dataclass(frozen=True, slots=True)
class StoreFile:
    """Where the store is, and how to get in.

    DuckDB lets one process in at a time, so nobody keeps the store open: a stage or a command
    opens it, does its work and gives it back; whoever comes meanwhile waits for up to `patience`.
    """

    path: Path
    patience: timedelta = timedelta(seconds=15)
    sleep: Callable[[float], None] = clock.sleep
    now: Callable[[], datetime] | None = None  # what claims a later time is not believed
    must_exist: bool = False  # a daemon's does: no empty one is made in its place
    on_open: Callable[[], None] = lambda: None

    @contextmanager
    def open(self, *, read_only: bool = False) -> Iterator[Store]:
        """Open the store, and close it in the end. Raises `StoreError`."""
        # Within one process, threads take turns here; between processes, DuckDB's lock decides.
        with _TURN:
            yield from self._opened(read_only=read_only)

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """Hold the file open, so that each `open` within is quick; other processes must wait.

        For a simulation that does days of turns in one go, and for writing only.
        """
        self._prepare_folder()
        connection = self._connect(read_only=False)
        try:
            yield
        finally:
            connection.close()

    def glance(self, prefix: str, *, most: int) -> list[str]:
        """Give hashtags that begin so, for a shell; none where the store cannot be read now.

        Nothing is waited for, changed or told: somebody is typing.
        """
        if not self.path.exists():
            return []
        try:
            connection = duckdb.connect(self.path, read_only=True, config=dict(_SETTINGS))
            try:
                return Store(Database(connection)).tags.commonest(most, prefix=prefix)
            finally:
                connection.close()
        except (duckdb.Error, StoreError, OSError):
            return []

    def _opened(self, *, read_only: bool) -> Iterator[Store]:
        if read_only and not self.path.exists():
            raise StoreMissingError(
                f"{self.path}: there is no store yet: collect with `gaung once` or "
                "bring in a file with `gaung import`"
            )
        if self.must_exist and not self.path.exists():
            raise StoreGoneError(f"{self.path}: the store was taken away: bring it back")
        if not read_only:
            self._prepare_folder()
        connection = self._connect(read_only=read_only)
        self.on_open()
        database = Database(connection)
        try:
            known = done(database)
            if read_only and any(name not in known for name, _ in migrations()):
                # A reader of an older store lets a writer migrate it first.
                database.close()
                with self.open():
                    pass  # opening it for writing migrates it
                connection = self._connect(read_only=True)
                database = Database(connection)
                known = done(database)
            self._refuse_newer(known)
            if not read_only:
                migrate(database, known=known)
            yield Store(database, now=self.now() if self.now else None)
        finally:
            database.close()

    def _prepare_folder(self) -> None:
        # Posts are about people: what we make is for its owner only.
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StoreAccessError(
                f"{self.path.parent}: the store's folder cannot be made ({error.strerror}): "
                "mend its permissions or set store.path"
            ) from None
        if not os.access(self.path.parent, os.W_OK | os.X_OK):
            raise StoreAccessError(
                f"{self.path.parent}: the store's folder may not be written: "
                "mend its permissions or set store.path"
            )

    def _connect(self, *, read_only: bool) -> duckdb.DuckDBPyConnection:
        turn, umask = _Turn(self, read_only=read_only), os.umask(0o077)
        try:
            while True:
                if turn.has_come():
                    try:
                        return self._connected(read_only=read_only)
                    except duckdb.IOException as error:
                        holder = _HOLDER.search(str(error))
                        if holder is None:
                            raise self._in_words(error) from None
                        if turn.is_over():
                            raise self._busy(holder) from None
                        turn.wait()
                # Not in step with others who wait too.
                self.sleep(random.uniform(0.005, 0.03))  # noqa: S311
        finally:
            turn.end()
            os.umask(umask)

    def _connected(self, *, read_only: bool) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(self.path, read_only=read_only, config=dict(_SETTINGS))

    def is_only_read(self) -> bool:
        """Tell whether those who hold the store now only read it: then one more may."""
        try:
            self._connected(read_only=True).close()
        except duckdb.Error:
            return False
        return True

    def _busy(self, holder: re.Match[str]) -> StoreBusyError:
        seconds = self.patience.total_seconds()
        return StoreBusyError(
            f"{self.path}: process {holder[2]} ({_command(int(holder[2])) or holder[1]}) has held "
            f"the store for more than {seconds:g} s: wait for it or stop it, then run again"
        )

    def _in_words(self, error: duckdb.IOException) -> Exception:
        message = str(error)
        if "No space left" in message:
            return StoreFullError(f"{self.path}: the disk is full: make room and run again")
        if "not a valid DuckDB" in message or "Serialization" in message:
            return StoreAccessError(
                f"{self.path}: is not a gaung store: set store.path to another file"
            )
        if "newer" in message and "version" in message:
            return StoreTooNewError(f"{self.path}: was written by a newer DuckDB: upgrade gaung")
        return StoreAccessError(f"{self.path}: the store cannot be opened: {message}")

    def _refuse_newer(self, known: dict[str, int]) -> None:
        unknown = sorted(known.keys() - {name for name, _ in migrations()})
        if unknown:
            raise StoreTooNewError(
                f"{self.path}: was written by a newer gaung (this one does not know "
                f"{', '.join(unknown)}): upgrade gaung, or set store.path to another file"
            )


class _Turn:
    """One's wait for the store.

    A writer that waits has the next turn, and readers wait behind it, for up to `patience`. Those
    who are inside it waits out, though they take longer: there come no more of them.
    """

    def __init__(self, stores: StoreFile, *, read_only: bool) -> None:
        self._stores, self._read_only = stores, read_only
        self._turnstile = Turnstile(stores.path)
        self._patience = stores.patience.total_seconds()
        self._polite_until = self._deadline = clock.monotonic() + self._patience
        self._waits_for_readers = False

    def has_come(self) -> bool:
        """Tell whether one may try to get in now."""
        now = clock.monotonic()
        if not self._read_only or now >= self._polite_until or self._turnstile.is_free():
            return True
        self._deadline = now + self._patience
        return False

    def wait(self) -> None:
        """Somebody is inside: a writer is the next."""
        if not self._read_only:
            self._turnstile.step_in()

    def is_over(self) -> bool:
        """Tell whether one has waited for long enough."""
        now = clock.monotonic()
        if now < self._deadline:
            return False
        if self._read_only or self._waits_for_readers or not self._stores.is_only_read():
            return True
        self._waits_for_readers = True
        self._deadline = now + _FOR_READERS * self._patience
        return False

    def end(self) -> None:
        """Let the next in."""
        self._turnstile.step_out()


def _command(pid: int) -> str | None:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return None
    return " ".join(Path(w.decode(errors="replace")).name for w in words[:3] if w) or None
