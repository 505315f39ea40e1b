"""One polite client per server: paced, bounded in time and size, and honest about refusals."""

from __future__ import annotations

from collectors.http.client import Answer, Document, PoliteClient
from collectors.http.websocket import Connect, Socket, connector

__all__ = ["Answer", "Connect", "Document", "PoliteClient", "Socket", "connector"]
