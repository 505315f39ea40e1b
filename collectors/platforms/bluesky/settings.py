"""What the operator says about Bluesky."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

import msgspec

_SERVER = re.compile(
    r"[A-Za-z0-9.-]+|wss://[^/\s]+/\S+|ws://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?/\S+"
)
_HERE = frozenset({"127.0.0.1", "localhost", "::1"})
# Two of the public ones: https://github.com/bluesky-social/jetstream#public-instances
_PUBLIC = ("jetstream1.us-east.bsky.network", "jetstream2.us-west.bsky.network")


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The section `[collectors.bluesky]`.

    jetstream: Jetstream servers, as 'jetstream1.us-east.bsky.network', or addresses of your own
        ('wss://…/subscribe') or of version 2 ('wss://…/xrpc/network.bsky.jetstream.subscribeEvents');
        one is heard at a time, the next is taken when it fails. [] for none.
    appview: who is asked about posts that were heard: who passed them on, their counts, their
        authors' names. '' for nobody.
    handle: the account that searches, as 'namakami.bsky.social'. Without it nothing is searched.
    password_env: the environment variable that holds an app password of that account.
    server: the server of that account.
    seconds_between_requests: the pause between two requests to one server.
    """

    jetstream: tuple[str, ...] = _PUBLIC
    appview: str = "https://public.api.bsky.app"
    handle: str | None = None
    password_env: str = "GAUNG_BLUESKY_PASSWORD"  # noqa: S105 (a name, no password)
    server: str = "https://bsky.social"
    seconds_between_requests: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 0.5

    def __post_init__(self) -> None:
        """Refuse what cannot work, in words for the operator."""
        for written in self.jetstream:
            if not _SERVER.fullmatch(written):
                raise ValueError(f"jetstream: {written!r} is no server as '{_PUBLIC[0]}'")
        if not self.jetstream and self.handle is None:
            raise ValueError(f"jetstream is empty: name one, as '{_PUBLIC[0]}', or set handle")
        for name, written in (("appview", self.appview), ("server", self.server)):
            if not (_is_address(written) or (name == "appview" and not written)):
                raise ValueError(f"{name}: {written!r} is no address as 'https://bsky.social'")
        if self.handle is not None and not re.fullmatch(
            r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", self.handle
        ):
            raise ValueError(
                f"handle: {self.handle!r} is no handle as 'namakami.bsky.social', without the @"
            )
        if not self.password_env.strip():
            raise ValueError("password_env is empty: name the variable that holds the app password")

    @property
    def addresses(self) -> list[str]:
        """The addresses to connect to."""
        return [w if "://" in w else f"wss://{w}/subscribe" for w in self.jetstream]


def _is_address(written: str) -> bool:
    """Tell whether it is a server's address; passwords go there, so only over TLS."""
    parts = urlsplit(written)
    if parts.path not in ("", "/") or parts.query or not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
