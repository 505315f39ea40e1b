"""Posts over time, with what is usual, what was not observed, and what stood out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

from monitor.charts.scale import runs, scale_for

_WIDTH, _HEIGHT = 580, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 54, 12, 38, 48
_BAR, _BURST, _BAND, _LINE = "#2f6fb0", "#b3261e", "#d9dee4", "#6b7783"
_INK, _SOFT, _GAP = "#1b2530", "#55616e", "#f3ead2"
_HOUR = timedelta(hours=1)
_TICK_HOURS = (1, 2, 3, 6, 12, 24, 48, 96, 168)
_MOST_TICKS = 6
_FONT = 16  # pixels: nine are left on a phone
_LABEL = 50  # the width of a label


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Windows of one length, oldest first. None is unknown, never zero."""

    starts: tuple[datetime, ...]
    window: timedelta
    posts: tuple[int | None, ...]
    expected: tuple[float | None, ...]
    upper: tuple[float | None, ...]  # up to where it is still usual
    bursts: tuple[tuple[datetime, datetime | None], ...] = ()

    @property
    def until(self) -> datetime:
        """When the last window ends."""
        return self.starts[-1] + self.window


@dataclass(frozen=True, slots=True)
class ChartWords:
    """What a chart says in words, and how it writes numbers and times."""

    usual: str
    burst: str
    unobserved: str
    number: Callable[[float], str]
    time: Callable[[datetime], str]  # an hour of a day
    day: Callable[[datetime], str]  # a day


def volume_svg(curve: Curve, words: ChartWords, zone: ZoneInfo) -> str:
    """Draw the posts of each window as a bar over what is usual; gaps are shaded, not empty."""
    frame = _Frame(curve, zone)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'width="{_WIDTH}" height="{_HEIGHT}" font-family="DejaVu Sans, sans-serif" '
        f'font-size="{_FONT}">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" rx="6" fill="#ffffff"/>',
        *_grid(frame, words),
        *_band(frame),
        *_gaps(frame),
        *_bars(frame),
        *_axis(frame, words),
        *_legend(frame, words),
        "</svg>",
    ]
    return "".join(parts)


class _Frame:
    """Where windows and counts lie on the picture."""

    def __init__(self, curve: Curve, zone: ZoneInfo) -> None:
        self.curve, self.zone = curve, zone
        self.scale = scale_for((*curve.posts, *curve.upper))
        self.width = (_WIDTH - _LEFT - _RIGHT) / len(curve.starts)

    def x(self, place: float) -> float:
        """Give where a window begins, by its number."""
        return round(_LEFT + place * self.width, 1)

    def y(self, value: float) -> float:
        """Give the height of a count."""
        return round(_HEIGHT - _BOTTOM - value / self.scale.top * (_HEIGHT - _TOP - _BOTTOM), 1)

    def is_in_burst(self, place: int) -> bool:
        """Tell whether a window lies in a burst."""
        start = self.curve.starts[place]
        return any(
            since < start + self.curve.window and (until is None or start < until)
            for since, until in self.curve.bursts
        )


def _grid(frame: _Frame, words: ChartWords) -> list[str]:
    parts = []
    for value in frame.scale.lines:
        y = frame.y(value)
        parts.append(
            f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y}" y2="{y}" stroke="#e6eaee"/>'
            f'<text x="{_LEFT - 6}" y="{y + 5}" text-anchor="end" fill="{_SOFT}">'
            f"{escape(words.number(value))}</text>"
        )
    return parts


def _gaps(frame: _Frame) -> list[str]:
    """Shade what was not observed, from the top to the bottom."""
    return [
        f'<rect x="{frame.x(place)}" y="{_TOP}" width="{round(frame.width + 0.3, 1)}" '
        f'height="{_HEIGHT - _TOP - _BOTTOM}" fill="{_GAP}"/>'
        for place, posts in enumerate(frame.curve.posts)
        if posts is None
    ]


def _band(frame: _Frame) -> list[str]:
    """Draw what is usual: a band up to where it is no surprise, and a line at what is expected."""
    parts = []
    for first, last in runs([value is not None for value in frame.curve.expected]):
        upper, lower = [], []
        for place in range(first, last):
            expected = frame.curve.expected[place] or 0.0
            limit = frame.curve.upper[place]
            for x in (frame.x(place), frame.x(place + 1)):
                upper.append((x, frame.y(expected if limit is None else limit)))
                lower.append((x, frame.y(expected)))
        floor_line = [(lower[-1][0], frame.y(0)), (lower[0][0], frame.y(0))]
        parts.append(f'<polygon points="{_points(upper + floor_line)}" fill="{_BAND}"/>')
        parts.append(
            f'<polyline points="{_points(lower)}" fill="none" stroke="{_LINE}" '
            'stroke-width="1.5" stroke-dasharray="4 3"/>'
        )
    return parts


def _bars(frame: _Frame) -> list[str]:
    gap = min(2.0, frame.width / 5)
    parts = []
    for place, posts in enumerate(frame.curve.posts):
        if posts is None:
            continue
        y = frame.y(posts)
        color = _BURST if frame.is_in_burst(place) else _BAR
        parts.append(
            f'<rect x="{round(frame.x(place) + gap / 2, 1)}" y="{y}" '
            f'width="{round(frame.width - gap, 1)}" height="{round(frame.y(0) - y, 1)}" '
            f'fill="{color}"/>'
        )
    return parts


def _axis(frame: _Frame, words: ChartWords) -> list[str]:
    """Write the hours below the bars, and the day where a day begins."""
    curve, base = frame.curve, frame.y(0)
    hours = len(curve.starts) * (curve.window / _HOUR)
    every = next((n for n in _TICK_HOURS if hours / n <= _MOST_TICKS), _TICK_HOURS[-1])
    parts = [
        f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{base}" y2="{base}" stroke="{_LINE}"/>'
    ]
    written: str | None = None
    for place, start in enumerate(curve.starts):
        local = start.astimezone(frame.zone)
        since_midnight = local.hour + local.minute / 60
        days = local.toordinal()
        if (days * 24 + since_midnight) % every:
            continue
        x, day = frame.x(place), words.day(start)
        label = words.time(start) if every < 24 else day
        if x > _WIDTH - _RIGHT - _LABEL:
            break  # it would run over the edge
        parts.append(
            f'<line x1="{x}" x2="{x}" y1="{base}" y2="{base + 4}" stroke="{_LINE}"/>'
            f'<text x="{x}" y="{base + 21}" fill="{_SOFT}">'
            f"{escape(label)}</text>"
        )
        if every < 24 and day != written:
            parts.append(f'<text x="{x}" y="{base + 40}" fill="{_INK}">{escape(day)}</text>')
            written = day
    return parts


def _legend(frame: _Frame, words: ChartWords) -> list[str]:
    """Name what is on the picture, and nothing else."""
    curve = frame.curve
    entries = []
    if any(value is not None for value in curve.expected):
        entries.append((_BAND, words.usual))
    if any(frame.is_in_burst(place) for place in range(len(curve.starts))):
        entries.append((_BURST, words.burst))
    if any(posts is None for posts in curve.posts):
        entries.append((_GAP, words.unobserved))
    x, parts = float(_LEFT), []
    for color, text in entries:
        parts.append(
            f'<rect x="{x}" y="10" width="15" height="15" rx="2" fill="{color}" '
            f'stroke="{_LINE}" stroke-width="0.5"/>'
            f'<text x="{x + 21}" y="23" fill="{_INK}">{escape(text)}</text>'
        )
        x += 44 + 9.4 * len(text)
    return parts


def _points(pairs: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in pairs)
