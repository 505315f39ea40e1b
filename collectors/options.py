"""What all collectors are built with, whatever they ask."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from collectors.paces import Paces

if TYPE_CHECKING:  # clients are slow to import, and settings come by here
    import httpx

    from collectors.http import Connect, PoliteClient


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientOptions:
    """The way out, and the clock."""

    secret: Callable[[str], str]  # the value of an environment variable
    user_agent: str
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    min_interval: float | None = None  # seconds between requests instead of the setting
    transport: httpx.BaseTransport | None = None  # instead of the network
    connect: Connect | None = None  # websockets, instead of the network
    paces: Paces = field(default_factory=Paces)  # shared by all who ask the same host
    private_addresses: bool = False  # whether a public name may lead to one

    def client(
        self,
        base_url: str,
        *,
        min_interval: float,
        token: str | None = None,
        total_timeout: float = 30.0,
        max_megabytes: float = 10.0,
    ) -> PoliteClient:
        """Open a client of one host; `min_interval` is the setting of the source."""
        from collectors.http import PoliteClient

        return PoliteClient(
            base_url,
            user_agent=self.user_agent,
            now=self.now,
            sleep=self.sleep,
            token=token,
            transport=self.transport,
            min_interval=min_interval if self.min_interval is None else self.min_interval,
            total_timeout=total_timeout,
            max_bytes=int(max_megabytes * 1_000_000),
            pace=self.paces.of(urlsplit(base_url).netloc),
            private_addresses=self.private_addresses,
        )

    def connector(self, named: Collection[str] | None = None) -> Connect:
        """Return the way to open websockets: `connect(url) -> Socket`.

        named: hosts with ports that stand in the settings, where a server may name others too.
        """
        from collectors.http import connector

        return self.connect or connector(
            user_agent=self.user_agent,
            now=self.now,
            private_addresses=self.private_addresses,
            named=named,
        )
