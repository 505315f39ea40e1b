"""What the operator says about Misskey servers."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Annotated

import msgspec

_LARGEST_PAGE = 100  # https://misskey.io/api-doc#tag/notes/operation/post___notes___search-by-tag
_SERVER = re.compile(
    r"(?:(?P<scheme>https?)://)?(?P<name>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?P<port>:\d{1,5})?/?",
    re.ASCII,
)


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The section `[collectors.misskey]`.

    servers: whom to ask, as 'misskey.io'. No server knows all posts: ask several.
    page_size: posts per request, at most 100.
    seconds_between_requests: the pause between two requests to one server.
    """

    servers: tuple[str, ...] = ("misskey.io",)
    page_size: Annotated[int, msgspec.Meta(ge=1, le=_LARGEST_PAGE)] = _LARGEST_PAGE
    seconds_between_requests: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot work, in words for the operator."""
        hosts = [server_of(written).host for written in self.servers]
        if not hosts:
            raise ValueError("servers is empty: name at least one, as 'misskey.io'")
        if len(set(hosts)) < len(hosts):
            raise ValueError(f"servers names a server twice: {', '.join(sorted(hosts))}")


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server is: its host as in handles, with the port if it has one of its own."""

    host: str
    base_url: str


def server_of(written: str) -> Server:
    """Read how the operator wrote a server.

    >>> server_of("misskey.io")
    Server(host='misskey.io', base_url='https://misskey.io')
    """
    found = _SERVER.fullmatch(written)
    if found is None:
        raise ValueError(f"servers: {written!r} is not the name of a server, as 'misskey.io'")
    scheme, host = found["scheme"] or "https", f"{found['name']}{found['port'] or ''}".lower()
    if scheme == "http" and not _is_loopback(found["name"]):
        raise ValueError(
            f"servers: {written!r} is not encrypted: write https:// "
            "(http:// is only for a server on this machine, as http://127.0.0.1:3000)"
        )
    return Server(host, f"{scheme}://{host}")


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return name.lower() == "localhost"
