"""The outbox as delivery sees it: the store is opened for each question, never while sending."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor import clock
from monitor.store import StoreFile

if TYPE_CHECKING:
    from monitor.letters import OutboxLetter


# A few letters, so that they are sent before the lease runs out, though each waits for an answer
# for half a minute. Who is killed meanwhile leaves them to the next, that much later.
_LEASE = timedelta(minutes=3)
_AT_ONCE = 5


@dataclass(frozen=True, slots=True)
class StoredOutbox:
    """Letters in a store that is opened only for each question.

    What it gives is leased: `gaung digest --send` and the daemon may send at the same time.
    """

    stores: StoreFile
    clock_now: Callable[[], datetime] = clock.now  # leases are about processes: no simulated time

    def has_due(self, now: datetime) -> bool:
        """Tell whether there is a letter to send now that nobody is sending."""
        with self.stores.open() as store:
            return bool(store.outbox.due(now, limit=1, at=self.clock_now()))

    def due(self, now: datetime) -> list[OutboxLetter]:
        """Give letters to send now, to nobody else for some minutes."""
        with self.stores.open() as store:
            at = self.clock_now()  # now, and not before waiting for the store
            return store.outbox.claim(now, at=at, until=at + _LEASE, limit=_AT_ONCE)

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
