"""Whatever strangers write, it is text on the page, and never a part of the page."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from monitor.page.render import as_html
from monitor.page.story import PostShown
from tests.monitor.page import worlds
from tests.monitor.page.pages import Element, data, read, shown

BIDI = "".join(map(chr, (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))))
ALLOWED_SCRIPTS = 4  # words, the map's data, panzoom, the page's own


_ATTRIBUTES = {
    "aria-hidden", "aria-label", "aria-labelledby", "aria-live", "autocomplete", "charset",
    "class", "content", "cx", "cy", "d", "data-community", "data-i", "data-n", "data-s", "data-t",
    "data-v", "dir", "height", "href", "id", "lang", "max", "min", "name", "points", "r", "role",
    "scope", "spellcheck", "step", "stroke-width", "style", "tabindex", "text-anchor", "type",
    "value", "viewbox", "width", "x", "x1", "x2", "y", "y1", "y2",
}  # fmt: skip


@pytest.fixture(scope="module")
def pages():
    return {code: as_html(worlds.story(), language=code) for code in ("id", "en")}


@pytest.fixture(scope="module")
def trees(pages):
    """Give the pages, read: all is closed in them, and nothing twice."""
    return {code: read(page) for code, page in pages.items()}


@pytest.mark.parametrize("language", ["id", "en"])
def test_all_that_is_hostile_in_the_store_is_shown_as_text(trees, language):
    page = trees[language]
    assert len(page.all("script")) == ALLOWED_SCRIPTS
    assert not page.all("img")
    assert not page.all("b", class_="air")
    text = shown(page).text
    assert worlds.SCRIPT in text
    assert "@\"'onload='x@x.example" in text
    assert '</script><img src="https://jahat.example/p.png" onerror="alert(1)">' in text
    assert "{{ 7 * 7 }} {% raw %} %(name)s {0} \\u003c/script>" in text
    assert "Warga antre air <script>alert('x')</script> & \"air\"" in text


def test_no_attribute_is_a_stranger_s(trees):
    for page in trees.values():
        for one in page.all():
            assert not [name for name in one.attributes if name.startswith("on")]
            assert "javascript:" not in one.attributes.get("href", "")
            assert not set(one.attributes) - _ATTRIBUTES


def test_links_lead_within_the_page_only(trees):
    for page in trees.values():
        links = [one.attributes["href"] for one in page.all("a")]
        ids = {one.attributes["id"] for one in page.all() if "id" in one.attributes}
        assert links
        assert all(link.startswith("#") and link[1:] in ids for link in links)
        assert not page.all("link")


def test_ids_are_there_once(trees):
    for page in trees.values():
        ids = [one.attributes["id"] for one in page.all() if "id" in one.attributes]
        assert len(ids) == len(set(ids))


def test_nothing_turns_the_text_around_it(pages):
    for page in pages.values():
        assert not set(page) & set(BIDI)
        assert "@moc.live@x.example" in page
        assert "مرحبا" in page  # letters stay
        assert "👩🏽\u200d🚒" in page  # and so do emoji of several parts


def test_json_in_a_script_cannot_be_left(pages, trees):
    for code, page in pages.items():
        map_data, words = data(trees[code], "map-data"), data(trees[code], "page-words")
        names = [one[0] for one in map_data["accounts"]]
        assert f"@{worlds.HOSTILE_HANDLES[0]}" in names
        raw = page.split('id="map-data">')[1].split("</script>")[0]
        assert json.loads(raw) == map_data
        assert "<" not in raw
        assert {"account", "bridge", "community", "found", "nobody", "until"} <= set(words)


@pytest.mark.parametrize(
    "name",
    [
        "</script><script>alert(1)</script>",
        "<!--<script>",
        "]]>",
        "\u2028\u2029",
        'a" onmouseover="alert(1)',
        "a' onmouseover='alert(1)",
        "`${alert(1)}`",
        "&lt;b&gt;",
        "\x00\x1b[31m",
        "\\",
        "\\u003c",
    ],
)
def test_any_name_anywhere_stays_a_name(trees, name):
    whole = worlds.story()
    report = replace(
        whole.report,
        target=name,
        series=whole.report.series[-30:],
        hashtags=[name],
        top_authors=[replace(whole.report.top_authors[0], handle=name)],
        top_amplified=[replace(whole.report.top_amplified[0], handle=name)],
        top_hashtags=[replace(whole.report.top_hashtags[0], name=name)],
        top_links=[replace(whole.report.top_links[0], name=name)],
        news=[replace(whole.report.news[0], outlet=name, title=name)],
        gaps=[replace(whole.report.gaps[0], source=name, reason=name)],
        notes=[name],
        indicators=[replace(whole.report.indicators[0], title=name, note=name)],
    )
    post = PostShown(at=worlds.NOW, account=name, platform=name, text=name)
    small = replace(
        whole.map,
        nodes=[replace(one, name=name) for one in whole.map.nodes[:3]],
        edges=[],
        bridges=[name],
        communities=[replace(one, words=[name], top=[name]) for one in whole.map.communities],
    )
    page = as_html(
        replace(
            whole, report=report, map=small, command=name,
            bursts=[replace(whole.bursts[0], words=[name], busiest=name, post=post)],
            sources=[replace(whole.sources[0], name=name)],
            proofs=[replace(whole.proofs[0], what=name, first=post, then=post)],
            pairs=[replace(whole.pairs[0], amplifier=name, amplified=name)],
            amplifiers=[replace(whole.amplifiers[0], account=name, mostly=name)],
        ),
        language="en",
    )  # fmt: skip
    told = read(page)
    plain = trees["en"]
    assert len(told.all("script")) == len(plain.all("script"))
    assert {one.name for one in told.all()} <= {one.name for one in plain.all()}
    clean = "".join(c for c in name if c.isprintable() or c in "\u2028\u2029")
    assert clean.strip() in _text(told)
    assert {one[0] for one in data(told, "map-data")["accounts"]} == {name}


def _text(page: Element) -> str:
    return "".join(_strings(shown(page)))


def _strings(one: Element):
    for part in one.content:
        yield from [part] if isinstance(part, str) else _strings(part)
