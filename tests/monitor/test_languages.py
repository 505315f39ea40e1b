"""Both languages are complete, and none leaks into the other."""

from __future__ import annotations

import gettext
import re

import pytest

from monitor.alert import Reason
from monitor.collect.backfill import _HOPELESS
from monitor.collect.verdicts import _REASONS
from monitor.letters.language import speech
from monitor.letters.pages import module
from monitor.schedule import _FILLABLE
from tests.monitor.golden.examples import letters
from tests.monitor.translations import PO, extracted, translations

LETTERS = letters()
# What an English letter cannot do without, and an Indonesian one must not have.
ENGLISH = r"\b(the|of|and|is|was|were|this|that|posts?|usual|unknown|hours?|not|letter|watch)\b"


def test_every_sentence_is_translated_and_none_is_left_over() -> None:
    known = translations()
    assert set(known) == set(extracted()), "run `make translations`, and translate what is new"
    for name, text in known.items():
        assert text, f"not translated: {name}"
        wanted, given = (set(re.findall(r"%\(\w+\)s|%%", one)) for one in (name, text))
        assert wanted == given, f"other values than in English: {name}"


def test_the_compiled_translations_are_those_of_the_text() -> None:
    with PO.with_suffix(".mo").open("rb") as file:
        compiled = dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]
    assert compiled.pop("")
    given = {key if isinstance(key, str) else key[0]: text for key, text in compiled.items()}
    assert given == translations(), "run `make translations`"


@pytest.mark.parametrize("name", [name for name in LETTERS if name.endswith(".id")])
def test_no_english_is_left_in_an_indonesian_letter(name: str) -> None:
    letter = LETTERS[name]
    # Commands, what servers say, and names of files and settings are as they are.
    said = re.sub(
        r"gaung report .*|hashtags pantauan|“unsubscribe”|refused: .*|503 .*", "", letter.text
    )
    assert not re.findall(ENGLISH, f"{letter.subject}\n{said}", re.IGNORECASE)


@pytest.mark.parametrize("code", ["id", "en"])
def test_why_something_is_missing_is_said_in_words(code: str) -> None:
    reasons = {*_REASONS.values(), *_FILLABLE, *_HOPELESS, "improbable silence"}
    assert len(reasons) >= 11
    said = module("phrases.txt", speech(code)).gap_because
    told = {reason: said(reason).strip() for reason in sorted(reasons)}
    unsaid = [r for r, words in told.items() if words == r and (code, r) != ("en", "added later")]
    assert unsaid == []


def test_why_somebody_is_told_or_not_is_said_in_both_languages() -> None:
    said = [module("phrases.txt", speech(code)).because for code in ("en", "id")]
    for reason in Reason:
        english, indonesian = (because(reason.name).strip() for because in said)
        assert english.endswith(".")
        assert indonesian.endswith(".")
        assert english != indonesian


def test_both_languages_give_the_same_numbers() -> None:
    for name, letter in LETTERS.items():
        if name.endswith(".en"):
            other = LETTERS[f"{name.removesuffix('.en')}.id"]
            numbers = [sorted(re.findall(r"\d+", one.text)) for one in (letter, other)]
            assert numbers[0] == numbers[1], name


def test_a_language_that_is_not_there_is_no_surprise() -> None:
    with pytest.raises(FileNotFoundError):
        speech("fr")
