"""Traces of what nobody expected: few small files beside the store, each defect once."""

from __future__ import annotations

import hashlib
import os
import platform
import traceback
from dataclasses import dataclass
from pathlib import Path

from monitor import __version__, clock, secrets

_FOLDER = "defects"
_MOST_FILES = 20
_MOST_LETTERS = 20_000  # of a file; a recursion without end repeats itself
_LONGEST_MESSAGE = 500  # it may quote what a stranger wrote


@dataclass(frozen=True, slots=True)
class Defects:
    """The folder. Files are for their owner only: a message may hold a part of a post."""

    folder: Path

    @classmethod
    def beside(cls, store: Path) -> Defects:
        """Return the folder of a store."""
        return cls(store.parent / _FOLDER)

    def note(self, error: Exception, what: str) -> str:
        """Keep the trace, unless it is kept already; tell in words where, and what to do.

        The words hold no word of the error's message: that may be a stranger's.
        """
        place = _place(error)
        told = f"a defect of gaung ({type(error).__name__} in {place})"
        path = self.folder / f"{_name(error)}.txt"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write_new(path, _text(error, what))
            self._drop_oldest()
        except OSError as failure:
            reason = failure.strerror or type(failure).__name__
            return f"{told}, whose trace could not be kept ({reason}); please report it"
        return f"{told}; please report it, with the file {path}"

    def paths(self) -> list[Path]:
        """Return the files that are there, oldest first."""
        return sorted(self.folder.glob("*.txt"), key=lambda path: path.stat().st_mtime_ns)

    def _drop_oldest(self) -> None:
        for path in self.paths()[:-_MOST_FILES]:
            path.unlink(missing_ok=True)


def _write_new(path: Path, text: str) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    try:
        number = os.open(path, flags, 0o600)
    except FileExistsError:
        return  # the same defect was met before
    with os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)


def _frames(error: BaseException) -> list[traceback.FrameSummary]:
    return list(traceback.extract_tb(error.__traceback__))


def _place(error: Exception) -> str:
    """Return where it happened: the innermost line of ours, as nobody can mend a library here."""
    frames = _frames(error)
    ours = [f for f in frames if _short(f.filename).split("/")[0] in _OURS]
    found = (ours or frames)[-1:]
    return f"{_short(found[0].filename)}, line {found[0].lineno}" if found else "an unknown place"


_OURS = frozenset({"analysis", "collectors", "monitor"})
_ROOT = Path(__file__).parents[2]


def _short(filename: str) -> str:
    path = Path(filename)
    return path.relative_to(_ROOT).as_posix() if path.is_relative_to(_ROOT) else path.name


def _name(error: Exception) -> str:
    """Name a defect by its kind and its way through the code, so that it has one file."""
    way = [f"{_short(f.filename)}:{f.lineno}" for f in _frames(error)]
    # A recursion is as deep as the stack was free: its two ends name it.
    told = [type(error).__name__, *way[:20], *way[-20:]]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def _text(error: Exception, what: str) -> str:
    shown = traceback.TracebackException.from_exception(error, capture_locals=False)
    trace = "".join(
        line if len(line) <= 2 * _LONGEST_MESSAGE else f"{line[:_LONGEST_MESSAGE]}…\n"
        for line in shown.format()
    )
    if len(trace) > _MOST_LETTERS:
        half = _MOST_LETTERS // 2
        trace = f"{trace[:half]}\n…\n{trace[-half:]}"
    head = (
        f"gaung {__version__}, Python {platform.python_version()}, {platform.system()}\n"
        f"{clock.now():%Y-%m-%dT%H:%M:%SZ}  {what}\n"
        "A defect of gaung. The last line may quote what a server wrote: look before you send it.\n"
    )
    return secrets.redact(f"{head}\n{trace}")
