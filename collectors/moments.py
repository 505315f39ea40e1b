"""The times that a post can have; what lies outside is a mark for "no date", and no time.

Programs write 0001-01-01 (.NET, Go), 1900-01-01 (spreadsheets), 1970-01-01 (seconds since 1970 of
nothing) and times beyond the calendar where they know none. Taken for a time, one such post would
stretch what is told over centuries, and become the origin of what it took part in.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from collectors.errors import RecordError

if TYPE_CHECKING:  # slow to import, and not needed to read a time of an option
    import polars as pl

# The oldest sources that are read here are feeds, which are of 1999 (RSS 0.90); every network and
# every hashtag is younger: https://www.rssboard.org/rss-history
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
# What Python can hold. An author's clock that runs ahead is another matter: the post is there, and
# is told by our clock.
LATEST = datetime.max.replace(tzinfo=UTC)
BEFORE = f"a time before there were posts ({EARLIEST:%Y})"
BEYOND = "a time beyond the calendar"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)
_FIRST, _LAST = (EARLIEST - _EPOCH) // _US, (LATEST - _EPOCH) // _US
_OLDEST = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // _US


def utc(moment: datetime) -> datetime:
    """Return a moment in UTC; at the edges of the calendar, where there is none, the edge."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return moment.replace(tzinfo=UTC)


def is_possible(moment: datetime) -> bool:
    """Return whether anything can have been posted then, or is said to be: clocks run ahead."""
    return moment >= EARLIEST


def posted_at(moment: datetime, *, field: str | None = None, written: object = None) -> datetime:
    """Return the time of a post in UTC. Raises `RecordError` if nothing can have been posted then.

    written: as the source has it, to be told.

    >>> posted_at(datetime.fromisoformat("2026-03-02T07:00+07:00")).isoformat()
    '2026-03-02T00:00:00+00:00'
    >>> posted_at(datetime(1, 1, 1, tzinfo=UTC), field="created_at")
    Traceback (most recent call last):
    collectors.errors.RecordError: a time before there were posts (2000): 0001-01-01 00:00:00+00:00
    """
    told = moment if written is None else written
    if not is_possible(moment):
        raise RecordError(f"{BEFORE}: {told!s:.80}", field=field)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise RecordError(f"{BEYOND}: {told!s:.80}", field=field) from error


def odd(moment: datetime, field: str) -> RecordError | None:
    """Return the reason for which a post of such a time is set aside; None: there is none."""
    try:
        posted_at(moment, field=field)
    except RecordError as error:
        return error
    return None


def known_at(moment: datetime | None) -> datetime | None:
    """Return a time that a post can do without in UTC; None, unknown, if it cannot be true."""
    return None if moment is None or odd(moment, "") is not None else utc(moment)


def possible(column: str) -> pl.Expr:
    """Return which times of a column, in microseconds, are possible; null where there is none."""
    import polars as pl

    # As numbers: Polars has times that no calendar has, and ends at them.
    return pl.col(column).to_physical().is_between(_FIRST, _LAST)


def why_impossible(column: str) -> pl.Expr:
    """Return the reason for which a post of such a time is set aside; null where it is possible."""
    import polars as pl

    number = pl.col(column).to_physical()
    told = pl.format(f"{BEFORE}: {{}}", written(column))
    return pl.when(number < _FIRST).then(told).when(number > _LAST).then(pl.lit(BEYOND))


def written(column: str) -> pl.Expr:
    """Return a column of times as text; beyond the calendar, its edge."""
    import polars as pl

    within = pl.col(column).to_physical().clip(_OLDEST, _LAST).cast(pl.Datetime("us"))
    return within.dt.to_string("%Y-%m-%dT%H:%M:%SZ")
