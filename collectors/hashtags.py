"""One spelling per hashtag."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
# The look-behind keeps `https://example.org/#part` and `a&#39;` from being read as hashtags.
_IN_TEXT = re.compile(r"(?<![\w/&#＃])[#＃](\w+)", re.UNICODE)


@lru_cache(maxsize=65_536)
def normalize(raw: str) -> str | None:
    """Give the one spelling of a hashtag, or None if it is none (empty, or digits only).

    NFKC, without #, case-folded; letters, marks, digits and underscore stay, diacritics too.

    >>> normalize("＃TolakRUU_TNI")
    'tolakruu_tni'
    >>> normalize("#2024") is None
    True
    """
    text = unicodedata.normalize("NFKC", raw).translate(_ZERO_WIDTH).strip().lstrip("#").casefold()
    kept = "".join(c for c in text if c == "_" or unicodedata.category(c)[0] in "LMN")
    if not kept or kept.isdigit():
        return None
    return kept


def normalize_all(raws: Iterable[str]) -> tuple[str, ...]:
    """Give the distinct spellings in order of first appearance."""
    return tuple(dict.fromkeys(tag for raw in raws if (tag := normalize(raw)) is not None))


def in_text(text: str) -> tuple[str, ...]:
    """Find the hashtags written in a text, as they are written.

    >>> in_text("Turun ke jalan #IndonesiaGelap, lihat https://a.example/#bagian (#17Agustus)")
    ('IndonesiaGelap', '17Agustus')
    """
    return tuple(_IN_TEXT.findall(text))
