"""Mastodon, and servers that speak its client API (GoToSocial, Pleroma, Akkoma and others)."""

from __future__ import annotations

from collectors.platforms.mastodon.collector import MastodonCollector
from collectors.platforms.mastodon.settings import Server, Settings, server_of

__all__ = ["MastodonCollector", "Server", "Settings", "server_of"]
