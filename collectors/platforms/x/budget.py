"""What was spent of a day, and what may still be. Days are UTC, as X counts them.

Half of a day's budget may be spent at once, for what happens now or was missed; the other half is
for the hours to come, evenly: whoever spends all in the morning is blind in the evening.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

_DAY = timedelta(days=1)
_AT_ONCE = 0.5
_TOO_SMALL = 0.25  # dollars: half of so little buys too few posts to be worth a question
_HAIR = 1e-9


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
        """Return what may still be spent by now."""
        free = self.per_day * (_AT_ONCE + (1 - _AT_ONCE) * _share_of_day(now))
        free = max(free, min(self.per_day, _TOO_SMALL))
        return max(0.0, free - self.on(now).spent)

    def free_at(self, dollars: float, now: datetime) -> datetime:
        """Return when so much may be spent: now, later in the day, or the next day."""
        if dollars <= self.left(now) + _HAIR:
            return now
        share = ((self.on(now).spent + dollars) / self.per_day - _AT_ONCE) / (1 - _AT_ONCE)
        midnight = day_ends_at(now)
        # A second more, lest a rounded time asks one moment too early.
        when = midnight - _DAY * (1 - share) + timedelta(seconds=1) if share < 1 else midnight
        return min(when, midnight)

    def affords(self, each: float, now: datetime, *, most: int) -> int:
        """Tell how many records of a price may be asked for."""
        # A hair more than is left, lest sums of cents come short of themselves.
        return most if each == 0 else min(most, int(self.left(now) / each + _HAIR))

    def pace(self, now: datetime) -> float | None:
        """Return what the whole day costs as it went so far; None in its first hour."""
        share = _share_of_day(now)
        return None if share * _DAY < timedelta(hours=1) else self.on(now).spent / share


def _share_of_day(now: datetime) -> float:
    return 1 - (day_ends_at(now) - now) / _DAY


def day_ends_at(now: datetime) -> datetime:
    """Give the end of the day.

    >>> day_ends_at(datetime(2026, 3, 1, 12, tzinfo=UTC)).isoformat()
    '2026-03-02T00:00:00+00:00'
    """
    tomorrow = now.astimezone(UTC).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), UTC)
