"""Who gets into the store next: a writer that waits, before those who only read."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Protocol

from monitor import clock
from monitor.lock import Turnstile

_FOR_READERS = 3  # times as long as for a writer: a report over a month is read at once


class _Waited(Protocol):
    """A store that one waits for."""

    @property
    def path(self) -> Path:
        """Where it is."""
        ...

    @property
    def patience(self) -> timedelta:
        """How long one waits."""
        ...

    def is_only_read(self) -> bool:
        """Return whether those who are inside only read."""
        ...


class Turn:
    """One's wait for the store.

    A writer that waits has the next turn, and readers wait behind it, for up to `patience`. Those
    who are inside it waits out, though they take longer: there come no more of them.
    """

    def __init__(self, stores: _Waited, *, read_only: bool) -> None:
        self._stores, self._read_only = stores, read_only
        self._turnstile = Turnstile(stores.path)
        self._patience = stores.patience.total_seconds()
        self._polite_until = self._deadline = clock.monotonic() + self._patience
        self._waits_for_readers = False

    def has_come(self) -> bool:
        """Return whether one may try to get in now."""
        now = clock.monotonic()
        if not self._read_only or now >= self._polite_until or self._turnstile.is_free():
            return True
        self._deadline = now + self._patience
        return False

    def wait(self) -> None:
        """Somebody is inside: a writer is the next."""
        if not self._read_only:
            self._turnstile.step_in()

    def is_over(self) -> bool:
        """Return whether one has waited for long enough."""
        now = clock.monotonic()
        if now < self._deadline:
            return False
        if self._read_only or self._waits_for_readers or not self._stores.is_only_read():
            return True
        self._waits_for_readers = True
        self._deadline = now + _FOR_READERS * self._patience
        return False

    def end(self) -> None:
        """Let the next in."""
        self._turnstile.step_out()
