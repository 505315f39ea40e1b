"""A page for publication names nobody but public figures, and shows no text and no post."""

from __future__ import annotations

import html
import re

import pytest

from monitor.page.render import as_html
from tests.monitor.page import worlds
from tests.monitor.page.pages import data, read, shown


@pytest.fixture(scope="module")
def told():
    return worlds.story(redact=True)


@pytest.fixture(scope="module", params=["id", "en"])
def page(request, told):
    return as_html(told, language=request.param)


@pytest.fixture(scope="module")
def secrets():
    """Give all that must not be on the page, as it is in the store."""
    with worlds.month().open(read_only=True) as store:
        posts = store.database.rows("select post_key, author_key, text, url, kind from posts")
        people = store.database.rows("select author_key, handle, display_name from authors")
    public = worlds.account(worlds.PUBLIC)
    return {
        "keys": {row["author_key"] for row in (*posts, *people)} - {public},
        "handles": {row["handle"] for row in people} - {worlds.handle(worlds.PUBLIC)},
        "names": {row["display_name"] for row in people} - {worlds.SCRIPT},
        "posts": {row["post_key"] for row in posts if row["kind"] != "article"},
        "texts": {row["text"] for row in posts if row["kind"] != "article"},
    }


def plain(page: str) -> str:
    """Give the page with what was escaped as it was."""
    return html.unescape(page).replace("\\u003c", "<")


def test_there_is_much_to_hide(secrets):
    assert len(secrets["handles"]) > 400
    assert len(secrets["posts"]) > 1500
    assert len(secrets["texts"]) > 1500


def test_no_handle_and_no_key_is_anywhere_in_the_page(page, secrets):
    whole = plain(page)
    found = set(re.findall(r"warga\d+", whole)) - {f"warga{worlds.PUBLIC}"}
    assert found == set()
    for kind in ("keys", "handles"):
        left = [one for one in secrets[kind] if one in whole and not one.startswith("news:")]
        assert left == [], kind


def test_no_text_and_no_part_of_one_is_anywhere_in_the_page(page, secrets):
    whole = plain(page)
    assert [one for one in secrets["texts"] if one in whole] == []
    # Nor the beginning of one, as excerpts have it; one begins as the title of the article does.
    begun = {one[:24] for one in secrets["texts"]} - {worlds.HOSTILE[0][:24]}
    assert [one for one in begun if one in whole] == []
    assert "di kampung" not in whole
    assert "Turunkan tarif air" not in whole


def test_no_post_and_no_personal_address_is_anywhere_in_the_page(page, secrets):
    whole = plain(page)
    assert "rahasia" not in whole  # each post's own address has it
    assert [one for one in secrets["posts"] if one in whole] == []
    assert "status/1" not in whole


def test_words_that_only_texts_have_are_not_told(page):
    whole = shown(read(page)).text
    assert not re.search(r"\b(jeriken|tagihan|kemarau|limbah)\b", whole)


def test_a_public_figure_keeps_its_name(told, page):
    names = [one[0] for one in data(read(page), "map-data")["accounts"]]
    assert f"@{worlds.handle(worlds.PUBLIC)}" in names
    assert all(one.startswith(("akun-", f"@{worlds.handle(worlds.PUBLIC)}")) for one in names)


def test_the_page_says_that_it_is_for_publication_and_that_texts_are_left_out(told):
    english = shown(read(as_html(told, language="en"))).text
    assert "for publication: no handles, no texts" in english
    assert "[text left out]" in english
    assert "for publication: no handles" not in as_html(worlds.story(), language="en")


def test_one_account_has_one_pseudonym_all_over_the_page(told):
    whole = worlds.story()
    pairs = {
        (one.name, other.name) for one, other in zip(whole.map.nodes, told.map.nodes, strict=True)
    }
    assert len({one for one, _ in pairs}) == len({other for _, other in pairs}) == len(pairs)
    by_name = dict(pairs)
    for one, other in zip(whole.amplifiers, told.amplifiers, strict=True):
        assert by_name.get(one.account, other.account) == other.account


def test_numbers_are_the_same_with_and_without_names(told):
    whole = worlds.story()
    assert told.report.posts == whole.report.posts
    assert [row.posts for row in told.report.series] == [row.posts for row in whole.report.series]
    assert [(n.amplified, n.amplifies) for n in told.map.nodes] == [
        (n.amplified, n.amplifies) for n in whole.map.nodes
    ]
