"""Opens websockets, and names what goes wrong with them as the client of HTTP does."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

import websockets.exceptions
import websockets.sync.client
from websockets.typing import Subprotocol

from collectors.errors import PayloadError, SourceUnavailableError
from collectors.http.addresses import goes_through_proxy, is_private, refuse_private_host
from collectors.http.refusals import refusal

_OPEN_TIMEOUT = 10.0
_LARGEST_MESSAGE = 10_000_000
_XRPC_JSON = Subprotocol("xrpc.v1.json")


class Socket(Protocol):
    """An open websocket. One thread receives; any thread may close."""

    def recv(self, timeout: float) -> str | bytes | None:
        """Give the next message, or None if none came in time. Raises `SourceUnavailableError`."""
        ...

    def send(self, message: str) -> None:
        """Send a message. Raises `SourceUnavailableError`."""
        ...

    def close(self) -> None:
        """Close; a `recv` in another thread ends with `SourceUnavailableError`."""
        ...


Connect = Callable[[str], Socket]


def connector(
    *, user_agent: str, now: Callable[[], datetime], private_addresses: bool = False
) -> Connect:
    """Give the function that opens websockets. It raises `CollectorError`."""

    def connect(url: str) -> Socket:
        told_as = url.partition("?")[0]  # what is asked for is long, and may hold secrets
        if not private_addresses:
            _refuse_private(url, told_as)
        try:
            opening = websockets.sync.client.connect(
                url,
                # https://atproto.com/specs/event-stream: without it frames are CBOR.
                subprotocols=[_XRPC_JSON] if urlsplit(url).path.startswith("/xrpc/") else None,
                user_agent_header=user_agent,
                open_timeout=_OPEN_TIMEOUT,
                close_timeout=1.0,
                max_size=_LARGEST_MESSAGE,
            )
            stack = ExitStack()
            return _Socket(told_as, stack.enter_context(opening), stack)
        except websockets.exceptions.InvalidStatus as error:
            reply = error.response
            told = refusal(
                reply.status_code,
                dict(reply.headers),
                bytes(reply.body or b""),
                request=told_as,
                now=now(),
            )
            raise told or PayloadError(f"{told_as}: answered {reply.status_code}") from error
        except (websockets.exceptions.InvalidHandshake, websockets.exceptions.InvalidURI) as error:
            raise PayloadError(f"{told_as}: no websocket: {error}") from error
        except (OSError, TimeoutError, EOFError) as error:
            raise SourceUnavailableError(f"{told_as}: {type(error).__name__} {error}") from error

    return connect


def _refuse_private(url: str, told_as: str) -> None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    # Who names a private address in the settings means it.
    if not is_private(host) and not goes_through_proxy(host):
        refuse_private_host(host, parts.port or 443, asked=told_as)


class _Socket:
    def __init__(
        self, url: str, connection: websockets.sync.client.ClientConnection, stack: ExitStack
    ) -> None:
        self._url, self._connection, self._stack = url, connection, stack

    def recv(self, timeout: float) -> str | bytes | None:
        try:
            return self._connection.recv(timeout)
        except TimeoutError:
            return None
        except websockets.exceptions.ConnectionClosed as error:
            raise SourceUnavailableError(f"{self._url}: connection closed: {error}") from error

    def send(self, message: str) -> None:
        try:
            self._connection.send(message)
        except websockets.exceptions.ConnectionClosed as error:
            raise SourceUnavailableError(f"{self._url}: connection closed: {error}") from error

    def close(self) -> None:
        self._stack.close()
