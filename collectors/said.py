"""What strangers write: words, dates and addresses, read so that nothing they write breaks us.

One reader per kind. Each returns None for what it cannot read, and raises nothing.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qs, urlsplit

_LONGEST_WORDS = 200
_LONGEST_LINE = 1_000
_LONGEST_DATE = 100
_HIGHEST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Address:
    """An address of which each part can be used. `host` is in lower case, without brackets."""

    text: str
    scheme: str
    host: str
    port: int | None
    path: str
    query: str
    has_user: bool  # 'user:password@' stands before the host

    @property
    def place(self) -> str:
        """The host, with its port if it names one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"


def address_of(text: str) -> Address | None:
    """Read an address; None if it is none that could be asked.

    >>> address_of("https://A.example:8443/x?q=1").place
    'a.example:8443'
    >>> bad = ("https://[::1", "https://a:99999999", "https://a..example", "https://" + 64 * "a")
    >>> [address_of(one) for one in bad]
    [None, None, None, None]
    """
    if any(c.isspace() or not c.isprintable() for c in text):
        return None
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if not is_host(host) or (port is not None and not 0 < port <= _HIGHEST_PORT):
        return None
    has_user = parts.username is not None or parts.password is not None
    return Address(text, parts.scheme, host, port, parts.path, parts.query, has_user)


def is_host(name: str) -> bool:
    """Return whether a name can be looked up at all: labels have 1 to 63 characters."""
    if ":" in name:
        try:
            socket.inet_pton(socket.AF_INET6, name.partition("%")[0])
        except OSError:
            return False
        return True
    try:
        return bool(name.strip(".").encode("idna"))
    except UnicodeError:
        return False


def param_of(text: str | None, name: str) -> str | None:
    """Return a parameter of an address; None if there is none.

    >>> param_of("https://a.example/api?limit=40&max_id=123", "max_id")
    '123'
    >>> param_of("http://[::1/?max_id=1", "max_id") is None
    True
    """
    try:
        query = urlsplit(text or "").query
        return parse_qs(query, max_num_fields=100).get(name, [None])[0]
    except ValueError:
        return None


def http_date(text: str) -> datetime | None:
    """Read a date as headers write it; one without a zone is in UTC.

    >>> http_date("Sun, 01 Mar 2026 13:00:00 GMT")
    datetime.datetime(2026, 3, 1, 13, 0, tzinfo=datetime.timezone.utc)
    >>> http_date("Mon, 01 Jan 2026 00:00:00 +99999999999999999999") is None
    True
    """
    try:
        when = parsedate_to_datetime(text[:_LONGEST_DATE])
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    # Numbers that are none, zones and years that no time can have: each breaks it elsewhere.
    except (ValueError, TypeError, OverflowError, LookupError):
        return None


def iso_date(text: str) -> datetime | None:
    """Read a time of ISO 8601; one without a zone is in UTC.

    >>> iso_date("0001-01-01T00:00:00+14:00") is iso_date("soon") is None
    True
    """
    try:
        when = datetime.fromisoformat(text[:_LONGEST_DATE])
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def one_line(words: object, most: int = _LONGEST_LINE) -> str:
    r"""Return words on one line, cut, and without what a terminal would obey.

    >>> one_line("no\x1b[2J\nlevel=error\u202e")
    'no [2J level=error'
    """
    text = str(words)[: 4 * most]
    shown = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return shown if len(shown) <= most else f"{shown[: most - 1].rstrip()}…"


def quoted(words: object, most: int = _LONGEST_WORDS) -> str:
    """Return a stranger's words in quotes, so that nobody takes them for ours; '' for none.

    What we add ourselves stands behind a semicolon: theirs become commas.

    >>> quoted('Not "here"; call me\\nlevel=error')
    '"Not \\'here\\', call me level=error"'
    >>> quoted("  ")
    ''
    """
    shown = one_line(words, most).replace('"', "'").replace(";", ",")
    return f'"{shown}"' if shown else ""
