"""A listener on loopback, for the time of a block, that hands each connection on."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Self


class Listening:
    """Accepts connections one after the other, and calls `serve` with each."""

    def __init__(self, serve: Callable[[socket.socket], object]) -> None:
        self._serve = serve
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._serve(connection)


def head_of(connection: socket.socket) -> bytes:
    """Return the head of a request, or as much of it as came before the other side hung up."""
    asked = b""
    while b"\r\n\r\n" not in asked:
        got = connection.recv(65_536)
        if not got:
            break
        asked += got
    return asked
