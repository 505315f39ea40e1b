"""The words that mark a group of texts."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from analysis.words import GROUPED, MARKING, marking_words


def grouped(*texts: list[str]) -> pl.DataFrame:
    rows = [(number, text) for number, some in enumerate(texts) for text in some]
    return pl.DataFrame(rows, GROUPED, orient="row")


def words_of(texts: pl.DataFrame, group: int, *, top: int = 3) -> list[str]:
    found = marking_words(texts, top=top)
    return found.filter(pl.col("group") == group)["word"].to_list()


def test_words_that_everybody_uses_mark_nobody() -> None:
    texts = grouped(
        [f"yang mahal itu beras nomor {n}" for n in range(20)],
        [f"yang mahal itu bensin nomor {n}" for n in range(20)],
    )
    assert words_of(texts, 0) == ["beras"]
    assert words_of(texts, 1) == ["bensin"]


def test_words_that_only_hold_sentences_together_name_nothing() -> None:
    texts = grouped(
        [f"sudah lebih dari kali itu soal beras {n}" for n in range(20)],
        [f"kabar sawah kering nomor {n}" for n in range(20)],
    )
    assert words_of(texts, 0) == ["beras"]


def test_a_text_that_is_repeated_counts_once() -> None:
    """Copies are told of elsewhere; they must not name a whole community."""
    others = [f"kabar lain tentang sawah {n}" for n in range(20)]
    own = [f"soal harga beras {n}" for n in range(20)]
    copies = ["serentak salinan kampanye"] * 500
    assert words_of(grouped([*own, *copies], others), 0)[:2] == ["beras", "harga"]


def test_names_links_and_short_words_are_no_words() -> None:
    texts = grouped(
        [f"@beras_murah https://beras.example/{n} #di ke padi {n}" for n in range(20)],
        [f"kabar sawah nomor {n}" for n in range(20)],
    )
    assert words_of(texts, 0) == ["padi"]


def test_a_word_of_two_texts_marks_nothing() -> None:
    texts = grouped(["jarang sekali", "jarang benar"], [f"kabar {n} biasa" for n in range(50)])
    assert words_of(texts, 0) == []


def test_nothing_said_is_nothing_marked() -> None:
    empty = marking_words(GROUPED.to_frame())
    assert empty.schema == MARKING
    assert empty.is_empty()
    assert marking_words(grouped(["", "12 34"], [])).is_empty()


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from(["harga beras", "harga minyak", "air"])),
        max_size=40,
    )
)
def test_no_group_gets_more_than_asked_and_each_word_is_its_own(
    rows: list[tuple[int, str]],
) -> None:
    texts = pl.DataFrame(rows, GROUPED, orient="row")
    found = marking_words(texts, top=2)
    assert (found.group_by("group").len()["len"] <= 2).all()
    said = {(group, word) for group, text in rows for word in text.split()}
    assert set(found.select("group", "word").iter_rows()) <= said
