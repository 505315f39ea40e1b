"""Where a server streams, and whether a token is sent there.

A server names the place itself, and a token goes along in the address: it must not travel in the
clear, nor to a host that neither the operator named nor the server's own name covers.
https://docs.joinmastodon.org/entities/Instance/#urls-streaming
"""

from __future__ import annotations

from collections.abc import Collection

from collectors.errors import AccessRefusedError, PayloadError
from collectors.platforms.mastodon.settings import is_loopback
from collectors.said import Address, address_of, quoted


def streaming_address(said: str, *, server: str, named: Collection[str]) -> str:
    """Return the address to connect to. Raises `PayloadError`, `AccessRefusedError`.

    server: as the operator wrote it, with its port if it has one of its own; named: other places
    that the operator wrote.

    >>> streaming_address("wss://streaming.a.example/", server="a.example", named=())
    'wss://streaming.a.example'
    """
    address = address_of(said.rstrip("/"))
    if address is None or address.has_user or address.query or address.scheme not in ("ws", "wss"):
        raise PayloadError(f"{server}: streams at {quoted(said)}, which is no address of a stream")
    is_named = address.place in {server, *named}
    if address.scheme == "ws" and not (is_named and is_loopback(address.host)):
        raise PayloadError(f"{server}: streams at {quoted(said)}, which is not encrypted")
    if not is_named and not _is_covered(address, server):
        raise AccessRefusedError(
            f"{server}: streams at {quoted(address.place)}, another host, to which no token is "
            f"sent; if it belongs to {server}, name it in collectors.mastodon.streaming_hosts"
        )
    return address.text


def _is_covered(address: Address, server: str) -> bool:
    """Return whether a host is the server's own, or stands below it: streaming.a.example."""
    host = server.rpartition(":")[0] if server.rpartition(":")[2].isdigit() else server
    if is_loopback(host):
        return False  # on this machine each port is somebody else
    return address.host == host or address.host.endswith(f".{host}")
