"""How often each host is asked, by all who ask it: in turn, not while it is down or says no."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

_ENOUGH = 3  # failures in a row after which a host is left alone
_FIRST_REST = timedelta(seconds=30)  # doubled with each failure more
_LONGEST_REST = timedelta(minutes=5)
_LONGEST_BLOCK = timedelta(hours=25)  # more than a day's quota: our clock was set back
_SPREAD = 0.2  # of the distance: many clients of a server must not knock in step
_CHANCE = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Breaker:
    """Whether a host that keeps failing is left alone for now.

    After https://learn.microsoft.com/azure/architecture/patterns/circuit-breaker: closed, open,
    and half open, when one attempt decides.

    >>> noon = datetime(2026, 3, 1, 12)
    >>> broken = Breaker().failed(noon).failed(noon).failed(noon)
    >>> broken.rests_until(noon), broken.rests_until(noon + _FIRST_REST)
    (datetime.datetime(2026, 3, 1, 12, 0, 30), None)
    """

    failures: int = 0  # in a row
    until: datetime | None = None

    @property
    def is_on_trial(self) -> bool:
        """Whether one attempt is enough to tell that it still fails."""
        return self.failures >= _ENOUGH

    def rests_until(self, now: datetime) -> datetime | None:
        """Tell until when it is not asked; None: it may be asked."""
        if self.until is None or now >= self.until or self.until - now > _LONGEST_REST:
            return None
        return self.until

    def failed(self, now: datetime) -> Breaker:
        """Note a failure."""
        failures = self.failures + 1
        if failures < _ENOUGH:
            return Breaker(failures)
        # The exponent is bounded: a host may be down for months.
        rest = min(_FIRST_REST * 2 ** min(failures - _ENOUGH, 10), _LONGEST_REST)
        return Breaker(failures, now + rest)


class Pace:
    """The turns of one host. Any thread may use it.

    A token bucket that holds one token: a source that was not asked for an hour has saved up no
    burst of requests.
    """

    def __init__(
        self,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = _CHANCE.random,
    ) -> None:
        self._monotonic, self._chance = monotonic, chance
        self._lock = threading.Lock()
        self._last: float | None = None  # when the last turn was, or will be
        self._blocked_until: datetime | None = None
        self.breaker = Breaker()

    def next_turn(self, min_interval: float) -> float:
        """Take the next turn, and tell in how many seconds it is."""
        with self._lock:
            now = self._monotonic()
            if self._last is None or now >= self._last + min_interval:
                self._last = now
                return 0.0
            at = self._last + min_interval * (1 + _SPREAD * self._chance())
            self._last = at
            return at - now

    def blocked_until(self, now: datetime) -> datetime | None:
        """Tell until when the host does not want to be asked; None: it may be asked."""
        with self._lock:
            until = self._blocked_until
            if until is not None and not now < until <= now + _LONGEST_BLOCK:
                self._blocked_until = until = None
            return until

    def block(self, until: datetime) -> None:
        """Note that the host wants to be left alone."""
        with self._lock:
            self._blocked_until = until

    def failed(self, now: datetime) -> None:
        """Note that the host did not answer, all attempts included."""
        with self._lock:
            self.breaker = self.breaker.failed(now)

    def answered(self) -> None:
        """Note that the host answered, whatever it said."""
        with self._lock:
            if self.breaker.failures:
                self.breaker = replace(self.breaker, failures=0, until=None)


class Paces:
    """The pace of each host, for all clients of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_host: dict[str, Pace] = {}

    def of(self, host: str) -> Pace:
        """Give the pace of a host, with its port if it has one: always the same."""
        with self._lock:
            return self._by_host.setdefault(host, Pace())
