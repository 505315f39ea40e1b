"""Threads, by Meta's keyword search, for apps that Meta has approved for it."""

from __future__ import annotations

from collectors.collector import Collector
from collectors.options import ClientOptions
from collectors.platforms.threads.settings import Settings

__all__ = ["Settings", "build"]


def build(settings: Settings, options: ClientOptions) -> list[Collector]:
    """Give the collector; none as long as no token is named."""
    if settings.token_env is None:
        return []
    # Every command reads settings, few ask a source: the collector is imported for those.
    from collectors.platforms.threads.api import HOME, Api
    from collectors.platforms.threads.collector import ThreadsCollector

    client = options.client(
        HOME,
        token=options.secret(settings.token_env),
        min_interval=settings.seconds_between_requests,
    )
    api = Api(client, now=options.now, queries_per_day=settings.queries_per_day)
    return [ThreadsCollector(api, page_size=settings.page_size)]
