"""Mastodon, and servers that speak its client API (GoToSocial, Pleroma, Akkoma and others)."""

from __future__ import annotations

from collectors.collector import Collector
from collectors.options import ClientOptions
from collectors.platforms.mastodon.settings import Server, Settings, server_of

__all__ = ["Server", "Settings", "build", "server_of"]


def build(settings: Settings, options: ClientOptions) -> list[Collector]:
    """Give one collector per server."""
    # Every command reads settings, few ask a source: the collector is imported for those.
    from collectors.platforms.mastodon.api import Api
    from collectors.platforms.mastodon.collector import MastodonCollector
    from collectors.platforms.mastodon.stream import ListeningCollector

    servers = [server_of(written) for written in settings.servers]
    # All secrets are looked up before the first client opens: one that is missing leaves none.
    names = [settings.token_env_of(server) for server in servers]
    tokens = [None if name is None else options.secret(name) for name in names]
    pause = settings.seconds_between_requests
    collectors: list[Collector] = []
    for server, token in zip(servers, tokens, strict=True):
        asked = MastodonCollector(
            server.host,
            options.client(server.base_url, token=token, min_interval=pause),
            page_size=settings.page_size,
            sleep=options.sleep,
        )
        if not settings.stream or token is None:
            collectors.append(asked)
            continue
        api = Api(
            server.host,
            options.client(server.base_url, token=token, min_interval=pause),
            streaming_hosts=settings.streaming_hosts,
        )
        connect = options.connector(named={server.host, *settings.streaming_hosts})
        collectors.append(ListeningCollector(asked, api, token=token, connect=connect))
    return collectors
