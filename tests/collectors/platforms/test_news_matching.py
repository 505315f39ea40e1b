from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.hashtags import normalize
from collectors.platforms.news.links import canonical
from collectors.platforms.news.matching import Matcher, words_of


def about(text: str, tag: str, *synonyms: str, labels: tuple[str, ...] = ()) -> bool:
    return Matcher.of(tag, synonyms).matches(words_of(text), labels)


@pytest.mark.parametrize(
    "text",
    [
        "Ribuan mahasiswa tolak RUU TNI di depan DPR",
        "#TolakRUUTNI menggema",
        "Tagar ＃TolakRUUTNI ramai",
        "TolakRUUTNI jadi topik",
        "Aksi 'Tolak RUU-TNI' meluas",
        "TOLAK RUU TNI!",
        "Kenapa tolak RUU/TNI?",
    ],
)
def test_a_hashtag_its_word_and_its_words_are_found(text: str) -> None:
    assert about(text, "tolakruutni")


@pytest.mark.parametrize(
    "text",
    [
        "DPR tolak RUU. TNI gelar latihan",  # another sentence
        "Menolak RUU TNI",  # another word
        "Tolak RUU TNInya",
        "tolak ruu polri dan tni",
        "#TolakRUUTNIdanPolri",
        "",
    ],
)
def test_what_only_looks_alike_is_not(text: str) -> None:
    assert not about(text, "tolakruutni")


def test_a_short_word_alone_is_no_hashtag() -> None:
    assert not about("Air sungai meluap", "air")
    assert about("Tagar #air ramai", "air")
    assert about("Air sungai meluap", "air", "sungai meluap")
    assert about("Air sungai meluap", "air", "air")
    assert about("Kabar", "air", labels=("Air",))


def test_synonyms_are_phrases_of_whole_words() -> None:
    assert about("Revisi UU TNI disahkan", "tolakruutni", "revisi uu tni")
    assert not about("Revisi UU TNIKU", "tolakruutni", "revisi uu tni")


def test_numbers_in_hashtags_are_words_too() -> None:
    assert about("Upacara 17 Agustus", "17agustus")
    assert about("Aksi 212 digelar", "aksi212")


@given(st.lists(st.from_regex(r"[A-Za-z]{2,8}", fullmatch=True), min_size=2, max_size=5))
def test_the_words_of_a_hashtag_always_find_it(words: list[str]) -> None:
    tag = normalize("".join(words))
    assert tag is not None
    assert about(f"Kata mereka: {' '.join(words)}, katanya", tag)


@given(st.text(max_size=80), st.text(max_size=20))
def test_any_text_can_be_looked_at(text: str, phrase: str) -> None:
    about(text, "tolakruutni", phrase)


@pytest.mark.parametrize(
    ("written", "one"),
    [
        ("https://koran.example/a", "https://koran.example/a"),
        ("http://koran.example/a/", "https://koran.example/a"),
        ("https://koran.example/a?utm_campaign=x&fbclid=y", "https://koran.example/a"),
        ("https://koran.example/a?page=all", "https://koran.example/a"),
        ("https://koran.example/baca/amp", "https://koran.example/baca"),
        ("https://koran.example/index.php?id=9", "https://koran.example/index.php?id=9"),
        ("https://KORAN.example:443/A", "https://koran.example/A"),
        ("http://koran.example:8080/a", "https://koran.example:8080/a"),
    ],
)
def test_an_article_has_one_address(written: str, one: str) -> None:
    assert canonical(written) == one
    assert canonical(one) == one


@pytest.mark.parametrize(
    "written",
    [
        "",
        "koran.example/a",
        "javascript:x",
        "https://",
        "https://[::1",
        "https://a/b c",
        "http://x",
    ],
)
def test_what_is_no_address_is_none(written: str) -> None:
    assert canonical(written) is None
