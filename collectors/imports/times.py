"""Times as exports write them, read into UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from collectors.errors import RecordError
from collectors.moments import known_at, posted_at

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}
_TWITTER_LENGTH = len("Fri Aug 16 02:15:02 +0000 2013")
# Epochs tell their unit by their size: from 2001 to 2286 each unit has its own number of digits.
_EPOCH_UNITS = {10: 1, 13: 1_000, 16: 1_000_000}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_twitter(written: str, *, field: str | None = None) -> datetime:
    """Read 'Fri Aug 16 02:15:02 +0000 2013'. Raises `RecordError`.

    Slices, not strptime: strptime takes longer than all the rest of a tweet together.

    >>> parse_twitter("Fri Aug 16 09:15:02 +0700 2013").isoformat()
    '2013-08-16T02:15:02+00:00'
    """
    return posted_at(_given_twitter(written, field), field=field, written=repr(written))


def known_twitter(written: str | None, *, field: str) -> datetime | None:
    """Read a time that a post can do without; None if it cannot be true. Raises `RecordError`."""
    return known_at(_given_twitter(written, field)) if written else None


def _given_twitter(written: str, field: str | None) -> datetime:
    at = _twitter(written)
    if at is None:
        raise RecordError(f"not a time as Twitter writes it: {written!r:.80}", field=field)
    return at


def _twitter(written: str) -> datetime | None:
    day, clock, offset, year = written[8:10], written[11:19], written[20:25], written[26:]
    digits = day + clock.replace(":", "", 2) + offset[1:] + year
    if len(written) != _TWITTER_LENGTH or not (digits.isascii() and digits.isdecimal()):
        return None
    try:
        at = datetime(
            int(year), _MONTHS[written[4:7]], int(day),
            int(clock[:2]), int(clock[3:5]), int(clock[6:]), tzinfo=UTC,
        )  # fmt: skip
        if offset == "+0000":
            return at
        ahead = timedelta(hours=int(offset[1:3]), minutes=int(offset[3:]))
        return at - {"+": ahead, "-": -ahead}[offset[0]]
    except (ValueError, KeyError, OverflowError):
        return None


def parse_iso(written: str, *, field: str | None = None, zone: tzinfo = UTC) -> datetime:
    """Read an ISO 8601 time; a clock without offset is read in `zone`. Raises `RecordError`.

    >>> parse_iso("2021-09-22T16:37:20.000Z").isoformat()
    '2021-09-22T16:37:20+00:00'
    >>> parse_iso("2015-08-07 09:54 -0700").isoformat()
    '2015-08-07T16:54:00+00:00'
    """
    return posted_at(_given_iso(written, field, zone), field=field, written=repr(written))


def known_iso(written: str | None, *, field: str) -> datetime | None:
    """Read a time that a post can do without; None if it cannot be true. Raises `RecordError`."""
    return None if written is None else known_at(_given_iso(written, field, UTC))


def _given_iso(written: str, field: str | None, zone: tzinfo) -> datetime:
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        try:
            # Spreadsheets and databases put a space, or a name, where ISO has nothing.
            bare = written.removesuffix(" UTC").replace(" +", "+").replace(" -", "-")
            at = datetime.fromisoformat(bare)
        except ValueError as error:
            raise RecordError(f"not a time: {written!r:.80}", field=field) from error
    return at.replace(tzinfo=zone) if at.tzinfo is None else at


def parse_any(written: str, *, field: str | None = None, zone: tzinfo = UTC) -> datetime:
    """Read a time of any form that exports use. Raises `RecordError`.

    >>> parse_any("1701993593") == parse_any("1701993593000") == parse_any("2023-12-07 23:59:53")
    True
    """
    return posted_at(_given_any(written, field, zone), field=field, written=repr(written))


def counted_at(written: object, otherwise: datetime, *, field: str) -> datetime:
    """Read when counts were taken; `otherwise` if it is not said, or cannot be true.

    Raises `RecordError`.
    """
    if written is None:
        return otherwise
    return known_at(_given_any(str(written), field, UTC)) or otherwise


def _given_any(written: str, field: str | None, zone: tzinfo) -> datetime:
    written = written.strip()
    if written[:3].isalpha() and (at := _twitter(written)) is not None:
        return at
    whole = written.removesuffix(".0")  # seconds that went through a float column
    if whole.isascii() and whole.isdecimal():
        return _given_epoch(whole, field)
    return _given_iso(written, field, zone)


def _given_epoch(digits: str, field: str | None) -> datetime:
    per_second = _EPOCH_UNITS.get(len(digits))
    if per_second is None:
        raise RecordError(
            f"neither seconds, milliseconds nor microseconds since 1970: {digits:.80}", field=field
        )
    return _EPOCH + timedelta(microseconds=int(digits) * (1_000_000 // per_second))
