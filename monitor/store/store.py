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
from typing import Any, TypeVar

import duckdb

from monitor import clock
from monitor.errors import (
    StoreAccessError,
    StoreBusyError,
    StoreDamagedError,
    StoreError,
    StoreFullError,
    StoreGoneError,
    StoreMissingError,
    StoreTooNewError,
)
from monitor.store.damage import damage
from monitor.store.database import Database
from monitor.store.migrating import done, migrate, migrations
from monitor.store.subjects import Store
from monitor.store.waiting import Turn

_HOLDER = re.compile(r"held in (.+?) \(PID (\d+)\)")
_TURN = threading.RLock()
_KEPT_OPEN: set[Path] = set()
_Got = TypeVar("_Got")
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
        _KEPT_OPEN.add(self.path)
        try:
            yield
        finally:
            _KEPT_OPEN.discard(self.path)
            connection.close()

    def is_kept_open(self) -> bool:
        """Return whether this process holds the file open by `kept_open`."""
        return self.path in _KEPT_OPEN

    def glance(self, prefix: str, *, most: int) -> list[str]:
        """Return hashtags that begin so, for a shell; none where the store cannot be read now."""
        return self._glanced(lambda store: store.tags.commonest(most, prefix=prefix))

    def glance_letters(self) -> list[dict[str, Any]]:
        """Return letters that wait or were given up, for a shell; none where it cannot be read."""
        return self._glanced(lambda store: store.outbox.listed())

    def _glanced(self, ask: Callable[[Store], list[Any]]) -> list[Any]:
        """Ask at once or not at all: nothing is changed or told, for somebody is typing."""
        if not self.path.exists():
            return []
        try:
            connection = duckdb.connect(self.path, read_only=True, config=dict(_SETTINGS))
            try:
                return ask(Store(Database(connection, self.path)))
            finally:
                connection.close()
        except (duckdb.Error, StoreError, OSError):
            return []

    @contextmanager
    def held(self, spill: Path) -> Iterator[Database]:
        """Hold the store as it is: others may read it, and nobody writes.

        Gives what reads it as the database `held`, and may write other files beside.
        spill: the folder for what does not fit into memory.
        """
        with _TURN:
            connection = duckdb.connect(":memory:", config=dict(_SETTINGS))
            try:
                connection.execute(f"set temp_directory = {literal(spill)}")
                attach = f"attach {literal(self.path)} as held (read_only)"
                self._patiently(lambda: connection.execute(attach), read_only=True)
                yield Database(connection, self.path)
            finally:
                connection.close()

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
        database = Database(connection, self.path)
        try:
            known = done(database)
            if read_only and any(name not in known for name, _ in migrations()):
                # A reader of an older store lets a writer migrate it first.
                database.close()
                with self.open():
                    pass  # opening it for writing migrates it
                connection = self._connect(read_only=True)
                database = Database(connection, self.path)
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
        while True:
            before = _inode(self.path)
            connection = self._patiently(
                lambda: self._connected(read_only=read_only), read_only=read_only
            )
            # The file may have been rewritten and renamed while it was being opened: what is
            # open then has no name any more, and what is written into it would be lost.
            if before in (None, _inode(self.path)):
                return connection
            connection.close()

    def _patiently(self, connect: Callable[[], _Got], *, read_only: bool) -> _Got:
        """Call again while another process has the file, for as long as its turn may take."""
        turn, umask = Turn(self, read_only=read_only), os.umask(0o077)
        try:
            while True:
                if turn.has_come():
                    try:
                        return connect()
                    except duckdb.Error as error:
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
        """Return whether those who hold the store now only read it: then one more may."""
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

    def _in_words(self, error: duckdb.Error) -> Exception:
        message = str(error)
        if "No space left" in message:
            return StoreFullError(f"{self.path}: the disk is full: make room and run again")
        if "not a valid DuckDB" in message:
            return StoreAccessError(
                f"{self.path}: is not a gaung store: set store.path to another file, or restore "
                "a backup if it was one"
            )
        if broken := damage(message, self.path):
            return StoreDamagedError(broken)
        if "newer" in message and "version" in message:
            return StoreTooNewError(f"{self.path}: was written by a newer DuckDB: upgrade gaung")
        if not isinstance(error, duckdb.IOException):
            return error
        return StoreAccessError(f"{self.path}: the store cannot be opened: {message}")

    def _refuse_newer(self, known: dict[str, int]) -> None:
        unknown = sorted(known.keys() - {name for name, _ in migrations()})
        if unknown:
            raise StoreTooNewError(
                f"{self.path}: was written by a newer gaung (this one does not know "
                f"{', '.join(unknown)}): upgrade gaung, or set store.path to another file"
            )


def literal(path: Path) -> str:
    """Return a path as SQL writes it: ATTACH takes no parameter."""
    return "'" + str(path).replace("'", "''") + "'"


def _inode(path: Path) -> tuple[int, int] | None:
    try:
        told = path.stat()
    except OSError:
        return None
    return told.st_dev, told.st_ino


def _command(pid: int) -> str | None:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return None
    return " ".join(Path(w.decode(errors="replace")).name for w in words[:3] if w) or None
