"""Whatever the analysis writes in English for a page has its Indonesian: read from its source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis.indicators.catalogue import CATALOGUE
from monitor.letters.language import speech
from monitor.page.figures import Figures
from tests.monitor.translations import translations

ROOT = Path(__file__).parents[3]
# All modules that write what a page shows: notes, reasons why something is unknown, labels.
WRITERS = [
    *sorted((ROOT / "analysis/indicators").glob("*.py")),
    *sorted((ROOT / "analysis/graphs").glob("*.py")),
    *sorted((ROOT / "monitor/genesis").glob("*.py")),
    *sorted((ROOT / "monitor/indication").glob("*.py")),
    ROOT / "monitor/report/compute.py",
    ROOT / "monitor/coordination/stored.py",
    ROOT / "monitor/inputs/stored.py",
]
NOT_ON_A_PAGE = {
    "Coordination is no proof of bots, payment or falsehood.",  # the page says it in its own words
    "First seen here means: of what was collected or is in the file; others may be earlier.",
    "a file holds no news articles",  # `gaung genesis` alone tells these
    "no news sources watched",
    "7 records could not be read.",  # of files; a page is of a store
    "no reading: 7",  # JSON, and the terminal
    "Dial 7",
    "7 of 7 components7",
    ": too few",
    # Parts of one note, which `names.txt` has as a whole.
    "began 2026-08-18 10:30, peak 2026-08-18 10:30, 7 UTC",
    "ended 2026-08-18 10:30",
}
ID = Figures(speech("id"))


def written(place: Path) -> Iterator[str]:
    """Give the sentences that a module can write, with 7 for what it puts in."""
    tree = ast.parse(place.read_text(encoding="utf-8"))
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise):  # an error goes to the terminal, in English
            skipped |= set(ast.walk(node))
        elif isinstance(node, ast.JoinedStr):
            skipped |= set(ast.walk(node)) - {node}
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(node.value)  # a docstring
    for node in ast.walk(tree):
        if node not in skipped and (text := _text(node)) and _is_sentence(text):
            yield text


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(one) for one in node.values)
    if isinstance(node, ast.FormattedValue):
        how = "" if node.format_spec is None else _text(node.format_spec)
        return "2026-08-18 10:30" if how.startswith("%") else "7%" if how.endswith("%") else "7"
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _is_sentence(text: str) -> bool:
    pattern = bool(re.search(r"[\\|]|\(\?", text))
    return len(text.split()) >= 2 and re.search("[a-z]{3}", text) is not None and not pattern


@pytest.mark.parametrize("place", WRITERS, ids=lambda place: str(place.relative_to(ROOT)))
def test_each_note_that_can_be_written_is_said_in_indonesian(place):
    left = [text for text in written(place) if ID.said(text) is None]
    missing = [text for text in left if text not in NOT_ON_A_PAGE]
    assert missing == [], "add it to monitor/templates/page/names.txt (named.txt), and translate it"


def test_what_is_left_out_here_can_still_be_written():
    """Else the list above would hide the next sentence that is like it."""
    can = {text for place in WRITERS for text in written(place)}
    assert sorted(NOT_ON_A_PAGE - can) == []


def test_each_indicator_has_its_title_in_indonesian():
    titles = [one.title for one in CATALOGUE.values()]
    assert len(titles) >= 30
    assert [title for title in titles if ID.said(title) is None] == []


def test_a_translation_puts_in_what_the_english_does():
    for english, indonesian in translations().items():
        wanted, given = (sorted(set(re.findall(r"\{\w+\}", one))) for one in (english, indonesian))
        assert wanted == given, english


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "unusual on bluesky, mastodon; mastodon led bluesky by 1.5 h (1 to 2)",
            "tidak biasa di bluesky, mastodon; mastodon mendahului bluesky 1,5 jam (1 sampai 2)",
        ),
        (
            'not computed: 1,200,000 posts are more than 500,000; ask `gaung coordination "air"`',
            "tidak dihitung: 1.200.000 unggahan, lebih dari 500.000; jalankan "
            '`gaung coordination "air"`',
        ),
    ],
)
def test_names_within_a_sentence_stay_as_they_are(text, said):
    assert ID.said(text) == said
    assert Figures(speech("en")).said(text) == text


def test_of_what_is_said_together_all_must_be_known():
    assert ID.said("unusual on bluesky; nobody has ever said this") is None
