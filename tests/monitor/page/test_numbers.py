"""The page shows the numbers of the report, and of nothing else; what is missing is a dash."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.letters.language import speech
from monitor.page.figures import Figures
from monitor.page.render import as_html
from monitor.report.formats import as_json
from tests.monitor.page import worlds
from tests.monitor.page.pages import read, rows

JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.fixture(scope="module")
def report():
    """The report as `--format json` has it."""
    return json.loads(as_json(worlds.story().report))


@pytest.fixture(scope="module", params=["id", "en"])
def told(request):
    """The page, and how its language writes numbers."""
    said = speech(request.param)
    return read(as_html(worlds.story(), language=request.param)), said, Figures(said)


def table(page, section, place=0):
    return rows(page.one("section", id=section).all("table")[place])


def at(text, said):
    return said.at(datetime.fromisoformat(text), JAKARTA)


def clean(name):
    return name.replace("\u202e", "")


def test_the_head_has_posts_accounts_and_coverage(told, report):
    page, said, _ = told
    chips = [one.text for one in page.one("ul", class_="chips").all("li")]
    assert chips[0].split()[0] == said.number(report["posts"])
    assert chips[1].split()[0] == said.number(report["authors"])
    assert said.percent(report["coverage"]) in chips[2]
    assert at(report["last_post_at"], said) in chips[3]


def test_each_window_has_its_numbers_and_a_gap_has_dashes(told, report):
    page, said, figures = told
    shown = table(page, "volume")
    series = report["series"][-400:]
    assert len(shown) == len(series) == 400
    for cells, row in zip(shown, series, strict=True):
        assert cells == [
            at(row["start"], said),
            "–" if row["posts"] is None else said.number(row["posts"]),
            figures.figure(row["expected"]),
            figures.figure(row["upper"]),
            "–" if row["authors"] is None else said.number(row["authors"]),
        ]
    gaps = [cells for cells, row in zip(shown, series, strict=True) if row["posts"] is None]
    assert len(gaps) == 9
    assert all(cells[1] == cells[4] == "–" for cells in gaps)
    zeros = [cells for cells, row in zip(shown, series, strict=True) if row["posts"] == 0]
    assert zeros
    assert all(cells[1] == "0" for cells in zeros)


def test_a_gap_is_hatched_and_told(told, report):
    page, said, _ = told
    assert len(page.one("svg", class_="wide").all("rect", class_="gap")) == 1
    (cells,) = table(page, "setting")
    (gap,) = report["gaps"]
    assert cells[0] == said.stretch(
        *(datetime.fromisoformat(gap[end]) for end in ("start", "end")), JAKARTA
    )
    assert cells[1] == gap["source"]


def test_each_burst_is_told_with_its_numbers(told, report):
    page, said, _ = told
    items = page.one("ol", class_="bursts").all("li")
    assert len(items) == len(report["bursts"]) == 1
    for item, burst in zip(items, report["bursts"], strict=True):
        assert said.number(burst["posts"]) in item.text
        assert said.number(burst["expected"]) in item.text
        assert said.number(burst["authors"]) in item.text


def test_the_tables_of_accounts_have_the_numbers_of_the_report(told, report):
    page, said, _ = told
    amplified = table(page, "amplified", 0)
    assert len(amplified) == len(report["top_amplified"])
    for cells, row in zip(amplified, report["top_amplified"], strict=True):
        assert cells[0] == clean(f"@{row['handle']}")
        counts = (
            row["total"], row["amplifiers"], row["reposts"] + row["forwards"], row["quotes"],
            row["replies"], row["mentions"],
        )  # fmt: skip
        assert cells[1:] == [said.number(count) for count in counts]
    active = table(page, "amplified", 3)
    assert len(active) == len(report["top_authors"])
    for cells, row in zip(active, report["top_authors"], strict=True):
        assert cells[1:3] == [said.number(row[name]) for name in ("posts", "reposts")]
        assert cells[3] == ("–" if row["followers"] is None else said.number(row["followers"]))


def test_hashtags_links_and_news_have_the_numbers_of_the_report(told, report):
    page, said, _ = told
    for place, (name, mark) in enumerate((("top_hashtags", "#"), ("top_links", ""))):
        assert table(page, "riding", place) == [
            [f"{mark}{row['name']}", said.number(row["posts"]), said.number(row["authors"])]
            for row in report[name]
        ]
    assert [cells[0::2] for cells in table(page, "spread")] == [
        [row["outlet"], said.number(row["articles"]), row["title"]] for row in report["news"]
    ]


def test_each_indicator_has_its_value_interval_and_n_or_a_dash(told, report):
    page, said, figures = told
    shown = table(page, "indicators")
    assert len(shown) == len(report["indicators"]) > 18
    for cells, row in zip(shown, report["indicators"], strict=True):
        assert cells[0] == str(row["number"])
        if row["label"] is None:
            assert cells[2] == figures.figure(row["value"])
        if row["low"] is None:
            assert cells[3] == "–"
        else:
            assert cells[3] == f"{figures.figure(row['low'])} – {figures.figure(row['high'])}"
        assert cells[4] == said.number(row["n"])
    unknown = [cells for cells in shown if cells[2] == "–"]
    assert unknown
    assert all(cells[5] for cells in unknown), "a dash says why"


def test_groups_have_the_members_and_posts_of_the_report(told, report):
    page, said, _ = told
    groups = page.one("section", id="groups").all("div", class_="group")
    assert len(groups) == len(report["coordination"]) >= 1
    for box, row in zip(groups, report["coordination"], strict=True):
        assert said.number(row["accounts"]) in box.one("h3").text
        assert said.number(row["posts"]) in box.text
        assert said.percent(row["share"]) in box.text


def test_communities_are_as_large_as_in_the_report(told, report):
    page, said, _ = told
    cards = page.one("ul", class_="communities").all("li")
    sizes = sorted((row["size"] for row in report["communities"]), reverse=True)
    told_sizes = [one.accounts for one in worlds.story().map.communities]
    assert told_sizes == sizes[: len(told_sizes)]
    for card, size in zip(cards, told_sizes, strict=True):
        assert said.number(size) in card.text


def test_what_sorts_a_table_is_what_stands_in_it(told):
    page, said, figures = told
    for one in page.all("td"):
        value = one.attributes.get("data-v")
        if value and not one.has(class_="t"):
            assert one.text in (figures.figure(float(value)), said.number(float(value))) or (
                "–" in one.text or not any(c.isdigit() for c in one.text)
                or figures.figure(float(value) / 3600) == one.text
            )  # fmt: skip
        if value == "":
            assert one.text.startswith("–")


def test_both_languages_have_the_same_numbers():
    story = worlds.story()
    pages = [read(as_html(story, language=code)) for code in ("id", "en")]
    counts = [
        [
            cell.replace(".", "").replace(",", "")
            for one in page.all("table")
            for row in rows(one)
            for cell in row
            if cell.replace(".", "").replace(",", "").isdigit()
        ]
        for page in pages
    ]
    assert counts[0] == counts[1]
    assert len(counts[0]) > 1000


def test_a_page_of_nothing_has_all_parts_and_claims_nothing():
    empty = worlds.story(days=0)
    assert empty.report.posts == 0
    for code in ("id", "en"):
        page = read(as_html(empty, language=code))
        assert [one.attributes["id"] for one in page.all("section")] == [
            "setting", "answer", "volume", "genesis", "map", "groups", "amplified", "spread",
            "riding", "indicators", "reading",
        ]  # fmt: skip
        assert page.all("svg", class_="map") == []
        assert page.all("rect", class_="bar") == [] or all(
            one.attributes["width"] == "18" for one in page.all("rect", class_="bar")
        )


def test_a_page_is_the_same_each_time_and_small():
    story = worlds.story()
    once, again = (as_html(story, language="id") for _ in range(2))
    assert once == again
    assert len(once.encode()) < 1_000_000
    assert once.count("data-i=") > 250
    assert as_html(replace(story, command="x"), language="id") != once
