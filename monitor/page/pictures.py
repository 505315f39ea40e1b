"""The small pictures of the page: dials, intervals, hours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from monitor.charts.scale import scale_for
from monitor.genesis.records import Hour
from monitor.page.course import Words
from monitor.page.svg import Number, label, line, picture, rectangle, short


def dial_svg(value: float | None, letter: str, told: str, number: Number) -> str:
    """Draw a dial from 0 to 100 as half a circle; without a value it is empty, and says so."""
    parts = [f'<path class="dial-ground" d="{_arc(0, 100)}"/>']
    parts.append(f'<path class="dial-high" d="{_arc(75, 100, radius=88)}"/>')
    if value is not None:
        parts.append(f'<path class="dial-value {letter}" d="{_arc(0, max(value, 0.5))}"/>')
    shown = "–" if value is None else number(round(value))
    parts.append(label(100, 96, shown, name="dial-number", anchor="middle"))
    parts.append(label(18, 122, "0", name="soft", anchor="middle"))
    parts.append(label(182, 122, "100", name="soft", anchor="middle"))
    return picture(200, 128, "dial", told, parts)


def _arc(start: float, end: float, radius: float = 76) -> str:
    """Give a part of the half circle around (100, 104), from left to right."""
    ends = [
        (100 - radius * math.cos(math.pi * v / 100), 104 - radius * math.sin(math.pi * v / 100))
        for v in (start, end)
    ]
    (x1, y1), (x2, y2) = ends
    return f"M{short(x1)} {short(y1)}A{radius:g} {radius:g} 0 0 1 {short(x2)} {short(y2)}"


def percentile_svg(percentile: float | None, told: str) -> str:
    """Draw where a day stands among quiet ones, from 0 to 100."""
    parts = [rectangle(0, 5, 120, 4, "rail"), rectangle(59.5, 2, 1, 10, "middle")]
    if percentile is not None:
        parts.append(f'<circle class="dot" cx="{short(6 + 1.08 * percentile)}" cy="7" r="5"/>')
    return picture(120, 14, "percentile", told, parts)


def hours_svg(hours: Sequence[Hour], words: Words, unknown: Sequence[bool], *, wide: bool) -> str:
    """Draw the first hours: all posts, and the new accounts of each; a gap where nobody looked."""
    number, hour = words.number, words.hour
    width, height = (960.0, 200.0) if wide else (380.0, 200.0)
    left, base, top = 52.0, height - 30, 30.0
    scale = scale_for([one.posts for one in hours], most_lines=3)
    step = (width - left - 12) / max(len(hours), 1)
    every = next(n for n in (1, 2, 3, 4, 6, 8, 12, 24) if step * n >= 44 or n == 24)

    def y(value: float) -> float:
        return base - value / scale.top * (base - top)

    parts = [label(2, 13, words.unit, name="soft")]
    for value in scale.lines:
        parts.append(line(left, y(value), width - 12, y(value), "grid"))
        parts.append(label(left - 6, y(value) + 4, number(value), name="soft", anchor="end"))
    for place, (one, is_unknown) in enumerate(zip(hours, unknown, strict=True)):
        x = left + place * step
        if place % every == 0:
            parts.append(
                label(x + step / 2, base + 18, hour(one.start), name="soft", anchor="middle")
            )
        if is_unknown and not one.posts:
            gap = rectangle(x, top, step, base - top, "gap")
            parts.append(gap.replace("/>", f"><title>{escape(words.unobserved)}</title></rect>"))
            continue
        told = f"<title>{escape(hour(one.start))}: {escape(number(one.posts))}</title></rect>"
        bar = rectangle(x + step * 0.1, y(one.posts), step * 0.8, base - y(one.posts), "bar")
        parts.append(bar.replace("/>", f">{told}"))
        fresh = base - y(one.new_authors)
        parts.append(rectangle(x + step * 0.32, base - fresh, step * 0.36, fresh, "fresh"))
    parts.append(line(left, base, width - 12, base, "axis"))
    return picture(width, height, f"hours {'wide' if wide else 'narrow'}", words.title, parts)
