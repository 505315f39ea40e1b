"""How the page writes figures, and how it says in a language what was computed in English."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from markupsafe import Markup, escape

from monitor.letters.language import Speech

_NUMBER = re.compile(r"(?<![\w#])[+-]?\d+(?:,\d{3})*(?:\.\d+)?%?")


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
        they are put back, written as the language does.
        """
        if self.speech.code == "en":
            return text
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
