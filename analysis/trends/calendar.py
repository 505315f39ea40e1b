"""Where the days of a zone begin, also where its clocks skip or repeat a midnight."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """Return the first moment of a day, in UTC; of a day that the zone skips, that of the next.

    Samoa had no 30 December 2011, and Jakarta's clocks went from 0:00 to 1:30 on 23 March 1942.

    >>> day_start(date(2011, 12, 30), ZoneInfo("Pacific/Apia")).isoformat()
    '2011-12-30T10:00:00+00:00'
    """
    midnight = datetime.combine(day, time())
    told = [midnight.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    before, after = min(told), max(told)
    if _clock(before, zone) >= midnight:
        return before
    # No clock showed it: when were they first past it? They are changed at full seconds.
    while after - before > _SECOND:
        middle = before + (after - before) // (2 * _SECOND) * _SECOND
        before, after = (before, middle) if _clock(middle, zone) >= midnight else (middle, after)
    return after


def start_of_its_day(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the beginning of the day that a moment lies in, in UTC.

    Where clocks are put back over a midnight, the day goes on while they are before it again.
    """
    day = moment.astimezone(zone).date()
    following = day_start(day + timedelta(days=1), zone)
    return following if following <= moment.astimezone(UTC) else day_start(day, zone)


def _clock(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)
