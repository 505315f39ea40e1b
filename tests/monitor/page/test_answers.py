"""The three sentences of the answer: each of what they can say, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from analysis.indicators.dials import Component, Dial, Dials
from monitor.page.render import as_html
from tests.monitor.page import worlds
from tests.monitor.page.pages import Element, read


@pytest.fixture(scope="module")
def story():
    """Give a story that is short to write: without its map and most of its windows."""
    whole = worlds.story()
    report = replace(whole.report, series=whole.report.series[-48:], gaps=[], indicators=[])
    return replace(whole, map=None, report=report, genesis=replace(whole.genesis, hourly=[]))


def said(story, language):
    """Give the three sentences."""
    section = read(as_html(story, language=language)).one("section", id="answer")
    return [one.text for one in section.content if isinstance(one, Element) and one.name == "p"][:3]


def reported(story, **changes):
    return replace(story, report=replace(story.report, **changes))


def unlearnt(story):
    return [replace(row, expected=None, upper=None) for row in story.report.series]


BOTH = pytest.mark.parametrize("language", ["id", "en"])
UNUSUAL = {"en": "Yes, this was unusual", "id": "Ya, ini tidak lazim"}


@pytest.mark.parametrize(
    ("expected", "words"),
    [
        (None, {"en": "far above what had been usual", "id": "jauh di atas yang lazim"}),
        (0.4, {"en": "where less than one is usual", "id": "lazimnya kurang dari satu"}),
        (19.6, {"en": "where about 20 are usual", "id": "lazimnya sekitar 20"}),
    ],
)
@BOTH
def test_a_burst_is_unusual_beside_what_is_usual(story, language, expected, words):
    burst = replace(story.report.bursts[0], expected=expected, posts=1413)
    (first, _, _) = said(reported(story, bursts=[burst]), language)
    assert first.startswith(UNUSUAL[language])
    assert words[language] in first
    assert {"en": "1,413 posts", "id": "1.413 unggahan"}[language] in first


@BOTH
def test_of_several_bursts_the_strongest_is_told(story, language):
    weak = replace(story.report.bursts[0], score=1.0, posts=77)
    strong = replace(story.report.bursts[0], score=99.0, posts=88)
    both = replace(reported(story, bursts=[weak, strong]), bursts=story.bursts * 2)
    (first, _, _) = said(both, language)
    assert "88" in first
    assert "77" not in first


@BOTH
def test_without_a_burst_nothing_unusual_is_found_where_it_is_known_what_is_usual(story, language):
    rows = [replace(row, posts=2, expected=2.0, upper=4.0) for row in story.report.series]
    (first, _, _) = said(reported(story, bursts=[], series=rows), language)
    assert first.startswith({"en": "Nothing unusual was found:", "id": "Tidak"}[language])
    assert UNUSUAL[language] not in first


@BOTH
def test_what_is_usual_for_a_part_of_the_time_is_told_with_that_part(story, language):
    rows = [replace(row, posts=2, expected=2.0, upper=4.0) for row in story.report.series]
    rows[::2] = [replace(row, expected=None, upper=None) for row in rows[::2]]
    (first, _, _) = said(reported(story, bursts=[], series=rows), language)
    assert "50%" in first


@BOTH
def test_what_is_still_learnt_is_unknown_and_not_usual(story, language):
    (first, _, _) = said(reported(story, bursts=[], series=unlearnt(story)), language)
    assert {"en": "cannot be said yet", "id": "Belum dapat dikatakan"}[language] in first
    assert {"en": "Nothing unusual", "id": "Tidak ditemukan"}[language] not in first


@BOTH
def test_who_wrote_first_and_who_was_amplified_most(story, language):
    (_, second, _) = said(story, language)
    begun, most, pair = story.genesis.first[0], story.report.top_amplified[0], story.pairs[0]
    assert f"@{begun.handle}" in second
    assert f"@{most.handle}".replace("\u202e", "") in second
    assert pair.amplifier in second
    assert f"{most.total}" in second


@BOTH
def test_who_began_is_unknown_where_it_had_begun_before(story, language):
    begun = replace(story.genesis, already_running="posts from the first minute on")
    (_, second, _) = said(replace(story, genesis=begun), language)
    assert {"en": "nobody can say who started it", "id": "siapa yang memulai"}[language] in second
    assert f"@{story.genesis.first[0].handle}" not in second


@BOTH
def test_nobody_began_and_nobody_amplified_where_there_is_nothing(story, language):
    empty = replace(reported(story, top_amplified=[]), genesis=None, pairs=[], amplifiers=[])
    (_, second, _) = said(empty, language)
    assert "@" not in second
    assert second.endswith({"en": "nobody is seen to have amplified anybody.", "id": "."}[language])


@BOTH
def test_groups_are_told_with_their_share(story, language):
    (_, _, third) = said(story, language)
    members = sum(len(one.accounts) for one in story.found.groups)
    assert str(members) in third
    assert {"en": "more often than chance explains", "id": "kebetulan"}[language] in third


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"groups": []}, {"en": "No accounts act together", "id": "Tidak ada akun"}),
        (
            {"groups": [], "insufficient": "too few accounts"},
            {"en": "too little to say whether", "id": "terlalu sedikit"},
        ),
    ],
)
@BOTH
def test_no_groups_and_too_little_to_tell_are_two_answers(story, language, change, words):
    (_, _, third) = said(replace(story, found=replace(story.found, **change)), language)
    assert words[language] in third


@BOTH
def test_groups_that_were_not_looked_for_are_not_said_to_be_none(story, language):
    (_, _, third) = said(replace(story, found=None, proofs=[]), language)
    assert {"en": "was not looked for in so many posts", "id": "tidak dicari"}[language] in third


def dialled(story, mobilisation, orchestration):
    why = "too few quiet days: 3 of 14"
    dials = Dials(
        Dial(mobilisation, (), "" if mobilisation else why),
        Dial(orchestration, (), "" if orchestration else why),
    )
    return replace(story, indication=replace(story.indication, dials=dials))


@BOTH
@pytest.mark.parametrize(("m", "o"), [(90.0, 20.0), (20.0, 90.0), (90.0, 90.0), (40.0, 40.0)])
def test_two_dials_give_one_of_four_readings(story, language, m, o):
    one = dialled(story, m, o)
    (_, _, third) = said(one, language)
    if language == "en":
        assert f"the two dials read: {one.indication.dials.reading}." in third
    else:
        assert "kedua penunjuk berbunyi: " in third
        assert one.indication.dials.reading not in third


@BOTH
def test_one_dial_is_no_reading_but_not_nothing(story, language):
    (_, _, third) = said(dialled(story, None, 83.3), language)
    assert {"en": "only O tells something: 83 of 100", "id": "hanya O"}[language] in third
    assert "83" in third


def resting(story, known):
    """Give the story with two dials that rest on so many components of three each."""
    parts = tuple(
        Component(name, 1.0, 80.0 if place < known else None, 20)
        for place, name in enumerate(("originality_share", "top10_share", "gini"))
    )
    dials = Dials(Dial(80.0, parts), Dial(80.0, parts))
    shown = [replace(one, name=part.name) for one, part in
             zip(story.indication.indicators, parts, strict=False)]  # fmt: skip
    return replace(story, indication=replace(story.indication, dials=dials, indicators=shown))


@BOTH
@pytest.mark.parametrize(("known", "is_rough"), [(2, True), (3, False)])
def test_a_dial_that_rests_on_few_components_is_said_to_be_rough(story, language, known, is_rough):
    told = resting(story, known)
    (_, _, third) = said(told, language)
    assert ({"en": "That is rough", "id": "ini kasar"}[language] in third) is is_rough
    section = read(as_html(told, language=language)).one("section", id="answer")
    rough = section.all("p", class_="rough")
    assert len(rough) == (2 if is_rough else 0)
    assert all({"en": "on 2 of 3", "id": "pada 2 dari 3"}[language] in one.text for one in rough)


@BOTH
def test_no_dial_says_why(story, language):
    (_, _, third) = said(dialled(story, None, None), language)
    assert {"en": "too few quiet days: 3 of 14", "id": "3 dari 14"}[language] in third


@BOTH
def test_the_news_are_told_where_they_took_it_up_and_else_nothing_is_said_of_them(story, language):
    (_, _, with_news) = said(story, language)
    (_, _, without) = said(reported(story, news=[]), language)
    assert "berita.example" in with_news
    assert without in with_news


def test_each_sentence_is_a_sentence(story):
    for language in ("id", "en"):
        for sentence in said(story, language):
            assert sentence[0].isupper() or sentence.startswith("@") or sentence[0].isdigit()
            assert sentence.endswith(".")
            assert not {"None", "  ", " .", " ,", "()"} & {sentence[n : n + 4] for n in range(5)}


def test_an_id_is_no_handle_and_a_handle_has_its_sign_once(story):
    first = worlds.story().genesis.hourly[0]
    named = replace(first, top_account="12345", top_handle=None, posts=1)
    called = replace(first, carried_by="ana", carried_by_handle="ana", carried=3, posts=1)
    told = replace(story, genesis=replace(story.genesis, hourly=[named, called]))
    cells = [one.text for one in read(as_html(told, language="en")).all("td", class_="a")]
    assert any(cell.startswith("12345 (") for cell in cells)
    assert "@ana (3)" in cells


def test_the_dials_are_of_the_day_around_the_strongest_burst():
    told = worlds.story()
    burst = told.report.bursts[0]
    assert told.indication.until - told.indication.since == timedelta(days=1)
    assert told.indication.since < burst.peak_at < told.indication.until
