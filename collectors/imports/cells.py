"""What the cells of a table mean: ids that a spreadsheet rounded, counts, lists."""

from __future__ import annotations

import re

import msgspec

from collectors.errors import RecordError

_EXACT_DIGITS = 15  # of a number, in Excel
_EXACT_FLOAT = 1 << 53
_EXPONENT = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")
_LINE_END = re.compile(r"\r*\n|\r")
_NOTHING = frozenset({"", "nan", "none", "null", "n/a", "<na>", "nat"})
_COUNT = re.compile(r"(\d+(?:\.\d+)?)([KMB]?)", re.IGNORECASE)
_THOUSANDS = {"": 1, "k": 1_000, "m": 1_000_000, "b": 1_000_000_000}
_BETWEEN = re.compile(r"""[\s|"'\[\](){}]+|[,;]""")
_BETWEEN_LINKS = re.compile(r"""[\s|"'\[\](){}<>]+|[,;](?=\s*["']?https?:)""")
# Where the APIs put the word in a list of objects, for exports that write such lists out.
_WORD_KEYS = ("tag", "text", "username", "screen_name", "expanded_url", "url")


def known(cell: str | None) -> str | None:
    """Give what a cell says, or None if it says nothing.

    >>> known(" a "), known("NaN"), known("")
    ('a', None, None)
    """
    if cell is None:
        return None
    cell = cell.strip()
    return None if cell.lower() in _NOTHING else cell


def text(cell: str | None) -> str | None:
    r"""Give the text of a cell with one kind of line end.

    >>> text("satu\r\r\ndua\rtiga")
    'satu\ndua\ntiga'
    """
    return None if cell is None else _LINE_END.sub("\n", cell) if "\r" in cell else cell


def intact_id(cell: str | None) -> str | None:
    """Give the id in a cell, or None if there is none or a spreadsheet has rounded it.

    >>> intact_id("1895262175704556019"), intact_id("42.0"), intact_id("at://did/post")
    ('1895262175704556019', '42', 'at://did/post')
    >>> intact_id("1.90E+18"), intact_id("1895262175704550000"), intact_id("1895262175704556019.0")
    (None, None, None)
    """
    value = known(cell)
    if value is None or _EXPONENT.fullmatch(value):
        return None
    whole = value.removesuffix(".0")
    if not (whole.isascii() and whole.isdecimal()):
        return value
    if whole != value and int(whole) >= _EXACT_FLOAT:
        return None
    if len(whole) > _EXACT_DIGITS + 1 and not whole[_EXACT_DIGITS:].strip("0"):
        return None
    return whole


def count(cell: str | None, field: str) -> int | None:
    """Read a count. Raises `RecordError`.

    >>> count("1,234", "likes"), count("1.2K", "likes"), count("3.0", "likes"), count("", "likes")
    (1234, 1200, 3, None)
    """
    value = known(cell)
    if value is None:
        return None
    if value.isascii() and value.isdecimal():
        return int(value)
    found = _COUNT.fullmatch(value.replace(",", ""))
    if found is None:
        raise RecordError(f"not a count: {value!r:.40}", field=field)
    return round(float(found[1]) * _THOUSANDS[found[2].lower()])


def words(cell: str) -> tuple[str, ...]:
    """Give the words of a cell that holds a list, however it is written.

    >>> words("['#Satu', 'dua']"), words("satu,dua"), words('[{"tag": "satu"}]')
    (('#Satu', 'dua'), ('satu', 'dua'), ('satu',))
    """
    return _of_objects(cell) or tuple(word for word in _BETWEEN.split(cell) if word)


def links(cell: str) -> tuple[str, ...]:
    """Give the links of a cell that holds a list; commas may be part of one.

    >>> links("https://a.example/1,2,https://b.example")
    ('https://a.example/1,2', 'https://b.example')
    """
    found = _of_objects(cell) or _BETWEEN_LINKS.split(cell)
    return tuple(link.rstrip(",;") for link in found if link.lower().startswith("http"))


def _of_objects(cell: str) -> tuple[str, ...]:
    if not cell.startswith("[{"):
        return ()
    try:
        objects = msgspec.json.decode(cell, type=list[dict[str, object]])
    except (msgspec.DecodeError, RecursionError):
        return ()
    found = (next((o[key] for key in _WORD_KEYS if key in o), None) for o in objects)
    return tuple(word for word in found if isinstance(word, str))
