"""How letters are said: sentences, numbers and dates in a language of their reader."""

from __future__ import annotations

import gettext
import math
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

LOCALES = Path(__file__).parent.parent / "locale"
DOMAIN = "gaung"
_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_INDONESIAN = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")


@dataclass(frozen=True, slots=True)
class Speech:
    """One language: its code, and how it writes numbers, times and sentences."""

    code: str
    months: tuple[str, ...]
    thousands: str
    point: str
    clock: str  # between hours and minutes
    catalog: gettext.NullTranslations = field(compare=False, repr=False)

    def number(self, value: float) -> str:
        """Write a count, or an expected count.

        >>> [speech("en").number(n) for n in (12345, 41.7, 2.46, 3.0)]
        ['12,345', '42', '2.5', '3']
        >>> speech("id").number(12345), speech("id").number(2.46)
        ('12.345', '2,5')
        """
        if not math.isfinite(value):
            return "∞" if value > 0 else "?"
        if abs(value) >= 10 or float(value).is_integer():
            return f"{value:,.0f}".replace(",", self.thousands)
        return f"{value:.1f}".removesuffix(".0").replace(".", self.point)

    def percent(self, share: float) -> str:
        """Write a share. What is not all is never rounded to 100%, nor what is some to 0%.

        >>> [speech("en").percent(share) for share in (0.973, 0.9999, 0.0001, 1.0)]
        ['97%', '99%', '1%', '100%']
        """
        whole = round(100 * share)
        if share < 1:
            whole = min(whole, 99)
        return f"{max(whole, 1) if share > 0 else 0}%"

    def day(self, moment: datetime, zone: ZoneInfo) -> str:
        """Write a date in a zone: `18 Aug 2026 WIB`."""
        local = moment.astimezone(zone)
        return f"{self._date(local)} {local.tzname()}"

    def short_day(self, moment: datetime, zone: ZoneInfo) -> str:
        """Write a date without its year."""
        local = moment.astimezone(zone)
        return f"{local.day} {self.months[local.month - 1]}"

    def hour(self, moment: datetime, zone: ZoneInfo) -> str:
        """Write an hour of a day: `07:00`."""
        return self._time(moment.astimezone(zone))

    def second(self, moment: datetime, zone: ZoneInfo) -> str:
        """Write a time of a day to the second: `07:00:09`."""
        local = moment.astimezone(zone)
        return f"{self._time(local)}{self.clock}{local:%S}"

    def fine(self, value: float) -> str:
        """Write a small chance; below a ten-thousandth only that it is.

        >>> [speech(code).fine(q) for code, q in (("en", 0.0042), ("id", 3e-12))]
        ['= 0.0042', '< 0,0001']
        """
        least = 0.0001
        text = f"< {least:.4f}" if value < least else f"= {value:.2g}"
        return text.replace(".", self.point)

    def at(self, moment: datetime, zone: ZoneInfo) -> str:
        """Write a time in a zone.

        >>> from datetime import UTC
        >>> noon = datetime(2026, 8, 18, 5, tzinfo=UTC)
        >>> speech("en").at(noon, ZoneInfo("Asia/Jakarta"))
        '18 Aug 2026 12:00 WIB'
        >>> speech("id").at(noon, ZoneInfo("Asia/Makassar"))
        '18 Agu 2026 13.00 WITA'
        """
        local = moment.astimezone(zone)
        return f"{self._date(local)} {self._time(local)} {local.tzname()}"

    def stretch(self, start: datetime, end: datetime, zone: ZoneInfo) -> str:
        """Write from when to when, with the date once if it is one day."""
        first, last = start.astimezone(zone), end.astimezone(zone)
        if first.date() == last.date() and first.tzname() == last.tzname():
            hours = f"{self._time(first)}–{self._time(last)}"
            return f"{self._date(first)} {hours} {last.tzname()}"
        if first.tzname() == last.tzname():
            return f"{self._date(first)} {self._time(first)} – {self.at(end, zone)}"
        return f"{self.at(start, zone)} – {self.at(end, zone)}"

    def _date(self, local: datetime) -> str:
        return f"{local.day} {self.months[local.month - 1]} {local.year}"

    def _time(self, local: datetime) -> str:
        return f"{local:%H}{self.clock}{local:%M}"


@cache
def speech(code: str) -> Speech:
    """Give a language by its code: `id` or `en`."""
    if code == "en":
        return Speech("en", _ENGLISH, ",", ".", ":", gettext.NullTranslations())
    catalog = gettext.translation(DOMAIN, localedir=LOCALES, languages=[code])
    return Speech(code, _INDONESIAN, ".", ",", ".", catalog)
