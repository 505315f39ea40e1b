"""The connection under a request, so that a deadline or another thread can cut it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from collectors.errors import AccessRefusedError
from collectors.http.addresses import refuse_private
from collectors.http.wire import Wire, calling_after


class Line:
    """Holds a second handle on the newest connection.

    httpx times out each read and not the whole request, and closing its client does not wake a
    thread that waits for bytes. Shutting the socket down does.
    """

    def __init__(self, *, private_addresses: bool = True) -> None:
        # A signal handler may close the client within the thread that holds the lock.
        self._lock = threading.RLock()
        self._wire = Wire()
        self._is_cut = False
        self._is_closed = False
        self._private_addresses = private_addresses
        self._host = self._asked = ""  # of the request that runs
        self._may_be_near = False
        self._connecting_to = ""

    def expect(self, host: str, asked: str, *, may_be_near: bool = False) -> None:
        """Say which host is asked next, and how the request is called in errors.

        may_be_near: the operator wrote this host; one that an answer names is another matter.
        """
        self._host, self._asked, self._may_be_near = host, asked, may_be_near

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of a new connection (httpx calls this: its extension `trace`).

        https://www.python-httpx.org/advanced/extensions/#trace

        Raises `AccessRefusedError` before anything is sent when a public name led to an address
        of a private network.
        """
        if event == "connection.connect_tcp.started":
            self._connecting_to = str(info["host"])
        if event != "connection.connect_tcp.complete":
            return
        self._refuse_private(info["return_value"])
        connected = info["return_value"].get_extra_info("socket")
        with self._lock:
            # A handle of our own survives that TLS wraps the first one.
            self._wire.hold(connected)
            if self._is_cut:
                self._wire.cut()

    def _refuse_private(self, stream: Any) -> None:
        # Another host than was asked is the operator's proxy, which may well be near.
        may_be_near = self._private_addresses or self._may_be_near
        if may_be_near or self._connecting_to != self._host:
            return
        try:
            peer = stream.get_extra_info("server_addr")
            refuse_private(str(peer[0]), host=self._host, asked=self._asked)
        except AccessRefusedError:
            stream.close()
            raise

    @contextlib.contextmanager
    def cut_after(self, seconds: float) -> Iterator[None]:
        """Cut the line when the block runs longer than that."""
        with self._lock:
            self._is_cut = self._is_closed
        with calling_after(seconds, self.cut):
            yield

    def cut(self) -> None:
        """End the request that runs, if any: its read ends at once."""
        with self._lock:
            self._is_cut = True
            self._wire.cut()

    def close(self) -> None:
        """Cut the line for good."""
        with self._lock:
            self._is_closed = True
            self.cut()
            self._wire.let_go()
