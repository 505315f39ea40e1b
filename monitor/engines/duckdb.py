"""DuckDB, in memory, within a limit; what does not fit goes to a temporary folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable

import duckdb
import narwhals as nw
import polars as pl

from monitor.engines.engine import Lazy
from monitor.errors import StoreError

_DEFAULT_LIMIT = "700MB"  # of which the process takes half as much again


class DuckDBEngine:
    """Runs on one machine within a memory limit."""

    name = "duckdb"

    def __init__(self, *, memory_limit: str = _DEFAULT_LIMIT, threads: int | None = None) -> None:
        self._spill = tempfile.TemporaryDirectory(prefix="gaung-")
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory_limit,
            "temp_directory": self._spill.name,
            "preserve_insertion_order": False,  # large results are not held back for it
        }
        if threads is not None:
            config["threads"] = threads
        self._connection = duckdb.connect(":memory:", config=config)
        self._connection.execute("set timezone = 'UTC'")
        self._tables = 0

    def load(self, batches: Iterable[pl.DataFrame], schema: pl.Schema) -> Lazy:
        """Take a table in, batch by batch."""
        name = self._name()
        self._insert(f"create table {name} as select * from batch", schema.to_frame())  # noqa: S608
        for batch in batches:
            self._insert(f"insert into {name} select * from batch", batch)  # noqa: S608
        return nw.from_native(self._connection.table(name))

    def keep(self, frame: Lazy) -> Lazy:
        """Compute a step once."""
        name = self._name()
        with _in_words():
            frame.to_native().create(name)
        return nw.from_native(self._connection.table(name))

    def collect(self, frame: Lazy) -> pl.DataFrame:
        """Give a result as a frame."""
        with _in_words():
            found: pl.DataFrame = frame.to_native().pl()
        return found

    def close(self) -> None:
        """Give back memory and the temporary folder."""
        self._connection.close()
        self._spill.cleanup()

    def _name(self) -> str:
        self._tables += 1
        return f"t{self._tables}"

    def _insert(self, sql: str, batch: pl.DataFrame) -> None:
        self._connection.register("batch", batch)
        try:
            with _in_words():
                self._connection.execute(sql)
        finally:
            self._connection.unregister("batch")


class _in_words:  # noqa: N801 - reads as a statement
    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, duckdb.OutOfMemoryException):
            raise StoreError(
                "the analysis needs more memory than it may use: give --memory-limit a larger "
                "value, ask for a shorter time, or use --engine spark"
            ) from error
