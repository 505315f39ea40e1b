"""How the page writes figures, and how it says in a language what was computed in English."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache
from itertools import cycle

from markupsafe import Markup, escape

from monitor.letters.language import Speech, speech
from monitor.letters.pages import sentences

_NUMBER = re.compile(r"(?<![\w#])[+-]?\d+(?:,\d{3})*(?:\.\d+)?%?")
_PLACE = re.compile(r"\{(\w+)\}")
_BETWEEN = "; "  # what is said together


@dataclass(frozen=True, slots=True)
class Figures:
    """Writes figures in a language."""

    speech: Speech

    def figure(self, value: float | None) -> str:
        """Write a measured value with three digits; a dash is unknown.

        >>> from monitor.letters.language import speech
        >>> [Figures(speech("id")).figure(v) for v in (0.24961, 3.0, 1234.5, None, -0.5)]
        ['0,25', '3', '1.234', '–', '−0,5']
        """
        if value is None:
            return "–"
        if not math.isfinite(value):
            return "∞"
        if abs(value) >= 100 or float(value).is_integer():
            text = f"{value:,.0f}"
        else:
            digits = 2 if abs(value) < 1 else 2 if abs(value) < 10 else 1
            text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
            if text in ("0", "-0"):
                text = f"{value:.1g}"
        return self._number(text).replace("-", "−")

    def tiny(self, value: float) -> str:
        """Write a chance: what is too small to be told apart is 'less than'.

        >>> from monitor.letters.language import speech
        >>> Figures(speech("en")).tiny(0.0032), Figures(speech("en")).tiny(1e-9)
        ('0.0032', '<0.0001')
        """
        if value < 1e-4:
            return "<0.0001".replace(".", self.speech.point)
        return f"{value:.2g}".replace(".", self.speech.point)

    def said(self, text: str) -> str | None:
        """Give a sentence in the language; None: nobody has translated it.

        Sentences of the analysis hold numbers: these are taken out, the rest is looked up, and
        they are put back, written as the language does. So are names, in the sentences of
        `named.txt`. What is said together is looked up one by one.

        >>> Figures(speech("id")).said("unusual on bluesky; mastodon led bluesky by 1.5 h (1 to 2)")
        'tidak biasa di bluesky; mastodon mendahului bluesky 1,5 jam (1 sampai 2)'
        """
        if self.speech.code == "en":
            return text
        told = self._counted(text) or self._named(text)
        if told is None and _BETWEEN in text:
            parts = [self.said(part) for part in text.split(_BETWEEN)]
            known = [part for part in parts if part is not None]
            return _BETWEEN.join(known) if len(known) == len(parts) else None
        return told

    def _counted(self, text: str) -> str | None:
        numbers: list[str] = []

        def taken(found: re.Match[str]) -> str:
            numbers.append(found.group())
            return f"{{{len(numbers) - 1}}}"

        pattern = _NUMBER.sub(taken, text)
        translated = self.speech.catalog.gettext(pattern)
        if translated == pattern:
            return None
        for place, number in enumerate(numbers):
            translated = translated.replace(f"{{{place}}}", self._number(number))
        return translated

    def _named(self, text: str) -> str | None:
        for pattern, said in _with_names(self.speech):
            if found := pattern.fullmatch(text):
                held = found.groupdict()
                return said.format_map(
                    {
                        place: self._number(one) if _is_number(place) else one
                        for place, one in held.items()
                    }
                )
        return None

    def _number(self, text: str) -> str:
        return text.translate(str.maketrans(",.", self.speech.thousands + self.speech.point))

    def t(self, text: str | None) -> str:
        """Give a sentence in the language, else in English."""
        return "" if not text else self.said(text) or text

    def noted(self, text: str | None) -> Markup:
        """Give the same as HTML, marked as English where it is."""
        if not text:
            return Markup("")
        told = self.said(text)
        if told is not None:
            return escape(told)
        return Markup('<span lang="en">{}</span>').format(text)


@cache
def _with_names(language: Speech) -> list[tuple[re.Pattern[str], str]]:
    """Give how each sentence with names looks in English, and how it is said in a language."""
    said = sentences("page/named.txt", language)
    return [
        (
            re.compile("".join(map(_expression, _PLACE.split(english), cycle((False, True))))),
            said[name],
        )
        for name, english in sentences("page/named.txt", speech("en")).items()
    ]


def _expression(part: str, is_place: bool) -> str:
    if not is_place:
        return re.escape(part)
    return f"(?P<{part}>{_NUMBER.pattern if _is_number(part) else '[^;]+'})"


def _is_number(place: str) -> bool:
    return place[1:].isdigit()
