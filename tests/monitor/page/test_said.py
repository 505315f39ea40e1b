"""A page in Indonesian has no English sentence left, but what is marked as English."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from analysis.indicators.dials import Dial, Dials
from monitor.genesis.notes import FIRST_SEEN
from monitor.letters.language import speech
from monitor.page.figures import Figures
from monitor.page.render import as_html
from tests.monitor.page import worlds
from tests.monitor.page.pages import Element, data, read, shown
from tests.monitor.translations import translations

_PLACE = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%%")
_SAME = {"", "N", "Median", "Platform", "platform"}


def stories():
    """Give stories that differ in what they can say."""
    whole = worlds.story()
    none = replace(whole.found, groups=[])
    dials = Dials(Dial(90.0, ()), Dial(20.0, ()))
    calm = replace(whole.report, bursts=[], top_amplified=[], news=[])
    yield whole
    yield worlds.story(redact=True)
    yield worlds.story(days=0)
    yield replace(whole, other=worlds.compared_with())
    yield worlds.story("all")
    yield replace(whole, found=none, proofs=[], report=calm, bursts=[], pairs=[])
    yield replace(whole, indication=replace(whole.indication, dials=dials))
    yield replace(whole, found=None, proofs=[], genesis=None, map=None)


@pytest.fixture(scope="module")
def pages():
    return [read(as_html(story, language="id")) for story in stories()]


def english():
    """Give what stands between the values of each English sentence that is said otherwise."""
    for name, text in translations().items():
        for part in _PLACE.split(name):
            words = " ".join(part.split()).strip(" .,:;()")
            if len(words.split()) >= 3 and words not in text:
                yield words


def said(page: Element) -> str:
    """Give all that is read in Indonesian: without what is marked as English."""
    kept = shown(page).without(lang="en")
    labels = [
        one.attributes[name]
        for one in page.all()
        for name in ("aria-label", "title")
        if name in one.attributes
    ]
    return " ".join([kept.text, *labels, *data(page, "page-words").values()])


def test_no_english_sentence_is_left(pages):
    sentences = list(english())
    assert len(sentences) > 300
    for page in pages:
        text = said(page)
        # Handles and texts of the store are Indonesian, or hostile; none holds a sentence of ours.
        assert [one for one in sentences if one in text] == []


def test_all_that_the_analysis_says_here_is_translated(pages):
    left = {one.text for page in pages for one in page.all("span", lang="en")}
    assert left == set(), "add it to monitor/templates/page/names.txt, and translate it"


def test_no_english_word_stands_where_words_stand_alone(pages):
    """Titles, heads of tables and labels: of one or two words each."""
    known = translations()
    english_only = {
        name for name, text in known.items() if name != text and name not in set(known.values())
    } - _SAME
    kinds = ("h2", "h3", "th", "dt", "caption", "summary", "button")
    for page in pages:
        heads = {one.text for kind in kinds for one in page.all(kind) if not one.has(lang="en")}
        assert len(heads) > 40
        assert not english_only & heads


def test_a_page_of_all_posts_says_so_and_tells_a_command_that_can_be_typed(pages):
    every = replace(worlds.story("all"), found=None)
    every = replace(every, report=replace(every.report, target="all posts"))
    page = read(as_html(every, language="id"))
    assert page.one("h1").text == "semua unggahan"
    assert "all posts" not in said(page)
    assert "gaung coordination all" in page.text
    assert read(as_html(every, language="en")).one("h1").text == "all posts"


def test_what_must_be_known_of_the_beginning_stands_among_the_notes():
    story = worlds.story()
    followers = (
        "Followers are not known for most accounts: who picked it up is in the order of time, and "
        "not by influence."
    )
    noted = [FIRST_SEEN, followers]
    told = replace(story, genesis=replace(story.genesis, notes=noted))
    part = read(as_html(told, language="en")).one("section", id="reading").text
    assert followers in part
    assert FIRST_SEEN not in part


def test_a_note_with_numbers_and_commas_is_said_in_indonesian():
    figures = Figures(speech("id"))
    assert figures.said("too few: N=7, needs 30") == "terlalu sedikit: N=7, perlu 30"
    assert figures.said("too few: N=1,234, needs 30") == "terlalu sedikit: N=1.234, perlu 30"


def test_an_english_page_marks_nothing_as_english():
    page = read(as_html(worlds.story(), language="en"))
    assert page.one("html").attributes["lang"] == "en"
    assert page.all("span", lang="en") == []
    assert read(as_html(worlds.story(), language="id")).one("html").attributes["lang"] == "id"
