"""One who reads letters: in which language and time zone, and when not to be disturbed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Language = Literal["id", "en"]

_HOURS = re.compile(r"(\d\d:\d\d)\s*[-–]\s*(\d\d:\d\d)")
_DAY = timedelta(days=1)
_ADDRESS = re.compile(r"(?P<name>[^<>]*)<(?P<boxed>[^<>\s]+)>|(?P<bare>[^<>\s]+)")
_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*")


def mailbox(text: str) -> tuple[str, str, str]:
    """Read one `Name <local@domain>`: name, local part and domain. Raises `ValueError`.

    A domain beyond ASCII is given in punycode.

    >>> mailbox("Humas <humas@kantor.example>")
    ('Humas', 'humas', 'kantor.example')
    """
    match = _ADDRESS.fullmatch(text.strip())
    name, spec = (match["name"] or "", match["boxed"] or match["bare"]) if match else ("", "")
    local, _, given = spec.rpartition("@")
    try:
        domain = given.encode("idna").decode("ascii").lower()
    except UnicodeError:
        domain = ""
    if not (_LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)):
        raise ValueError(f"{text!r} is no e-mail address")
    return name.strip(' "'), local, domain


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the day without letters; they may pass midnight."""

    start: time
    end: time

    @staticmethod
    def parse(text: str) -> Quiet | None:
        """Read `22:00-05:00`; None for an empty text. Raises `ValueError`.

        >>> Quiet.parse("22:00-05:00")
        Quiet(start=datetime.time(22, 0), end=datetime.time(5, 0))
        """
        if not text.strip():
            return None
        match = _HOURS.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"{text!r} is no time of the day: write 22:00-05:00")
        start, end = (time.fromisoformat(part) for part in match.groups())
        if start == end:
            raise ValueError(f"{text!r} begins when it ends: write 22:00-05:00")
        return Quiet(start, end)

    def over_at(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """Give when the quiet hours end that `now` lies in; None outside of them."""
        local = now.astimezone(zone)
        clock = local.time()
        passes_midnight = self.end <= self.start
        within = (
            clock >= self.start or clock < self.end
            if passes_midnight
            else self.start <= clock < self.end
        )
        if not within:
            return None
        day = local.date() + (_DAY if clock >= self.end else timedelta(0))
        return datetime.combine(day, self.end, tzinfo=zone).astimezone(now.tzinfo)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whom a letter is for, and how it is written."""

    address: str
    language: Language
    zone: ZoneInfo
    digest_at: time
    quiet: Quiet | None = None
