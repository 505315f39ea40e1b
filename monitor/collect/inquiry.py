"""Asks one source about many posts, past those that it cannot be asked about.

A failure may be about one post (a server that stumbles over it, a video that is just processed) or
about the source. The source itself tells: by what it answers for others, and to one cheap question.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Generic, TypeVar

from collectors.collector import Collector, PostRef
from collectors.errors import CollectorError, RateLimitedError
from monitor import clock
from monitor.collect.run import End
from monitor.collect.verdicts import end_of
from monitor.store import Store

Answer = TypeVar("Answer")
# One before a host is left alone for a while (collectors/paces.py).
_ASK_HOW_IT_IS_AFTER = 2
_TOO_MANY = 5  # different posts in a row, and none answered in between: it is not the posts
_MOST_PARTS = 60  # questions in one run to find out who of a batch it is
# All other sources wait for the slowest: who answers, and takes half a minute for each, would keep
# the daemon from them for an hour.
_LONGEST = 120.0  # seconds


@dataclass(slots=True)
class Inquiry(Generic[Answer]):
    """One run of questions about posts. What it found is whole when `answers` has ended."""

    source: Collector
    ask: Callable[[list[PostRef]], Answer]
    stop: threading.Event
    known: frozenset[str] = frozenset()  # keys of posts that failed before, with the source well
    monotonic: Callable[[], float] = clock.monotonic

    end: End = field(default_factory=lambda: End("complete"))
    culprits: dict[str, str] = field(default_factory=dict)  # by post key: why
    unsure: dict[str, str] = field(default_factory=dict)  # the same, where it may be the source
    _streak: dict[str, str] = field(default_factory=dict)  # since the last answer
    _last: CollectorError | None = None
    _failed: int = 0  # questions in a row, since the source last proved to be well
    _parts: int = 0
    _has_answered: bool = False

    def answers(self, batches: Sequence[list[PostRef]]) -> Iterator[tuple[list[PostRef], Answer]]:
        """Give what was answered about whom; a batch that fails is halved down to the culprits."""
        waiting = deque((batch, False) for batch in batches)
        ends_at = self.monotonic() + _LONGEST
        while waiting:
            if self.stop.is_set():
                self._doubt()
                self.end = End("partial", detail="stopped while it was reading")
                return
            if self.monotonic() >= ends_at:
                self._put_off()
                return
            batch, is_part = waiting.popleft()
            self._parts += is_part
            try:
                answer = self.ask(batch)
            except CollectorError as error:
                if not self._goes_on(batch, error):
                    return
                if len(batch) > 1 and self._parts < _MOST_PARTS:
                    half = (len(batch) + 1) // 2
                    waiting.extendleft([(batch[half:], True), (batch[:half], True)])
                continue
            self._convict()
            self._has_answered = True
            yield batch, answer
        self._conclude()

    def note(self, store: Store, task: str, *, now: datetime) -> None:
        """Save who could not be asked about. Wants a transaction, after the answers are saved."""
        source = self.source.source
        store.unanswered.note(task, source, self.culprits, is_certain=True, now=now)
        store.unanswered.note(task, source, self.unsure, is_certain=False, now=now)

    def _goes_on(self, batch: list[PostRef], error: CollectorError) -> bool:
        """Take in a failure; False if it is the source's."""
        if isinstance(error, RateLimitedError):
            self._doubt()
            return self._give_up(error)
        self._failed += 1
        if self._failed >= _ASK_HOW_IT_IS_AFTER and not self._is_well():
            return self._leave(error)
        if len(batch) == 1:
            self._blame(batch[0].post_key, error)
        elif self._parts >= _MOST_PARTS:
            self.unsure |= {post.post_key: str(error) for post in batch}
        self._last = error
        return len(self._streak) < _TOO_MANY or self._give_up_all(error)

    def _blame(self, key: str, error: CollectorError) -> None:
        if key in self.known:  # that it fails again says nothing of the source
            self.culprits[key] = str(error)
        else:
            self._streak[key] = str(error)

    def _convict(self) -> None:
        """Blame the posts for what failed before: the source answers."""
        self.culprits |= self._streak
        self._streak.clear()
        self._failed = 0

    def _doubt(self) -> None:
        self.unsure |= self._streak
        self._streak.clear()

    def _put_off(self) -> None:
        """Leave the rest to the next turn."""
        self._doubt()
        if self._last is not None and not self._has_answered:
            self._give_up(self._last)
            return
        detail = f"slow: not done after {_LONGEST / 60:g} minutes; the rest is asked next time"
        self.end = End("partial", detail=detail)

    def _conclude(self) -> None:
        """Tell, once all were asked about, whose fault it was that the last ones failed."""
        if self._last is not None and self._failed and not self._is_well():
            self._leave(self._last)
        elif self._last is not None and self._streak and not self._has_answered:
            self._give_up_all(self._last)
        else:
            self._convict()
            self.end = _told(self.culprits | self.unsure)

    def _leave(self, error: CollectorError) -> bool:
        """End because the source is not well: no post is to blame for what failed just now."""
        self._streak.clear()
        if not self._has_answered:
            self.culprits.clear()
        return self._give_up(error)

    def _give_up_all(self, error: CollectorError) -> bool:
        posts = "1 post" if len(self._streak) == 1 else f"{len(self._streak)} posts in a row"
        self._doubt()
        self._give_up(error)
        self.end = replace(self.end, detail=f"{posts} could not be asked about: {error}")
        return False

    def _give_up(self, error: CollectorError) -> bool:
        self.end = end_of(error, started=self._has_answered)
        return False

    def _is_well(self) -> bool:
        """Ask the source how it is."""
        is_well = self.source.check().remedy is None
        if is_well:
            self._failed = 0
        return is_well


def _told(missing: dict[str, str]) -> End:
    if not missing:
        return End("complete")
    posts = "1 post" if len(missing) == 1 else f"{len(missing)} posts"
    why = next(iter(missing.values()))
    return End("partial", detail=f"{posts} could not be asked about, to be tried again: {why}")
