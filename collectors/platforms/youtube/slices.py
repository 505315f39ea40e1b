"""Which stretch of time is asked for next.

A search gives at most about 500 videos, and its order is not strictly that of time: only a stretch
whose pages have ended has been read. So time is cut into slices, from now on backwards, wider where
little is found.
https://developers.google.com/youtube/v3/docs/search/list
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from collectors.errors import PayloadError

FOUNDED = datetime(2005, 2, 14, tzinfo=UTC)
PAGE_SIZE = 50
_CUT_OFF = 400  # so many may be all that a search gives: what follows is asked for again
_FIRST = timedelta(hours=6)
_NARROWEST = timedelta(minutes=15)
_SECOND = timedelta(seconds=1)
_CURSOR = re.compile(r"(\d{1,11}) (\d{1,11}) (\d{1,11}) (\d{1,6}) ([\w=-]*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Slice:
    """A stretch of time, and how far it has been read."""

    start: datetime
    end: datetime
    before: datetime  # what is asked for now ends here; above it all has been read
    given: int = 0  # videos that this question gave so far
    token: str | None = None  # of its next page

    @property
    def cursor(self) -> str:
        """Give the slice as text."""
        times = (int(at.timestamp()) for at in (self.start, self.end, self.before))
        return " ".join(map(str, (*times, self.given, self.token or "")))


@dataclass(frozen=True, slots=True)
class Step:
    """What follows a page: the next slice, and what has been read with it."""

    following: Slice | None
    reached_at: datetime
    beyond: str | None = None


def first_slice(now: datetime) -> Slice:
    """Give the slice that ends now."""
    end = now.replace(microsecond=0)
    return Slice(end - _FIRST, end, end)


def slice_of(cursor: str) -> Slice:
    """Read a cursor. Raises `PayloadError`."""
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise PayloadError(f"youtube: {cursor!r} is no place to go on from")
    start, end, before = (datetime.fromtimestamp(int(found[n]), UTC) for n in (1, 2, 3))
    return Slice(start, end, before, int(found[4]), found[5] or None)


def from_(floor: datetime, whole: Slice) -> Slice:
    """Give what of a slice lies above a time; a page that was begun goes on as it was asked for."""
    if whole.token is not None or not whole.start < floor < whole.before:
        return whole
    return replace(whole, start=floor)


def after(current: Slice, *, given: int, token: str | None, oldest: datetime | None) -> Step:
    """Tell what follows a page of a slice that gave so many videos.

    A page may be empty and still name a next one, for ever: then there is none.
    """
    total = current.given + given
    if token is not None and given:
        return Step(replace(current, given=total, token=token), current.end)
    # A full page that names no next one proves nothing: what is older is asked for by time.
    if total >= _CUT_OFF or (token is None and given >= PAGE_SIZE):
        # Within the second of the oldest there may be more.
        rest = current.before if oldest is None else oldest.replace(microsecond=0) + _SECOND
        if rest >= current.before:
            return Step(None, current.end, "clamp")
        return Step(Slice(current.start, current.end, max(rest, current.start)), current.end)
    if current.start <= FOUNDED:
        return Step(None, current.start)
    start = max(current.start - _next_width(current, total), FOUNDED)
    return Step(Slice(start, current.start, current.start), current.start)


def _next_width(current: Slice, total: int) -> timedelta:
    width = current.end - current.start
    if current.before < current.end:
        return max(width / 4, _NARROWEST)
    return width * 4 if total <= PAGE_SIZE else width
