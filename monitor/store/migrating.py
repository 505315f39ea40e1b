"""Brings a store up to the tables that this version knows."""

from __future__ import annotations

from functools import cache
from importlib import resources

import duckdb

from monitor.store.database import Database


@cache
def migrations() -> tuple[tuple[str, str], ...]:
    """Give the names and statements of all migrations, in their order."""
    folder = resources.files("monitor.store") / "migrations"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return tuple((file.name, file.read_text(encoding="utf-8")) for file in files)


def done(database: Database) -> dict[str, int]:
    """Give the migrations that a store has had, by name: they are no sequence, but a set."""
    # Asked at each opening: the catalog of tables costs more than the table.
    try:
        rows = database.rows("select name, number from migrations")
    except duckdb.CatalogException:
        return {}
    return {row["name"]: row["number"] for row in rows}


def migrate(database: Database, *, known: dict[str, int]) -> None:
    """Run the migrations that a store has not had. known: those that it has."""
    number = max(known.values(), default=0)
    for name, sql in migrations():
        if name in known:
            continue
        number += 1
        with database.transaction():
            database.script("create table if not exists migrations (number integer, name text)")
            database.script(sql)
            database.run("insert into migrations values ($number, $name)", number=number, name=name)
