"""Runs SQL, takes and gives frames. What DuckDB does in its own way is dealt with here, once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from monitor.errors import StoreAccessError, StoreDamagedError, StoreError, StoreFullError
from monitor.store.damage import damage

if TYPE_CHECKING:  # slow to import, and not needed for what is small
    import polars as pl

_BATCH = 250_000  # rows
_QUOTE = '"'
_TIME = "TIMESTAMP WITH TIME ZONE"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_QUERY = re.compile(r"\s*(?:select|with|from)\b", re.IGNORECASE)
_CHANGE = re.compile(r"\s*(?:insert into|update|delete from)\s+(\w+)", re.IGNORECASE)
# What no report is computed from, or what is asked again each time (see monitor/report/kept.py).
# Whatever is not named here makes kept reports void: a new table errs to computing anew.
_BESIDE = frozenset(
    {
        "acknowledged", "alerts", "audit", "backups", "blanked", "contradictions", "coverage",
        "cursors", "digests", "expansions", "findings", "gaps", "held", "kept_reports", "meta",
        "migrations", "outbox", "pictures", "rejected", "revision", "runs", "silences", "streams",
        "unanswered",
    }
)  # fmt: skip

# Of queries that were asked before.
_SHAPES: dict[str, _Shape] = {}
_MOST_SHAPES = 1_000


@dataclass(frozen=True, slots=True)
class _Shape:
    """A query, and what its result is like."""

    sql: str  # with times as numbers
    names: list[str]
    kinds: list[str]
    times: frozenset[str]  # the names of those that are times


class Database:
    """A connection that speaks in frames. Times come and go as UTC."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, path: Path = Path("gaung.duckdb")
    ) -> None:
        self._connection = connection
        self.path = path  # for errors: which file they are about
        self._is_within = False  # a transaction
        self._ran = 0  # statements
        self._has_changed = False  # what reports are computed from, in this transaction
        # Otherwise times come back as Etc/UTC, which Polars holds to be another type than UTC.
        connection.execute("set timezone = 'UTC'")

    @cached_property
    def path(self) -> Path:
        """The file."""
        return Path(self.value("select path from duckdb_databases() where not internal limit 1"))

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The connection itself, for what is no statement of ours."""
        return self._connection

    def run(self, sql: str, **values: Any) -> int:
        """Run one statement and give the number of rows that it touched (0 for DDL)."""
        is_told = _changes(sql)
        if is_told and not self._is_within:
            with self.transaction():  # the change, and what it makes void
                return self.run(sql, **values)
        with named_errors(self.path):
            rows = self._connection.execute(sql, values or None).fetchall()
        self._ran += 1
        touched = int(rows[0][0]) if rows and rows[0] and isinstance(rows[0][0], int) else 0
        self._has_changed |= is_told and touched > 0
        return touched

    def share_done(self, statements: int = 1) -> Callable[[], float]:
        """Give what tells, from any thread, how much is done of so many statements from now on.

        A share from 0 to 1; below 0 where it is not known, as before the first one begins.
        """
        for setting in ("enable_progress_bar = true", "enable_progress_bar_print = false",
                        "progress_bar_time = 0"):  # fmt: skip
            self._connection.execute(f"set {setting}")
        before = self._ran

        def share() -> float:
            try:
                told = self._connection.query_progress()
            except duckdb.Error:  # it is closed
                return -1.0
            done = self._ran - before
            if told < 0 and not done:
                return -1.0
            return min(1.0, (done + max(told, 0) / 100) / statements)

        return share

    def script(self, sql: str) -> None:
        """Run several statements."""
        _SHAPES.clear()  # they may change what tables are like
        with named_errors(self.path):
            self._connection.execute(sql)

    def frame(self, sql: str, **values: Any) -> pl.DataFrame:
        """Give the result of a query as a frame."""
        with named_errors(self.path):
            found: pl.DataFrame = self._connection.sql(sql, params=values or None).pl()
        return found

    def frames(self, sql: str, **values: Any) -> Iterator[pl.DataFrame]:
        """Give the result of a query batch by batch, so that it need not be held whole."""
        import polars as pl

        with named_errors(self.path):
            reader = self._connection.sql(sql, params=values or None).to_arrow_reader(_BATCH)
            for batch in reader:
                found = pl.from_arrow(batch)
                if isinstance(found, pl.DataFrame):
                    yield found

    def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        """Give the result of a query as rows; for few rows."""
        if _changes(sql):
            raise ValueError("what changes posts goes by `run`, which makes kept reports void")
        with named_errors(self.path):
            found = self._at_once(sql, values)
            if found is None:
                found = self._looked_up(sql, values)
        shape, rows = found
        if not shape.times:
            return [dict(zip(shape.names, row, strict=True)) for row in rows]
        return [
            {
                name: _EPOCH + timedelta(microseconds=cell)
                if name in shape.times and cell is not None
                else cell
                for name, cell in zip(shape.names, row, strict=True)
            }
            for row in rows
        ]

    def _at_once(self, sql: str, values: dict[str, Any]) -> tuple[_Shape, list[Any]] | None:
        """Ask what was asked before; None if it was not, or now has other columns.

        To look a result's columns up before it is read costs as much as to read it.
        """
        shape = _SHAPES.get(sql)
        if shape is None:
            return None
        try:
            found = self._connection.execute(shape.sql, values or None)
        except duckdb.BinderException:
            return None
        if shape.kinds != [str(kind) for _, kind, *_ in found.description]:
            return None
        return shape, found.fetchall()

    def _looked_up(self, sql: str, values: dict[str, Any]) -> tuple[_Shape, list[Any]]:
        # Not by way of a frame, whose libraries take longer to load than most commands to run.
        found = self._connection.sql(sql, params=values or None)
        names, kinds = found.columns, [str(kind) for kind in found.types]
        if any(_TIME in kind and kind != _TIME for kind in kinds):  # within a list or a struct
            return _Shape(sql, names, kinds, frozenset()), found.pl().rows()
        times = frozenset(name for name, kind in zip(names, kinds, strict=True) if kind == _TIME)
        if not times:
            shape = _Shape(sql, names, kinds, times)
        else:
            # fetchall() of a time would ask for pytz.
            quoted = {name: f'"{name.replace(_QUOTE, _QUOTE * 2)}"' for name in names}
            chosen = ", ".join(
                f"epoch_us({quoted[name]}) as {quoted[name]}" if name in times else quoted[name]
                for name in names
            )
            found = found.project(chosen)
            asked = f"select {chosen} from ({sql})"  # noqa: S608  # of a result's own columns
            shape = _Shape(asked, names, [str(kind) for kind in found.types], times)
        if _QUERY.match(sql):  # no change that tells what it changed
            if len(_SHAPES) >= _MOST_SHAPES:
                _SHAPES.clear()
            _SHAPES[sql] = shape
        return shape, found.fetchall()

    def value(self, sql: str, **values: Any) -> Any:
        """Give the only value of a query's only row."""
        ((value,),) = (row.values() for row in self.rows(sql, **values))
        return value

    @contextmanager
    def given(self, name: str, frame: pl.DataFrame) -> Iterator[None]:
        """Let statements read a frame by a name."""
        self._connection.register(name, frame)
        try:
            yield
        except BaseException:
            # A transaction that has failed refuses that, too: what it failed of is what counts.
            with suppress(duckdb.Error):
                self._connection.unregister(name)
            raise
        self._connection.unregister(name)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all of what is done inside, or nothing."""
        with named_errors(self.path):
            self._connection.execute("begin transaction")
        self._is_within, self._has_changed = True, False
        try:
            yield
            if self._has_changed:
                self.run("update revision set number = number + 1")
                self.run("delete from kept_reports")
        except BaseException:
            # A failed commit has ended it already, and a damaged file ends the whole connection.
            with suppress(duckdb.TransactionException, duckdb.FatalException):
                self._connection.execute("rollback")
            raise
        finally:
            self._is_within = False
        with named_errors(self.path):
            self._connection.execute("commit")

    @contextmanager
    def trial(self) -> Iterator[None]:
        """Undo all of what is done inside."""
        self._connection.execute("begin transaction")
        self._is_within = True
        try:
            yield
        finally:
            self._is_within = False
            with suppress(duckdb.TransactionException, duckdb.FatalException):
                self._connection.execute("rollback")

    def close(self) -> None:
        """Give the file back."""
        # Closing writes the log into the file: with a full disk that fails, and the log stays.
        with named_errors(self.path):
            self._connection.close()


def _changes(sql: str) -> bool:
    """Tell whether a statement changes what reports are computed from."""
    change = _CHANGE.match(sql)
    return change is not None and change[1].lower() not in _BESIDE


@contextmanager
def named_errors(path: Path) -> Iterator[None]:
    """Raise what DuckDB says of the file at `path` as a `StoreError`, where that is what it is."""
    try:
        yield
    except (duckdb.Error, OSError, ValueError) as error:  # the latter by way of Arrow
        message = str(error)
        if not isinstance(error, duckdb.Error):
            if broken := damage(message, path):
                raise StoreDamagedError(broken) from error
            raise
        if "No space left" in message or "out of disk space" in message.casefold():
            raise StoreFullError(
                "the store's disk is full: make room and run again; "
                "nothing that was saved before is lost"
            ) from error
        if isinstance(error, duckdb.FatalException) and "read-only" in message.casefold():
            raise StoreAccessError(f"the store cannot be written: {message}") from error
        if isinstance(error, duckdb.OutOfMemoryException):
            raise StoreError(f"the store needs more memory than it may use: {message}") from error
        if broken := damage(message, path):
            raise StoreDamagedError(broken) from error
        raise
