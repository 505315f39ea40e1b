"""Which addresses are no business of a public source's: those of the operator's own network.

A name, or a redirect, can lead a server-side client into the network that it stands in: see
https://owasp.org/www-community/attacks/Server_Side_Request_Forgery. What counts is the address
that was really connected to; a name can be resolved differently each time.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

from collectors.errors import AccessRefusedError, SourceUnavailableError

Found = tuple[socket.AddressFamily, Any]  # what a socket of that family connects to


# Addresses of the sixth version that hold one of the fourth, and where in them it begins (bits
# from the right): what they lead to is what counts.
_HOLDING = tuple(
    (ipaddress.IPv6Network(network), shift)
    for network, shift in (
        ("::ffff:0:0/96", 0),  # mapped: https://www.rfc-editor.org/rfc/rfc4291#section-2.5.5
        ("::ffff:0:0:0/96", 0),  # translated: https://www.rfc-editor.org/rfc/rfc2765
        ("::/96", 0),  # compatible, given up; and :: and ::1
        ("64:ff9b::/96", 0),  # NAT64: https://www.rfc-editor.org/rfc/rfc6052
        ("2002::/16", 80),  # 6to4: https://www.rfc-editor.org/rfc/rfc3056
    )
)
_NEAR = (
    ipaddress.IPv6Network("fec0::/10"),  # site-local, given up: RFC 3879
    ipaddress.IPv6Network("64:ff9b:1::/48"),  # NAT64 of one's own: RFC 8215
    ipaddress.IPv6Network("2001::/32"),  # Teredo: leads to a host behind somebody's NAT
    ipaddress.IPv6Network("5f00::/16"),  # segments within one network: RFC 9602
)
_ISATAP = (0x5EFE, 0x0200_5EFE)  # before an address of the fourth version: RFC 5214


def is_private(address: str) -> bool:
    """Tell whether an address is not one of the public internet; a name is not.

    >>> [is_private(a) for a in ("127.0.0.1", "10.1.2.3", "::1", "::ffff:10.0.0.1", "8.8.8.8")]
    [True, True, True, True, False]
    >>> [is_private(a) for a in ("64:ff9b::a9fe:a9fe", "2002:7f00:1::", "64:ff9b::808:808")]
    [True, True, False]
    >>> is_private("mastodon.social"), is_private("localhost")
    (False, True)
    """
    if address == "localhost" or address.endswith(".localhost"):
        return True
    try:
        # A zone names the interface: fe80::1%eth0.
        ip = ipaddress.ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        held = _held(ip)
        if held is None and any(ip in network for network in _NEAR):
            return True
        ip = ip if held is None else held
    return not ip.is_global or ip.is_multicast or ip.is_reserved


def _held(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    number = int(ip)
    for network, shift in _HOLDING:
        if ip in network:
            return ipaddress.IPv4Address(number >> shift & 0xFFFF_FFFF)
    if number >> 32 & 0xFFFF_FFFF in _ISATAP:
        return ipaddress.IPv4Address(number & 0xFFFF_FFFF)
    return None


def refuse_private(address: str, *, host: str, asked: str) -> None:
    """Refuse an address that a name led to. Raises `AccessRefusedError` with the remedy."""
    if is_private(address):
        raise AccessRefusedError(
            f"{asked}: {host} leads to {address}, which is no address of the public internet: "
            f"if that is meant, set collect.private_addresses = true"
        )


def addresses_of(host: str, port: int, *, asked: str, may_be_near: bool = False) -> list[Found]:
    """Look a name up, once, and give all its addresses, to be connected to as they are.

    A name server may say something else a moment later, so what was checked is what is used.
    Raises `SourceUnavailableError`, and unless it `may_be_near`, `AccessRefusedError` if one of
    them is private.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SourceUnavailableError(f"{asked}: {host}: {error}") from error
    for _, _, _, _, address in [] if may_be_near else found:
        refuse_private(str(address[0]), host=host, asked=asked)
    return [(family, address) for family, _, _, _, address in found]
