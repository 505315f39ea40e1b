"""Which minutes of which source we have: arithmetic of stretches of time. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

Stretch = tuple[datetime, datetime]  # start included, end not
# Clocks differ, and who looks may have waited for the store: what lies after now by less is of now.
SLACK = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch that is missing, with its reason."""

    gap_id: int
    source: str
    hashtag: str
    from_at: datetime
    to_at: datetime
    reason: str
    detail: str | None = None
    cursor: str | None = None
    detected_at: datetime | None = None

    @property
    def stretch(self) -> Stretch:
        """From when to when."""
        return self.from_at, self.to_at

    @property
    def hours(self) -> float:
        """How much is missing."""
        return (self.to_at - self.from_at) / timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Stream:
    """One source and one hashtag, and what we have of it."""

    source: str
    hashtag: str
    wanted_from: datetime
    covered: tuple[Stretch, ...] = ()
    gaps: tuple[Gap, ...] = field(default=())  # the open ones

    @property
    def accounted(self) -> list[Stretch]:
        """What runs account for, less what is known to be missing nevertheless."""
        return subtract(self.covered, [gap.stretch for gap in self.gaps])

    @property
    def covered_to(self) -> datetime | None:
        """The end of the newest stretch that was read."""
        return max((end for _, end in self.covered), default=None)

    def unexplained(self) -> list[Stretch]:
        """Find what is missing before `covered_to` without a gap that says so."""
        end = self.covered_to
        if end is None or end <= self.wanted_from:
            return []
        known = [*self.covered, *(gap.stretch for gap in self.gaps)]
        return subtract([(self.wanted_from, end)], known)


def is_live(streams: Iterable[Stream]) -> bool:
    """Tell whether anything is being collected: then one may tell up to now.

    What was only imported ends with its last post.
    """
    return any(s.covered_to and not s.source.startswith("import/") for s in streams)


def believed(
    stretches: Iterable[Stretch], *, read_at: datetime | None, now: datetime
) -> list[Stretch]:
    """Leave out what claims a time that has not come.

    Who wrote that had a clock that was ahead, or was told a time by somebody. When it was written
    is not known, only when the stream was read before by a clock that was right, `read_at`: what
    lies after that is not known to have been read.
    """
    late = now + SLACK
    cut = ((start, end if end <= late else read_at or start) for start, end in stretches)
    return [(start, end) for start, end in cut if start < end]


def union(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Join what overlaps or touches, in order of time."""
    joined: list[Stretch] = []
    for start, end in sorted(s for s in stretches if s[0] < s[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return joined


def subtract(stretches: Iterable[Stretch], taken: Iterable[Stretch]) -> list[Stretch]:
    """Give what is left of the stretches."""
    left = union(stretches)
    for start, end in union(taken):
        parts: list[Stretch] = []
        for low, high in left:
            parts.append((low, min(high, start)))
            parts.append((max(low, end), high))
        left = [(low, high) for low, high in parts if low < high]
    return left


def overlap(stretches: Sequence[Stretch], since: datetime, until: datetime) -> timedelta:
    """Give how much of a time the stretches account for; they must not overlap each other."""
    parts = (min(end, until) - max(start, since) for start, end in stretches)
    return sum((part for part in parts if part > timedelta(0)), timedelta(0))


def coverage(streams: Sequence[Stream], since: datetime, until: datetime) -> float | None:
    """Give the share of a time that was observed, over all streams; None if none was wanted.

    A stream counts from when it was wanted: a watch that was added yesterday has no gap last week.
    """
    observed = expected = timedelta(0)
    for stream in streams:
        start = max(since, stream.wanted_from)
        if start < until:
            expected += until - start
            observed += overlap(stream.accounted, start, until)
    return observed / expected if expected else None


def window_coverage(
    streams: Sequence[Stream], starts: Sequence[datetime], ends: Sequence[datetime]
) -> list[float | None]:
    """Give `coverage` of each window."""
    accounted = [(stream.wanted_from, stream.accounted) for stream in streams]
    shares: list[float | None] = []
    for since, until in zip(starts, ends, strict=True):
        observed = expected = timedelta(0)
        for wanted_from, stretches in accounted:
            start = max(since, wanted_from)
            if start < until:
                expected += until - start
                observed += overlap(stretches, start, until)
        shares.append(observed / expected if expected else None)
    return shares
