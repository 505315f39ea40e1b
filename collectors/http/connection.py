"""A websocket's connection that no server can hold open, or hold us in, longer than we want.

The thread in which `websockets` receives answers each ping itself, and holds the connection's lock
meanwhile: a server that pings and does not read blocks it, and with it whoever closes.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import time
from typing import Any

from websockets.exceptions import InvalidHandshake, InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import Event
from websockets.sync.client import ClientConnection

# What goes wrong is raised where a message is awaited; the library's own lines would say it once
# more, in another form, and with the address that may hold a token.
LOG = logging.getLogger("gaung.websockets")
LOG.disabled = True

_STUCK = 10.0  # seconds in which the other side takes nothing of what we send
_MOST_PINGS = 200  # within so many seconds; servers send one in 10 to 60 seconds
_PINGS_WITHIN = 10.0


class RedirectedError(InvalidHandshake):
    """The server leads elsewhere; where a websocket goes stands in the settings."""

    def __init__(self, response: Response) -> None:
        super().__init__(f"redirected with status {response.status_code}")
        self.response = response


class BoundedConnection(ClientConnection):
    """Follows no redirect, waits for nobody who does not read, and ends a flood of pings.

    The library asks for a class of this kind (`create_connection`).
    """

    is_flooded = False
    _pings = 0
    _pings_since = 0.0

    def handshake(self, *args: Any, **options: Any) -> None:
        """Open, and let no sending last for long. Raises `RedirectedError`."""
        with contextlib.suppress(OSError):  # the other side was faster, which is told below
            self.socket.settimeout(_STUCK)
        try:
            super().handshake(*args, **options)
        except InvalidStatus as error:
            if 300 <= error.response.status_code < 400:
                raise RedirectedError(error.response) from error
            raise

    def process_event(self, event: Event) -> None:
        """Count pings and pongs: they tell nothing, and without end they cost a processor."""
        if isinstance(event, Frame) and event.opcode in (Opcode.PING, Opcode.PONG):
            now = time.monotonic()
            if now - self._pings_since > _PINGS_WITHIN:
                self._pings, self._pings_since = 0, now
            self._pings += 1
            if self._pings > _MOST_PINGS and not self.is_flooded:
                self.is_flooded = True
                with contextlib.suppress(OSError):
                    self.socket.shutdown(socket.SHUT_RDWR)
        super().process_event(event)
