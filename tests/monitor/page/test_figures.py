"""Numbers are written as each language does, and what the analysis says is said in it."""

from __future__ import annotations

import pytest

from monitor.letters.language import speech
from monitor.page.figures import Figures

ID, EN = Figures(speech("id")), Figures(speech("en"))


@pytest.mark.parametrize(
    ("value", "english", "indonesian"),
    [
        (None, "–", "–"),
        (0, "0", "0"),
        (0.0004, "0.0004", "0,0004"),
        (0.25, "0.25", "0,25"),
        (2.5, "2.5", "2,5"),
        (12.34, "12.3", "12,3"),
        (1234567, "1,234,567", "1.234.567"),
        (-1234.5, "−1,234", "−1.234"),
        (float("inf"), "∞", "∞"),
    ],
)
def test_a_value_has_three_digits_and_what_is_unknown_is_a_dash(value, english, indonesian):
    assert (EN.figure(value), ID.figure(value)) == (english, indonesian)


def test_what_is_not_zero_is_never_written_as_zero():
    for exponent in range(1, 12):
        assert EN.figure(10.0**-exponent) != "0"
        assert ID.figure(-(10.0**-exponent)) not in ("0", "−0", "-0")


def test_a_tiny_chance_is_less_than_something():
    assert (EN.tiny(1e-12), ID.tiny(1e-12), ID.tiny(0.0042)) == ("<0.0001", "<0,0001", "0,0042")


def test_numbers_within_a_sentence_are_taken_over_and_written_as_the_language_does():
    text = "too few components are known of 1,400 quiet days: 1 of 2"
    assert EN.said(text) == text
    said = ID.said(text)
    assert said is not None
    assert "1.400" in said
    assert "of" not in said.split()


def test_what_nobody_translated_is_marked_as_english_and_is_no_program():
    text = "<b>nobody</b> has ever said this 12 times"
    assert ID.said(text) is None
    assert ID.t(text) == text
    assert str(ID.noted(text)) == (
        '<span lang="en">&lt;b&gt;nobody&lt;/b&gt; has ever said this 12 times</span>'
    )
    assert str(EN.noted(text)) == "&lt;b&gt;nobody&lt;/b&gt; has ever said this 12 times"
    assert (str(ID.noted(None)), ID.t(None)) == ("", "")
