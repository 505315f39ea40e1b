"""Opens websockets, and names what goes wrong with them as the client of HTTP does."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, Protocol, cast

import websockets.exceptions
import websockets.sync.client
from websockets.http11 import Response
from websockets.proxy import get_proxy
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from collectors.errors import CollectorError, PayloadError, SourceUnavailableError
from collectors.http.addresses import addresses_of, is_private
from collectors.http.connection import LOG, BoundedConnection, RedirectedError
from collectors.http.refusals import refusal
from collectors.http.wire import Wire
from collectors.said import Address, address_of, one_line, quoted

_OPEN_TIMEOUT = 10.0
_CLOSE_TIMEOUT = 1.0
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
    *,
    user_agent: str,
    now: Callable[[], datetime],
    private_addresses: bool = False,
    named: Collection[str] | None = None,
) -> Connect:
    """Return the function that opens websockets. It raises `CollectorError`, and follows nowhere.

    named: the hosts, with their ports, that the operator wrote; None: every address that is
    opened stands in the settings. Who writes a private address there means it; a server that
    names one does not get there.
    """
    return _Connector(user_agent, now, private_addresses=private_addresses, named=named)


def give_up(connect: Connect) -> None:
    """Let an opening that is under way end at once, and open nothing more. Any thread may call."""
    if isinstance(connect, _Connector):
        connect.close()


class _Connector:
    def __init__(
        self,
        user_agent: str,
        now: Callable[[], datetime],
        *,
        private_addresses: bool,
        named: Collection[str] | None,
    ) -> None:
        self._user_agent, self._now = user_agent, now
        self._private_addresses, self._named = private_addresses, named
        self._wire = Wire()  # of the opening that is under way

    def close(self) -> None:
        self._wire.close()

    def __call__(self, url: str) -> Socket:
        told_as = one_line(url.partition("?")[0], 200)  # what is asked is long, and may be secret
        address = address_of(url)
        if address is None or address.scheme not in ("ws", "wss"):
            raise PayloadError(f"{quoted(told_as)} is no address of a websocket")
        try:
            return _Socket(told_as, self._opened(address, self._line_to(address, told_as)))
        except (websockets.exceptions.InvalidStatus, RedirectedError) as error:
            raise self._refusal(error.response, told_as) from error
        except websockets.exceptions.WebSocketException as error:
            self._refuse_when_closed(told_as)
            raise PayloadError(f"{told_as}: no websocket: {one_line(error, 200)}") from error
        except (OSError, EOFError, ValueError) as error:
            self._refuse_when_closed(told_as)
            what = f"{type(error).__name__} {one_line(error, 200)}"
            raise SourceUnavailableError(f"{told_as}: {what}") from error
        finally:
            self._wire.let_go()

    def _refuse_when_closed(self, told_as: str) -> None:
        if self._wire.is_closed:
            raise SourceUnavailableError(f"{told_as}: stopped, because gaung is stopping")

    def _refusal(self, reply: Response, told_as: str) -> CollectorError:
        headers, body = dict(reply.headers.raw_items()), bytes(reply.body or b"")
        told = refusal(reply.status_code, headers, body, request=told_as, now=self._now())
        return told or PayloadError(f"{told_as}: answered {reply.status_code}")

    def _line_to(self, address: Address, told_as: str) -> socket.socket | None:
        """Connect to an address that was checked; None where the operator's proxy connects."""
        if get_proxy(parse_uri(address.text)) is not None:
            return None
        port = address.port or (443 if address.scheme == "wss" else 80)
        is_named = self._named is None or address.place in self._named
        may_be_near = self._private_addresses or (is_named and is_private(address.host))
        places = addresses_of(address.host, port, asked=told_as, may_be_near=may_be_near)
        ends_at = time.monotonic() + _OPEN_TIMEOUT
        failure: OSError = TimeoutError("timed out")
        for family, place in places:
            self._refuse_when_closed(told_as)
            line = socket.socket(family, socket.SOCK_STREAM)
            self._wire.hold(line)  # shut down at once, where it is closed by now
            try:
                line.settimeout(max(ends_at - time.monotonic(), 0.1))
                line.connect(place)
            except OSError as error:
                line.close()
                failure = error
            else:
                return line
        raise failure

    def _opened(self, address: Address, line: socket.socket | None) -> BoundedConnection:
        given: dict[str, Any] = {} if line is None else {"sock": line, "proxy": None}
        if address.scheme == "wss":
            given["ssl"] = ssl.create_default_context()
        opened = websockets.sync.client.connect(
            address.text,
            # https://atproto.com/specs/event-stream: without it frames are CBOR.
            subprotocols=[_XRPC_JSON] if address.path.startswith("/xrpc/") else None,
            user_agent_header=self._user_agent,
            open_timeout=_OPEN_TIMEOUT,
            close_timeout=_CLOSE_TIMEOUT,
            max_size=_LARGEST_MESSAGE,
            logger=LOG,
            create_connection=BoundedConnection,
            legacy=True,
            **given,
        )
        return cast("BoundedConnection", opened)  # what `create_connection` makes


class _Socket:
    def __init__(self, url: str, connection: BoundedConnection) -> None:
        self._url, self._connection = url, connection
        self._wire = Wire()
        self._wire.hold(connection.socket)

    def recv(self, timeout: float) -> str | bytes | None:
        try:
            return self._connection.recv(timeout)
        except TimeoutError:
            return None
        except (websockets.exceptions.ConnectionClosed, OSError) as error:
            raise self._closed(error) from error

    def send(self, message: str) -> None:
        try:
            self._connection.send(message)
        except (websockets.exceptions.ConnectionClosed, OSError) as error:
            raise self._closed(error) from error

    def close(self) -> None:
        with self._wire.cut_after(_CLOSE_TIMEOUT):
            self._connection.close()
        self._wire.let_go()

    def _closed(self, error: Exception) -> SourceUnavailableError:
        self._wire.let_go()
        if self._connection.is_flooded:
            return SourceUnavailableError(f"{self._url}: sends pings and nothing else, without end")
        return SourceUnavailableError(f"{self._url}: connection closed: {_reason(error)}")


def _reason(error: Exception) -> str:
    """Return why a connection was closed; the other side's words are marked as such."""
    if not isinstance(error, websockets.exceptions.ConnectionClosed):
        return one_line(error, 200)
    told = error.rcvd
    if told is None:
        cause = error.__cause__
        return one_line(cause or error, 200)
    said = quoted(told.reason)
    return f"code {told.code}" + (f", the server says {said}" if said else "")
