"""From the story to one HTML page that needs nothing else. Pure."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, partial
from importlib.resources import files
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from monitor.genesis.notes import FIRST_SEEN
from monitor.letters.language import Speech, speech
from monitor.letters.pages import module, page, sentences
from monitor.page import answers
from monitor.page.chart import map_data, map_svg
from monitor.page.compare import beside, compared, uneven
from monitor.page.course import NARROW, WIDE, Words, course_svg
from monitor.page.figures import Figures
from monitor.page.pictures import dial_svg, hours_svg, percentile_svg
from monitor.page.story import Story
from monitor.report.report import Report

PANZOOM = "panzoom-4.6.2.min.js"
_MOST_WINDOWS = 400  # in the table below the picture
# Marks of direction and control characters; but not joiners, with which emoji are written.
_HARMFUL = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f-\x9f]")
_UNITS = {"m": 60, "h": 3_600, "d": 86_400, "s": 1}


def as_html(story: Story, *, language: str) -> str:
    """Give the page. language: `id` or `en`."""
    return _harmless(_Page(story, speech(language)).render())


def _harmless(text: str) -> str:
    """Take out what turns the text around it, or is no text: strangers' names may hold it."""
    return _HARMFUL.sub("", text)


class _Page:
    """Everything that the templates ask for."""

    def __init__(self, story: Story, said: Speech) -> None:
        self.figures = Figures(said)
        other = None if story.other is None else self._titled(story.other)
        self.story, self.speech = replace(story, other=other), said
        self.report = self._titled(story.report)
        self.zone = ZoneInfo(self.report.timezone)
        self.at = partial(said.at, zone=self.zone)
        self.stretch = partial(said.stretch, zone=self.zone)

    def _titled(self, report: Report) -> Report:
        """Say in the language that a report is of all posts; a watch or hashtag has its name."""
        return report if report.hashtags else replace(report, target=self.figures.t(report.target))

    def render(self) -> str:
        facts = self._helpers() | answers.facts(self.story)
        titles = self._titles()
        facts |= {"titles": titles, "contents": self._contents(titles)}
        facts |= {"phrases": module("phrases.txt", self.speech)}
        facts |= {"answers": sentences("page/answers.txt", self.speech, **facts)}
        facts |= self._pictures(titles) | self._series() | self._comparison()
        return page("page/report.html", self.speech, **facts)

    def _titles(self) -> dict[str, str]:
        window = self.report.window
        return sentences(
            "page/titles.txt", self.speech, target=self.report.target, n=int(window[:-1]),
            unit=window[-1],
        )  # fmt: skip

    def _again(self, command: str) -> str:
        """Give another command on the same posts: of the same store or file, and the same time."""
        try:
            typed = shlex.split(self.story.command)
        except ValueError:  # nobody can have typed it
            typed = []
        kept = [
            part for option, value in pairwise(typed) if option in _KEPT for part in (option, value)
        ]
        target = self.report.target if self.report.hashtags else "all"
        return shlex.join(["gaung", command, target, *kept])

    def _helpers(self) -> dict[str, Any]:
        figures = self.figures
        return {
            "story": self.story,
            "report": self.report,
            "at": self.at,
            "exactly": self._exactly,
            "stretch": self.stretch,
            "period": self.stretch(self.report.since, self.report.until),
            "dial_day": self.stretch(self.story.indication.since, self.story.indication.until),
            "dials_are_of_part": self._dials_are_of_part(),
            "figure": figures.figure,
            "tiny": figures.tiny,
            "t": figures.t,
            "noted": figures.noted,
            "who": lambda row: answers.who(row.handle, row.account or "–"),
            "called": answers.who,
            "row_name": answers.row_name,
            "broken": broken,
            "again": self._again,
            "notes": self._notes(),
            "proofs_of": lambda n: [one for one in self.story.proofs if one.group == n],
            "by_first": sorted(self.story.sources, key=lambda one: (one.first_at, one.name)),
            "component_titles": {one.name: one.title for one in self.story.indication.indicators},
            "css": asset("page.css"),
            "js": asset("page.js"),
            "panzoom": asset(PANZOOM) if self.story.map else "",
        }

    def _notes(self) -> list[str]:
        """Give what must be known; what "first" means stands on the page already."""
        begun = self.story.genesis.notes if self.story.genesis else []
        return [*(note for note in begun if note != FIRST_SEEN), *self.report.notes]

    def _exactly(self, moment: datetime) -> str:
        """Write a time with its seconds: that is what groups are about."""
        seconds = moment.astimezone(self.zone).second
        told, _, zone = self.at(moment).rpartition(" ")
        return f"{told}{self.speech.clock}{seconds:02} {zone}"

    def _contents(self, titles: dict[str, str]) -> list[tuple[str, str]]:
        return [(name, titles[name]) for name in _PARTS if name != "compare" or self.story.other]

    def _pictures(self, titles: dict[str, str]) -> dict[str, Any]:
        story, number = self.story, self.speech.number
        words = self._words(titles["volume"], titles)
        opening = replace(words, title=titles["genesis"], unit=titles["per_hour"])
        dials = story.indication.dials
        values = {
            "M": dials.mobilisation.value if dials else None,
            "O": dials.orchestration.value if dials else None,
        }
        hours = story.genesis.hourly if story.genesis else []
        unknown = [self._is_unknown(one.start) for one in hours]
        return {
            "unknown_hours": unknown,
            "course": {
                size.name: course_svg(
                    self.report.series, self.report.bursts, self._window(self.report), words,
                    self.zone, size,
                )
                for size in (WIDE, NARROW)
            },
            "hours": {
                name: hours_svg(hours, opening, unknown, wide=name == "wide")
                for name in ("wide", "narrow")
            },
            "mobilisation": dials.mobilisation if dials else None,
            "orchestration": dials.orchestration if dials else None,
            "dial_svg": {
                letter: dial_svg(value, letter, self._dial_told(letter, value), number)
                for letter, value in values.items()
            },
            "percentile": lambda value: percentile_svg(value, f"{number(value)} / 100"),
            "map_svg": map_svg(story.map, titles["map"]) if story.map else "",
            "map_data": map_data(story.map, [self.at(step) for step in story.map.steps])
            if story.map
            else "",
            "words": json.dumps(
                sentences("page/script.txt", self.speech), ensure_ascii=False, sort_keys=True
            ).replace("<", "\\u003c"),
        }  # fmt: skip

    def _dials_are_of_part(self) -> bool:
        told, report = self.story.indication, self.report
        return (told.since, told.until) != (report.since, report.until)

    def _is_unknown(self, hour: datetime) -> bool:
        """Tell whether an hour lies in a window that nobody observed."""
        width = self._window(self.report)
        return any(
            row.posts is None and row.start <= hour and hour < row.start + width
            for row in self.report.series
        )

    def _dial_told(self, letter: str, value: float | None) -> str:
        return f"{letter}: {'–' if value is None else self.speech.number(round(value))} / 100"

    def _words(self, title: str, titles: dict[str, str]) -> Words:
        return Words(
            title=title,
            unit=titles["per_window"],
            unobserved=titles["unobserved"],
            number=self.speech.number,
            hour=partial(self.speech.hour, zone=self.zone),
            day=partial(self.speech.short_day, zone=self.zone),
        )

    @staticmethod
    def _window(report: Report) -> timedelta:
        return timedelta(seconds=int(report.window[:-1]) * _UNITS[report.window[-1]])

    def _series(self) -> dict[str, Any]:
        series = self.report.series
        shown = series[-_MOST_WINDOWS:]
        return {
            "provisional": any(row.provisional for row in series),
            "has_gaps": any(row.posts is None for row in series),
            "windows_shown": shown,
            "windows_left": len(series) - len(shown),
        }

    def _comparison(self) -> dict[str, Any]:
        other = self.story.other
        if other is None:
            return {}
        titles = self._titles()
        words = self._words(titles["volume"], titles)
        names = sentences("page/measures.txt", self.speech)
        return {
            "other_period": self.stretch(other.since, other.until),
            "compared": compared(self.report, other, names, self.figures),
            "uneven": uneven(self.report, other),
            "beside": beside(self.report, other, self._window, words, self.zone),
        }


# What another command must be told, too, to be of the same posts.
_KEPT = frozenset({"--input", "--since", "--from", "--until", "--to"})
_PARTS = (
    "setting", "answer", "compare", "volume", "genesis", "map", "groups", "amplified", "spread",
    "riding", "indicators", "reading",
)  # fmt: skip


def broken(name: str) -> Markup:
    """Give the name of an account that may be broken before its server, and not within a word.

    >>> broken("@ana@nusantara.example")
    Markup('@ana<wbr>@nusantara.example')
    """
    return escape(name[:1]) + Markup("<wbr>@").join(name[1:].split("@"))


@cache
def asset(name: str) -> str:
    """Give the text of a file that the page carries with it."""
    return files("monitor.page").joinpath("assets", name).read_text(encoding="utf-8")
