"""Addresses at t.me, and the keys that they stand for.

https://core.telegram.org/api/links
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

PLATFORM = "telegram"
_HOSTS = frozenset({"t.me", "www.t.me", "telegram.me", "telegram.dog"})
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{2,31}", re.ASCII)
_NUMBER = re.compile(r"[1-9][0-9]{0,15}", re.ASCII)
# Words that stand where a name does: invitations, sticker sets, sharing, and the like.
_NO_NAMES = frozenset(
    {
        "addemoji",
        "addlist",
        "addstickers",
        "addtheme",
        "auction",
        "boost",
        "call",
        "confirmphone",
        "contact",
        "giftcode",
        "invoice",
        "joinchat",
        "login",
        "nft",
        "proxy",
        "setlanguage",
        "share",
        "socks",
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """A channel, or a user with a public name, or one message there."""

    name: str
    message: int | None = None

    @property
    def author_key(self) -> str:
        """The key of the account. Its number is not shown to readers, its name is."""
        return author_key(self.name)

    @property
    def post_key(self) -> str | None:
        """The key of the message, if one is meant."""
        return None if self.message is None else post_key(self.name, self.message)


def author_key(name: str) -> str:
    """Give the key of a channel.

    >>> author_key("KabarWarga")
    'telegram:@kabarwarga'
    """
    return f"{PLATFORM}:@{name.lower()}"


def post_key(name: str, message: int) -> str:
    """Give the key of a message: numbers count up in each channel by itself.

    >>> post_key("KabarWarga", 12)
    'telegram:kabarwarga/12'
    """
    return f"{PLATFORM}:{name.lower()}/{message}"


def is_telegram(address: str) -> bool:
    """Tell whether an address lies at Telegram itself."""
    return _split(address) is not None


def place_of(address: str | None) -> Place | None:
    """Give what an address at t.me names; None for others, invitations and private chats.

    >>> place_of("https://t.me/s/KabarWarga/12?single").post_key
    'telegram:kabarwarga/12'
    >>> place_of("https://t.me/c/1234/5") is place_of("https://t.me/+AbCdEf") is None
    True
    """
    path = None if address is None else _split(address)
    if path is None:
        return None
    parts = [part for part in path.split("/") if part]
    if parts[:1] == ["s"]:
        parts = parts[1:]
    if not parts or not _NAME.fullmatch(parts[0]) or parts[0].lower() in _NO_NAMES:
        return None
    # In a forum the thread stands before the message: the last number is the message's.
    numbers = [int(part) for part in parts[1:3] if _NUMBER.fullmatch(part)]
    return Place(parts[0], numbers[-1] if numbers else None)


def _split(address: str) -> str | None:
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
    except ValueError:  # an address that no browser would open either
        return None
    return parts.path if parts.scheme in ("http", "https") and host in _HOSTS else None
