"""Runs a command as a child, and tells how long it took and how much memory it held."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import IO

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command."""

    seconds: float
    peak_mb: float  # of the process that held most, if it started others
    cpu_seconds: float
    said: str  # on its standard output


@dataclass(frozen=True, slots=True)
class Case:
    """A command of gaung's and its peer, run in turns."""

    name: str
    mine: Sequence[str]
    peer: Sequence[str]
    peer_is: str
    prepare: Callable[[], None] = lambda: None
    posts: int | None = None  # that one run works on


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the runs of a case gave."""

    case: Case
    mine: list[Run]
    peer: list[Run]

    @property
    def ratio(self) -> float:
        """Best against best: whatever else the machine does only ever adds."""
        return min(run.seconds for run in self.mine) / min(run.seconds for run in self.peer)

    @property
    def seconds(self) -> tuple[float, float]:
        """The least and the median."""
        return _least_and_median([run.seconds for run in self.mine])

    @property
    def peer_seconds(self) -> tuple[float, float]:
        """The least and the median of the peer."""
        return _least_and_median([run.seconds for run in self.peer])

    @property
    def peak_mb(self) -> float:
        """The most memory that a run held."""
        return max(run.peak_mb for run in self.mine)

    @property
    def posts_per_second(self) -> float | None:
        """How many posts the best run worked on in a second."""
        return self.case.posts / self.seconds[0] if self.case.posts is not None else None


def gaung(*arguments: str) -> list[str]:
    """Give a command of gaung's."""
    return [str(Path(sys.executable).with_name("gaung")), *arguments]


def python(script: str, *arguments: str) -> list[str]:
    """Give a command of Python's."""
    return [sys.executable, "-c", script, *arguments]


def written(kind: str, count: int, path: Path) -> Path:
    """Let another process write a file of posts, and give its path."""
    run([sys.executable, "-m", "bench.files", kind, str(count), str(path)])
    return path


def measured(case: Case, runs: int) -> Outcome:
    """Run both in turns, so that a noisy minute hits both."""
    mine, peer = [], []
    for _ in range(runs):
        case.prepare()
        mine.append(run(case.mine))
        peer.append(run(case.peer))
    return Outcome(case, mine, peer)


def run(command: Sequence[str]) -> Run:
    """Run a command to its end. Raises `RuntimeError` if it fails."""
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as warned:
        begun = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=warned)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        words = [_text(said), _text(warned)]
    if process.returncode:
        told = "".join(words)[-2_000:]
        raise RuntimeError(f"{' '.join(command)[:300]} gave {process.returncode}: {told}")
    peak = used.ru_maxrss / (1024 if sys.platform != "darwin" else 2**20)
    return Run(seconds, peak, used.ru_utime + used.ru_stime, words[0])


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


def _least_and_median(values: list[float]) -> tuple[float, float]:
    return min(values), median(values)
