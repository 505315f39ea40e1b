"""Answers one question in SQL, by whoever asks: over views, reading only, bounded.

Four bars, each of which is tried in tests. What is asked is parsed first, and only one SELECT
(WITH, VALUES, DESCRIBE and SUMMARIZE are such) over the views goes on: no table of the store, no
function that gives tables from elsewhere. The connection only reads. Files, network, extensions
and settings are shut off before the question runs. Time and memory end it.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from monitor.errors import OperatorError, StoreDamagedError
from monitor.naming import Naming
from monitor.nearest import nearest
from monitor.store.damage import damage
from monitor.store.database import Database
from monitor.store.naming_sql import PLAIN, PRIVATE, redacting
from monitor.store.views import VIEWS

_BATCH = 100_000  # rows
_NAMES = {view.name for view in VIEWS}
_TABLE_FUNCTIONS = {"range", "generate_series", "unnest", "json_each", "json_tree"}
_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?([kmg]i?b)", re.IGNORECASE)
_UNITS = {"kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_CATALOGS = ("duckdb_", "pragma_", "pg_", "sqlite_")


class QuestionError(OperatorError):
    """The question may not be asked, is wrong, or takes too much; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a question may take."""

    timeout: timedelta = timedelta(seconds=10)  # shorter than the daemon waits for the store
    memory: str = "500MB"


def answer(
    database: Database, question: str, *, bounds: Bounds, naming: Naming | None = None
) -> pl.DataFrame:
    """Give the answer to one question over VIEWS. Raises `QuestionError`.

    The connection is locked afterwards and can do nothing else. naming: names accounts so, and
    leaves out texts and links to social platforms, for publication.
    """
    asked = question.strip().rstrip(";").strip()
    if not asked:
        raise QuestionError("there is no question: write a SELECT, or see `gaung sql --views`")
    connection = database.connection
    _check(connection, asked)
    _prepare(database, naming)
    _lock(connection, bounds)
    with _within(connection, bounds.timeout, database.path):
        return _read(connection, asked, bounds)


def _check(connection: duckdb.DuckDBPyConnection, question: str) -> None:
    """Raise unless the question is one SELECT over views."""
    told = connection.execute(
        "select json_serialize_sql($question::varchar)", {"question": question}
    ).fetchall()[0][0]
    tree = json.loads(told)
    if tree["error"]:
        if tree.get("error_type") == "not implemented":
            raise QuestionError(
                "only SELECT, WITH and DESCRIBE are answered: the store is read, never changed"
            )
        raise QuestionError(f"SQL: {tree.get('error_message', 'cannot be read')}")
    if len(tree["statements"]) != 1:
        raise QuestionError("ask one question at a time: there is more than one statement")
    made = {
        entry["key"].lower() for node in _nodes(tree) for entry in node.get("map", [])
        if isinstance(entry, dict) and "key" in entry and "value" in entry
    }  # fmt: skip
    for name in made:
        if name.startswith(_CATALOGS):
            raise QuestionError(f"{name}: call that part of WITH something else")
    for node in _nodes(tree):
        _check_node(node, made)


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for child in value.values():
            yield from _nodes(child)
    elif isinstance(value, list):
        for child in value:
            yield from _nodes(child)


def _check_node(node: dict[str, Any], made: set[str]) -> None:
    kind = node.get("type")
    if kind == "SHOW_REF" and not node.get("query"):
        raise QuestionError("SHOW is not answered: `gaung sql --views` lists what there is")
    if kind == "TABLE_FUNCTION":
        name = str(node["function"].get("function_name", "")).lower()
        if name not in _TABLE_FUNCTIONS:
            raise QuestionError(f"{name}(): reads other than the views, which is not allowed")
    if str(node.get("function_name", "")).lower() in PRIVATE:
        raise QuestionError(f"{node['function_name']}(): is not for questions")
    if kind == "BASE_TABLE":
        name, place = str(node["table_name"]), node.get("schema_name") or node.get("catalog_name")
        if place or name.lower() not in _NAMES | made:
            close = nearest(name, sorted(_NAMES))
            hint = f": did you mean {close}?" if close else ""
            raise QuestionError(
                f"there is no view {f'{place}.' if place else ''}{name}{hint} "
                "`gaung sql --views` lists them"
            )


def _prepare(database: Database, naming: Naming | None) -> None:
    connection = database.connection
    store = connection.execute("select current_database()").fetchall()[0][0]
    quoted = '"' + str(store).replace('"', '""') + '"'
    for macro in PLAIN if naming is None else redacting(naming):
        connection.execute(macro)
    for view in VIEWS:
        connection.execute(f"create temp view {view.name} as {view.reading(f'{quoted}.main')}")
    # Tables of the store are then not found by their bare names, whatever a question does.
    connection.execute("set search_path = 'temp'")


def _lock(connection: duckdb.DuckDBPyConnection, bounds: Bounds) -> None:
    if not _bytes(bounds.memory):
        raise QuestionError(f"--memory-limit {bounds.memory}: write 500MB or 2GB")
    connection.execute(f"set memory_limit = '{bounds.memory}'")
    for setting in (
        # What does not fit is refused, not written beside the store: it is about people.
        "max_temp_directory_size = '0KiB'",
        "python_enable_replacements = false",
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        "allow_community_extensions = false",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        connection.execute(f"set {setting}")


@contextmanager
def _within(
    connection: duckdb.DuckDBPyConnection, timeout: timedelta, path: Path
) -> Iterator[None]:
    """End what runs inside once its time is over; raises errors in words."""
    over = threading.Event()

    def end() -> None:
        over.set()
        connection.interrupt()

    timer = threading.Timer(timeout.total_seconds(), end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (duckdb.Error, OSError) as error:  # Arrow's reader wraps the interrupt in an OSError
        if over.is_set():
            raise QuestionError(
                f"no answer within {timeout.total_seconds():g} s: ask for less, or raise --timeout "
                "(the daemon waits meanwhile; `gaung export` gives a lake for long work)"
            ) from error
        broken = damage(str(error), path)
        if broken and not isinstance(error, duckdb.InternalException):  # which a question can cause
            raise StoreDamagedError(broken) from error
        raise QuestionError(_in_words(error)) from error
    finally:
        timer.cancel()


def _in_words(error: Exception) -> str:
    message = str(error)
    if isinstance(error, duckdb.OutOfMemoryException) or "Out of Memory" in message:
        return "the answer takes more memory than it may: ask for less, or raise --memory-limit"
    return f"SQL: {message.split(chr(10) + chr(10))[0]}"


def _read(connection: duckdb.DuckDBPyConnection, question: str, bounds: Bounds) -> pl.DataFrame:
    """Read all of the answer: who writes it to a slow reader must not keep the store meanwhile."""
    reader = connection.sql(question).to_arrow_reader(_BATCH)
    names = _once([field.name for field in reader.schema])
    for field in reader.schema:
        if "interval" in str(field.type):
            raise QuestionError(
                f"{field.name} is an interval: write epoch({field.name}) or {field.name}::text"
            )
    most, size, frames = _bytes(bounds.memory), 0, []
    for batch in reader:
        size += batch.nbytes
        if size > most:
            raise QuestionError("the answer is larger than --memory-limit: add LIMIT, or raise it")
        frame = pl.from_arrow(batch.rename_columns(names))
        frames.append(frame)
    if not frames:
        empty = pl.from_arrow(reader.schema.empty_table().rename_columns(names))
        frames.append(empty)
    found = pl.concat([frame for frame in frames if isinstance(frame, pl.DataFrame)])
    return found.with_columns(
        # SUM of whole numbers comes as a decimal of 38 digits.
        pl.col(name).cast(pl.Int128 if dtype.scale == 0 else pl.Float64)
        for name, dtype in found.schema.items()
        if isinstance(dtype, pl.Decimal)
    )


def _once(names: list[str]) -> list[str]:
    """Give names that are distinct: a column may be asked for twice."""
    seen: dict[str, int] = {}
    told = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        told.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return told


def _bytes(size: str) -> int:
    """Give a size in bytes; 0 if it is none."""
    match = _SIZE.fullmatch(size.strip())
    return int(float(match[1]) * _UNITS[match[2].lower()]) if match else 0
