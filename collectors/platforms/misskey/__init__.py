"""Misskey, and servers that speak its API (Sharkey, CherryPick, Firefish, Iceshrimp and others)."""

from __future__ import annotations

from collectors.collector import Collector
from collectors.options import ClientOptions
from collectors.platforms.misskey.settings import Server, Settings, server_of

__all__ = ["Server", "Settings", "build", "server_of"]


def build(settings: Settings, options: ClientOptions) -> list[Collector]:
    """Give one collector per server."""
    # Every command reads settings, few ask a source: the collector is imported for those.
    from collectors.platforms.misskey.api import Api
    from collectors.platforms.misskey.collector import MisskeyCollector

    servers = [server_of(written) for written in settings.servers]
    return [
        MisskeyCollector(
            Api(
                server.host,
                options.client(server.base_url, min_interval=settings.seconds_between_requests),
            ),
            page_size=settings.page_size,
        )
        for server in servers
    ]
