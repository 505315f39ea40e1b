"""Decides what is due: polls, backfills, expansions. Pure: every fact is an argument, also now."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from monitor.config import CollectSettings, Config
from monitor.ledger import Gap, Stream

# A source that refused us, or that was read through and gave nothing, is not asked again for it.
_FILLABLE = frozenset(
    {
        "outage",
        "truncated",
        "interrupted",
        "rate limit",
        "failed",
        "added later",
        "paused",
        "cut short",
    }
)
# What stood still may go on, and may then show what it had left out.
_READ_AGAIN = _FILLABLE | {"stale"}
# Ticks come late by a little: a poll is due a little early rather than one tick late.
_EARLY = timedelta(seconds=5)
_DAY = timedelta(days=1)
_METERED_OVERLAP = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Wish:
    """One source and one hashtag that some watch wants."""

    source: str
    hashtag: str
    every: timedelta
    backfill: timedelta
    is_metered: bool = False  # each question costs money or quota: nothing is read again


@dataclass(frozen=True, slots=True)
class Pause:
    """One source, by its name in `watches.sources`, and one hashtag that only pauses keep."""

    source: str
    hashtag: str
    watch: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """The last runs of a stream: of any depth, and of those that read again what was known."""

    started_at: datetime
    retry_at: datetime | None = None
    rescan_at: datetime | None = None  # the last that read a day or more again
    nightly_at: datetime | None = None  # the last that read a week again


@dataclass(frozen=True, slots=True)
class Task:
    """What to ask whom, from where, down to when, and why."""

    kind: Literal["poll", "rescan", "nightly", "backfill"]
    source: str
    hashtag: str
    floor: datetime  # read until a page lies before this
    why: str
    cursor: str | None = None
    gap_id: int | None = None


def wishes(
    config: Config, sources: dict[str, list[str]], *, metered: frozenset[str] = frozenset()
) -> list[Wish]:
    """Give what the watches want, each stream once, at the fastest rhythm asked for.

    sources: the sources behind each name in `watches.sources`; metered: those of them that
        charge for each question.
    """
    wanted: dict[tuple[str, str], Wish] = {}
    for watch in config.followed:
        for source in (s for name in watch.sources for s in sources.get(name, [])):
            for hashtag in watch.tags:
                wish = Wish(source, hashtag, watch.every, watch.backfill)
                known = wanted.get((source, hashtag), wish)
                wanted[source, hashtag] = Wish(
                    source,
                    hashtag,
                    min(known.every, wish.every),
                    max(known.backfill, wish.backfill),
                    source in metered,
                )
    return [wanted[key] for key in sorted(wanted)]


def pauses(config: Config) -> list[Pause]:
    """Give what only paused watches want."""
    wanted = {(s, tag) for watch in config.followed for s in watch.sources for tag in watch.tags}
    found = {
        (source, tag): Pause(source, tag, watch.name)
        for watch in reversed(config.watches)
        if watch.paused
        for source in watch.sources
        for tag in watch.tags
        if (source, tag) not in wanted
    }
    return [found[key] for key in sorted(found)]


def due(
    wish: Wish,
    stream: Stream,
    last: Attempt | None,
    *,
    settings: CollectSettings,
    now: datetime,
) -> list[Task]:
    """Give what is due for one stream: first the newest, then one gap."""
    if last is not None and last.retry_at is not None and now < last.retry_at:
        return []
    if last is not None and now - last.started_at < wish.every - _EARLY:
        return []
    tasks = [_poll(wish, stream, last, settings=settings, now=now)]
    # Without a cursor a gap is read again from the newest on: only worth it for what was never
    # asked for; all else without one, the next poll reads anyway.
    fillable = [
        gap
        for gap in stream.gaps
        if gap.reason in _FILLABLE and (gap.cursor is not None or gap.reason == "added later")
    ]
    if fillable:
        tasks.append(backfill_of(_chosen(fillable, now=now)))
    return tasks


def _chosen(gaps: list[Gap], *, now: datetime) -> Gap:
    """Choose a gap: half of the time the newest, else any of the others.

    One that cannot be filled must not keep all older ones from being filled. The moment decides,
    stirred, for any rhythm of polls may go with any rhythm of turns.
    """
    newest, *others = sorted(gaps, key=lambda gap: gap.to_at, reverse=True)
    stirred = zlib.crc32(f"{now:%Y-%m-%dT%H:%M:%S}".encode())
    return others[stirred // 2 % len(others)] if others and stirred % 2 else newest


def is_look_due(every: timedelta, looked_at: datetime | None, *, now: datetime) -> bool:
    """Tell whether a source that cannot be asked for hashtags is asked about known posts."""
    return looked_at is None or now - looked_at >= every - _EARLY


def _poll(
    wish: Wish,
    stream: Stream,
    last: Attempt | None,
    *,
    settings: CollectSettings,
    now: datetime,
) -> Task:
    """Read from now back to what is known, and some way into it for posts that arrive late.

    Servers file a post that they fetch under the time it was written, so it appears below what
    was read: every few hours a day is read again, and once a day a week.
    """
    covered_to = stream.covered_to
    if covered_to is None or last is None:
        return Task("poll", wish.source, wish.hashtag, stream.wanted_from, "first run")
    kind: Literal["poll", "rescan", "nightly"] = "poll"
    top, depth, why = min(covered_to, now), settings.overlap, f"every {_words(wish.every)}"
    if wish.is_metered:
        # What a search does not show yet, minutes later it does.
        depth = min(depth, _METERED_OVERLAP)
    elif _is_due(last.nightly_at, _DAY, settings.nightly, now):
        kind, depth, why = "nightly", settings.nightly, "a week again, once a day"
    elif _is_due(last.rescan_at, settings.rescan_every, settings.rescan, now):
        kind, depth, why = "rescan", settings.rescan, "a day again, for late posts"
    floor = min(top, now - depth) if kind != "poll" else top - depth
    # What a live stream missed lies behind what it has read since, and has no cursor.
    missed = [g.from_at for g in stream.gaps if g.reason in _READ_AGAIN and g.cursor is None]
    floor = max(stream.wanted_from, min([floor, *missed]))
    return Task(kind, wish.source, wish.hashtag, floor, why)


def _is_due(last: datetime | None, every: timedelta, depth: timedelta, now: datetime) -> bool:
    return bool(depth) and (last is None or now - last >= every)


def backfill_of(gap: Gap) -> Task:
    """Give the task of reading what a gap misses."""
    return Task(
        "backfill",
        gap.source,
        gap.hashtag,
        gap.from_at,
        f"gap: {gap.reason}",
        cursor=gap.cursor,
        gap_id=gap.gap_id,
    )


def _words(duration: timedelta) -> str:
    minutes = round(duration / timedelta(minutes=1))
    return f"{minutes // 60} h" if minutes % 60 == 0 and minutes else f"{minutes} min"


# The ages at which a post is asked for its reposts: most happen early.
EXPANSION_AGES: Sequence[timedelta] = (
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
    timedelta(days=3),
    timedelta(days=7),
)
# The ages at which a post's source is asked what became of it. Daily: what was deleted must go
# here too within 24 hours.
CHECK_AGES: Sequence[timedelta] = (timedelta(hours=1), *(timedelta(days=n) for n in range(1, 8)))
# What is asked about posts that are known, by the task of its runs.
LOOKS = {"expand": "who passed posts on", "check": "what became of posts"}
_FIRST_RETRY = timedelta(hours=1)


def retry_after(failures: int) -> timedelta:
    """Return how long a post is left alone that could not be asked about so often in a row.

    Ever longer, but not longer than a day: what was deleted must go here too.

    >>> [retry_after(failures) // timedelta(hours=1) for failures in (1, 2, 3, 50)]
    [1, 2, 4, 24]
    """
    doubled: int = 2 ** min(failures - 1, 10)
    return min(_FIRST_RETRY * doubled, _DAY)


# --- digests --------------------------------------------------------------------------------------

# Up to this late, a digest tells of the day that ended at its hour, so that days compare. Later, it
# tells up to when it is written: who comes back after days is told what is known then.
_ON_TIME = timedelta(hours=6)
_LONGEST_DIGEST = timedelta(days=14)
# So soon after the one before, nobody wants another: the next one covers it.
_SHORTEST_DIGEST = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Window:
    """What a digest tells of: from where the one before ended."""

    since: datetime
    until: datetime
    left_out: datetime | None = None  # from here to `since` no digest tells: it is too long ago

    @property
    def is_too_short(self) -> bool:
        """Return whether it is left to the next digest."""
        return self.until - self.since < _SHORTEST_DIGEST


def window(last_end: datetime | None, at: datetime, now: datetime) -> Window:
    """Join a digest to the one before: no time between them is told by none, or by both.

    last_end: up to when the last one told; None for who never had one: theirs begins a day back.
    at: when this one was due, in its reader's zone, whose days may have 23 or 25 hours.

    >>> seven = datetime(2026, 8, 20, 7, tzinfo=UTC)
    >>> told = window(seven - timedelta(days=2), seven, seven)
    >>> told.until - told.since
    datetime.timedelta(days=2)
    """
    if last_end is None:
        return Window((at - _DAY).astimezone(UTC), at.astimezone(UTC))
    until = (now if now - at.astimezone(UTC) > _ON_TIME else at).astimezone(UTC)
    since = min(last_end.astimezone(UTC), until)
    bound = until - _LONGEST_DIGEST
    return Window(since, until) if since >= bound else Window(bound, until, since)
