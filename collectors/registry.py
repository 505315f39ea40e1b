"""The sources that gaung can read, by the name that they have in the settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from collectors.collector import Collector
from collectors.options import ClientOptions
from collectors.paces import Paces
from collectors.platforms import (
    bluesky,
    mastodon,
    misskey,
    news,
    nostr,
    telegram,
    threads,
    x,
    youtube,
)

if TYPE_CHECKING:
    import httpx

    from collectors.http import Connect


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of source: its settings, and how its collectors are made of them."""

    settings: type[msgspec.Struct]
    build: Callable[[Any, ClientOptions], list[Collector]]


def collectors_for(
    name: str,
    settings: msgspec.Struct,
    *,
    secret: Callable[[str], str],
    user_agent: str,
    now: Callable[[], datetime],
    sleep: Callable[[float], None],
    min_interval: float | None = None,
    transport: httpx.BaseTransport | None = None,
    connect: Connect | None = None,
    paces: Paces | None = None,
    private_addresses: bool = False,
) -> list[Collector]:
    """Give the collectors of one section of the settings, one per place. Close each in the end."""
    options = ClientOptions(
        secret=secret,
        user_agent=user_agent,
        now=now,
        sleep=sleep,
        min_interval=min_interval,
        transport=transport,
        connect=connect,
        paces=paces or Paces(),
        private_addresses=private_addresses,
    )
    return SOURCES[name].build(settings, options)


SOURCES: dict[str, Source] = {
    "bluesky": Source(bluesky.Settings, bluesky.build),
    "mastodon": Source(mastodon.Settings, mastodon.build),
    "misskey": Source(misskey.Settings, misskey.build),
    "news": Source(news.Settings, news.build),
    "nostr": Source(nostr.Settings, nostr.build),
    "telegram": Source(telegram.Settings, telegram.build),
    "threads": Source(threads.Settings, threads.build),
    "x": Source(x.Settings, x.build),
    "youtube": Source(youtube.Settings, youtube.build),
}
SETTINGS: dict[str, type[msgspec.Struct]] = {
    name: source.settings for name, source in SOURCES.items()
}
