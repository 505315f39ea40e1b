"""What the operator says about Telegram channels."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec

# https://core.telegram.org/method/channels.checkUsername; some bought names are shorter than five.
_CHANNEL = re.compile(
    r"(?:@|(?:https?://)?(?:t\.me|telegram\.me)/(?:s/)?)?(?P<name>[A-Za-z][A-Za-z0-9_]{2,31})/?",
    re.ASCII,
)


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The section `[collectors.telegram]`.

    channels: the public channels to read, as 'namakanal'; none is read by itself.
    seconds_between_requests: the pause between two requests for one channel.
    """

    channels: tuple[str, ...] = ()
    seconds_between_requests: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 3.0

    def __post_init__(self) -> None:
        """Refuse what cannot work, in words for the operator."""
        names = [channel_of(written) for written in self.channels]
        if len(set(names)) < len(names):
            raise ValueError(f"channels names a channel twice: {', '.join(sorted(names))}")


def channel_of(written: str) -> str:
    """Read how the operator wrote a channel; upper and lower case mean the same.

    >>> channel_of("@KabarWarga"), channel_of("https://t.me/s/KabarWarga")
    ('kabarwarga', 'kabarwarga')
    """
    found = _CHANNEL.fullmatch(written)
    if found is None:
        raise ValueError(
            f"channels: {written!r} is not the name of a public channel, as 'namakanal' "
            "(an invitation link does not lead to a public page)"
        )
    return found["name"].lower()
