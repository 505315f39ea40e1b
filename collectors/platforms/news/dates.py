"""When an article was published, as feeds write it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

# Indonesian time zones, which no standard for dates knows.
_ZONES = {"WIB": "+0700", "WITA": "+0800", "WIT": "+0900", "GMT+7": "+0700"}
_ZONE = re.compile(r"\s*\(?(WITA|WIB|WIT|GMT\+7)\)?\s*$")
_MONTHS = {
    "januari": "Jan",
    "februari": "Feb",
    "maret": "Mar",
    "mei": "May",
    "juni": "Jun",
    "juli": "Jul",
    "agustus": "Aug",
    "agt": "Aug",
    "agu": "Aug",
    "ags": "Aug",
    "oktober": "Oct",
    "okt": "Oct",
    "nopember": "Nov",
    "nop": "Nov",
    "desember": "Dec",
    "des": "Dec",
    "pebruari": "Feb",
}
_LETTERS = re.compile(r"[A-Za-z]+")
_DAY = re.compile(r"^[A-Za-z']+,\s*")
# Hugo's mark for no date, 'Mon, 01 Jan 0001', which the standard library reads as the year 2001.
# https://github.com/nextcloud/news/issues/1092
_NO_YEAR = re.compile(r"[A-Za-z]\.?,? 0\d{3}\b")
_LONGEST = 60


def published_at(said: str, *, zone: ZoneInfo) -> datetime | None:
    """Read a date in UTC; one without a zone is in `zone`. None: it is no date.

    RFC 822 (https://www.rssboard.org/rss-specification) and RFC 3339
    (https://www.rfc-editor.org/rfc/rfc4287#section-3.3), and how Indonesian outlets write them.

    >>> wib = ZoneInfo("Asia/Jakarta")
    >>> published_at("Senin, 2 Maret 2026 07:00:00 WIB", zone=wib)
    datetime.datetime(2026, 3, 2, 0, 0, tzinfo=datetime.timezone.utc)
    >>> published_at("2026-03-02T00:00:00Z", zone=wib) == published_at("2026-03-02 07:00", zone=wib)
    True
    """
    text = " ".join(said.split())[:_LONGEST]
    if found := _ZONE.search(text):
        text = f"{text[: found.start()]} {_ZONES[found[1]]}"
    try:
        when = _iso(text) or _rfc822(text)
        if when is None:
            return None
        return (when if when.tzinfo else when.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _rfc822(text: str) -> datetime | None:
    english = _LETTERS.sub(lambda m: _MONTHS.get(m[0].lower(), m[0]), _DAY.sub("", text))
    if _NO_YEAR.search(english):
        return None
    try:
        when = parsedate_to_datetime(english)
    except (TypeError, ValueError, IndexError):
        return None
    # "-0000" is UTC by a clock that knows no zone; everything else without one is local.
    return when.replace(tzinfo=UTC) if english.endswith("-0000") else when
