"""Bluesky: its whole network, as it happens."""

from __future__ import annotations

from collectors.collector import Collector
from collectors.options import ClientOptions
from collectors.platforms.bluesky.settings import Settings

__all__ = ["Settings", "build"]


def build(settings: Settings, options: ClientOptions) -> list[Collector]:
    """Give the stream."""
    from collectors.platforms.bluesky.jetstream import JetstreamCollector

    return [
        JetstreamCollector(
            settings.addresses, connect=options.connector(), sleep=options.sleep, now=options.now
        )
    ]
