"""Which copies of the store were made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.store.database import Database


@dataclass(frozen=True, slots=True)
class Backup:
    """One finished copy."""

    made_at: datetime
    name: str  # of the file, without its folder
    bytes: int


class Backups:
    """The table backups."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, backup: Backup) -> None:
        """Note that a copy was made and checked."""
        self._db.run(
            "insert into backups values ($made_at, $name, $bytes)",
            made_at=backup.made_at,
            name=backup.name,
            bytes=backup.bytes,
        )

    def last(self) -> Backup | None:
        """Return the newest copy that is known of; None if there was never one."""
        rows = self._db.rows(
            "select made_at, name, bytes from backups order by made_at desc limit 1"
        )
        return Backup(**rows[0]) if rows else None

    def since(self) -> datetime | None:
        """Return from when on there has been something to copy; None if there is nothing yet."""
        found: datetime | None = self._db.value(
            "select least((select min(started_at) from runs), "
            "(select min(first_seen_at) from posts))"
        )
        return found
