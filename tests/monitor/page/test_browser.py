"""Pages as a real browser shows them: to everybody, on phones and paper, with scripts or without.

`make test-pages`; what the browser saw is collected once, by tests/monitor/page/browser/look.mjs.
"""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.monitor.golden.examples import letters
from tests.monitor.page.browser.looking import folder, printed, seen
from tests.monitor.page.pages import read

pytestmark = pytest.mark.pages

KINDS = ("month", "redacted", "compare", "empty", "one", "file")
PAGES = [f"{kind}.{language}" for kind in KINDS for language in ("id", "en")]
WAYS = ("light-1280", "light-375", "dark-1280", "dark-375", "print")
SECTIONS = [
    "setting", "answer", "volume", "genesis", "map", "groups", "amplified", "spread", "riding",
    "indicators", "reading",
]  # fmt: skip
each_page = pytest.mark.parametrize("name", PAGES)
each_way = pytest.mark.parametrize("way", WAYS)
each_width = pytest.mark.parametrize("width", ["1280", "375"])
each_used = pytest.mark.parametrize("name", ["month.id", "month.en"])


def of(name):
    return seen()[f"{name}.html"]


def test_all_pages_were_looked_at():
    assert set(seen()) == {f"{name}.html" for name in PAGES} | {
        f"letter-{name}.html" for name in letters()
    }


@each_page
@each_way
def test_nobody_is_shut_out(name, way):
    assert of(name)["ways"][way]["violations"] == []


@each_page
def test_the_page_is_html_as_the_standard_has_it(name):
    assert of(name)["valid"] == []


@pytest.mark.parametrize("name", letters())
def test_a_letter_is_html_as_the_standard_has_it(name):
    assert of(f"letter-{name}")["valid"] == []


@each_page
def test_nothing_is_asked_of_the_network_and_no_error_is_said(name):
    told = of(name)
    parts = [told, told["withoutScripts"], *told.get("used", {}).values()]
    assert [part["requests"] for part in parts] == [[]] * len(parts)
    assert [part["errors"] for part in parts] == [[]] * len(parts)


@each_page
@each_way
def test_nothing_sticks_out_and_the_page_does_not_scroll_sideways(name, way):
    told = of(name)["ways"][way]
    assert told["out"] == []
    assert told["words"] == []
    assert told["scrolls"] <= 0


@each_page
def test_no_table_is_cut_on_paper(name):
    assert of(name)["ways"]["print"]["tables"] == []


@each_page
def test_all_is_there_without_scripts(name):
    told = of(name)["withoutScripts"]
    compare = ["compare"] if name.startswith("compare") else []
    assert told["sections"] == SECTIONS[:2] + compare + SECTIONS[2:]
    assert told["hiddenTables"] == 0
    assert told["tools"] == 0, "what would do nothing is not shown"
    if name.partition(".")[0] in ("month", "redacted", "compare"):
        assert told["accounts"] > 200
        assert told["names"] >= 10


@each_page
def test_a_page_is_at_most_a_megabyte(name):
    assert (folder() / f"{name}.html").stat().st_size <= 1_000_000


@each_used
@each_width
def test_an_account_is_found_by_its_name(name, width):
    told = of(name)["used"][width]
    assert told["matching"] == 1
    assert told["found"] == 1
    assert told["tip"].startswith(f"{told['searched']}: ")
    words, lit = told["nobody"]
    assert words
    assert lit == 0
    assert told["cleared"] == ["", 0]
    assert told["clicked"].startswith(f"{told['first']}: ")


@each_used
@each_width
def test_the_slider_hides_who_is_not_there_yet(name, width):
    told = of(name)["used"][width]
    assert told["end"] == told["all"] == told["again"] > 200
    assert told["begin"] == told["beginWanted"] < told["second"] < told["end"]
    assert told["time"] in told["until"]


@each_used
@each_width
def test_a_community_lights_its_members_and_no_others(name, width):
    told = of(name)["used"][width]
    assert told["pressed"] == "true"
    assert told["members"] == told["membersWanted"] > 10
    assert told["others"] == 0
    assert told["released"] == ["false", 0]


@each_used
@each_width
def test_the_map_grows_and_shrinks(name, width):
    told = of(name)["used"][width]
    assert told["larger"] > 1.2 * told["size"]
    assert told["smaller"] == pytest.approx(told["size"], rel=0.01)
    assert told["reset"] == pytest.approx(told["size"], rel=0.01)


@each_used
@each_width
def test_tables_are_sorted_by_the_keyboard(name, width):
    told = of(name)["used"][width]
    assert told["sortedDown"] == sorted(told["sortedDown"], reverse=True)
    assert told["sortedUp"] == sorted(told["sortedDown"])
    assert (told["sort"], told["sortAgain"]) == ("descending", "ascending")
    assert len(set(told["sortedDown"])) > 3
    assert told["focus"].startswith("solid")


@pytest.mark.parametrize("name", ["month.id", "compare.en", "empty.en", "file.id"])
def test_a_printed_page_has_all_its_parts_and_no_word_beyond_the_margin(name):
    path, words = printed(name)
    said = " ".join(words.split())
    page = read((folder() / f"{name}.html").read_text(encoding="utf-8"))
    titles = [one.text for one in page.all("h2")]
    assert len(titles) == (12 if name.startswith("compare") else 11)
    for title in titles:
        assert title in said
    boxes = subprocess.run(
        ["pdftotext", "-bbox", str(path), "-"], capture_output=True, text=True, check=True
    ).stdout
    wide = {float(n) for n in re.findall(r'<page width="([\d.]+)"', boxes)}
    assert all(abs(one - 595) < 2 for one in wide), "A4"
    ends = [float(n) for n in re.findall(r'xMax="([\d.]+)"', boxes)]
    assert max(ends) < 595 - 25


def test_a_table_that_goes_on_on_the_next_page_has_its_head_there_too():
    _, words = printed("month.id")
    page = read((folder() / "month.id.html").read_text(encoding="utf-8"))
    table = page.one("section", id="indicators").one("table")
    numbers = [row.all("td")[0].text for row in table.one("tbody").all("tr")]
    starts = [row.one("th").text[:14] for row in table.one("tbody").all("tr")]
    rows = [
        re.compile(rf"^\s*{number}\s+{re.escape(start)}", re.MULTILINE)
        for number, start in zip(numbers, starts, strict=True)
    ]
    sheets = [one for one in words.split("\f") if any(row.search(one) for row in rows)]
    assert len(sheets) > 1, "the table fits on one page: it shows nothing"
    for sheet in sheets:
        assert re.search(r"No\.\s+Indikator\s+Nilai", sheet)
