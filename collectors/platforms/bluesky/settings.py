"""What the operator says about Bluesky."""

from __future__ import annotations

import re

import msgspec

_SERVER = re.compile(
    r"[A-Za-z0-9.-]+|wss://[^/\s]+/\S+|ws://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?/\S+"
)
# Two of the public ones: https://github.com/bluesky-social/jetstream#public-instances
_PUBLIC = ("jetstream1.us-east.bsky.network", "jetstream2.us-west.bsky.network")


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The section `[collectors.bluesky]`.

    jetstream: Jetstream servers (version 1), as 'jetstream1.us-east.bsky.network', or the address
        of one of your own; one is heard at a time, the next is taken when it fails.
    """

    jetstream: tuple[str, ...] = _PUBLIC

    def __post_init__(self) -> None:
        """Refuse what cannot work, in words for the operator."""
        if not self.jetstream:
            raise ValueError(f"jetstream is empty: name at least one, as '{_PUBLIC[0]}'")
        for written in self.jetstream:
            if not _SERVER.fullmatch(written):
                raise ValueError(f"jetstream: {written!r} is no server as '{_PUBLIC[0]}'")

    @property
    def addresses(self) -> list[str]:
        """The addresses to connect to."""
        return [w if "://" in w else f"wss://{w}/subscribe" for w in self.jetstream]
