"""How many searches a day still has, and when the next one may be made.

https://developers.google.com/youtube/v3/determine_quota_cost
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_PACIFIC = ZoneInfo("America/Los_Angeles")
_DAY = timedelta(days=1)
# What was not used may be used at once later, up to three hours' worth: enough for a first look
# back, and one hashtag cannot take the day from the others.
_CARRIED_OVER = 8


def midnight_after(now: datetime) -> datetime:
    """Give the end of the day as Google counts it.

    >>> midnight_after(datetime(2026, 3, 1, 12, tzinfo=UTC)).isoformat()
    '2026-03-02T08:00:00+00:00'
    """
    tomorrow = now.astimezone(_PACIFIC).date() + _DAY
    return datetime.combine(tomorrow, time(), _PACIFIC).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Budget:
    """What was spent of a day, and what may be spent at once. Only this process is counted."""

    per_day: int
    day: date | None = None
    spent: int = 0
    at: datetime | None = None  # when `at_once` was true
    at_once: float = 0.0

    def next_at(self, now: datetime) -> datetime:
        """Tell when the next search may be made: now, or later."""
        today = self._on(now)
        if today.spent >= self.per_day:
            return midnight_after(now)
        if today.at_once >= 1:
            return now
        # A second more, lest a rounded time asks one moment too early.
        wait = _DAY * ((1 - today.at_once) / self.per_day) + timedelta(seconds=1)
        return min(now + wait, midnight_after(now))

    def spend(self, now: datetime) -> Budget:
        """Note a search."""
        today = self._on(now)
        return replace(today, spent=today.spent + 1, at_once=max(0.0, today.at_once - 1))

    def exhaust(self, now: datetime) -> Budget:
        """Note that Google counts more than we do: there is nothing left today."""
        today = self._on(now)
        return replace(today, spent=max(self.per_day, today.spent))

    def spent_on(self, now: datetime) -> int:
        """Tell how much of the day is spent."""
        return self._on(now).spent

    def _on(self, now: datetime) -> Budget:
        day = now.astimezone(_PACIFIC).date()
        most = max(1.0, self.per_day / _CARRIED_OVER)
        grown = most
        if self.at is not None:
            passed = max(now - self.at, timedelta())
            grown = min(most, self.at_once + self.per_day * (passed / _DAY))
        spent = self.spent if day == self.day else 0
        return replace(self, day=day, spent=spent, at=now, at_once=grown)
