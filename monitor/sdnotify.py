"""Tells systemd that we are ready, alive, or stopping; does nothing when it did not start us."""

from __future__ import annotations

import os
import socket


def notify(state: str) -> bool:
    """Send a state such as `READY=1`. Tells whether there was somebody to tell.

    https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
    """
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    if address.startswith("@"):  # an abstract socket
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.connect(address)
        channel.sendall(state.encode())
    return True


def watchdog_seconds() -> float | None:
    """Give how often systemd wants a sign of life; None if it does not."""
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    return int(microseconds) / 1_000_000 / 2 if microseconds.isdigit() else None
