"""Which addresses are no business of a public source's: those of the operator's own network.

A name, or a redirect, can lead a server-side client into the network that it stands in: see
https://owasp.org/www-community/attacks/Server_Side_Request_Forgery. What counts is the address
that was really connected to; a name can be resolved differently each time.
"""

from __future__ import annotations

import ipaddress
import socket
import urllib.request

from collectors.errors import AccessRefusedError


def is_private(address: str) -> bool:
    """Tell whether an address is not one of the public internet; a name is not.

    >>> [is_private(a) for a in ("127.0.0.1", "10.1.2.3", "::1", "::ffff:10.0.0.1", "8.8.8.8")]
    [True, True, True, True, False]
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
    mapped = getattr(ip, "ipv4_mapped", None)
    return not (mapped or ip).is_global


def refuse_private(address: str, *, host: str, asked: str) -> None:
    """Refuse an address that a name led to. Raises `AccessRefusedError` with the remedy."""
    if is_private(address):
        raise AccessRefusedError(
            f"{asked}: {host} leads to {address}, which is no address of the public internet: "
            f"if that is meant, set collect.private_addresses = true"
        )


def refuse_private_host(host: str, port: int, *, asked: str) -> None:
    """Refuse a name that leads to private addresses before it is connected to.

    A name that cannot be resolved is left to the connection. Raises `AccessRefusedError`.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return
    for *_, address in found:
        refuse_private(str(address[0]), host=host, asked=asked)


def goes_through_proxy(host: str) -> bool:
    """Tell whether the operator's environment sends a host's traffic through a proxy."""
    proxies = urllib.request.getproxies()
    is_proxied = any(kind in proxies for kind in ("http", "https", "ws", "wss", "socks", "all"))
    return is_proxied and not urllib.request.proxy_bypass(host)
