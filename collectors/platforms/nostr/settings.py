"""What the operator says about Nostr relays."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Annotated

import msgspec

_LARGEST_PAGE = 500  # what many relays give at most; one that gives less is asked more often
_RELAY = re.compile(
    r"(?:(?P<scheme>wss?)://)?(?P<name>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?P<port>:\d{1,5})?"
    r"(?P<path>/[A-Za-z0-9._~/-]*)?",
    re.ASCII,
)


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The section `[collectors.nostr]`.

    relays: whom to ask, as 'wss://nos.lol'. No relay has all notes: ask several; a note that
        several have is one post.
    page_size: notes per question, at most 500.
    seconds_between_requests: the pause between two questions to one relay.
    """

    relays: tuple[str, ...] = (
        "wss://relay.damus.io",
        "wss://nos.lol",
        "wss://relay.primal.net",
        "wss://relay.nostr.band",
    )
    page_size: Annotated[int, msgspec.Meta(ge=1, le=_LARGEST_PAGE)] = _LARGEST_PAGE
    seconds_between_requests: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot work, in words for the operator."""
        hosts = [address_of(written).host for written in self.relays]
        if not hosts:
            raise ValueError("relays is empty: name at least one, as 'wss://nos.lol'")
        if len(set(hosts)) < len(hosts):
            raise ValueError(f"relays names a relay twice: {', '.join(sorted(hosts))}")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a relay is, and where it says what it is."""

    host: str  # with the port and the path, where it has its own
    url: str
    document_url: str


def address_of(written: str) -> Address:
    """Read how the operator wrote a relay.

    >>> address_of("wss://Nos.lol/").url
    'wss://nos.lol'
    """
    found = _RELAY.fullmatch(written)
    if found is None:
        raise ValueError(f"relays: {written!r} is not the address of a relay, as 'wss://nos.lol'")
    scheme = found["scheme"] or "wss"
    if scheme == "ws" and not _is_loopback(found["name"]):
        raise ValueError(
            f"relays: {written!r} is not encrypted: write wss:// "
            "(ws:// is only for a relay on this machine, as ws://127.0.0.1:6969)"
        )
    path = (found["path"] or "").rstrip("/")
    host = f"{found['name']}{found['port'] or ''}".lower() + path
    return Address(host, f"{scheme}://{host}", f"http{scheme.removeprefix('ws')}://{host}")


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return name.lower() == "localhost"
