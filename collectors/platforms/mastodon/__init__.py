"""Mastodon, and servers that speak its client API (GoToSocial, Pleroma, Akkoma and others)."""

from __future__ import annotations

from collectors.platforms.mastodon.settings import Server, Settings, server_of

# The collector is imported where one is built: its client is slow to import, settings are not.
__all__ = ["Server", "Settings", "server_of"]
