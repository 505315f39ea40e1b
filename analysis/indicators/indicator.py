"""What an indicator says: one number, how sure it is, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.trends.interval import wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was computed, before it is asked whether it may be shown."""

    value: float | None  # None: nobody can say; the note tells why
    low: float | None = None  # 95 %
    high: float | None = None
    n: int = 0  # acts, posts, authors or hours that it rests on
    note: str = ""
    label: str | None = None  # where the answer is a word


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What an indicator is: the same for every target and time."""

    number: int  # 1-18; several rows may share one
    name: str
    title: str
    family: str  # M mobilisation (how broad), O orchestration (how coordinated), T time, -
    definition: str
    interval: str  # how its 95 % interval is found
    span: str  # between which values it lies, and the unit
    reading: str
    source: str
    least: int = 30  # it rests on at least so many of its own, else "too few"
    needs: str = ""  # what else it needs
    compares: bool = False  # with other times: wants them observed as well
    of_reposts: bool = False  # says nothing where a source shows no repost at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One row: an indicator of a target in a window."""

    number: int
    name: str
    title: str
    family: str
    value: float | None  # None: too few, or nobody can say; the note tells which
    low: float | None
    high: float | None
    interval: str
    n: int
    coverage: float | None  # None: nobody can say
    note: str = ""
    label: str | None = None


def unknown(note: str, n: int = 0) -> Told:
    """Say that nobody can tell, and why."""
    return Told(value=None, n=n, note=note)


def share(part: int, n: int, note: str = "") -> Told:
    """Give a share with Wilson's interval; of nothing there is none.

    >>> told = share(5, 10)
    >>> told.value, round(told.low, 3), round(told.high, 3)
    (0.5, 0.237, 0.763)
    >>> share(0, 0).value is None
    True
    """
    if not n:
        return unknown(note or "too few: N=0", 0)
    low, high = wilson(part, n)
    return Told(value=part / n, low=low, high=high, n=n, note=note)
