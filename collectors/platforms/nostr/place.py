"""Where a page starts, as a cursor."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from collectors.errors import PayloadError

_CURSOR = re.compile(r"(?P<until>\d{1,12})(?P<cut>!?)(?P<given>(?:,[0-9a-f]{64})*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """A second to read from, backwards, and what of it has been given before."""

    until: int
    was_cut: bool = False  # the answer before held one second only: there may be more of it
    given: frozenset[str] = frozenset()

    def __str__(self) -> str:
        """Write it as a cursor."""
        return ",".join((f"{self.until}{'!' if self.was_cut else ''}", *sorted(self.given)))

    @property
    def read_since(self) -> datetime:
        """All that is as new as this has been given before; of the second itself maybe not all."""
        return datetime.fromtimestamp(self.until + 1, UTC)


def place_of(cursor: str) -> Place:
    """Read a cursor.

    >>> place_of("1772366400!")
    Place(until=1772366400, was_cut=True, given=frozenset())
    """
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise PayloadError(f"nostr: {cursor[:80]!r} is no cursor")
    return Place(int(found["until"]), bool(found["cut"]), frozenset(found["given"].split(",")[1:]))
