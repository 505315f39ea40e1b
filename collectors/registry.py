"""The sources that gaung can read, by the name that they have in the settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from collectors.collector import Collector
from collectors.platforms import mastodon

if TYPE_CHECKING:
    import httpx


class LiveCollector(Collector, Protocol):
    """A collector with connections."""

    def close(self) -> None:
        """Let go of the connections; a request in another thread ends at once."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientOptions:
    """What all clients share, whatever they ask."""

    secret: Callable[[str], str]  # the value of an environment variable
    user_agent: str
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    min_interval: float | None  # seconds between requests instead of the setting; the demo's 0
    transport: httpx.BaseTransport | None


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of source: its settings, and how its collectors are made of them."""

    settings: type[msgspec.Struct]
    build: Callable[[Any, ClientOptions], list[LiveCollector]]


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
) -> list[LiveCollector]:
    """Give the collectors of one section of the settings, one per server. Close each in the end."""
    options = ClientOptions(
        secret=secret,
        user_agent=user_agent,
        now=now,
        sleep=sleep,
        min_interval=min_interval,
        transport=transport,
    )
    return SOURCES[name].build(settings, options)


def _mastodon(settings: mastodon.Settings, options: ClientOptions) -> list[LiveCollector]:
    # Every command reads settings, few ask a source: the client is imported for those.
    from collectors.http import PoliteClient
    from collectors.platforms.mastodon.collector import MastodonCollector

    servers = [mastodon.server_of(written) for written in settings.servers]
    # All secrets are looked up before the first client opens: one that is missing leaves none.
    names = [settings.token_env_of(server) for server in servers]
    tokens = [None if name is None else options.secret(name) for name in names]
    given = options.min_interval
    interval = settings.seconds_between_requests if given is None else given
    return [
        MastodonCollector(
            server.host,
            PoliteClient(
                server.base_url,
                user_agent=options.user_agent,
                now=options.now,
                sleep=options.sleep,
                token=token,
                transport=options.transport,
                min_interval=interval,
            ),
            page_size=settings.page_size,
        )
        for server, token in zip(servers, tokens, strict=True)
    ]


SOURCES: dict[str, Source] = {"mastodon": Source(mastodon.Settings, _mastodon)}
SETTINGS: dict[str, type[msgspec.Struct]] = {
    name: source.settings for name, source in SOURCES.items()
}
