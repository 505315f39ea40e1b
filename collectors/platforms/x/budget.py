"""What was spent of a day, and what may still be. Days are UTC, as X counts them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars. https://docs.x.com/x-api/getting-started/pricing"""

    post: float
    account: float
    count: float


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be spent in a day, and what was."""

    per_day: float
    day: date | None = None
    spent: float = 0.0

    def on(self, now: datetime) -> Budget:
        """Give the budget of the day."""
        today = now.astimezone(UTC).date()
        return self if today == self.day else replace(self, day=today, spent=0.0)

    def pay(self, dollars: float, now: datetime) -> Budget:
        """Note what was spent."""
        today = self.on(now)
        return replace(today, spent=today.spent + dollars)

    def left(self, now: datetime) -> float:
        """Tell what may still be spent."""
        return max(0.0, self.per_day - self.on(now).spent)

    def affords(self, each: float, now: datetime, *, most: int) -> int:
        """Tell how many records of a price may be asked for."""
        # A hair more than is left, lest sums of cents come short of themselves.
        return most if each == 0 else min(most, int(self.left(now) / each + 1e-9))


def day_ends_at(now: datetime) -> datetime:
    """Give the end of the day.

    >>> day_ends_at(datetime(2026, 3, 1, 12, tzinfo=UTC)).isoformat()
    '2026-03-02T00:00:00+00:00'
    """
    tomorrow = now.astimezone(UTC).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), UTC)
