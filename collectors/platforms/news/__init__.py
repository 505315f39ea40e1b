"""News pick-up: what outlets write about an issue, from their feeds and from GDELT's files."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from collectors.collector import Collector
from collectors.hashtags import normalize
from collectors.options import ClientOptions
from collectors.platforms.news.settings import Feed, Settings, place_of

__all__ = ["Feed", "Settings", "build", "place_of"]


def build(settings: Settings, options: ClientOptions) -> list[Collector]:
    """Give one collector per feed, and one for GDELT if it is wanted."""
    # Every command reads settings, few ask a source: the collectors are imported for those.
    from collectors.platforms.news.collector import FeedCollector
    from collectors.platforms.news.gdelt import GdeltCollector
    from collectors.platforms.news.matching import Matcher

    synonyms = _synonyms(settings)

    def matcher(tag: str) -> Matcher:
        return Matcher.of(tag, synonyms.get(tag, ()))

    pause = settings.seconds_between_requests
    found: list[Collector] = [
        FeedCollector(
            place_of(feed),
            feed.url,
            feed.name,
            options.client(feed.url, min_interval=pause),
            zone=ZoneInfo(settings.timezone),
            now=options.now,
            matcher=matcher,
        )
        for feed in settings.read
    ]
    if settings.gdelt:
        client = options.client(
            f"{settings.gdelt_url.rstrip('/')}/",
            min_interval=pause,
            total_timeout=120.0,
            max_megabytes=60.0,
        )
        found.append(
            GdeltCollector(
                client,
                languages=frozenset(settings.gdelt_languages),
                hours=settings.gdelt_hours,
                matcher=matcher,
            )
        )
    return found


def _synonyms(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Give the phrases for each hashtag in its one spelling."""
    found: dict[str, tuple[str, ...]] = {}
    for tag, phrases in settings.synonyms.items():
        spelled = normalize(tag) or tag
        found[spelled] = (*found.get(spelled, ()), *phrases)
    return found
