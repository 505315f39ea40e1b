"""What the cells of a table mean: nothing, ids that a spreadsheet rounded, counts, lists."""

from __future__ import annotations

import re
from functools import lru_cache

from collectors.errors import RecordError
from collectors.imports import literals

_EXACT_DIGITS = 15  # of a number, in Excel
_EXACT_FLOAT = 1 << 53
_EXPONENT = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")
_LINE_END = re.compile(r"\r*\n|\r")
# What tools write where there is nothing: pandas (NaN, <NA>, NaT, None), SQL dumps (\\N, (null)),
# JavaScript (undefined), spreadsheets (#N/A and its kin), Python (set(), nil in Ruby and Lua).
NOTHING = frozenset(
    {
        "", "nan", "none", "null", "n/a", "<na>", "nat", "nil", "undefined", r"\n", "(null)",
        "<null>", "pd.na", "#n/a", "#n/d", "#nv", "#value!", "#ref!", "#name?", "#null!", "#num!",
        "#div/0!",
        "n.a.", "(na)", "(none)", "(empty)", "(blank)", "(missing)", "<none>", r"\\n", "[none]",
        "[null]", "[nan]", "[na]", "[undefined]", "none,none", "null,null",
        "set()", "list()", "dict()", "tuple()", "frozenset()", "na_character_", "na_integer_",
    }
)  # fmt: skip
# R writes a missing value so (utils::write.table: na = "NA"), in capitals; @na may be an account.
NOTHING_IN_CAPITALS = "NA"
# A cell of marks alone ('-', '[]', '{}', '—', '""') names nobody and nothing.
_MARKS = re.compile(r"\W*")
# Of what points to another post or account, these say that there is none: 0 and -1 are what pandas
# and databases fill in, true and false are flags.
NO_REFERENCE = r"(?i:[+-]?0+(?:\.0*)?|-1(?:\.0*)?|true|false|na)"
# Words for nothing that no id is, though an account may be called so.
NO_ID_WORDS = r"(?i:no|yes|tidak|ya|empty|missing|blank|unknown|kosong|tidak ada|tdk ada|nihil)"
_NO_ID_WORDS = re.compile(NO_ID_WORDS)
_NO_ID = frozenset({"-1", "-1.0", "False", "false", "FALSE", "True", "true", "TRUE"})
_NO_REFERENCE = re.compile(NO_REFERENCE)
_LONGEST_NOTHING, _LONGEST_NO_REFERENCE = max(map(len, NOTHING)), 12
# Marks that keep a spreadsheet from taking an id for a number: '1895…, ="1895…".
_GUARDED = re.compile(r"""(?:'|=\s*")(\w+)"?""")
_COUNT = re.compile(r"(\d+(?:\.\d+)?)([KMB]?)", re.IGNORECASE)
_HIDDEN = re.compile(r"-\d+(?:\.0*)?")  # platforms write a count that they do not show as -1
_THOUSANDS = {"": 1, "k": 1_000, "m": 1_000_000, "b": 1_000_000_000}
_BETWEEN = re.compile(r"""[\s|"'\[\](){}]+|[,;]""")
_BETWEEN_LINKS = re.compile(r"""[\s|"'\[\](){}<>]+|[,;](?=\s*["']?https?:)""")
# Where the APIs put the word in a list of objects, for exports that write such lists out.
_WORD_KEYS = ("tag", "text", "username", "screen_name", "expanded_url", "url")


def known(cell: str | None) -> str | None:
    """Give what a cell says, or None if it says nothing.

    >>> known(" a "), known("NaN"), known(""), known("NA"), known("[]")
    ('a', None, None, None, None)
    """
    if not cell:
        return None
    cell = cell.strip()
    if not cell:
        return None
    # Most cells say something: the cheap questions go first.
    if len(cell) <= _LONGEST_NOTHING and (cell.lower() in NOTHING or cell == NOTHING_IN_CAPITALS):
        return None
    return None if not cell[0].isalnum() and _MARKS.fullmatch(cell) else cell


def reference(cell: str | None, *, to_post: bool = False) -> str | None:
    r"""Return what a cell that points to a post or an account names, or None if it names none.

    to_post: it must hold an id, also one that a spreadsheet has rounded.

    >>> reference("42"), reference("0"), reference("-1"), reference("False"), reference(r"\N")
    ('42', None, None, None, None)
    """
    value = known(cell)
    if value is None or (len(value) <= _LONGEST_NO_REFERENCE and _NO_REFERENCE.fullmatch(value)):
        return None
    return None if to_post and value[0].isalpha() and _NO_ID_WORDS.fullmatch(value) else value


def text(cell: str | None) -> str | None:
    r"""Give the text of a cell with one kind of line end.

    >>> text("satu\r\r\ndua\rtiga")
    'satu\ndua\ntiga'
    """
    return None if cell is None else _LINE_END.sub("\n", cell) if "\r" in cell else cell


def intact_id(cell: str | None, *, refers: bool = False) -> str | None:
    """Return the id in a cell, or None if there is none or a spreadsheet has rounded it.

    refers: to another post, so that 0, -1 and flags say that there is none.

    >>> intact_id("1895262175704556019"), intact_id("42.0"), intact_id("at://did/post")
    ('1895262175704556019', '42', 'at://did/post')
    >>> intact_id("1.90E+18"), intact_id("1895262175704550000"), intact_id("1895262175704556019.0")
    (None, None, None)
    >>> intact_id("'1895262175704556019"), intact_id('="1895262175704556019"'), intact_id("[42]")
    ('1895262175704556019', '1895262175704556019', '42')
    >>> intact_id("0"), intact_id("0", refers=True)
    ('0', None)
    """
    value = reference(cell, to_post=True) if refers else known(cell)
    if value is None:
        return None
    if not value[0].isalnum():
        if (guarded := _GUARDED.fullmatch(value)) is not None:
            value = guarded[1]
        elif value[0] in "[{(":
            value = known(literals.only_one(value))
    if value is None or value in _NO_ID or _EXPONENT.fullmatch(value):
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
    if _HIDDEN.fullmatch(value):
        return None
    found = _COUNT.fullmatch(value.replace(",", ""))
    if found is None:
        raise RecordError(f"not a count: {value!r:.40}", field=field)
    return round(float(found[1]) * _THOUSANDS[found[2].lower()])


@lru_cache(maxsize=4_096)  # the same few hashtags and names stand in row after row
def words(cell: str) -> tuple[str, ...]:
    """Return the words of a cell that holds a list, however it is written.

    >>> words("['#Satu', 'dua']"), words("satu,dua"), words('[{"tag": "satu"}]')
    (('#Satu', 'dua'), ('satu', 'dua'), ('satu',))
    >>> words('["Caf\\\\u00e9"]'), words("[{'screen_name': 'dinas', 'id': 7}]"), words("NA, dua")
    (('Café',), ('dinas',), ('dua',))
    """
    found = literals.words_in(cell, _WORD_KEYS)
    if found is None:
        found = tuple(_BETWEEN.split(cell))
    return tuple(word for word in found if known(word) is not None)


def links(cell: str) -> tuple[str, ...]:
    """Return the links of a cell that holds a list; commas may be part of one.

    >>> links("https://a.example/1,2,https://b.example")
    ('https://a.example/1,2', 'https://b.example')
    """
    found = literals.words_in(cell, _WORD_KEYS) or _BETWEEN_LINKS.split(cell)
    return tuple(link.rstrip(",;") for link in found if link.lower().startswith("http"))


def tags(cell: str | None) -> tuple[str, ...]:
    """Return the hashtags of a cell, without #; a number alone says how many there are.

    >>> tags("['#Satu']"), tags("2"), tags("0"), tags(None)
    (('Satu',), (), (), ())
    """
    value = reference(cell)
    if value is None or value.isdecimal():
        return ()
    return tuple(word.lstrip("#＃") for word in words(value))
