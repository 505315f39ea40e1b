"""Charts: what is drawn, and that nothing but numbers and words of ours gets into them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from monitor.charts import ChartWords, Curve, png, volume_svg
from monitor.letters.facts import chart_alt, chart_words
from monitor.letters.language import speech
from tests.monitor.golden.examples import HOUR, WIB, make_curve

WORDS = chart_words(speech("en"), WIB)
_SVG = "{http://www.w3.org/2000/svg}"


def rects(curve: Curve, words: ChartWords = WORDS) -> list[dict[str, str]]:
    svg = ET.fromstring(volume_svg(curve, words, WIB))  # noqa: S314  # our own
    return [dict(rect.attrib) for rect in svg.iter(f"{_SVG}rect")]


def test_a_gap_is_shaded_and_a_zero_is_not() -> None:
    shaded = [rect for rect in rects(make_curve((4, None, None, 0))) if rect["fill"] == "#f3ead2"]
    assert len(shaded) == 3  # two windows, and the sign that says what they are
    assert not any(rect["fill"] == "#f3ead2" for rect in rects(make_curve((4, 0, 0, 0))))


def test_a_burst_has_its_own_colour() -> None:
    red = [rect for rect in rects(make_curve((5,) * 24, burst=True)) if rect["fill"] == "#b3261e"]
    assert len(red) == 6  # five hours, and the sign


@given(
    st.lists(st.one_of(st.none(), st.integers(0, 10**6)), min_size=1, max_size=200),
    st.sampled_from([timedelta(minutes=5), HOUR, timedelta(days=1)]),
)
def test_every_curve_can_be_drawn(posts: list[int | None], window: timedelta) -> None:
    curve = replace(make_curve(tuple(posts)), window=window)
    heights = [float(rect["height"]) for rect in rects(curve)]
    assert min(heights) >= 0
    assert chart_alt(curve, "air", speech("id"), WIB)


def test_words_cannot_break_the_picture() -> None:
    words = replace(WORDS, burst="<script>&", number=lambda _: "<b>", day=lambda _: '"&')
    assert rects(make_curve((5,) * 24, burst=True), words)


def test_a_picture_is_drawn_with_our_own_font() -> None:
    picture = png(volume_svg(make_curve((5,) * 24, burst=True), WORDS, WIB))
    assert picture.startswith(b"\x89PNG")
    without_text = png('<svg xmlns="http://www.w3.org/2000/svg" width="580" height="240"/>')
    assert len(without_text) < 4_000 < len(picture) < 60_000


def test_those_who_do_not_see_it_are_told_the_same() -> None:
    told = chart_alt(make_curve((3, None, 40, 2)), "air", speech("en"), WIB)
    assert "from 2 to 40, the most at 18 Aug 2026 05:00 WIB" in told
    assert "1 hour of 4 was not observed." in told
    assert "unknown" in chart_alt(make_curve((None,)), "air", speech("en"), WIB)
