"""What wakes the daemon: a signal, or a tick."""

from __future__ import annotations

import select
import signal
import socket

_ENDING = (signal.SIGTERM, signal.SIGINT)


class Bell:
    """What wakes the one who waits: a signal, or a tick.

    The system may hand a signal to any thread, and then nothing wakes a lock that the main one
    waits for; a byte does. And a handler that sets an event may find its lock taken.
    """

    def __init__(self) -> None:
        self._woken, self._waker = socket.socketpair()
        self._waker.setblocking(False)

    def __enter__(self) -> Bell:
        signal.set_wakeup_fd(self._waker.fileno())
        for number in _ENDING:
            signal.signal(number, lambda _number, _frame: None)
        return self

    def __exit__(self, *error: object) -> None:
        signal.set_wakeup_fd(-1)
        self._woken.close()
        self._waker.close()

    def ring(self) -> None:
        """Wake whoever waits, from any thread."""
        self._waker.send(b"\0")

    def is_told_to_end(self, within: float | None) -> bool:
        """Wait for up to so many seconds, or until something rings; tell whether it is to end."""
        readable, _, _ = select.select([self._woken], [], [], within)
        if not readable:
            return False
        return any(byte in _ENDING for byte in self._woken.recv(64))
