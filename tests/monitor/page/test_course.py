"""The pictures: a gap is never a bar, bursts have their numbers, and all stays in the frame."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from monitor.genesis.records import Hour
from monitor.letters.language import speech
from monitor.page.course import NARROW, WIDE, Words, course_svg
from monitor.page.pictures import dial_svg, hours_svg, percentile_svg
from monitor.report.report import BurstRow, WindowRow
from tests.builders import HOUR, NOON
from tests.monitor.page.pages import read

JAKARTA = ZoneInfo("Asia/Jakarta")
SAID = speech("id")
WORDS = Words(
    title="Berapa <banyak>",
    unit="unggahan per jam",
    unobserved="tidak teramati",
    number=SAID.number,
    hour=partial(SAID.hour, zone=JAKARTA),
    day=partial(SAID.short_day, zone=JAKARTA),
)


def windows(*counts, expected=None):
    return [
        WindowRow(
            start=NOON + n * HOUR, posts=count, authors=count, reposts=0, expected=expected,
            upper=None if expected is None else 2 * expected, score=None,
            coverage=None if count is None else 1.0, provisional=False,
        )
        for n, count in enumerate(counts)
    ]  # fmt: skip


def burst(peak, *, hours=1, end=True):
    start = NOON + peak * HOUR
    return BurstRow(
        start=start, end=start + hours * HOUR if end else None, peak_at=start, posts=50,
        expected=2.0, authors=9, score=9.0, weight=4.0, doubling_hours=None, doubling_low=None,
        doubling_high=None, half_life_hours=None, half_life_low=None, half_life_high=None,
        attention=None,
    )  # fmt: skip


def drawn(series, bursts=(), size=WIDE, window=HOUR):
    return read(course_svg(series, bursts, window, WORDS, JAKARTA, size)).one("svg")


def bars(picture):
    return [one for one in picture.all("rect") if "bar" in one.attributes["class"].split()]


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_a_gap_is_never_a_bar_and_a_bar_of_zero_is_no_gap(size):
    picture = drawn(windows(5, None, None, 0, 7, None), size=size)
    assert len(bars(picture)) == 2
    gaps = picture.all("rect", class_="gap")
    assert len(gaps) == 2  # of two hours, and of one
    widths = [float(one.attributes["width"]) for one in gaps]
    assert widths[0] == pytest.approx(2 * widths[1], abs=0.2)
    assert {one.text for one in gaps} == {"tidak teramati"}
    assert {one.attributes["height"] for one in gaps} != {"0"}


def test_each_bar_says_when_it_is_and_how_many_there_are():
    picture = drawn(windows(5, 1200))
    assert [one.text for one in bars(picture)] == ["1 Mar 19.00: 5", "1 Mar 20.00: 1.200"]
    heights = [float(one.attributes["height"]) for one in bars(picture)]
    assert heights[1] / heights[0] == pytest.approx(240, rel=0.1)


def test_bursts_are_numbered_as_in_the_list_and_only_their_bars_are_red():
    picture = drawn(windows(*[3] * 10, 50, *[3] * 30, 60, *[3] * 8), [burst(10), burst(41)])
    numbers = [one.text for one in picture.all("text", class_="on-mark")]
    assert numbers == ["1", "2"]
    red = [place for place, one in enumerate(bars(picture)) if one.has(class_="high")]
    assert red == [10, 41]


def test_numbers_never_lie_on_each_other():
    picture = drawn(windows(*[9] * 300), [burst(n) for n in range(0, 300, 3)], size=NARROW)
    places = [float(one.attributes["cx"]) for one in picture.all("circle", class_="mark")]
    assert 3 < len(places) < 100
    assert all(b - a >= 20 for a, b in pairwise(places))


def test_a_burst_that_goes_on_or_peaks_outside_is_still_drawn_inside():
    picture = drawn(windows(3, 3, 40, 50), [burst(2, end=False)])
    assert [one.has(class_="high") for one in bars(picture)] == [False, False, True, True]
    outside = drawn(windows(3, 3), [burst(7)])
    assert float(outside.one("circle").attributes["cx"]) < WIDE.width


@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("count", [0, 1, 2, 26, 24 * 60, 400])
def test_all_stays_inside_the_frame_and_labels_do_not_overlap(size, count):
    picture = drawn(windows(*[n % 17 for n in range(count)], expected=4.0), size=size)
    assert picture.attributes["viewbox"] == f"0 0 {size.width:g} {size.height:g}"
    for one in picture.all("rect"):
        x, width = float(one.attributes["x"]), float(one.attributes["width"])
        assert 0 <= x <= x + width <= size.width + 0.5
        assert float(one.attributes["y"]) >= 0
    hours = [
        one for one in picture.all("text", class_="soft") if "text-anchor" not in one.attributes
    ]
    places = [float(one.attributes["x"]) for one in hours]
    assert all(b - a >= 50 for a, b in pairwise(places))
    assert len(hours) <= 2 * size.ticks
    assert bool(picture.all("polygon")) == bool(count)


def test_what_is_usual_is_drawn_only_where_it_is_known():
    some = windows(4, 4, 4) + [
        WindowRow(start=NOON + n * HOUR, posts=4, authors=4, reposts=0, expected=3.0, upper=6.0,
                  score=1.0, coverage=1.0, provisional=False)
        for n in (3, 4)
    ]  # fmt: skip
    assert drawn(windows(4, 4)).all("polygon") == []
    (band,) = drawn(some).all("polygon")
    first = float(band.attributes["points"].split(",")[0])
    assert first > 52 + 0.5 * (WIDE.width - 64)


def test_a_picture_says_what_it_shows_and_text_stays_text():
    picture = drawn(windows(1))
    assert picture.attributes["role"] == "img"
    assert picture.attributes["aria-label"] == "Berapa <banyak>"


def test_one_scale_can_be_shared():
    lone = bars(drawn(windows(10)))[0].attributes["height"]
    shared = bars(drawn(windows(10), size=replace(WIDE, top=100.0)))[0].attributes["height"]
    assert float(lone) == pytest.approx(10 * float(shared), rel=0.02)


def hour(n, posts):
    return Hour(
        start=NOON + n * HOUR, posts=posts, reposts=0, authors=posts, new_authors=posts // 2,
        top_account=None, top_handle=None, top_share=None, carried_by=None,
        carried_by_handle=None, carried=0, new_platforms=[],
    )  # fmt: skip


def test_an_hour_that_nobody_observed_is_a_gap_in_the_beginning_too():
    hours = [hour(0, 4), hour(1, 0), hour(2, 0), hour(3, 2)]
    picture = read(hours_svg(hours, WORDS, [False, True, False, True], wide=True)).one("svg")
    assert len(picture.all("rect", class_="gap")) == 1
    assert [one.text for one in bars(picture)] == ["19.00: 4", "21.00: 0", "22.00: 2"]


def test_a_dial_without_a_value_is_empty_and_not_zero():
    empty = read(dial_svg(None, "M", "M: –", SAID.number))
    assert empty.all("path", class_="dial-value") == []
    assert empty.one("text", class_="dial-number").text == "–"
    zero = read(dial_svg(0.0, "M", "M: 0", SAID.number))
    assert len(zero.all("path", class_="dial-value")) == 1
    assert zero.one("text", class_="dial-number").text == "0"
    full = read(dial_svg(100.0, "O", "O: 100", SAID.number))
    numbers = [
        float(n) for n in re.findall(r"[\d.]+", full.one("path", class_="O").attributes["d"])
    ]
    assert max(numbers) <= 200


def test_a_percentile_lies_where_it_stands():
    assert read(percentile_svg(None, "–")).all("circle") == []
    places = [
        float(read(percentile_svg(v, "")).one("circle").attributes["cx"]) for v in (0, 50, 100)
    ]
    assert places == [6.0, 60.0, 114.0]


def test_windows_of_days_are_labelled_by_days():
    days = [
        WindowRow(start=NOON + timedelta(days=n), posts=3, authors=3, reposts=0, expected=None,
                  upper=None, score=None, coverage=1.0, provisional=False)
        for n in range(90)
    ]  # fmt: skip
    labels = [one.text for one in drawn(days, window=timedelta(days=1)).all("text", class_="soft")]
    assert not any(re.fullmatch(r"\d\d\.\d\d", label) for label in labels)
