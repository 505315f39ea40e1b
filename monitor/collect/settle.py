"""What a run leaves in the ledger: what it covers, what is missing, which gaps it has filled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from analysis.trends.silence import improbable_silence
from collectors.page import Hole
from monitor import ledger
from monitor.collect import standing
from monitor.collect.run import End, Progress
from monitor.collect.standing import STALE
from monitor.ledger import Gap, Stretch
from monitor.schedule import Task
from monitor.store import Store

UNREAD = "unread"  # a part of what was read, which the source did not give
_SOME = 3
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def top_of(store: Store, task: Task, *, now: datetime) -> datetime:
    """Give up to when a task reads: a poll to now, a backfill to the end of its gap."""
    if task.gap_id is None:
        return now
    gaps = store.coverage.open_gaps(source=task.source, hashtag=task.hashtag)
    return next((gap.to_at for gap in gaps if gap.gap_id == task.gap_id), task.floor)


def settle(
    store: Store, task: Task, run_id: int, progress: Progress, end: End, *, now: datetime
) -> End:
    """Close the run, and write down what it covers and what is missing."""
    if end.verdict == "empty":
        end = _judge_empty(store, task, progress, now)
    if end.missing is None and progress.shown_to is None:
        progress.shown_to = standing.still_since(store, task, progress, now=now)
    whole = top_of(store, task, now=now)
    top = progress.top(whole)
    if end.missing is None:
        if progress.is_blind:
            unread = task.floor, progress.reached or top
            detail = "none of the records of the last page could be read"
            note_hole(store, task, Hole(from_at=unread[0], to_at=unread[1], detail=detail), now=now)
            progress.holes.append(unread)
        store.coverage.cover(task.source, task.hashtag, (task.floor, top))
        _judge_gaps(store, task, run_id, (task.floor, top), progress.holes, now)
    else:
        _note_missing(store, task, progress, end, now)
        _shorten_gaps(store, task, run_id, progress, now)
    if top < whole:
        _note_stale(store, task, (max(top, task.floor), whole), now=now)
    store.runs.finish(run_id, end.verdict, now=now, detail=end.detail, retry_at=end.retry_at)
    return end


def note_hole(store: Store, task: Task, hole: Hole, *, now: datetime) -> None:
    """Open a gap for what the source did not give, unless it was read before. Before covering."""
    for start, end in _unread(store, task, (max(hole.from_at, task.floor), hole.to_at)):
        known = store.coverage.open_gaps(source=task.source, hashtag=task.hashtag)
        # Pages go backwards: hole after hole makes one gap.
        above = next((gap for gap in known if gap.reason == UNREAD and gap.from_at == end), None)
        if above is not None:
            store.coverage.change_gap(above.gap_id, from_at=start, detail=hole.detail)
            continue
        store.coverage.open_gap(
            task.source,
            task.hashtag,
            (start, end),
            UNREAD,
            now=now,
            detail=hole.detail,
            cursor=hole.cursor,
        )


def _note_stale(store: Store, task: Task, unshown: Stretch, *, now: datetime) -> None:
    """Open a gap, or move the one that is there, from where a source stands still to now."""
    for gap in store.coverage.open_gaps(source=task.source, hashtag=task.hashtag):
        if gap.reason == STALE and gap.from_at < unshown[0] < gap.to_at:
            store.coverage.change_gap(gap.gap_id, from_at=unshown[0])
    detail = f"nothing newer than {unshown[0]:%Y-%m-%d %H:%M} UTC was to be had"
    store.coverage.open_gap(task.source, task.hashtag, unshown, STALE, now=now, detail=detail)


def _judge_empty(store: Store, task: Task, progress: Progress, now: datetime) -> End:
    """Return whether it is odd that nothing at all was shown.

    A source that was asked for the last minutes only often has nothing new: it is odd if what it
    showed of those minutes before is not there either.
    """
    ever = store.shown.posts_between(task.source, task.hashtag, _LONG_AGO, now)
    if not ever:
        return End("empty")
    since = progress.asked_since
    if since is not None:
        known = store.shown.posts_between(task.source, task.hashtag, since, now)
        if known < _SOME:  # one or two may have been deleted
            return End("complete")
    if task.kind == "backfill":
        return End("empty")
    return End("empty", "silent", "it had posts before, and shows none at all now")


def _note_missing(store: Store, task: Task, progress: Progress, end: End, now: datetime) -> None:
    low = progress.reached if progress.pages and progress.reached else None
    if task.gap_id is not None:
        if low is not None and low > task.floor:
            # A run that began above its gap may not have come down to it.
            top = min(low, top_of(store, task, now=now))
            store.coverage.change_gap(task.gap_id, to_at=top, cursor=progress.cursor)
        if progress.beyond is not None and end.missing == progress.beyond:
            # What is left is not to be had: no poll goes down for it again.
            store.coverage.change_gap(task.gap_id, reason=end.missing, detail=end.detail)
        return
    unread = _unread(store, task, (task.floor, low or now))
    if low is not None:
        # What lies below and is known to be missing gets this run's cursor, not a second gap.
        known = store.coverage.open_gaps(source=task.source, hashtag=task.hashtag)
        unread = ledger.subtract(unread, [gap.stretch for gap in known])
    for stretch in unread:
        store.coverage.open_gap(
            task.source,
            task.hashtag,
            stretch,
            end.missing or "failed",
            now=now,
            detail=end.detail,
            cursor=progress.cursor,
        )


def _shorten_gaps(store: Store, task: Task, run_id: int, progress: Progress, now: datetime) -> None:
    """Let gaps end where a run that came some way into them stopped, with its cursor."""
    low = progress.reached if progress.pages else None
    if low is None:
        return
    top = top_of(store, task, now=now)
    for gap in store.coverage.open_gaps(source=task.source, hashtag=task.hashtag):
        if gap.gap_id == task.gap_id:
            continue
        if gap.from_at < low < gap.to_at <= top:
            store.coverage.change_gap(gap.gap_id, to_at=low, cursor=progress.cursor)
        elif gap.to_at <= low and gap.cursor is None and progress.cursor is not None:
            # It lies further down than one run comes: the next goes on from here.
            store.coverage.change_gap(gap.gap_id, cursor=progress.cursor)
    _judge_gaps(store, task, run_id, (low, progress.top(top)), progress.holes, now)


def _unread(store: Store, task: Task, stretch: Stretch) -> list[Stretch]:
    """Give what of a stretch was never read: reading again what is known can miss nothing."""
    covered = [
        part
        for stream in store.coverage.streams(hashtags=[task.hashtag], sources=[task.source])
        for part in stream.covered
    ]
    return ledger.subtract([stretch], covered)


def _judge_gaps(
    store: Store,
    task: Task,
    run_id: int,
    read: Stretch,
    holes: Sequence[Stretch],
    now: datetime,
) -> None:
    """Close the gaps that were read through, but for those whose silence is improbable."""
    for gap in store.coverage.open_gaps(source=task.source, hashtag=task.hashtag):
        if gap.from_at < read[0] or gap.to_at > read[1] or gap.reason == "silent":
            continue
        if not ledger.subtract([gap.stretch], holes):
            continue
        if gap.reason == STALE and standing.is_contradicted(store, gap, now=now):
            continue
        if gap.reason != STALE and (silence := _silence(store, gap)):
            (start, end), why = silence
            store.coverage.change_gap(
                gap.gap_id, from_at=start, to_at=end, reason="silent", detail=why
            )
        else:
            store.coverage.close_gap(gap.gap_id, run_id=run_id, now=now)


def _silence(store: Store, gap: Gap) -> tuple[Stretch, str] | None:
    """Give the part of a gap that must still count as missing, and why; None if none must.

    A source seldom goes away at the very moment of a poll: what it showed before and after lies
    in the gap too, and says nothing about the hours between.
    """
    times = store.shown.post_times(gap.source, gap.hashtag, gap.from_at, gap.to_at)
    edges = [gap.from_at, *times, gap.to_at]
    start, end = max(pairwise(edges), key=lambda stretch: stretch[1] - stretch[0])
    rate = _usual_rate(store, gap, (start, end))
    hours = (end - start) / timedelta(hours=1)
    if not improbable_silence(rate, hours):
        return None
    return (start, end), (
        f"{gap.reason}; read again afterwards, and not one post where about "
        f"{rate * hours:.0f} would be usual"
    )


def _usual_rate(store: Store, gap: Gap, stretch: Stretch) -> float:
    """Give the posts per hour that are usual at these hours of the day, by the week before."""
    day = timedelta(days=1)
    counts = [
        store.shown.posts_between(gap.source, gap.hashtag, start, end)
        for start, end in ((stretch[0] - n * day, stretch[1] - n * day) for n in range(1, 8))
    ]
    return sum(counts) / len(counts) / ((stretch[1] - stretch[0]) / timedelta(hours=1))
