"""What the operator says about Mastodon servers."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Annotated

import msgspec

_LARGEST_PAGE = 40  # https://docs.joinmastodon.org/methods/timelines/#tag
_SERVER = re.compile(
    r"(?:(?P<scheme>https?)://)?(?P<name>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?P<port>:\d{1,5})?/?",
    re.ASCII,
)

_PLACE = re.compile(r"([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?", re.ASCII)


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The section `[collectors.mastodon]`.

    servers: whom to ask, as 'mastodon.social'. No server knows all posts: ask several.
    token_env: the environment variable that holds an access token; only needed where a server
        asks for one. Several servers: { "mastodon.social" = "GAUNG_TOKEN_SOCIAL" }.
    stream: whether posts are also heard as they come in, from the servers with a token; it must
        be a user's.
    streaming_hosts: where else a server may stream, and be sent its token, than at its own name
        or below it, as 'streaming.contoh.example'.
    page_size: posts per request, at most 40.
    seconds_between_requests: the pause between two requests to one server.
    """

    servers: tuple[str, ...] = ("mastodon.social",)
    token_env: str | dict[str, str] | None = None
    stream: bool = False
    streaming_hosts: tuple[str, ...] = ()
    page_size: Annotated[int, msgspec.Meta(ge=1, le=_LARGEST_PAGE)] = _LARGEST_PAGE
    seconds_between_requests: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot work, in words for the operator."""
        hosts = [server_of(written).host for written in self.servers]
        if not hosts:
            raise ValueError("servers is empty: name at least one, as 'mastodon.social'")
        if len(set(hosts)) < len(hosts):
            raise ValueError(f"servers names a server twice: {', '.join(sorted(hosts))}")
        if isinstance(self.token_env, str) and len(hosts) > 1:
            # A token is a key to one server; sent to the others, it would be given away.
            raise ValueError(
                f"token_env is one token for {len(hosts)} servers: say which server it is for, "
                f'as {{ "{hosts[0]}" = "{self.token_env}" }}'
            )
        if isinstance(self.token_env, dict) and (unknown := self.token_env.keys() - set(hosts)):
            raise ValueError(f"token_env names {', '.join(sorted(unknown))}: not among the servers")
        for written in self.streaming_hosts:
            if not _PLACE.fullmatch(written):
                raise ValueError(
                    f"streaming_hosts: {written!r} is no host as 'streaming.contoh.example'"
                )
        if self.stream and not self.token_env:
            raise ValueError("stream = true needs the token of a user: set token_env")

    def token_env_of(self, server: Server) -> str | None:
        """Name the environment variable with the token for a server, if there is one."""
        if isinstance(self.token_env, dict):
            return self.token_env.get(server.host)
        return self.token_env


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server is: its host as in handles, with the port if it has one of its own."""

    host: str
    base_url: str


def server_of(written: str) -> Server:
    """Read how the operator wrote a server.

    >>> server_of("mastodon.social")
    Server(host='mastodon.social', base_url='https://mastodon.social')
    """
    found = _SERVER.fullmatch(written)
    if found is None:
        raise ValueError(f"servers: {written!r} is not the name of a server, as 'mastodon.social'")
    scheme, host = found["scheme"] or "https", f"{found['name']}{found['port'] or ''}".lower()
    if scheme == "http" and not is_loopback(found["name"]):
        raise ValueError(
            f"servers: {written!r} is not encrypted: write https:// "
            "(http:// is only for a server on this machine, as http://127.0.0.1:3000)"
        )
    return Server(host, f"{scheme}://{host}")


def is_loopback(name: str | None) -> bool:
    """Tell whether a host is this machine."""
    if name is None:
        return False
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return name.lower() == "localhost"
