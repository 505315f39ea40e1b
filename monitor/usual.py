"""Which streams can be compared at a time: those whose usual is known, and who are heard. Pure.

A source that is heard for the first time today was perhaps as loud all week: what it adds is no
burst. So what is expected of a window is learnt from windows in which the same streams were heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.ledger import Stream, Stretch, overlap, subtract

# Of observed time: as much as a score needs (`analysis.trends.scorer`).
LEARNT_AFTER = timedelta(hours=48)
# A stream that is not heard for so long is away; a shorter outage is a gap of its windows.
AWAY_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one stream within a time."""

    stream: Stream
    ready_at: datetime | None  # when enough of it was heard to know its usual; None: not yet
    away: tuple[Stretch, ...]  # when it was not heard for long, before its first time too

    def is_away(self, at: datetime) -> bool:
        """Return whether it was away at a time."""
        return any(start <= at < end for start, end in self.away)


def known(streams: Sequence[Stream], since: datetime, until: datetime) -> list[Known]:
    """Return since when each stream can be compared, and when it was away."""
    return [_known(stream, since, until) for stream in streams]


def compared(streams: Sequence[Known], at: datetime) -> frozenset[tuple[str, str]]:
    """Return the streams that are compared at a time, as pairs of source and hashtag.

    Where the usual of none is known yet, all that are heard learn together.
    """
    present = [one for one in streams if not one.is_away(at)] or list(streams)
    ready = [one for one in present if one.ready_at is not None and one.ready_at <= at]
    return frozenset((one.stream.source, one.stream.hashtag) for one in ready or present)


def learning(streams: Sequence[Known], at: datetime) -> tuple[str, ...]:
    """Return the sources that are heard at a time, and not compared yet."""
    pairs = compared(streams, at)
    return tuple(
        sorted(
            {
                one.stream.source
                for one in streams
                if not one.is_away(at) and (one.stream.source, one.stream.hashtag) not in pairs
            }
        )
    )


def _known(stream: Stream, since: datetime, until: datetime) -> Known:
    heard = [
        (max(start, since), min(end, until))
        for start, end in stream.accounted
        if start < until and end > since
    ]
    missing = subtract([(since, until)], heard)
    away = [part for part in missing if part[1] - part[0] >= AWAY_AFTER or part[0] == since]
    return Known(stream, _ready_at(heard), tuple(part for part in away if part[0] < part[1]))


def _ready_at(heard: Sequence[Stretch]) -> datetime | None:
    left = LEARNT_AFTER
    for start, end in heard:
        if end - start >= left:
            return start + left
        left -= overlap([(start, end)], start, end)
    return None
