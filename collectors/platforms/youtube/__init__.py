"""YouTube: videos by hashtag, their counts and their comments, through Google's Data API."""

from __future__ import annotations

from collectors.collector import Collector
from collectors.options import ClientOptions
from collectors.platforms.youtube.settings import Settings

__all__ = ["Settings", "build"]


def build(settings: Settings, options: ClientOptions) -> list[Collector]:
    """Give the collector; none as long as no key is named."""
    if settings.key_env is None:
        return []
    # Every command reads settings, few ask a source: the collector is imported for those.
    from collectors.platforms.youtube.api import HOME, Api
    from collectors.platforms.youtube.collector import YoutubeCollector

    key = options.secret(settings.key_env)
    client = options.client(HOME, min_interval=settings.seconds_between_requests)
    return [
        YoutubeCollector(
            Api(client, key=key, now=options.now, searches_per_day=settings.searches_per_day),
            region=settings.region,
            language=settings.language,
        )
    ]
