"""Says on a terminal how far a command is: what is done, how fast, and how long it still takes.

The one place where bars are made. They stand on standard error, only on a terminal, only after a
second, and nothing is left of them; what is piped never sees one. Where nobody can know how much is
left, a spinner and the time that has passed say that something is at work.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from monitor import clock

if TYPE_CHECKING:
    from monitor.inputs.reading import Read

_SOON = 1.0  # seconds: what is done by then needs no sign of it
_AT_ONCE = 0.3  # seconds: a step that took less was not needed
_LEAST_SHARE = 0.01  # done of the whole: before, any time left would be a guess
_WIDE = 100  # columns: there is room to say what Ctrl-C does
_LEAST_BAR, _MOST_BAR = 10, 32  # columns
_SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_PER_SECOND = 8  # pictures
_KILO, _MINUTE, _HOUR = 1000, 60, 3600


@dataclass(frozen=True, slots=True)
class Step:
    """One of the things that a command does, one after the other."""

    name: str
    words: str  # as people read it
    share: float = 1.0  # of the time, against the other steps, as it was measured
    reads: bool = False  # an input, which says itself how far it is


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known of how it goes on; None: nobody can know."""

    share: float | None  # of all that is to do
    left: float | None  # seconds


def outlook(
    shares: Sequence[float], at: int, within: float | None, *, before: float, elapsed: float
) -> Outlook:
    """Tell how far it is and how long it still takes.

    shares: of each step. at: the step at work; within: how much of it is done. before: the seconds
    that the steps took that are done; elapsed: all seconds.

    A step of which nobody knows how far it is takes its share of the time that the others took.

    >>> outlook([1, 3], 1, 0.5, before=10, elapsed=25)
    Outlook(share=0.625, left=15.0)
    >>> outlook([1, 3], 1, None, before=10, elapsed=25)
    Outlook(share=0.625, left=15.0)
    >>> outlook([1], 0, None, before=0, elapsed=25)
    Outlook(share=None, left=None)
    """
    whole, done = sum(shares), sum(shares[:at])
    if within is not None:
        share = (done + shares[at] * min(1.0, within)) / whole
        known = share >= _LEAST_SHARE
        return Outlook(share, elapsed * (1 - share) / share if known else None)
    if not done or not before:
        return Outlook(None, None)
    expected = before * whole / done
    end = (done + shares[at]) / whole  # where this step ends: it may take longer than its share
    share = min(elapsed / expected, end)
    return Outlook(share, max(expected - elapsed, expected * (1 - end)))


class Progress:
    """How far a command is. It may be told from any thread."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = list(steps)
        self._shares = [one.share for one in steps]
        self._at = 0
        self._started = self._step_started = self._told = clock.monotonic()
        self._total: float | None = None
        self._unit = ""
        self._done = 0.0
        self._said = ""
        self._poll: Callable[[], float] | None = None

    def step(self, name: str, total: float | None = None, unit: str = "") -> None:
        """Begin a step. total: how much there is to do in it, in units; None: nobody knows."""
        names, now = [one.name for one in self._steps], clock.monotonic()
        if name not in names:
            return  # it is part of another
        at = names.index(name)
        if at > self._at:
            # What was over at once, or passed over, was not needed this time: it tells nothing.
            first = self._at + (now - self._step_started >= _AT_ONCE)
            self._shares[first:at] = [0.0] * (at - first)
        self._at = at
        self._step_started = self._told = now
        self._poll, self._said, self._done = None, "", 0.0
        self._total, self._unit = total, unit

    def to(self, done: float, total: float | None = None) -> None:
        """Tell how much of the step is done; total: where it is known only now."""
        self._done, self._told = done, clock.monotonic()
        self._total = self._total if total is None else total

    def advance(self, by: float = 1) -> None:
        """Tell how much more of the step is done."""
        self.to(self._done + by)

    def read(self, read: Read) -> None:
        """Tell how far an input is read; what other steps read again besides does not count."""
        if not self._steps[self._at].reads:
            return
        self._unit, self._poll = read.unit, read.poll
        self.to(read.done, read.total)

    def say(self, words: str) -> None:
        """Put other words in place of those of the step."""
        self._said = words

    @contextmanager
    def polling(
        self, done: Callable[[], float], total: float = 1.0, unit: str = ""
    ) -> Iterator[None]:
        """Ask how much of the step is done, of a total; below 0: it is not known.

        It is asked from another thread, and only while the body runs.
        """
        self._total, self._unit, self._poll = total, unit, done
        try:
            yield
        finally:
            self._poll = None

    def picture(self) -> tuple[str, Outlook, list[str]]:
        """Give what is done, the outlook, and what is said behind the bar: the time is last."""
        now = clock.monotonic()
        step, within = self._steps[self._at], self._within()
        # Between two tellings, or where all is told, the time left is what it was, less the wait.
        known = now if within is None else self._told
        ahead = outlook(
            self._shares,
            self._at,
            within,
            before=self._step_started - self._started,
            elapsed=known - self._started,
        )
        if ahead.left is not None:
            ahead = replace(ahead, left=max(ahead.left - (now - known), ahead.left / 2))
        number = f"{self._at + 1}/{len(self._steps)} " if len(self._steps) > 1 else ""
        told = [self._counted(), self._rate(), _left(ahead, now - self._started)]
        return f"{number}{self._said or step.words}", ahead, [one for one in told if one]

    def _within(self) -> float | None:
        if (poll := self._poll) is not None and (done := poll()) != self._done:
            self.to(done)  # what stands still tells nothing new
        if self._done <= 0 or not self._total:  # at the very beginning nothing is known either
            return None
        return self._done / self._total

    def _counted(self) -> str:
        if not self._unit or self._done <= 0:
            return ""
        of = f" of {short(self._total)}" if self._total else ""
        return f"{short(self._done)}{of} {self._unit}".replace(" bytes", "B")

    def _rate(self) -> str:
        passed = self._told - self._step_started
        if not self._unit or self._done <= 0 or passed <= 0:
            return ""
        return f"{short(self._done / passed)}{'B' if self._unit == 'bytes' else ''}/s"


def short(number: float) -> str:
    """Give a number in few letters.

    >>> short(7), short(45_210), short(1_234_567), short(120e6)
    ('7', '45k', '1.2M', '120M')
    """
    for unit in ("", "k", "M", "G"):
        if number < _KILO or unit == "G":
            break
        number /= _KILO
    return f"{number:.1f}{unit}" if unit and number < 10 else f"{number:.0f}{unit}"


def duration(seconds: float) -> str:
    """Give minutes and seconds, or hours.

    >>> duration(7), duration(79.6), duration(7384)
    ('0:07', '1:20', '2:03:04')
    """
    whole = round(seconds)
    hours, minutes = whole // _HOUR, whole % _HOUR // _MINUTE
    return f"{hours}:{minutes:02}:{whole % _MINUTE:02}" if hours else f"{minutes}:{whole % 60:02}"


def _left(ahead: Outlook, elapsed: float) -> str:
    return duration(elapsed) if ahead.left is None else f"{duration(ahead.left)} left"


@contextmanager
def progress(*steps: Step | str) -> Iterator[Progress]:
    """Show how far it is while the body runs. steps: what it does; words alone are one step."""
    plan = [one if isinstance(one, Step) else Step(one, one) for one in steps]
    told = Progress(plan)
    with _shown(told) if sys.stderr.isatty() else _hidden():
        yield told


def working(what: str) -> AbstractContextManager[Progress]:
    """Show that something is at work of which nobody knows how much is left."""
    return progress(what)


@contextmanager
def _hidden() -> Iterator[None]:
    yield


@contextmanager
def _shown(told: Progress) -> Iterator[None]:
    from rich.console import Console
    from rich.live import Live

    console = Console(stderr=True)
    live = Live(
        get_renderable=lambda: _drawn(told, console.width),
        console=console,
        refresh_per_second=_PER_SECOND,
        transient=True,
        redirect_stdout=False,
    )
    lock, over = threading.Lock(), threading.Event()

    def show() -> None:
        with lock:
            if not over.is_set():
                live.start()

    soon = threading.Timer(_SOON, show)
    soon.daemon = True
    soon.start()
    try:
        yield
    finally:
        soon.cancel()
        with lock:
            over.set()
            live.stop()


def _fitted(words: str, figures: Sequence[str], width: int) -> tuple[str, int]:
    """Give as many figures as there is room for, and the width of the bar.

    >>> _fitted("reading posts", ["20k of 100k posts", "5.0k/s", "0:16 left"], 80)
    ('20k of 100k posts · 5.0k/s · 0:16 left', 20)
    >>> _fitted("reading posts", ["20k of 100k posts", "5.0k/s", "0:16 left"], 50)
    ('5.0k/s · 0:16 left', 10)
    """
    taken = len(words) + 9  # per cent, and blanks between
    for first in range(len(figures)):
        told = " · ".join(figures[first:])
        if first == len(figures) - 1 or taken + len(told) + _LEAST_BAR <= width:
            break
    if width >= _WIDE:
        told += "  (Ctrl-C ends it)"
    return told, max(_LEAST_BAR, min(_MOST_BAR, width - taken - len(told)))


def _drawn(told: Progress, width: int) -> Any:
    """Draw one line: words, a bar where it is known how far it is, and figures."""
    from rich.progress_bar import ProgressBar
    from rich.table import Table

    words, ahead, all_figures = told.picture()
    figures, room = _fitted(words, all_figures, width)
    grid = Table.grid(padding=(0, 1))
    if ahead.share is None:
        turn = _SPINNER[int(clock.monotonic() * _PER_SECOND) % len(_SPINNER)]
        grid.add_row(turn, words, figures)
    else:
        bar = ProgressBar(total=1, completed=ahead.share, width=room)
        grid.add_row(words, bar, f"{ahead.share:4.0%}", figures)
    return grid
