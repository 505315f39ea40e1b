"""Spark: on this machine, or on the cluster that its own settings name.

Which master, how much memory and so on is said as for any Spark program: by `spark-submit`, by
PYSPARK_SUBMIT_ARGS, SPARK_REMOTE or spark-defaults.conf; without any, it is this machine.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl

from monitor.engines.engine import Lazy
from monitor.errors import OperatorError

_TYPES: dict[pl.DataType, str] = {
    pl.Int64(): "bigint", pl.Float64(): "double", pl.String(): "string", pl.Boolean(): "boolean",
}  # fmt: skip
_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "100000",
    "spark.ui.showConsoleProgress": "false",
    "spark.ui.enabled": "false",
    "spark.log.level": "ERROR",
}
_BOOST = "repost|"
_MISSING = (
    'PySpark or pandas is not installed: pip install "gaung[spark]"; it needs Java 17 or newer'
)


class SparkEngine:
    """Runs where Spark does."""

    name = "spark"

    def __init__(self, *, memory_limit: str | None = None) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="gaung-spark-")
        try:
            self._session, self._is_ours = _session(Path(self._scratch.name), memory_limit)
        except OperatorError:
            self._scratch.cleanup()
            raise
        self._shared = _shared_scratch(self._session, Path(self._scratch.name))
        self._kept: list[Any] = []
        self._tables = 0

    def load(self, batches: Iterable[pl.DataFrame], schema: pl.Schema) -> Lazy:
        """Take a table in, batch by batch."""
        if not _is_local(self._session):
            # The workers do not see this machine's files.
            table = pl.concat([schema.to_frame(), *batches]).to_arrow(compat_level=_oldest())
            return self._lazy(self._session.createDataFrame(table))
        self._tables += 1
        folder = Path(self._scratch.name) / f"t{self._tables}"
        folder.mkdir()
        for number, batch in enumerate((schema.to_frame(), *batches)):
            batch.write_parquet(folder / f"{number:06}.parquet", compression="lz4")
        ddl = ", ".join(f"`{name}` {_TYPES[dtype]}" for name, dtype in schema.items())
        return self._lazy(self._session.read.schema(ddl).parquet(_place(folder)))

    def map_files(
        self,
        files: Sequence[Path],
        columns: Sequence[str],
        function: Callable[[pl.DataFrame], pl.DataFrame],
        schema: pl.Schema,
        *,
        hashtags: Sequence[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Lazy:
        """Give what a function makes of the posts in the files of a lake, where Spark reads them.

        function: takes a batch with these columns of POSTS and gives a frame of `schema`; it goes
        to the workers, which need gaung too. The files must be seen from there.
        """
        from analysis.frames import POSTS

        if importlib.util.find_spec("pandas") is None:  # which Spark asks for before it maps Arrow
            raise OperatorError(_MISSING)
        types = {name: POSTS[name] for name in columns}
        rows = self._session.read.parquet(*(_place(file) for file in files))
        chosen = _chosen(rows, hashtags, since, until).select(*columns)

        def mapped(batches: Iterator[Any]) -> Iterator[Any]:
            for batch in batches:
                posts = pl.DataFrame(batch).cast(types)  # type: ignore[arg-type]
                made = function(posts).to_arrow(compat_level=_oldest())
                yield from made.to_batches()

        ddl = ", ".join(f"`{name}` {_TYPES[dtype]}" for name, dtype in schema.items())
        return self.keep(self._lazy(chosen.mapInArrow(mapped, ddl)))

    def keep(self, frame: Lazy) -> Lazy:
        """Compute a step once."""
        native = frame.to_native()
        if self._shared is not None:
            # Read back from files, a step has its size, few parts, and no history to be planned.
            self._tables += 1
            place = f"{self._shared}/kept{self._tables}"
            native.write.parquet(place)
            return self._lazy(self._session.read.schema(native.schema).parquet(place))
        from pyspark import StorageLevel

        kept = native.localCheckpoint(eager=True, storageLevel=StorageLevel.MEMORY_AND_DISK)
        self._kept.append(kept)
        return self._lazy(kept)

    def collect(self, frame: Lazy) -> pl.DataFrame:
        """Give a result as a frame."""
        return pl.DataFrame(frame.to_native().toArrow())

    def close(self) -> None:
        """Give back what is held; a session that was there before stays."""
        for kept in self._kept:
            kept.unpersist()
        self._kept.clear()
        if self._is_ours:
            self._session.stop()
        self._scratch.cleanup()

    def _lazy(self, frame: Any) -> Lazy:
        lazy: Lazy = nw.from_native(frame)
        return lazy


def _place(path: Path) -> str:
    return f"file://{path.absolute()}"  # Spark decodes no percent signs


def _is_local(session: Any) -> bool:
    return str(session.conf.get("spark.master", "")).startswith("local")


def _shared_scratch(session: Any, own: Path) -> str | None:
    """Give a folder that all workers see; None: there is none."""
    told = os.environ.get("GAUNG_SPARK_SCRATCH")
    if told:
        return f"{told.rstrip('/')}/{own.name}"
    return _place(own) if _is_local(session) else None


def _oldest() -> pl.CompatLevel:
    return pl.CompatLevel.oldest()  # Spark's Arrow knows no string views


def _chosen(
    rows: Any, hashtags: Sequence[str], since: datetime | None, until: datetime | None
) -> Any:
    """Choose posts as `Wanted` does; a repost that is no post goes by what it passes on."""
    from pyspark.sql import functions as sql

    timely = rows
    if since is not None:
        timely = timely.filter(sql.col("sort_at") >= sql.lit(since))
    if until is not None:
        timely = timely.filter(sql.col("sort_at") < sql.lit(until))
    if not hashtags:
        return timely
    wanted = sql.array(*(sql.lit(tag) for tag in hashtags))
    tagged = rows.filter(sql.arrays_overlap("hashtags", wanted)).select(
        sql.col("post_key").alias("#of")
    )
    is_boost = sql.col("post_key").startswith(_BOOST)
    of = sql.when(is_boost, sql.col("repost_of_key")).otherwise(sql.col("post_key"))
    return timely.withColumn("#of", of).join(tagged, on="#of", how="left_semi")


def _session(scratch: Path, memory_limit: str | None) -> tuple[Any, bool]:
    """Give the session, and whether it is ours. Raises `OperatorError`."""
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise OperatorError(_MISSING) from error
    active = SparkSession.getActiveSession()
    if active is not None:
        return active, False
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else whatever python3 is
    builder = SparkSession.builder.appName("gaung")
    for name, value in _SETTINGS.items():
        builder = builder.config(name, value)
    if memory_limit is not None:
        builder = builder.config("spark.driver.memory", _heap(memory_limit))
    log = scratch / "spark.log"
    try:
        with _told_to(log):
            session = builder.getOrCreate()
    except Exception as error:
        last = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
        raise OperatorError(
            f"Spark does not start ({str(error).splitlines()[0]}"
            f"{'; ' + last[-1] if last else ''}): it needs Java 17 or newer, and a master that "
            "answers (see docs/scaling.md)"
        ) from error
    if _is_local(session):
        # 200 parts, as for a cluster, take more time to begin than to compute.
        session.conf.set("spark.sql.shuffle.partitions", str(2 * (os.cpu_count() or 1)))
    return session, True


def _heap(memory: str) -> str:
    """Give 2GB as Java writes it.

    >>> _heap("2GB"), _heap("512MiB")
    ('2g', '512m')
    """
    return memory.strip().lower().removesuffix("b").removesuffix("i")


@contextmanager
def _told_to(log: Path) -> Iterator[None]:
    """Have what Java writes on standard error in a file: warnings of its start tell nothing."""
    sys.stderr.flush()
    kept = os.dup(2)
    with log.open("wb") as file:
        os.dup2(file.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)
