"""A handle on the socket under a connection, by which another thread ends what waits for it."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def calling_after(seconds: float, cut: Callable[[], None]) -> Iterator[None]:
    """Call from another thread if the block is not done by then."""
    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


class Wire:
    """A second handle on the socket under a connection, below TLS and beside all locks."""

    def __init__(self) -> None:
        # A signal handler may close within the thread that holds the lock.
        self._lock = threading.RLock()
        self._socket: socket.socket | None = None
        self._is_closed = False

    @property
    def is_closed(self) -> bool:
        """Return whether it was cut for good."""
        return self._is_closed

    def hold(self, line: socket.socket) -> None:
        """Take a handle on a socket, instead of the one before."""
        self.let_go()
        with self._lock:
            with contextlib.suppress(OSError):  # it was closed at once
                self._socket = socket.socket(fileno=os.dup(line.fileno()))
            if self._is_closed:
                self.cut()

    @contextlib.contextmanager
    def cut_after(self, seconds: float) -> Iterator[None]:
        """Cut the line if the block is not done by then: what blocks in it ends at once."""
        with calling_after(seconds, self.cut):
            yield

    def cut(self) -> None:
        """End what waits for this socket, in whatever thread."""
        with self._lock:
            if self._socket is not None:
                with contextlib.suppress(OSError):  # the other side was faster
                    self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Cut the line, and each that is held from now on."""
        with self._lock:
            self._is_closed = True
            self.cut()

    def let_go(self) -> None:
        """Close the handle."""
        with self._lock:
            if self._socket is not None:
                self._socket.close()
                self._socket = None
