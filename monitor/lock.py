"""Who is at work on a store: locks that the system takes back when their holder ends, however.

One daemon per store has one, and each process that collects or imports has one, by which others
tell whether a run that has not ended goes on or broke off.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from monitor import clock
from monitor.errors import DaemonRunningError, StoreAccessError

_TRIES = 10
_BETWEEN_TRIES = 0.02  # seconds
_LONGEST_NOTE = 64  # bytes
_MINUTE = timedelta(minutes=1)
_MISSED = 3  # rounds that a daemon may miss


@dataclass(frozen=True, slots=True)
class Daemon:
    """The process that collects day and night."""

    process: int  # 0: not known
    silent_for: timedelta  # since something last came of its work


class DaemonLock:
    """The lock beside a store; its file names the holder's process."""

    def __init__(self, store: Path) -> None:
        self.path = store.with_name(f"{store.name}.daemon")
        self._file: int | None = None

    def take(self) -> None:
        """Take the lock. Raises `DaemonRunningError`, `StoreAccessError`."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreAccessError(
                f"{error.filename}: the store's folder cannot be written ({error.strerror}): "
                "set store.path to where this user may write, or mend its permissions"
            ) from None
        for _ in range(_TRIES):
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:  # or somebody asks just now whether a daemon runs
                clock.sleep(_BETWEEN_TRIES)
        else:
            pid = next(iter(os.read(file, _LONGEST_NOTE).decode().split()), "unknown")
            os.close(file)
            raise DaemonRunningError(
                f"a daemon already runs on this store (process {pid}): stop it first, or leave it"
            )
        os.ftruncate(file, 0)
        self._file = file
        self.note(clock.monotonic())

    def note(self, worked_at: float) -> None:
        """Write down which process holds it, and when something last came of its work.

        By the machine's clock that never goes back, which is one for all processes.
        """
        if self._file is not None:
            with contextlib.suppress(OSError):  # on a full disk the lock holds without a name
                os.pwrite(self._file, f"{os.getpid():<11}{worked_at:<20.3f}\n".encode(), 0)

    def is_in_place(self) -> bool:
        """Return whether the lock still stands beside the store, where others look for it."""
        if self._file is None:
            return False
        try:
            there = self.path.stat()
        except OSError:
            return False
        return os.path.samestat(there, os.fstat(self._file))

    def release(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None

    def holder(self) -> int | None:
        """Give the process that holds the lock, if any."""
        daemon = self.daemon()
        return None if daemon is None else daemon.process

    def daemon(self) -> Daemon | None:
        """Return the daemon that holds the lock, if any."""
        try:
            file = os.open(self.path, os.O_RDONLY)
        except OSError:
            return None
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            words = os.read(file, _LONGEST_NOTE).decode().split()
            process = int(words[0]) if words and words[0].isdigit() else 0
            silent_for = clock.monotonic() - float(words[1]) if len(words) > 1 else 0.0
            return Daemon(process, timedelta(seconds=max(silent_for, 0.0)))
        finally:
            os.close(file)
        return None


def is_old(silent_for: timedelta, *, shortest: timedelta | None) -> bool:
    """Return whether nothing has come of a daemon for so long that it cannot be at work.

    silent_for: since it last saved a page, looked at a watch, or found nothing to do, which it does
        several times a minute; shortest: how often the watch is asked for that is asked for most.
    """
    return silent_for > _MISSED * max(shortest or _MINUTE, _MINUTE)


class Turnstile:
    """Lets who wants to write have the next turn: who only wants to read waits behind them.

    Readers share a store, so one after the other they would keep a writer out for ever. A writer
    that waits holds the turnstile, one at a time, until it is in.
    """

    def __init__(self, store: Path) -> None:
        self._path = store.with_name(f"{store.name}.turn")
        self._file: int | None = None

    def step_in(self) -> None:
        """Let no more readers in, if no other writer does so already; it need not be waited for."""
        if self._file is not None:
            return
        with contextlib.suppress(OSError):  # another writer waits, or nothing can be written here
            file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(file)
                raise
            self._file = file

    def step_out(self) -> None:
        """Let readers in again."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def is_free(self) -> bool:
        """Return whether no writer waits."""
        try:
            file = os.open(self._path, os.O_RDONLY)
        except OSError:
            return True
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return False
        else:
            return True
        finally:
            os.close(file)


@dataclass(slots=True)
class _Presence:
    """The name under which this process works on a store, and the lock that proves it."""

    name: str
    process: int
    file: int
    path: Path
    runs: set[int] = field(default_factory=set)  # that somebody in this process carries out


_present: dict[Path, _Presence] = {}
_entering = threading.Lock()
_shift = threading.local()


def worker_on(store: Path) -> str:
    """Return the name under which this process works on a store; it is locked until the end."""
    return _presence(store).name


def is_at_work(store: Path, name: str | None) -> bool:
    """Return whether the process that works under a name still lives."""
    if name is None:  # of a time when runs had no name
        return False
    ours = _present.get(store)
    if ours is not None and ours.name == name and ours.process == os.getpid():
        return True
    return _is_locked(_path_of(store, name))


def is_carried_out(store: Path, name: str | None, run_id: int) -> bool:
    """Return whether a run goes on: by another process that lives, or by a thread of this one."""
    ours = _present.get(store)
    if ours is not None and ours.name == name and ours.process == os.getpid():
        return run_id in ours.runs
    return is_at_work(store, name)


@contextmanager
def at_work() -> Iterator[None]:
    """Hold the runs that this thread begins until it leaves, whether they were ended or not."""
    before = getattr(_shift, "runs", None)
    _shift.runs = []
    try:
        yield
    finally:
        for store, run_id in _shift.runs:
            _presence(store).runs.discard(run_id)
        _shift.runs = before


def begin(store: Path, run_id: int) -> None:
    """Note that this thread carries out a run, if it is `at_work`."""
    runs = getattr(_shift, "runs", None)
    if runs is not None:
        runs.append((store, run_id))
        _presence(store).runs.add(run_id)


def _presence(store: Path) -> _Presence:
    with _entering:
        known = _present.get(store)
        if known is None or known.process != os.getpid():
            known = _present[store] = _enter(store)
        return known


def _enter(store: Path) -> _Presence:
    for left in store.parent.iterdir():
        if left.name.startswith(f"{store.name}.at-"):
            _is_locked(left)  # by a process that was killed: it goes
    name = uuid.uuid4().hex[:12]
    path = _path_of(store, name)
    begun = path.with_name(f".{path.name}")  # unlocked, it would pass for one that was left
    file = os.open(begun, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    fcntl.flock(file, fcntl.LOCK_EX)
    begun.rename(path)
    presence = _Presence(name, os.getpid(), file, path)
    atexit.register(_leave, presence)
    return presence


def _leave(presence: _Presence) -> None:
    if presence.process == os.getpid():
        presence.path.unlink(missing_ok=True)


def _path_of(store: Path, name: str) -> Path:
    return store.with_name(f"{store.name}.at-{name}")


def _is_locked(path: Path) -> bool:
    """Return whether a process holds a file, and remove one that nobody holds any more."""
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    except OSError:  # another user's, who alone can tell
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        with contextlib.suppress(OSError):
            path.unlink()
        return False
    finally:
        os.close(file)
