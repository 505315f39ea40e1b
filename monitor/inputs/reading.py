"""How far an input is read, for people who wait."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Read:
    """How much of one pass over an input is done."""

    done: int
    total: int | None  # None: nobody knows
    unit: str  # posts, or bytes of files
    poll: Callable[[], float] | None = None  # tells how much is done by now, from any thread


OnRead = Callable[[Read], None]


def unheard(_read: Read) -> None:
    """Tell nobody."""
