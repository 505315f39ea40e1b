"""Decides what is due: polls, backfills, expansions. Pure: every fact is an argument, also now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from monitor.config import CollectSettings, Config
from monitor.ledger import Gap, Stream

# A source that refused us, or that was read through and gave nothing, is not asked again for it.
_FILLABLE = frozenset({"outage", "truncated", "interrupted", "rate limit", "failed"})
# Ticks come late by a little: a poll is due a little early rather than one tick late.
_EARLY = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Wish:
    """One source and one hashtag that some watch wants."""

    source: str
    hashtag: str
    every: timedelta
    backfill: timedelta


@dataclass(frozen=True, slots=True)
class Attempt:
    """The last run of a stream."""

    started_at: datetime
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """What to ask whom, from where, down to when, and why."""

    kind: Literal["poll", "backfill"]
    source: str
    hashtag: str
    floor: datetime  # read until a page lies before this
    why: str
    cursor: str | None = None
    gap_id: int | None = None


def wishes(config: Config, sources: dict[str, list[str]]) -> list[Wish]:
    """Give what the watches want, each stream once, at the fastest rhythm asked for.

    sources: the sources behind each name in `watches.sources`.
    """
    wanted: dict[tuple[str, str], Wish] = {}
    for watch in config.watches:
        for source in (s for name in watch.sources for s in sources.get(name, [])):
            for hashtag in watch.tags:
                wish = Wish(source, hashtag, watch.every, watch.backfill)
                known = wanted.get((source, hashtag), wish)
                wanted[source, hashtag] = Wish(
                    source,
                    hashtag,
                    min(known.every, wish.every),
                    max(known.backfill, wish.backfill),
                )
    return [wanted[key] for key in sorted(wanted)]


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
    tasks = [_poll(wish, stream, settings=settings, now=now)]
    fillable = [gap for gap in stream.gaps if gap.reason in _FILLABLE and gap.cursor is not None]
    if fillable:
        gap = max(fillable, key=lambda g: g.to_at)
        tasks.append(_backfill(gap))
    return tasks


def _poll(wish: Wish, stream: Stream, *, settings: CollectSettings, now: datetime) -> Task:
    covered_to = stream.covered_to
    if covered_to is None:
        return Task("poll", wish.source, wish.hashtag, stream.wanted_from, "first run")
    floor = max(stream.wanted_from, min(covered_to, now) - settings.overlap)
    return Task("poll", wish.source, wish.hashtag, floor, f"every {_words(wish.every)}")


def _backfill(gap: Gap) -> Task:
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
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
    timedelta(days=3),
)
