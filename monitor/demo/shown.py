"""What the server has to show at a moment of simulated time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from monitor.demo.records import Boost, Campaign, Status, snowflake


class _Numbered(Protocol):
    @property
    def id(self) -> int: ...


_Record = TypeVar("_Record", bound=_Numbered)


@dataclass(frozen=True, slots=True)
class Range:
    """Which part of a list is asked for: https://docs.joinmastodon.org/api/guidelines/#pagination."""

    limit: int
    max_id: int | None = None
    since_id: int | None = None
    min_id: int | None = None


class Shown:
    """A campaign, looked up by time and id."""

    def __init__(self, campaign: Campaign) -> None:
        self.outage = campaign.planted.outage_from, campaign.planted.outage_until
        self._by_id = {status.id: status for status in campaign.statuses}
        self._tagged: dict[str, list[Status]] = defaultdict(list)
        self._boosts: dict[int, list[Boost]] = defaultdict(list)
        self._replies: dict[int, list[Status]] = defaultdict(list)
        for status in campaign.statuses:
            for tag in status.tags:
                self._tagged[tag.lower()].append(status)
            if status.reply_to is not None:
                self._replies[status.reply_to.id].append(status)
        for boost in campaign.boosts:
            self._boosts[boost.status.id].append(boost)

    def is_down(self, now: datetime) -> bool:
        """Tell whether the server is away."""
        return self.outage[0] <= now < self.outage[1]

    def status(self, number: int, *, now: datetime) -> Status | None:
        """Give a post, if it exists by now."""
        found = self._by_id.get(number)
        return found if found is not None and found.created_at <= now else None

    def tagged(self, tag: str, asked: Range, *, now: datetime) -> list[Status]:
        """Give posts with a hashtag, newest first."""
        return _part(self._tagged.get(tag.lower(), []), asked, now=now)

    def boosts(self, status: Status, asked: Range, *, now: datetime) -> list[Boost]:
        """Give boosts of a post, newest first."""
        return _part(self._boosts.get(status.id, []), asked, now=now)

    def counts(self, status: Status, *, now: datetime) -> tuple[int, int]:
        """Give how many replies and boosts a post has by now."""
        newest = _ids_until(now)
        return (
            bisect_left(self._replies.get(status.id, []), newest, key=lambda s: s.id),
            bisect_left(self._boosts.get(status.id, []), newest, key=lambda b: b.id),
        )


def _part(records: Sequence[_Record], asked: Range, *, now: datetime) -> list[_Record]:
    """Give the part of a list (oldest first) that is asked for, newest first."""
    below = min(asked.max_id or _ids_until(now), _ids_until(now))
    above = max(asked.since_id or 0, asked.min_id or 0)
    first = bisect_right(records, above, key=lambda record: record.id)
    last = max(first, bisect_left(records, below, key=lambda record: record.id))
    if asked.min_id is not None:  # the ones just above it, not the newest
        chosen = records[first : min(last, first + asked.limit)]
    else:
        chosen = records[max(first, last - asked.limit) : last]
    return list(reversed(chosen))


def _ids_until(now: datetime) -> int:
    """Give an id that is larger than all that exist by now."""
    return snowflake(now, 0) + (1 << 16)
