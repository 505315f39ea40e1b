"""What DuckDB says of a damaged file, in words that name the file and the remedy. Pure."""

from __future__ import annotations

import re
from pathlib import Path

_RESTORE = (
    "stop the daemon and restore the newest sound backup, as docs/operations.md says under "
    "Restore, and keep the damaged file until that has worked"
)
_REPLAY = "while replaying WAL file"
# A log that is whole cannot be written into a file that is not.
_FILE_AT_FAULT = re.compile(r'Corrupt database file|from file "[^"]*(?<!\.wal)"')
_OF_FILE = (
    (re.compile(r"Corrupt database file"), "a block does not match its checksum"),
    (re.compile(r"Could not read enough bytes from file"), "it is cut off"),
    (re.compile(r"Serialization Error|Failed to deserialize"), "a record cannot be made out"),
    (re.compile(r"INTERNAL Error|FATAL Error|invalidated because of"), "it makes no sense"),
)
_PLACE = re.compile(r"at (?:location|byte position) (\d+)|from location (\d+)")


def damage(message: str, path: Path) -> str | None:
    """Return what is damaged and what to do, given DuckDB's words; None if nothing is.

    >>> damage("Corrupt database file: computed checksum 1 does not match", Path("a.duckdb"))[:60]
    'a.duckdb: the store is damaged (a block does not match its c'
    >>> damage("Constraint Error: duplicate key", Path("a.duckdb")) is None
    True
    """
    if _REPLAY in message and not _FILE_AT_FAULT.search(message):
        log = path.with_name(f"{path.name}.wal")
        return (
            f"{log}: the log beside the store is damaged{_at(message)}: stop the daemon and move "
            f"it aside (`mv {log} {log}.damaged`): the store is then as it was when it was last "
            "closed, and what was saved since is asked for again where sources still show it; "
            f"or {_RESTORE}"
        )
    for pattern, what in _OF_FILE:
        if pattern.search(message):
            return f"{path}: the store is damaged ({what}{_at(message)}): {_RESTORE}"
    return None


def _at(message: str) -> str:
    place = _PLACE.search(message)
    return f", at byte {int(place[1] or place[2]):,}" if place else ""
