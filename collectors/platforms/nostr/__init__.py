"""Nostr: relays that keep signed notes and give them to whoever asks."""

from __future__ import annotations

from collectors.collector import Collector
from collectors.options import ClientOptions
from collectors.platforms.nostr.settings import Address, Settings, address_of

__all__ = ["Address", "Settings", "address_of", "build"]


def build(settings: Settings, options: ClientOptions) -> list[Collector]:
    """Give one collector per relay."""
    # Every command reads settings, few ask a source: the collector is imported for those.
    from collectors.platforms.nostr.collector import NostrCollector
    from collectors.platforms.nostr.relay import Relay

    seconds = settings.seconds_between_requests
    addresses = [address_of(written) for written in settings.relays]
    return [
        NostrCollector(
            address.host,
            Relay(
                address.url,
                options.connector(),
                now=options.now,
                sleep=options.sleep,
                min_interval=seconds if options.min_interval is None else options.min_interval,
            ),
            options.client(address.document_url, min_interval=seconds, max_megabytes=1.0),
            page_size=settings.page_size,
        )
        for address in addresses
    ]
