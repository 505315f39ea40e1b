"""Structures that a tool wrote into one cell, as JSON or as Python writes them.

pandas, twint and snscrape put `repr()` of lists and objects into cells, twarc-csv puts JSON there:
https://github.com/DocNow/twarc-csv/issues/7, https://github.com/JustAnotherArchivist/snscrape/issues/226
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

import msgspec

_OPENING = ("[", "{", "(")
_LONGEST = 100_000  # characters: `ast` holds hundreds of bytes for each
_NAME_KEYS = ("username", "screen_name", "userName", "handle", "unique_id", "uniqueId", "acct")
_ID_KEYS = ("id_str", "id", "rest_id", "pk", "user_id")


def decoded(cell: str) -> object | None:
    """Return the list or object that a cell holds; None if it holds neither, or a damaged one."""
    if not cell.startswith(_OPENING) or len(cell) > _LONGEST:
        return None
    try:
        value: object = msgspec.json.decode(cell)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        try:
            value = ast.literal_eval(cell)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return None
    return value if isinstance(value, list | tuple | dict | set) else None


def words_in(cell: str, keys: Sequence[str]) -> tuple[str, ...] | None:
    """Return the words of a list, of objects in it what stands under the first of some keys.

    None if the cell is no such list.

    >>> words_in('["satu", {"tag": "dua"}, {"id": 7}, null]', ["tag"])
    ('satu', 'dua')
    """
    value = decoded(cell)
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list | tuple | set):
        return None
    found = (
        _word(item, keys) for item in (sorted(value, key=str) if isinstance(value, set) else value)
    )
    return tuple(word for word in found if word)


def only_one(cell: str) -> str | None:
    """Return the only member of a list of one, as text; None for anything else.

    >>> only_one("[42]"), only_one("[]"), only_one("{'id': 1}")
    ('42', None, None)
    """
    value = decoded(cell)
    if not isinstance(value, list | tuple | set) or len(value) != 1:
        return None
    (member,) = value
    return str(member) if isinstance(member, str | int) else None


def account_in(cell: str) -> tuple[str | None, str | None]:
    """Return the id and the handle of the account that an object in a cell describes.

    >>> account_in("{'_type': 'User', 'username': 'warga_satu', 'id': 1001}")
    ('1001', 'warga_satu')
    """
    value = decoded(cell)
    if isinstance(value, list | tuple) and len(value) == 1:
        (value,) = value
    if not isinstance(value, dict):
        return None, None
    return _word(value, _ID_KEYS), _word(value, _NAME_KEYS)


def _word(item: object, keys: Sequence[str]) -> str | None:
    if isinstance(item, dict):
        item = next((item[key] for key in keys if item.get(key) is not None), None)
    if isinstance(item, bool) or not isinstance(item, str | int):
        return None
    return str(item)
