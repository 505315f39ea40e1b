"""Whether a text is about a hashtag: the hashtag itself, its words, or a synonym.

Headlines spell hashtags out: "Mahasiswa tolak RUU TNI" for #TolakRUUTNI. So a run of whole words
counts whose letters together are the hashtag's. A single short word does not: "air" is in every
second headline, and who watches #air wants the hashtag, or names synonyms.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from collectors.hashtags import normalize

# A hashtag of one word that is long is written so for a reason: "indonesiagelap".
_LONG_WORD = 10
_WORD = re.compile(r"[#＃]?\w+")
# Between the words of one name: spaces, hyphens, slashes, quotation marks; no end of a sentence.
_WITHIN = re.compile(r"[\s\-‐-―/'\"‘’“”()&]{1,4}")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text in its one spelling, and whether it follows the one before within a name."""

    text: str
    is_hashtag: bool
    follows: bool


def words_of(text: str) -> list[Word]:
    """Cut a text into words.

    >>> [w.text for w in words_of("Tolak RUU-TNI, kata #Warga")]
    ['tolak', 'ruu', 'tni', 'kata', 'warga']
    """
    plain = unicodedata.normalize("NFKC", text)
    found: list[Word] = []
    end = 0
    for match in _WORD.finditer(plain):
        written = match[0]
        is_hashtag = written[0] in "#＃"
        spelled = written.lstrip("#＃").casefold()
        between = plain[end : match.start()]
        found.append(Word(spelled, is_hashtag, bool(_WITHIN.fullmatch(between))))
        end = match.end()
    return found


@dataclass(frozen=True, slots=True)
class Matcher:
    """What is looked for: a hashtag, and the synonyms that the operator gave it."""

    tag: str
    synonyms: frozenset[str] = frozenset()

    @classmethod
    def of(cls, tag: str, synonyms: Iterable[str]) -> Matcher:
        """Make one; synonyms are phrases."""
        spelled = ("".join(word.text for word in words_of(phrase)) for phrase in synonyms)
        return cls(tag, frozenset(filter(None, spelled)))

    def matches(self, words: list[Word], labels: Iterable[str] = ()) -> bool:
        """Tell whether a text is about it; `labels` are categories, each a name of its own."""
        return any(normalize(label) == self.tag for label in labels) or any(
            self._starts_at(words, at) for at in range(len(words))
        )

    def _starts_at(self, words: list[Word], at: int) -> bool:
        first = words[at]
        if first.text == self.tag:
            return first.is_hashtag or len(self.tag) >= _LONG_WORD or self.tag in self.synonyms
        if first.text in self.synonyms:
            return True
        targets = [t for t in (self.tag, *self.synonyms) if t.startswith(first.text)]
        joined = first.text
        for word in words[at + 1 :]:
            if not targets or not word.follows:
                return False
            joined += word.text
            if joined in targets:
                return True
            targets = [t for t in targets if t.startswith(joined)]
        return False
