"""Opens the store, waits for its turn, migrates."""

from __future__ import annotations

import os
import random
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from monitor import clock
from monitor.errors import (
    StoreAccessError,
    StoreBusyError,
    StoreError,
    StoreFullError,
    StoreMissingError,
    StoreTooNewError,
)
from monitor.store.database import Database

if TYPE_CHECKING:
    from monitor.store.acts import Acts
    from monitor.store.coverage import Coverage
    from monitor.store.expansions import Expansions
    from monitor.store.findings import Findings
    from monitor.store.gathered import Gathered
    from monitor.store.outbox import Outbox
    from monitor.store.participation import Participation
    from monitor.store.posts import Posts
    from monitor.store.privacy import Privacy
    from monitor.store.queries import Queries
    from monitor.store.runs import Runs
    from monitor.store.spread import Spread
    from monitor.store.streaming import Streaming
    from monitor.store.tags import Tags
    from monitor.store.telling import Telling

_HOLDER = re.compile(r"held in (.+?) \(PID (\d+)\)")
_TURN = threading.RLock()
_SETTINGS: dict[str, str | int | float | list[str]] = {
    "memory_limit": "1GB",
    "wal_autocheckpoint": "256MB",
    "preserve_insertion_order": True,
}


class Store:
    """The open store, by subject. A stage opens the transaction; the methods never do.

    A subject is loaded when it is asked for: `gaung status` needs no frames, and must be quick.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    @cached_property
    def posts(self) -> Posts:
        from monitor.store import posts

        return posts.Posts(self.database)

    @cached_property
    def queries(self) -> Queries:
        from monitor.store import queries

        return queries.Queries(self.database)

    @cached_property
    def spread(self) -> Spread:
        from monitor.store import spread

        return spread.Spread(self.database)

    @cached_property
    def tags(self) -> Tags:
        from monitor.store import tags

        return tags.Tags(self.database)

    @cached_property
    def acts(self) -> Acts:
        from monitor.store import acts

        return acts.Acts(self.database)

    @cached_property
    def participation(self) -> Participation:
        from monitor.store import participation

        return participation.Participation(self.database)

    @cached_property
    def gathered(self) -> Gathered:
        from monitor.store import gathered

        return gathered.Gathered(self.database)

    @cached_property
    def runs(self) -> Runs:
        from monitor.store import runs

        return runs.Runs(self.database)

    @cached_property
    def coverage(self) -> Coverage:
        from monitor.store import coverage

        return coverage.Coverage(self.database)

    @cached_property
    def expansions(self) -> Expansions:
        from monitor.store import expansions

        return expansions.Expansions(self.database)

    @cached_property
    def streaming(self) -> Streaming:
        from monitor.store import streaming

        return streaming.Streaming(self.database)

    @cached_property
    def findings(self) -> Findings:
        from monitor.store import findings

        return findings.Findings(self.database)

    @cached_property
    def telling(self) -> Telling:
        from monitor.store import telling

        return telling.Telling(self.database)

    @cached_property
    def privacy(self) -> Privacy:
        from monitor.store import privacy

        return privacy.Privacy(self.database)

    @cached_property
    def outbox(self) -> Outbox:
        from monitor.store import outbox

        return outbox.Outbox(self.database)

    def transaction(self) -> AbstractContextManager[None]:
        """Keep all of what is done inside, or nothing."""
        return self.database.transaction()


@dataclass(frozen=True, slots=True)
class StoreFile:
    """Where the store is, and how to get in.

    DuckDB lets one process in at a time, so nobody keeps the store open: a stage or a command
    opens it, does its work and gives it back; whoever comes meanwhile waits for up to `patience`.
    """

    path: Path
    patience: timedelta = timedelta(seconds=15)
    sleep: Callable[[float], None] = clock.sleep

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
        if not read_only:
            self._prepare_folder()
        connection = self._connect(read_only=read_only)
        database = Database(connection)
        try:
            done = _done(database)
            if read_only and any(name not in done for name, _ in _migrations()):
                # A reader of an older store lets a writer migrate it first.
                database.close()
                with self.open():
                    pass  # opening it for writing migrates it
                connection = self._connect(read_only=True)
                database = Database(connection)
                done = _done(database)
            self._refuse_newer(done)
            if not read_only:
                _migrate(database, done=done)
            yield Store(database)
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
        deadline = clock.monotonic() + self.patience.total_seconds()
        umask = os.umask(0o077)
        try:
            while True:
                try:
                    return duckdb.connect(self.path, read_only=read_only, config=dict(_SETTINGS))
                except duckdb.IOException as error:
                    holder = _HOLDER.search(str(error))
                    if holder is None:
                        raise self._in_words(error) from None
                    if clock.monotonic() >= deadline:
                        raise self._busy(holder) from None
                # Not in step with others who wait too.
                self.sleep(random.uniform(0.005, 0.03))  # noqa: S311
        finally:
            os.umask(umask)

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

    def _refuse_newer(self, done: dict[str, int]) -> None:
        unknown = sorted(done.keys() - {name for name, _ in _migrations()})
        if unknown:
            raise StoreTooNewError(
                f"{self.path}: was written by a newer gaung (this one does not know "
                f"{', '.join(unknown)}): upgrade gaung, or set store.path to another file"
            )


def _command(pid: int) -> str | None:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return None
    return " ".join(Path(w.decode(errors="replace")).name for w in words[:3] if w) or None


def _migrations() -> list[tuple[str, str]]:
    folder = resources.files("monitor.store") / "migrations"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return [(file.name, file.read_text(encoding="utf-8")) for file in files]


def _done(database: Database) -> dict[str, int]:
    """Give the migrations that a store has had, by name: they are no sequence, but a set."""
    # Asked at each opening: the catalog of tables costs more than the table.
    try:
        rows = database.rows("select name, number from migrations")
    except duckdb.CatalogException:
        return {}
    return {row["name"]: row["number"] for row in rows}


def _migrate(database: Database, *, done: dict[str, int]) -> None:
    number = max(done.values(), default=0)
    for name, sql in _migrations():
        if name in done:
            continue
        number += 1
        with database.transaction():
            database.script("create table if not exists migrations (number integer, name text)")
            database.script(sql)
            database.run("insert into migrations values ($number, $name)", number=number, name=name)
