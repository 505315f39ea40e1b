"""What a cell of a CSV may hold, so that no spreadsheet takes a stranger's words for a formula.

All writers of CSV go by `safe`, or by `safe_frame` of `monitor.sheets.columns`. Numbers stay
numbers: a text that is one, such as -5, is no formula. Ids of many digits stay as they are too,
because programs read these files; a spreadsheet rounds them, which is what XLSX is for
(`monitor.sheets.book`).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

# https://owasp.org/www-community/attacks/CSV_Injection; full-width signs are taken for these too.
FORMULA = re.compile(r"^[\s\x1c-\x1f]*[=+\-@\t\r\n＝＋－＠]")
NUMBER = re.compile(r"^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$")


def safe(text: str) -> str:
    """Give a text that no spreadsheet computes: one that looks like a formula begins with '.

    >>> safe("=HYPERLINK(1)"), safe("-5"), safe("@budi"), safe("air bersih")
    ("'=HYPERLINK(1)", '-5', "'@budi", 'air bersih')
    """
    return f"'{text}" if FORMULA.match(text) and not NUMBER.match(text) else text


def plain(text: str) -> str:
    """Give back what `safe` was given.

    >>> plain(safe("@budi")), plain("'t was")
    ('@budi', "'t was")
    """
    bare = text.removeprefix("'")
    return bare if bare != text and safe(bare) == text else text


def iso(moment: datetime) -> str:
    """Give a time as CSV and JSON have it, in UTC.

    >>> iso(datetime(2026, 3, 1, 12, tzinfo=UTC))
    '2026-03-01T12:00:00Z'
    """
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
