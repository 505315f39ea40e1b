"""Telegram's public channels, as anyone can read them at https://t.me/s/{channel}."""

from __future__ import annotations

from collectors.collector import Collector
from collectors.options import ClientOptions
from collectors.platforms.telegram.settings import Settings, channel_of

__all__ = ["Settings", "build", "channel_of"]


def build(settings: Settings, options: ClientOptions) -> list[Collector]:
    """Give one collector per channel; none while no channel is named."""
    # Every command reads settings, few ask a source: the collector is imported for those.
    from collectors.platforms.telegram.collector import HOME, TelegramCollector

    return [
        TelegramCollector(
            channel_of(written),
            options.client(HOME, min_interval=settings.seconds_between_requests),
        )
        for written in settings.channels
    ]
