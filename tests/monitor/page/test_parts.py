"""What bursts were about, the posts of groups side by side, and two reports beside each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.letters.language import speech
from monitor.page.compare import compared, uneven
from monitor.page.figures import Figures
from monitor.page.render import as_html, broken
from tests.monitor.page import worlds
from tests.monitor.page.pages import read, rows

NAMES = {
    name: name
    for name in ("posts", "authors", "reposts", "interactions", "bursts", "peak", "coverage")
}


def test_a_burst_is_told_by_its_own_words_its_busiest_account_and_its_top_post():
    story = worlds.story()
    (burst,) = story.bursts
    row = story.report.bursts[0]
    assert row.start <= worlds.BURST[1]
    with worlds.month().open(read_only=True) as store:
        counted = store.database.rows(
            "select author_key, count(*) as n from posts where kind <> 'article' "
            "and sort_at >= $start and sort_at < $end group by 1 order by 2 desc, 1 limit 1",
            start=row.start, end=row.end,
        )  # fmt: skip
    assert burst.busiest_posts == counted[0]["n"]
    assert burst.busiest == f"@{counted[0]['author_key'].partition(':@')[2]}" or burst.busiest
    assert burst.post is not None
    assert row.start <= burst.post.at < (row.end or worlds.NOW)
    assert burst.passed_on == 40
    assert {"tarif", "sumur"}.isdisjoint(burst.words)  # said at all times
    assert burst.words


def test_proofs_are_two_posts_of_one_group_within_its_time():
    story = worlds.story()
    assert story.proofs
    for proof in story.proofs:
        members = story.found.groups[proof.group - 1].accounts
        assert proof.first.account in members
        assert proof.then.account in members
        assert proof.first.account != proof.then.account
        assert proof.delay == (proof.then.at - proof.first.at) // timedelta(seconds=1)
        assert 0 <= proof.delay <= story.found.within
    six = [one for one in story.proofs if one.first.account.startswith("@warga90")]
    assert six
    assert any("seruan ke-" in (one.first.text or "") for one in six)


@pytest.fixture(scope="module")
def compared_story():
    story = worlds.story()
    return replace(story, other=worlds.compared_with())


def test_two_times_stand_side_by_side_on_one_scale(compared_story):
    for code in ("id", "en"):
        page = read(as_html(compared_story, language=code))
        section = page.one("section", id="compare")
        said = speech(code)
        cells = rows(section.one("table"))
        assert cells[0][1:3] == [
            said.number(one.posts) for one in (compared_story.report, compared_story.other)
        ]
        pictures = section.all("svg", class_="course")
        assert len(pictures) == 2
        labels = [
            [t.text for t in one.all("text") if t.attributes.get("text-anchor") == "end"]
            for one in pictures
        ]
        assert labels[0] == labels[1]
        assert "compare" in {one.attributes["href"][1:] for one in page.one("nav").all("a")}


def test_what_is_unknown_on_one_side_has_no_ratio():
    report = worlds.story().report
    other = replace(report, posts=0, coverage=None, series=[])
    lines = {one.title: one for one in compared(report, other, NAMES, Figures(speech("en")))}
    assert (lines["posts"].other, lines["posts"].ratio) == ("0", "–")
    assert (lines["coverage"].other, lines["coverage"].ratio) == ("–", "–")
    assert (lines["peak"].other, lines["peak"].ratio) == ("–", "–")


def test_ratios_are_those_of_the_numbers():
    report = worlds.story().report
    other = replace(report, posts=report.posts * 4, authors=report.authors)
    lines = {one.title: one for one in compared(report, other, NAMES, Figures(speech("id")))}
    assert lines["posts"].ratio == "0,25"
    assert lines["authors"].ratio == "1"


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [(1.0, 0.98, False), (1.0, 0.9, True), (None, 1.0, True), (None, None, True)],
)
def test_two_that_were_not_observed_equally_well_are_said_to_be_so(one, other, told):
    report = worlds.story().report
    assert uneven(replace(report, coverage=one), replace(report, coverage=other)) is told


def test_what_else_can_be_asked_is_of_the_same_posts():
    story = replace(
        worlds.story(), found=None, proofs=[],
        command="gaung --config x.toml report all --input 'my posts.csv' --since 7d -o x.html",
    )  # fmt: skip
    story = replace(story, report=replace(story.report, hashtags=[]))
    page = read(as_html(story, language="en"))
    told = [one.text for one in page.all("code")]
    assert "gaung coordination all --input 'my posts.csv' --since 7d" in told
    assert "gaung graph all --input 'my posts.csv' --since 7d -o map.gexf" in told


@pytest.mark.parametrize(
    ("window", "language", "words"),
    [
        ("1h", "id", "unggahan per jam"),
        ("15m", "id", "unggahan per 15 menit"),
        ("1d", "en", "posts per day"),
        ("6h", "en", "posts per 6 hours"),
    ],
)
def test_counts_have_their_unit_beside_the_picture_and_on_it(window, language, words):
    story = worlds.story()
    story = replace(story, map=None, report=replace(story.report, window=window))
    section = read(as_html(story, language=language)).one("section", id="volume")
    drawn = [one.text for one in section.all("text")]
    assert drawn.count(words) == 2  # on wide screens, and on phones
    assert words in section.one("ul", class_="legend").text


def test_the_name_of_an_account_breaks_before_its_server_and_is_no_html():
    assert broken("@ana@x.example") == "@ana<wbr>@x.example"
    assert broken("<b>@x") == "&lt;b&gt;<wbr>@x"
    assert broken("") == ""
