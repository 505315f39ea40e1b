"""Posts over time: what was usual, what was not observed, and each burst by its number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

from monitor.charts.scale import runs, scale_for
from monitor.page.svg import label, line, picture, rectangle, short
from monitor.report.report import BurstRow, WindowRow

_HOUR = timedelta(hours=1)
_TICK_HOURS = (1, 2, 3, 6, 12, 24, 48, 96, 168, 336, 720, 2160, 4320, 8760)
_LEFT, _RIGHT, _TOP, _BOTTOM = 68.0, 12.0, 34.0, 46.0


@dataclass(frozen=True, slots=True)
class Words:
    """How a picture writes numbers and times, and what it is called."""

    title: str
    unit: str  # of the counts
    unobserved: str
    number: Callable[[float], str]
    hour: Callable[[datetime], str]
    day: Callable[[datetime], str]


@dataclass(frozen=True, slots=True)
class Size:
    """A wide picture for screens and paper, a narrow one for phones."""

    name: str
    width: float
    height: float
    ticks: int
    top: float | None = None  # the highest count, where several pictures share a scale


WIDE, NARROW = Size("wide", 960, 320, 10), Size("narrow", 380, 280, 4)


def course_svg(
    series: Sequence[WindowRow],
    bursts: Sequence[BurstRow],
    window: timedelta,
    words: Words,
    zone: ZoneInfo,
    size: Size,
) -> str:
    """Draw it. A gap is hatched from top to bottom, and never a zero."""
    frame = _Frame(series, window, size)
    parts = [
        *_grid(frame, words),
        *_gaps(frame, words),
        *_band(frame),
        *_bars(frame, bursts, words),
        *_axis(frame, words, zone),
        *_numbers(frame, bursts),
    ]
    return picture(size.width, size.height, f"course {size.name}", words.title, parts)


class _Frame:
    """Where windows and counts lie."""

    def __init__(self, series: Sequence[WindowRow], window: timedelta, size: Size) -> None:
        self.series, self.window, self.size = series, window, size
        most = [value for row in series for value in (row.posts, row.upper)]
        self.scale = scale_for(most if size.top is None else [size.top])
        self.wide = (size.width - _LEFT - _RIGHT) / max(len(series), 1)
        self.base = size.height - _BOTTOM

    def x(self, place: float) -> float:
        return _LEFT + place * self.wide

    def y(self, value: float) -> float:
        return self.base - value / self.scale.top * (self.base - _TOP)

    def place(self, moment: datetime) -> float:
        """Give where a moment lies, counted in windows."""
        return (moment - self.series[0].start) / self.window


def _grid(frame: _Frame, words: Words) -> list[str]:
    parts = [label(2, 13, words.unit, name="soft")]
    for value in frame.scale.lines:
        y = frame.y(value)
        parts.append(line(_LEFT, y, frame.size.width - _RIGHT, y, "grid"))
        parts.append(label(_LEFT - 6, y + 4, words.number(value), name="soft", anchor="end"))
    return parts


def _gaps(frame: _Frame, words: Words) -> list[str]:
    parts = []
    for first, last in runs([row.posts is None for row in frame.series]):
        x, width = frame.x(first), (last - first) * frame.wide
        parts.append(
            rectangle(x, _TOP, width, frame.base - _TOP, "gap").replace(
                "/>", f"><title>{escape(words.unobserved)}</title></rect>"
            )
        )
    return parts


def _band(frame: _Frame) -> list[str]:
    parts = []
    for first, last in runs([row.expected is not None for row in frame.series]):
        upper, middle = [], []
        for place in range(first, last):
            row = frame.series[place]
            expected = row.expected or 0.0
            limit = expected if row.upper is None else row.upper
            for edge in (place, place + 1):
                upper.append((frame.x(edge), frame.y(limit)))
                middle.append((frame.x(edge), frame.y(expected)))
        floor = [(middle[-1][0], frame.base), (middle[0][0], frame.base)]
        parts.append(f'<polygon class="band" points="{_points(upper + floor)}"/>')
        parts.append(f'<polyline class="expected" points="{_points(middle)}"/>')
    return parts


def _bars(frame: _Frame, bursts: Sequence[BurstRow], words: Words) -> list[str]:
    space = min(1.5, frame.wide / 5)
    parts = []
    for place, row in enumerate(frame.series):
        if not row.posts:
            continue
        y = frame.y(row.posts)
        kind = "bar high" if _is_in(row, frame.window, bursts) else "bar"
        told = f"{words.day(row.start)} {words.hour(row.start)}: {words.number(row.posts)}"
        parts.append(
            rectangle(
                frame.x(place) + space / 2, y, max(frame.wide - space, 0.4), frame.base - y, kind
            ).replace("/>", f"><title>{escape(told)}</title></rect>")
        )
    return parts


def _is_in(row: WindowRow, window: timedelta, bursts: Sequence[BurstRow]) -> bool:
    end = row.start + window
    return any(b.start < end and (b.end is None or row.start < b.end) for b in bursts)


def _axis(frame: _Frame, words: Words, zone: ZoneInfo) -> list[str]:
    """Write the hours below the bars, and the day where a day begins."""
    hours = len(frame.series) * (frame.window / _HOUR)
    every = next((n for n in _TICK_HOURS if hours / n <= frame.size.ticks), _TICK_HOURS[-1])
    parts = [line(_LEFT, frame.base, frame.size.width - _RIGHT, frame.base, "axis")]
    written, free = None, 0.0
    for place, row in enumerate(frame.series):
        local = row.start.astimezone(zone)
        if (local.toordinal() * 24 + local.hour + local.minute / 60) % every:
            continue
        x = frame.x(place)
        if x < free or x > frame.size.width - _RIGHT - 40:
            continue
        day = words.day(row.start)
        parts.append(line(x, frame.base, x, frame.base + 5, "axis"))
        parts.append(
            label(x, frame.base + 18, words.hour(row.start) if every < 24 else day, name="soft")
        )
        if every < 24 and day != written:
            parts.append(label(x, frame.base + 36, day))
            written = day
        free = x + 54
    return parts


def _numbers(frame: _Frame, bursts: Sequence[BurstRow]) -> list[str]:
    """Number the bursts above their peaks, as the list below the picture does."""
    parts, free = [], 0.0
    for number, burst in enumerate(bursts, start=1):
        place = min(max(frame.place(burst.peak_at), 0), len(frame.series) - 1)
        row = frame.series[int(place)]
        x = frame.x(int(place) + 0.5)
        y = max(frame.y(row.posts or 0) - 14, _TOP - 14)
        if x < free:
            continue  # two circles on each other can be read by nobody; the list has both
        parts.append(
            f'<circle class="mark" cx="{short(x)}" cy="{short(y)}" r="10"/>'
            + label(x, y + 4, str(number), name="on-mark", anchor="middle")
        )
        free = x + 21
    return parts


def _points(pairs: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{short(x)},{short(y)}" for x, y in pairs)
