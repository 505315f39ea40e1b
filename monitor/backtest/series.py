"""A file of times and counts, scored window by window: each only by those before it."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from analysis.trends.alarm import alarms
from collectors.errors import RecordError
from collectors.moments import posted_at
from monitor.errors import OperatorError

_TIMES = ("timestamp", "time", "datetime", "date", "window_start", "created_at")
_VALUES = ("value", "count", "posts", "volume", "n")
_UNKNOWN = frozenset({"", "na", "nan", "null", "none", "-"})
_MOST_WINDOWS = 3_000_000


@dataclass(frozen=True, slots=True)
class Point:
    """A line of the file. `value` is None in a gap."""

    written: str  # the time as it is written
    at: datetime  # in UTC
    value: float | None


@dataclass(frozen=True, slots=True)
class Aside:
    """A line that cannot be read."""

    line: int
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Scored:
    """A point with what was expected and how unusual it was. None while learning, or in a gap."""

    point: Point
    expected: float | None
    score: float | None
    alert: bool


def read_series(path: Path, *, zone: ZoneInfo) -> tuple[list[Point], list[Aside]]:
    """Read a CSV of times and counts, in any order; the columns are found by their names.

    zone: of times that say none. Raises `OperatorError`.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file)
            time_at, value_at = _columns(path, next(lines, []))
            return _read(lines, time_at, value_at, zone)
    except OSError as error:
        raise OperatorError(f"{path} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise OperatorError(f"{path} is no CSV in UTF-8: {error}; save it as such") from error


def usual_step(points: list[Point]) -> timedelta:
    """Give the time that mostly lies between two points. Raises `OperatorError`."""
    times = sorted({point.at for point in points})
    steps = [(b - a).total_seconds() for a, b in pairwise(times)]
    if not steps:
        raise OperatorError("one point is no series: give at least two, or say --window")
    return timedelta(seconds=median(steps))


def score_series(
    points: list[Point],
    *,
    window: timedelta,
    zone: ZoneInfo,
    least: float,
    on_tested: Callable[[float, float], None] = lambda *_: None,
) -> list[Scored]:
    """Score points, in the order of time. Points of one window share its count and its score.

    Windows without a point are gaps, not zeros. least: the score that is an alarm. on_tested:
    is told how many windows are tested, and of how many. Raises `OperatorError`.
    """
    if not points:
        return []
    points = sorted(points, key=lambda point: point.at)
    first = points[0].at
    places = [math.floor((point.at - first) / window + 0.5) for point in points]
    if places[-1] >= _MOST_WINDOWS:
        raise OperatorError(
            f"{places[-1] + 1:,} windows lie between {points[0].written} and "
            f"{points[-1].written}: say a longer --window"
        )
    counts = np.full(places[-1] + 1, np.nan)
    for place, point in zip(places, points, strict=True):
        if point.value is not None:
            counts[place] = point.value + (0 if np.isnan(counts[place]) else counts[place])
    starts = pl.datetime_range(
        first, first + places[-1] * window, window, time_unit="us", eager=True
    )
    found = alarms(
        counts, starts, window=window, zone=zone.key,
        on_tested=lambda done: on_tested(done, len(counts)),
    )  # fmt: skip
    return [
        Scored(
            point,
            expected=_number(found.expected[place]),
            score=None if point.value is None else _number(found.score[place]),
            alert=point.value is not None and bool(found.score[place] >= least),
        )
        for place, point in zip(places, points, strict=True)
    ]


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _columns(path: Path, header: list[str]) -> tuple[int, int]:
    names = [name.strip().lower() for name in header]
    found = []
    for what, wanted in (("times", _TIMES), ("counts", _VALUES)):
        place = next((names.index(name) for name in wanted if name in names), None)
        if place is None:
            columns = ", ".join(header) or "none"
            raise OperatorError(
                f"{path}, line 1: no column of {what} (columns: {columns}); name one {wanted[0]!r}"
            )
        found.append(place)
    return found[0], found[1]


def _read(
    lines: Iterable[list[str]], time_at: int, value_at: int, zone: ZoneInfo
) -> tuple[list[Point], list[Aside]]:
    points: list[Point] = []
    aside: list[Aside] = []
    for number, cells in enumerate(lines, 2):
        if not any(cells):
            continue
        if len(cells) <= max(time_at, value_at):
            aside.append(Aside(number, "timestamp,value", "too few cells"))
            continue
        try:
            points.append(_point(cells[time_at], cells[value_at], zone))
        except _BadCellError as error:
            aside.append(Aside(number, error.field, error.reason))
    return points, aside


class _BadCellError(Exception):
    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field, self.reason = field, reason


def _point(time: str, value: str, zone: ZoneInfo) -> Point:
    try:
        at = datetime.fromisoformat(time.strip())
        at = posted_at(at if at.tzinfo else at.replace(tzinfo=zone))
    except ValueError as error:
        raise _BadCellError("timestamp", f"{time[:40]!r} is no ISO time") from error
    except RecordError as error:
        raise _BadCellError("timestamp", error.reason) from error
    if value.strip().lower() in _UNKNOWN:
        return Point(time, at, None)
    try:
        count = float(value)
    except ValueError as error:
        raise _BadCellError("value", f"{value[:40]!r} is no number") from error
    if not math.isfinite(count) or count < 0:
        raise _BadCellError("value", f"{value[:40]!r} is no count: 0 or more, empty for a gap")
    return Point(time, at, count)


def as_csv(scored: Iterable[Scored]) -> Iterator[str]:
    """Write lines of `timestamp,value,expected,score,alert`; an empty cell is unknown."""
    yield "timestamp,value,expected,score,alert\n"
    for one in scored:
        cells = (
            one.point.written,
            _told(one.point.value, 6),
            _told(one.expected, 3),
            _told(one.score, 6),
            str(int(one.alert)),
        )
        yield ",".join(cells) + "\n"


def _told(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}".rstrip("0").rstrip(".")
