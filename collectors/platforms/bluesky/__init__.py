"""Bluesky: its whole network as it happens, what became of posts, and a search in the past."""

from __future__ import annotations

from collectors.collector import Collector
from collectors.options import ClientOptions
from collectors.platforms.bluesky.settings import Settings

__all__ = ["Settings", "build"]


def build(settings: Settings, options: ClientOptions) -> list[Collector]:
    """Give the stream, who is asked about posts, and with an account the search."""
    from collectors.platforms.bluesky.appview import AppViewCollector
    from collectors.platforms.bluesky.jetstream import JetstreamCollector
    from collectors.platforms.bluesky.search import SearchCollector
    from collectors.platforms.bluesky.session import Session

    pause = settings.seconds_between_requests
    found: list[Collector] = []
    if settings.jetstream:
        found.append(
            JetstreamCollector(
                settings.addresses,
                connect=options.connector(),
                sleep=options.sleep,
                now=options.now,
            )
        )
    if settings.appview:
        found.append(AppViewCollector(options.client(settings.appview, min_interval=pause)))
    if settings.handle is not None:
        client = options.client(settings.server, min_interval=pause)
        password = options.secret(settings.password_env)
        found.append(SearchCollector(Session(client, handle=settings.handle, password=password)))
    return found
