"""Two reports side by side: the same measures, on the same scale."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from monitor.page.course import Size, Words, course_svg
from monitor.page.figures import Figures
from monitor.report.report import Report

_HALF = Size("half", 470, 240, 4)
_EVEN = 0.05  # of coverage, up to which two times are observed equally well
_INDICATORS = ("originality_share", "near_duplicate_share", "top10_share", "effective_authors")


@dataclass(frozen=True, slots=True)
class Line:
    """One measure of both."""

    title: str
    one: str
    other: str
    ratio: str


def compared(
    report: Report, other: Report, names: Mapping[str, str], figures: Figures
) -> list[Line]:
    """Give the measures that both have. names: what counts are called in the language."""
    lines = [
        _line(names[name], getattr(report, name), getattr(other, name), figures)
        for name in ("posts", "authors", "reposts", "interactions")
    ]
    lines.append(_line(names["bursts"], len(report.bursts), len(other.bursts), figures))
    lines.append(_line(names["peak"], _peak(report), _peak(other), figures))
    lines.append(_line(names["coverage"], report.coverage, other.coverage, figures, ratio=False))
    theirs = {one.name: one for one in other.indicators}
    for one in report.indicators:
        if one.name in _INDICATORS and one.name in theirs:
            lines.append(
                _line(figures.t(one.title), one.value, theirs[one.name].value, figures, ratio=False)
            )
    return lines


def _line(
    title: str, one: float | None, other: float | None, figures: Figures, *, ratio: bool = True
) -> Line:
    times = figures.figure(one / other) if ratio and one is not None and other else "–"
    return Line(title, figures.figure(one), figures.figure(other), times)


def _peak(report: Report) -> int | None:
    return max((row.posts for row in report.series if row.posts is not None), default=None)


def uneven(report: Report, other: Report) -> bool:
    """Tell whether the two were not observed equally well, or nobody can say."""
    if report.coverage is None or other.coverage is None:
        return True
    return abs(report.coverage - other.coverage) > _EVEN


def beside(
    report: Report,
    other: Report,
    window: Callable[[Report], timedelta],
    words: Words,
    zone: ZoneInfo,
) -> dict[str, str]:
    """Draw both courses to one scale: the larger one's."""
    most = max(_peak(report) or 0, _peak(other) or 0)
    drawn = {}
    for name, one in (("one", report), ("other", other)):
        # Without what is usual: on one scale, only counts are to be compared.
        series = [replace(row, upper=None, expected=None) for row in one.series]
        drawn[name] = course_svg(
            series, one.bursts, window(one), words, zone, replace(_HALF, top=float(most))
        )
    return drawn
