"""The connection under a request, so that a deadline or another thread can cut it."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator, Mapping
from typing import Any


class Line:
    """Holds a second handle on the newest connection.

    httpx times out each read and not the whole request, and closing its client does not wake a
    thread that waits for bytes. Shutting the socket down does.
    """

    def __init__(self) -> None:
        # A signal handler may close the client within the thread that holds the lock.
        self._lock = threading.RLock()
        self._socket: socket.socket | None = None
        self._is_cut = False
        self._is_closed = False

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of a new connection (httpx calls this: its extension `trace`).

        https://www.python-httpx.org/advanced/extensions/#trace
        """
        if event != "connection.connect_tcp.complete":
            return
        connected = info["return_value"].get_extra_info("socket")
        with self._lock:
            self._let_go()
            # A handle of our own survives that TLS wraps the first one.
            self._socket = connected.dup()
            if self._is_cut:
                self._shut_down()

    @contextlib.contextmanager
    def cut_after(self, seconds: float) -> Iterator[None]:
        """Cut the line when the block runs longer than that."""
        with self._lock:
            self._is_cut = self._is_closed
        timer = threading.Timer(seconds, self.cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def cut(self) -> None:
        """End the request that runs, if any: its read ends at once."""
        with self._lock:
            self._is_cut = True
            self._shut_down()

    def close(self) -> None:
        """Cut the line for good."""
        with self._lock:
            self._is_closed = True
            self.cut()
            self._let_go()

    def _shut_down(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):  # the other side was faster
                self._socket.shutdown(socket.SHUT_RDWR)

    def _let_go(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
