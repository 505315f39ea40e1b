"""The outbox as delivery sees it: the store is opened for each question, never while sending."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.store import StoreFile

if TYPE_CHECKING:
    from monitor.letters import OutboxLetter


@dataclass(frozen=True, slots=True)
class StoredOutbox:
    """Letters in a store that is opened only for each question."""

    stores: StoreFile

    def due(self, now: datetime) -> list[OutboxLetter]:
        """Give the letters to send now."""
        with self.stores.open() as store:
            return store.outbox.due(now)

    def mark_sent(self, key: str, now: datetime) -> None:
        """Note that a mail server took the letter."""
        with self.stores.open() as store:
            store.outbox.mark_sent(key, now)

    def mark_deferred(self, key: str, error: str, due_at: datetime, now: datetime) -> None:
        """Note why it was not taken, and when to try again."""
        with self.stores.open() as store:
            store.outbox.mark_deferred(key, error, due_at, now)

    def mark_dead(self, key: str, error: str, now: datetime) -> None:
        """Note that it will not be tried again, and why."""
        with self.stores.open() as store:
            store.outbox.mark_dead(key, error, now)
